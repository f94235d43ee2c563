"""The rule planner: observation and request in, plan with a true reason out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from time import perf_counter

import numpy as np

from model.classical.answering import say
from model.classical.assemble import (
    Labelled,
    assemble,
    conflict_stops,
    passenger_reason,
)
from model.classical.binding import binding
from model.classical.choice import Choice
from model.classical.constraints import Reason, SpeedBound, StopPoint
from model.classical.geometry import wrapped
from model.classical.index import RoadIndex, locate
from model.classical.naming import actor_reason
from model.classical.options import choose_options
from model.classical.path import Option
from model.classical.predict import predict, relevant
from model.classical.progress import progress_of
from model.classical.rollout import Motion, Proposal, roll
from model.classical.route import LanePlan, corridor_from
from model.classical.score import score
from model.classical.settings import style_named
from model.classical.standing import STOPPING, TO_THE_SIDE
from model.classical.tick import Memory, Tick, remember_standing
from model.classical.trace import make_trace, meta_action, turn_near
from model.classical.track import controls_along, integrate
from model.contract.observation import Observation, Perception
from model.contract.plan import DriveRequest, Plan
from model.contract.road import Lane, LaneLink, RoadMap, Turn
from modes.vocabulary import Intent, Longitudinal

#: Fractions of the allowed speed that are tried, and braking proposals, m/s².
FRACTIONS = (1.0, 0.75, 0.5, 0.25)
BRAKES = (3.4, 8.0)
#: How much the rules' own wish is preferred to another proposal, in score points.
PREFERENCE = 6.0
#: Commands that end a hold; every other one leaves a standing car standing.
_RELEASES = frozenset(
    {Intent.RESUME, Intent.CREEP_FORWARD, Intent.SPEED_UP, Intent.NAVIGATE, Intent.MERGE}
    | {Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT, Intent.TAKE_EXIT, Intent.OVERTAKE}
    | {Intent.TURN_LEFT, Intent.TURN_RIGHT, Intent.GO_STRAIGHT, Intent.U_TURN}
)
#: A gap in time or a jump of the car longer than this means a new drive.
JUMP_S = 2.0
CREEP_MPS = 1.5
#: After standing this long the car creeps past what stands close to its way, for some time, s.
STUCK_S, CREEPING_S = 7.0, 6.0
#: Commands that mean a slow drive while they last: share of the limit, and the reason.
_SLOWLY = {
    Intent.CREEP_FORWARD: (0.0, "asked to creep forward"),
    Intent.YIELD: (0.6, "asked to let others go"),
}


@dataclass(frozen=True)
class _Chosen:
    labelled: Labelled
    motion: Motion
    row: int
    #: Not the proposal that the constraints alone ask for.
    overruled: bool
    blocked_by: int | None


class ClassicalPlanner:
    """A `DrivingModel` that follows rules; remembers a little between ticks (see `Memory`).

    A stop, once carried out, holds until `resume` (or a command that plainly means going on),
    even when the command is no longer in the request. Before standstill it is dropped with it.
    """

    name = "classical"
    shares_weights = False

    def __init__(self) -> None:
        self._memory = Memory()
        self._index: RoadIndex | None = None
        self._plan: LanePlan | None = None
        self._route: tuple[str, ...] = ()

    def reset(self) -> None:
        """Forgets everything but the road map, as before the first tick."""
        self._memory = Memory()

    def plan(self, observation: Observation, request: DriveRequest) -> Plan:
        """A plan for this observation.

        Raises `ValueError` when perception or the road map is missing, the ego state is not
        finite, or the car is on no road.
        """
        started = perf_counter()
        tick = self._tick(observation, request)
        lane = self._followed_lane(tick)
        choice = choose_options(tick, lane)
        chosen = self._choose(tick, choice)
        plan = self._finish(observation, tick, choice, chosen)
        return replace(plan, latency_ms={"plan": (perf_counter() - started) * 1e3})

    async def answer(
        self, observation: Observation, question: str, facts: Mapping[str, object]
    ) -> AsyncIterator[str]:
        """One plain sentence from the facts given; it has no words of its own."""
        yield say(facts)

    def _tick(self, observation: Observation, request: DriveRequest) -> Tick:
        perception, road = observation.perception, observation.road
        if perception is None or road is None:
            raise ValueError("the classical planner needs perception and a road map")
        ego = perception.ego
        if not all(isfinite(v) for v in (ego.x, ego.y, ego.heading, ego.speed_mps)):
            raise ValueError("the ego state is not finite")
        index = self._index_for(road)
        memory = self._memory
        if memory.t_s >= 0 and not 0 <= perception.t_s - memory.t_s < JUMP_S:
            memory = self._memory = Memory()
        memory.t_s = perception.t_s
        remember_standing(memory, perception)
        plan = self._lane_plan(index, perception)
        actors = relevant(perception.actors, ego)
        links = self._links_ahead(index, plan, memory)
        moving = ego.speed_mps > 1.5
        inside = index.link_of_via.get(memory.lane or "") if moving else None
        return Tick(
            index=index,
            plan=plan,
            perception=perception,
            actors=actors,
            prediction=predict(index, actors, perception.lights, links, inside),
            request=request,
            style=style_named(request.style),
            shape=observation.shape,
            memory=memory,
        )

    def _index_for(self, road: RoadMap) -> RoadIndex:
        if self._index is None or self._index.road is not road:
            self._index = RoadIndex(road)
            self._plan, self._memory = None, Memory()
        return self._index

    def _lane_plan(self, index: RoadIndex, perception: Perception) -> LanePlan:
        if self._plan is None or self._route != perception.route:
            self._plan, self._route = LanePlan(index, perception.route), perception.route
        return self._plan

    def _links_ahead(self, index: RoadIndex, plan: LanePlan, memory: Memory) -> list[LaneLink]:
        if memory.lane is None:
            return []
        return [link for _, link in corridor_from(index, plan, memory.lane).links]

    def _followed_lane(self, tick: Tick) -> Lane:
        """The lane that the car follows: the one before, advanced, or found anew."""
        memory, ego, index = tick.memory, tick.ego, tick.index
        if memory.lane is not None:
            corridor = corridor_from(index, tick.plan, memory.lane)
            s, lateral = corridor.line.project_one(ego.x, ego.y)
            off = abs(float(wrapped(np.array(ego.heading - corridor.line.pose(s)[2]))))
            side = memory.pulled_over or memory.pull_over is not None or memory.passing
            if abs(lateral) < (6.0 if memory.change or side else 2.6) and off < 1.2:
                memory.lane = corridor.lane_at(s)
                return index.road.lanes[memory.lane]
        lane, _, _ = locate(
            index, ego.x, ego.y, ego.heading, ego.lane, frozenset(tick.perception.route)
        )
        beside = index.road.lanes.get(lane.left or "")
        if lane.kind in ("shoulder", "parking") and beside is not None:
            tick.memory.pulled_over = True
            lane = beside
        memory.lane, memory.change = lane.id, None
        return lane

    def _choose(self, tick: Tick, choice: Choice) -> _Chosen:
        labelled = self._labelled(tick, choice)
        motion = self._roll(tick, [Proposal(one.case) for one in labelled])
        waits = [conflict_stops(tick, one, motion, n) for n, one in enumerate(labelled)]
        if any(waits):
            labelled = [one.waiting(stops) for one, stops in zip(labelled, waits, strict=True)]
            motion = self._roll(tick, [Proposal(one.case) for one in labelled])
        wanted = [Proposal(one.case) for one in labelled]
        bias = [PREFERENCE - 3.0 * row for row in range(len(labelled))]
        scores = score(wanted, motion, bias, tick.shape)
        if scores[0].contact_s is None:
            return _Chosen(labelled[0], motion, 0, False, None)
        return self._evade(tick, labelled, scores[0].actor)

    def _evade(self, tick: Tick, labelled: list[Labelled], actor: int | None) -> _Chosen:
        """The best of all proposals when what the rules want would meet somebody."""
        proposals, owner, bias = [], [], []
        for row, one in enumerate(labelled):
            for n, fraction in enumerate(FRACTIONS):
                proposals.append(Proposal(one.case, fraction))
                owner.append(row)
                bias.append(PREFERENCE - 0.5 * n - 3.0 * row)
        for brake in BRAKES:
            proposals.append(Proposal(labelled[0].case, 1.0, brake))
            owner.append(0)
            bias.append(0.0)
        motion = self._roll(tick, proposals)
        scores = score(proposals, motion, bias, tick.shape)
        best = max(range(len(proposals)), key=lambda k: (scores[k].total, -k))
        return _Chosen(labelled[owner[best]], motion, best, best != 0, actor)

    def _labelled(self, tick: Tick, choice: Choice) -> list[Labelled]:
        bounds, stops = tuple(choice.bounds), tuple(choice.stops)
        command = tick.request.command
        if command is not None and command.intent in _SLOWLY:
            top, does = _SLOWLY[command.intent]
            speed = max(top * choice.lane.limit_mps, CREEP_MPS)
            reason = passenger_reason(does)
            bounds += (SpeedBound(choice.s_m - 50.0, choice.s_m + 500.0, speed, reason),)
        result = []
        for row, option in enumerate(choice.options):
            keep_stops = stops if row == 0 else _commanded(stops)
            result.append(assemble(tick, option, bounds, keep_stops))
        return result

    def _roll(self, tick: Tick, proposals: list[Proposal]) -> Motion:
        ego = tick.ego
        return roll(proposals, ego.speed_mps, ego.accel_mps2, tick.style, tick.gap_s, tick.shape)

    def _finish(
        self, observation: Observation, tick: Tick, choice: Choice, chosen: _Chosen
    ) -> Plan:
        ego, option = tick.ego, chosen.labelled.case.path.option
        accel = chosen.motion.accel[chosen.row]
        start = (ego.x, ego.y, ego.heading, ego.speed_mps, ego.curvature_1pm)
        # Rounded first, so that whoever integrates the plan's controls gets the plan's points.
        controls = controls_along(chosen.labelled.case.path, start, accel).astype(np.float32)
        xy, headings, speeds = integrate(0.0, 0.0, 0.0, ego.speed_mps, controls.astype(np.float64))
        xyz = np.zeros((len(xy), 3), np.float32)
        xyz[:, :2] = xy
        found = binding(
            tick,
            chosen.labelled,
            chosen.motion.position[chosen.row],
            chosen.motion.speed[chosen.row],
            accel,
        )
        reason, slows = found.reason, found.slows
        if chosen.overruled and chosen.blocked_by is not None:
            actor = chosen.labelled.case.overlay.prediction.actors[chosen.blocked_by]
            reason = actor_reason(actor, "is coming into our way", Longitudinal.YIELD)
            slows = True
        self._remember(tick, choice, reason, accel)
        trace = make_trace(tick, choice, option, reason, slows, accel, speeds)
        return Plan(
            seq=observation.seq,
            t0_ns=observation.t0_ns,
            xyz=xyz,
            heading=headings.astype(np.float32),
            controls=controls,
            trace=trace,
            meta=meta_action(tick, option, trace.lateral, trace.direction, accel, speeds, headings),
            source=self.name,
            progress=progress_of(tick, choice, option),
            target_lane=option.target_lane,
            indicator=self._indicator(tick, choice, option),
        )

    def _remember(
        self, tick: Tick, choice: Choice, reason: Reason | None, accel: np.ndarray
    ) -> None:
        memory, ego = tick.memory, tick.ego
        if ego.speed_mps > 0.3:
            memory.standstill_s = -1.0
        elif memory.standstill_s < 0:
            memory.standstill_s = tick.t_s
        elif tick.t_s - memory.standstill_s > STUCK_S:
            memory.creep_until_s = tick.t_s + CREEPING_S
        command = tick.request.command
        intent = command.intent if command is not None else None
        if ego.speed_mps < 0.1:
            memory.gone_reason = None
            stays = float(accel[:10].mean()) < 0.1
            if (
                stays
                and reason is not None
                and (memory.held_reason is None or reason.kind != "limit")
            ):
                memory.held_reason = reason
            if intent in STOPPING and memory.held_by is None and intent is not None:
                aside = memory.pull_over is not None and _in_place(memory, choice, tick)
                if aside or intent not in TO_THE_SIDE:
                    memory.held_by, memory.pulled_over = intent, aside
        elif ego.speed_mps > 0.4 and memory.held_reason is not None:
            memory.gone_reason, memory.held_reason = memory.held_reason, None
            memory.going_since_s = tick.t_s
        if memory.held_by is not None and intent in _RELEASES:
            memory.held_by, memory.stop_at, memory.pull_over = None, None, None

    def _indicator(self, tick: Tick, choice: Choice, option: Option) -> str:
        if option.indicator != "off":
            return option.indicator
        link = turn_near(tick, choice, max(40.0, 3.5 * tick.ego.speed_mps))
        if link is None:
            return "off"
        return "right" if link.turn is Turn.RIGHT else "left"


def _commanded(stops: tuple[StopPoint, ...]) -> tuple[StopPoint, ...]:
    return tuple(stop for stop in stops if stop.reason.kind == "command")


def _in_place(memory: Memory, choice: Choice, tick: Tick) -> bool:
    """Whether the car stands where it was to pull over."""
    place = memory.pull_over
    start = choice.corridor.start_of(place.lane) if place is not None else None
    if place is None or start is None:
        return False
    front = choice.s_m + tick.shape.front_ahead_m
    near = abs(start + place.at_m - front) < 4.0
    return near and abs(choice.lateral_m - place.offset_m) < 0.6
