"""From the loop's values to the published `Situation`: rounding, map frame, views. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from model.contract.facts import SceneFacts
from model.contract.observation import Actor, EgoState, Observation, Perception
from model.contract.plan import Plan
from model.contract.situation import (
    ActorView,
    CauseView,
    CheckView,
    EgoView,
    EventView,
    GuardView,
    PlanView,
    RequestView,
    RouteView,
    Situation,
    TraceView,
)
from model.contract.world import WorldEvent
from modes.vocabulary import Longitudinal, Mode
from safety.ladder import Choice, Level
from safety.motion import Pose, motion
from safety.roadway import Roadway

#: The planned path is published every so many points (0.4 s).
STRIDE = 4
#: Lights farther than this are nobody's business now, m.
LIGHTS_M = 250.0
MAX_ROUTE_EDGES = 40
MAX_CHECKS = 6
#: Decisions that mean "no faster", and the mean acceleration that contradicts them, m/s².
_HOLDS_BACK = frozenset({Longitudinal.YIELD, Longitudinal.STOP_STATIC})
CONTRADICTS_MPS2 = 0.7


class LightPlaces:
    """Where each traffic light's stop lines are, to publish only those nearby."""

    def __init__(self, roadway: Roadway) -> None:
        places = [
            (link.light, line.x, line.y)
            for line in roadway.stop_lines
            for link in line.links
            if link.light is not None
        ]
        self._names = [name for name, _, _ in places]
        self._xy = np.array([(x, y) for _, x, y in places]).reshape(-1, 2)

    def near(self, ego: EgoState, lights: Mapping[str, str]) -> dict[str, str]:
        if not self._names:
            return {}
        apart = np.hypot(self._xy[:, 0] - ego.x, self._xy[:, 1] - ego.y)
        names = {self._names[i] for i in np.flatnonzero(apart < LIGHTS_M)}
        return {name: lights[name] for name in sorted(names) if name in lights}


def situation(
    seq: int,
    observation: Observation,
    seen: Perception,
    choice: Choice,
    facts: SceneFacts,
    mode: Mode,
    requests: Sequence[RequestView],
    lights: Mapping[str, str],
    events: Sequence[EventView],
    latency_ms: Mapping[str, float],
    deadline_missed: bool,
) -> Situation:
    """One tick as everybody outside sees it."""
    route = observation.route
    return Situation(
        seq=seq,
        t_s=round(seen.t_s, 3),
        t0_ns=observation.t0_ns,
        ego=_ego(seen.ego, choice.plan.indicator),
        actors=tuple(_actor(actor) for actor in seen.actors),
        lights=dict(lights),
        facts=dict(facts.plain()),
        mode=mode,
        plan=_plan(choice.plan, seen.ego),
        trace=_trace(seq, choice),
        guard=_guard(choice),
        requests=tuple(requests),
        route=None
        if route is None
        else RouteView(kind=route.kind, distance_m=round(route.distance_m, 1), onto=route.onto),
        route_edges=tuple(seen.route[:MAX_ROUTE_EDGES]),
        events=tuple(events),
        latency_ms={key: round(value, 2) for key, value in latency_ms.items()},
        deadline_missed=deadline_missed,
    )


def event_view(event: WorldEvent) -> EventView:
    return EventView(
        kind=event.kind, t_s=round(event.t_s, 3), object_id=event.object_id, detail=event.detail
    )


def _ego(ego: EgoState, indicator: str) -> EgoView:
    return EgoView(
        x=round(ego.x, 3),
        y=round(ego.y, 3),
        heading=round(ego.heading, 5),
        speed_mps=round(ego.speed_mps, 3),
        accel_mps2=round(ego.accel_mps2, 2),
        curvature_1pm=round(ego.curvature_1pm, 5),
        lane=ego.lane,
        s_m=round(ego.s_m, 2),
        indicator=indicator,
    )


def _actor(actor: Actor) -> ActorView:
    return ActorView(
        id=actor.id,
        kind=actor.kind.value,
        x=round(actor.x, 2),
        y=round(actor.y, 2),
        heading=round(actor.heading, 4),
        speed_mps=round(actor.speed_mps, 2),
        length_m=round(actor.length_m, 2),
        width_m=round(actor.width_m, 2),
        height_m=round(actor.height_m, 2),
        indicator=actor.indicator,
        braking=actor.braking,
        siren=actor.siren,
        colour=actor.colour,
        visible_in=actor.visible_in,
    )


def _plan(plan: Plan, ego: EgoState) -> PlanView:
    path = motion(plan, Pose.of(ego))
    pick = range(STRIDE, len(path.x), STRIDE)
    return PlanView(
        source=plan.source,
        xy=tuple((round(float(path.x[k]), 2), round(float(path.y[k]), 2)) for k in pick),
        speed_mps=tuple(round(float(path.speed[k - 1]), 2) for k in pick),
        longitudinal=plan.meta.longitudinal,
        lateral=plan.meta.lateral,
        lane=plan.meta.lane,
        indicator=plan.indicator,
    )


def _trace(seq: int, choice: Choice) -> TraceView:
    trace, cause = choice.plan.trace, choice.plan.trace.cause
    return TraceView(
        id=f"t{seq}",
        longitudinal=trace.longitudinal,
        lateral=trace.lateral,
        direction=trace.direction,
        cause=None
        if cause is None
        else CauseView(
            component=cause.component,
            label=cause.label,
            does=cause.does,
            object_id=cause.object_id,
            kind=cause.kind,
            bearing_deg=_rounded(cause.bearing_deg, 0),
            distance_m=_rounded(cause.distance_m, 1),
            first_seen_s=_rounded(cause.first_seen_s, 2),
            visible_in=cause.visible_in,
        ),
        sentence=trace.sentence,
        certain=_consistent(choice),
    )


def _consistent(choice: Choice) -> bool:
    """Does the plan that is driven do what its trace says? Otherwise the reason is not certain."""
    if choice.level is Level.EMERGENCY_STOP and choice.plan.source != "fallback":
        return False  # driven as the least bad choice, not for the reason that it gives
    mean = float(choice.plan.controls[:10, 0].mean())
    return not (choice.plan.trace.longitudinal in _HOLDS_BACK and mean > CONTRADICTS_MPS2)


def _guard(choice: Choice) -> GuardView:
    if choice.verdict is None:
        return GuardView(level=choice.level.value, verdict="rejected")
    worst = sorted(choice.verdict.failed, key=lambda check: (not check.hard, check.margin))
    return GuardView(
        level=choice.level.value,
        verdict=choice.verdict.verdict,
        failed=tuple(
            CheckView(
                id=check.id, hard=check.hard, margin=round(check.margin, 3), detail=check.detail
            )
            for check in worst[:MAX_CHECKS]
        ),
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
