"""The driving loop: ten times a second from observation to motion, whatever anybody else does.

One tick: observe, scene facts, requests, plan, guard and ladder, world step, situation. In real
time the model plans in a thread of its own and has a deadline: a late plan is dropped, and the
last certified one goes on, shifted in time. Without real time everything runs in order, so that
the same seed and the same messages at the same ticks give the same situations, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic, monotonic_ns, perf_counter

from model.contract.facts import FactValue, SceneFacts
from model.contract.observation import Observation, Perception
from model.contract.plan import CommandProgress, DriveRequest, DrivingModel
from model.contract.situation import (
    CancelCommand,
    DriveControl,
    EventView,
    Notice,
    SendCommand,
    SendMode,
    Situation,
    StopNow,
    ToDriving,
)
from model.contract.world import Cameras, World, WorldEvent
from model.lane_frame import LaneFrames
from model.loop_stats import LoopStats
from model.plan_worker import Planned, PlanWorker, planned
from model.request_book import Book, Moment, Navigate
from model.requests import Outcome, route_refused, step
from model.route_wishes import navigate
from model.scene import scene_facts
from model.situation_view import LightPlaces, event_view, situation
from modes.vocabulary import Command
from safety import ladder
from safety.checks import STANDS_MPS, Memory
from safety.guard import Guard
from safety.ladder import STOPPING, Certified, Choice, LadderState, Level
from safety.motion import Pose
from safety.policy import Policy, load_policy
from safety.rules import Verdict, judge

#: Of a tick's 100 ms the model may use so many; guard, world and publishing need the rest.
DEADLINE_MS = 70.0
#: Commands that one tick takes up; the others wait for the next.
MAX_COMMANDS_A_TICK = 16

_LEVEL_NOTES = {
    Level.COMFORT_STOP: "No safe plan was found: the car stops in its lane.",
    Level.EMERGENCY_STOP: "No safe plan was found: the car brakes hard.",
}


class DrivingLoop:
    """Drives one world with one model. Call `tick` ten times a second, from one thread."""

    def __init__(
        self,
        world: World,
        model: DrivingModel,
        *,
        cameras: Cameras | None = None,
        realtime: bool = False,
        deadline_ms: float = DEADLINE_MS,
        policy: Policy | None = None,
        navigation: Navigate = navigate,
    ) -> None:
        self.world, self.model = world, model
        self.stats = LoopStats()
        self.paused = False
        self._cameras = cameras
        self._deadline_s = deadline_ms / 1e3
        self._policy = policy if policy is not None else load_policy()
        self._navigate = navigation
        self._worker = PlanWorker(model) if realtime else None
        self._guard = Guard(world.road, self._policy)
        self._frames = LaneFrames(world.road)
        self._lights = LightPlaces(self._guard.roadway)
        self._ladder = LadderState()
        self._memory = Memory()
        self._book = Book()
        self._progress: tuple[str | None, CommandProgress | None] = (None, None)
        self._seq = 0
        self._notices: list[Notice] = []
        self._later: list[ToDriving] = []
        self._model_failed = False
        self._overran = False

    @property
    def t_s(self) -> float:
        return self.world.t_s

    @property
    def level(self) -> Level:
        return self._ladder.level

    def take_notices(self) -> tuple[Notice, ...]:
        """What went wrong or was done since the last call."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def close(self) -> None:
        """Ends the planning thread; world and cameras belong to whoever made them."""
        if self._worker is not None:
            self._worker.close()

    def warm_up(self) -> None:
        """Plans once for nothing, so that what is built on first use costs no tick its plan."""
        observation = self.world.observe()
        answer = planned(self.model, observation, DriveRequest())
        ego = _perception(observation).ego
        self._lights.near(ego, {})
        if answer.plan is None:
            return
        verdict = self._guard.check(answer.plan, observation, self._memory)
        if verdict.ok and self._seq == 0:
            # The world has not moved: should the first plan come late, this one goes on.
            first = Certified(verdict.plan, Pose.of(ego), -1)
            self._ladder = replace(self._ladder, last=first)

    def overran(self, skipped: int = 0) -> None:
        """The last tick took longer than its slot, and so many slots were left out for it."""
        self.stats.overruns += 1 + skipped
        self._overran = True

    def tick(
        self, messages: Sequence[ToDriving] = (), timing: Mapping[str, float] | None = None
    ) -> Situation:
        """One tenth of a second of driving; returns its situation.

        `timing` is added to the situation's latencies, ms; it counts in real time only.
        """
        started = perf_counter()
        deadline_s = monotonic() + self._deadline_s
        observation = self._observed()
        facts = scene_facts(observation, self._frames, self._system_facts(observation))
        outcome, observation, facts = self._requested(observation, facts, messages)
        before_plan = perf_counter()
        answer = self._planned(observation, outcome.request, deadline_s)
        after_plan = perf_counter()
        choice = self._certified(observation, answer, outcome)
        after_guard = perf_counter()
        events = self.world.step(choice.plan, 0.0)
        self.stats.judged(choice.level, choice.verdict)
        self.stats.happened(events)
        done = perf_counter()
        self.stats.timed((done - started) * 1e3)
        latency = {
            "plan": (after_plan - before_plan) * 1e3,
            "guard": (after_guard - after_plan) * 1e3,
            "world": (done - after_guard) * 1e3,
            "tick": (done - started) * 1e3,
            **(timing or {}),
        }
        missed, self._overran = answer.late or self._overran, False
        published = self._situation(observation, facts, outcome, choice, events, latency, missed)
        self._seq += 1
        return published

    # -- the steps of a tick -------------------------------------------------------------------

    def _observed(self) -> Observation:
        observation = self.world.observe()
        if self._worker is not None:
            observation = replace(observation, t0_ns=monotonic_ns())
        if self._cameras is not None:
            observation = self._cameras.look(observation)
        seen = _perception(observation)
        self._memory = self._memory.after(observation)
        self.stats.moved(seen.ego)
        return observation

    def _system_facts(self, observation: Observation) -> dict[str, FactValue]:
        if not self._ladder.committed:
            return {}
        stands = _perception(observation).ego.speed_mps < STANDS_MPS
        return {"mrm": "completed" if stands else "active"}

    def _requested(
        self, observation: Observation, facts: SceneFacts, messages: Sequence[ToDriving]
    ) -> tuple[Outcome, Observation, SceneFacts]:
        seen = _perception(observation)
        progress_id, progress = self._progress
        moment = Moment(
            t_s=seen.t_s,
            ego=seen.ego,
            road=self.world.road,
            route=seen.route,
            facts=facts,
            actors=seen.actors,
            shape=observation.shape,
            progress=progress,
            progress_id=progress_id,
        )
        outcome = step(
            self._book,
            moment,
            self._due(messages),
            judge=self._judge,
            navigate=self._navigate,
            policy=self._policy,
        )
        self._book = outcome.book
        edges = outcome.route.edges if outcome.route is not None else None
        destination = outcome.route.destination_s_m if outcome.route is not None else None
        arrived = seen.destination_s_m is not None and len(seen.route) == 1
        if edges is None and outcome.confirmed and arrived:
            edges = seen.route  # told to go on at the destination: the way leads on from here
        if edges is None:
            return outcome, observation, facts
        try:
            self.world.set_route(edges, destination)
        except ValueError as error:
            outcome = self._route_refused(outcome, str(error), seen.t_s)
            return outcome, observation, facts
        # The world knows another way now: look again, so that this very tick follows it.
        renewed = self.world.observe()
        observation = replace(
            renewed,
            t0_ns=observation.t0_ns,
            cameras=observation.cameras,
            perception=replace(_perception(renewed), actors=seen.actors),
        )
        system = self._system_facts(observation)
        return outcome, observation, scene_facts(observation, self._frames, system)

    def _route_refused(self, outcome: Outcome, reason: str, t_s: float) -> Outcome:
        newest = next((r.id for r in reversed(self._book.open()) if r.route is not None), None)
        if newest is not None:
            self._book = route_refused(self._book, newest, reason, t_s)
        self._note("warning", "route", reason, newest)
        return replace(outcome, book=self._book)

    def _judge(self, command: Command, facts: SceneFacts) -> Verdict:
        return judge(command, facts, self._policy, confirmed=True)

    def _due(self, messages: Sequence[ToDriving]) -> list[ToDriving]:
        """What this tick takes up: controls and stop words at once, the rest as far as it fits."""
        waiting: list[ToDriving] = [*self._later, *messages]
        now: list[ToDriving] = []
        later: list[ToDriving] = []
        for message in waiting:
            if isinstance(message, DriveControl):
                self.paused = {"pause": True, "resume": False}.get(message.action, self.paused)
            elif isinstance(message, StopNow) or len(now) < MAX_COMMANDS_A_TICK:
                now.append(message)
            elif isinstance(message, (SendCommand, CancelCommand, SendMode)):
                later.append(message)
        over = len(later) - MAX_COMMANDS_A_TICK * 4
        if over > 0:
            text = f"{over} requests were dropped: more came than anybody can mean"
            self._note("warning", "too_many", text)
        self._later = later[-MAX_COMMANDS_A_TICK * 4 :]
        return now

    def _planned(
        self, observation: Observation, request: DriveRequest, deadline_s: float
    ) -> Planned:
        if self._worker is None:
            answer = planned(self.model, observation, request)
        else:
            answer = self._worker.plan(observation, request, deadline_s)
        self._progress = (request.id, answer.plan.progress if answer.plan is not None else None)
        if answer.error:
            self.stats.model_errors += 1
            if not self._model_failed:
                text = f"the driving model failed ({answer.error}); the car falls back"
                self._note("error", "model", text)
        self._model_failed = bool(answer.error)
        self.stats.late_plans += answer.late
        return answer

    def _certified(self, observation: Observation, answer: Planned, outcome: Outcome) -> Choice:
        before = self._ladder.level
        self._ladder, choice = ladder.step(
            self._ladder,
            self._seq,
            answer.plan,
            observation,
            self._guard,
            self._memory,
            outcome.confirmed,
        )
        if choice.level is not before and choice.level in STOPPING:
            self._note("warning", "fallback", f"{_LEVEL_NOTES[choice.level]}{_why(choice)}")
        if before in STOPPING and choice.level not in STOPPING:
            self._note("info", "fallback", "The car follows its plan again.")
        return choice

    def _situation(
        self,
        observation: Observation,
        facts: SceneFacts,
        outcome: Outcome,
        choice: Choice,
        events: tuple[WorldEvent, ...],
        latency_ms: dict[str, float],
        missed: bool,
    ) -> Situation:
        seen = _perception(observation)
        changes: tuple[EventView, ...] = outcome.changes
        return situation(
            self._seq,
            observation,
            seen,
            choice,
            facts,
            outcome.mode,
            [request.view() for request in outcome.book.requests],
            self._lights.near(seen.ego, seen.lights),
            (*changes, *(event_view(event) for event in events)),
            latency_ms if self._worker is not None else {},
            missed,
        )

    def _note(self, level: str, code: str, text: str, request_id: str | None = None) -> None:
        notice = Notice.model_validate(
            {"level": level, "code": code, "message": text, "request_id": request_id}
        )
        self._notices.append(notice)


def _perception(observation: Observation) -> Perception:
    if observation.perception is None:
        raise ValueError("the driving loop needs a world that gives a perception")
    return observation.perception


def _why(choice: Choice) -> str:
    """The hard finding behind a stop, for the notice."""
    if choice.verdict is None:
        return " (the plan did not come in time)"
    hard = [check for check in choice.verdict.failed if check.hard]
    return f" ({hard[0].id}: {hard[0].detail})" if hard else ""
