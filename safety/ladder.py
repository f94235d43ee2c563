"""The fallback ladder: what drives the car in this tick, and why.

    F0  the model's plan, as it came
    F1  the model's plan, slowed down and checked again
    F2  the last valid plan, shifted in time, speed not increasing, for at most 0.5 s
    F4  a stop in the lane, 3 or 4 m/s², hazard lights on
    F5  an emergency stop, 8 m/s²

`step` is a pure state machine. Each candidate passes the guard before it is taken; when nothing
passes, what does the least harm is driven, so that a plan that brakes as hard as it can is never
replaced by something worse. F4 or F5 for two seconds without one valid plan is a minimal-risk
manoeuvre: it runs to standstill, and goes on only when somebody confirms (policy, section 5). F3
and F6 come with the second driver and the actuators' own watchdog.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import EgoState, Observation
from model.contract.plan import Cause, MetaAction, Plan, ReasoningTrace
from modes.vocabulary import (
    Component,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
)
from safety.checks import STANDS_MPS, Memory
from safety.guard import Guard, GuardVerdict
from safety.motion import Pose, braking, motion, shifted

F64 = NDArray[np.float64]

#: Policy, section 5: F2 lasts at most this long.
SHIFTED_MAX_TICKS = 5
#: Policy: back up after this many valid plans in a row.
VALID_IN_ROW = 10
#: F4 or F5 for so many ticks without a valid plan is a minimal-risk manoeuvre.
COMMIT_TICKS = 20
COMFORT_DECELS_MPS2 = (3.0, 4.0)
EMERGENCY_DECEL_MPS2 = 8.0
#: The path of the last valid plan is followed when the car is no farther from it, m.
ON_PATH_M = 1.0


class Level(StrEnum):
    MODEL = "F0"
    CLIPPED = "F1"
    SHIFTED = "F2"
    COMFORT_STOP = "F4"
    EMERGENCY_STOP = "F5"


STOPPING = frozenset({Level.COMFORT_STOP, Level.EMERGENCY_STOP})


@dataclass(frozen=True)
class Certified:
    """A plan that passed the guard, where the ego was then, and in which tick."""

    plan: Plan
    pose: Pose
    tick: int


@dataclass(frozen=True)
class LadderState:
    level: Level = Level.MODEL
    last: Certified | None = None
    valid_in_row: int = VALID_IN_ROW
    #: Ticks on F4 or F5 since the last valid plan.
    stopping_ticks: int = 0
    #: A minimal-risk manoeuvre is running, or has brought the car to a standstill.
    committed: bool = False


@dataclass(frozen=True)
class Choice:
    """What to drive in this tick, in the ego frame of this observation."""

    plan: Plan
    level: Level
    #: About the model's own plan; None when there was none in time.
    verdict: GuardVerdict | None


def step(
    state: LadderState,
    tick: int,
    plan: Plan | None,
    observation: Observation,
    guard: Guard,
    memory: Memory,
    confirmed: bool = False,
) -> tuple[LadderState, Choice]:
    """The next state and the plan to drive; `plan` is None when the model was late or failed.

    `confirmed`: somebody asked to go on after a minimal-risk manoeuvre. Raises `ValueError` for
    an observation without perception.
    """
    if observation.perception is None:
        raise ValueError("the fallback ladder needs an observation with perception")
    ego = observation.perception.ego
    verdict = None if plan is None else guard.check(plan, observation, memory)
    valid = verdict is not None and verdict.ok
    in_row = min(state.valid_in_row + 1, VALID_IN_ROW) if valid else 0
    state = replace(state, valid_in_row=in_row)
    if valid and verdict is not None and _may_go_on(state, ego, confirmed):
        level = Level.CLIPPED if verdict.verdict == "clipped" else Level.MODEL
        last = Certified(verdict.plan, Pose.of(ego), tick)
        state = replace(state, level=level, last=last, stopping_ticks=0, committed=False)
        return state, Choice(verdict.plan, level, verdict)
    if state.level not in STOPPING:
        again = _shifted(state, tick, observation, ego)
        if again is not None and guard.check(again, observation, memory).ok:
            return replace(state, level=Level.SHIFTED), Choice(again, Level.SHIFTED, verdict)
    chosen, level = _stop(state, observation, ego, guard, memory, verdict)
    ticks = 0 if valid else state.stopping_ticks + 1
    committed = state.committed or ticks >= COMMIT_TICKS
    state = replace(state, level=level, stopping_ticks=ticks, committed=committed)
    return state, Choice(chosen, level, verdict)


def _may_go_on(state: LadderState, ego: EgoState, confirmed: bool) -> bool:
    if state.level not in STOPPING:
        return True
    if state.valid_in_row < VALID_IN_ROW:
        return False
    return not state.committed or (confirmed and ego.speed_mps < STANDS_MPS)


def _shifted(state: LadderState, tick: int, observation: Observation, ego: EgoState) -> Plan | None:
    if state.last is None or not 0 < tick - state.last.tick <= SHIFTED_MAX_TICKS:
        return None
    last = state.last
    plan = shifted(last.plan, last.pose, Pose.of(ego), tick - last.tick, ego.speed_mps)
    return replace(plan, seq=observation.seq, t0_ns=observation.t0_ns)


def _stop(
    state: LadderState,
    observation: Observation,
    ego: EgoState,
    guard: Guard,
    memory: Memory,
    verdict: GuardVerdict | None,
) -> tuple[Plan, Level]:
    """The mildest stop that passes; else whatever does the least harm."""
    paths = _paths(state, ego, guard)
    least: tuple[float, Plan, Level] | None = None
    for decel in (*COMFORT_DECELS_MPS2, EMERGENCY_DECEL_MPS2):
        level = Level.EMERGENCY_STOP if decel == EMERGENCY_DECEL_MPS2 else Level.COMFORT_STOP
        taken_back = state.level is Level.EMERGENCY_STOP and level is Level.COMFORT_STOP
        if taken_back and _moves(ego) and state.valid_in_row == 0:
            continue  # an emergency stop is eased only once the model has a valid plan again
        for path in paths:
            plan = _stop_plan(observation, ego, path, decel)
            checked = guard.check(plan, observation, memory)
            if checked.ok:
                return plan, level
            if least is None or checked.harm < least[0] - 0.1:
                least = (checked.harm, plan, level)
    assert least is not None  # the emergency stop is always a candidate
    if verdict is not None and verdict.usable and verdict.harm < least[0] - 0.1:
        return verdict.plan, Level.EMERGENCY_STOP
    return least[1], least[2]


def _moves(ego: EgoState) -> bool:
    return ego.speed_mps > STANDS_MPS


def _paths(state: LadderState, ego: EgoState, guard: Guard) -> list[F64]:
    """Where to stop along, each [N, 2] m: the own lane, then the last valid path, else ahead."""
    paths: list[F64] = []
    lane = guard.roadway.road.lanes.get(ego.lane or "")
    if lane is not None:
        s0, lateral = lane.project(ego.x, ego.y)
        ahead = np.arange(2.0, max(80.0, ego.speed_mps * 6.0), 2.0)
        # Back to the middle within about two seconds, so that a lane change is given up gently.
        offset = lateral * np.maximum(1.0 - ahead / max(2.0 * ego.speed_mps, 8.0), 0.0)
        x, y, _ = guard.roadway.way_ahead(lane.id).at(s0 + ahead, offset)
        paths.append(np.stack((x, y), axis=1))
    if state.last is not None:
        xy = motion(state.last.plan, state.last.pose).points
        k = int(np.hypot(xy[:, 0] - ego.x, xy[:, 1] - ego.y).argmin())
        if np.hypot(*(xy[k] - (ego.x, ego.y))) < ON_PATH_M and k + 1 < len(xy):
            paths.append(xy[k + 1 :])
    if not paths:
        ahead = np.arange(2.0, 80.0, 2.0)
        x, y = ego.x + ahead * np.cos(ego.heading), ego.y + ahead * np.sin(ego.heading)
        paths.append(np.stack((x, y), axis=1))
    return paths


def _stop_plan(observation: Observation, ego: EgoState, path: F64, decel_mps2: float) -> Plan:
    hard = decel_mps2 == EMERGENCY_DECEL_MPS2
    standing = not _moves(ego)
    sentence = (
        "Stay stopped because no safe plan was found."
        if standing
        else f"{'Brake hard' if hard else 'Stop'} in the lane because no safe plan was found."
    )
    empty = Plan(
        seq=observation.seq,
        t0_ns=observation.t0_ns,
        xyz=np.zeros((64, 3), np.float32),
        heading=np.zeros(64, np.float32),
        controls=np.zeros((64, 2), np.float32),
        trace=ReasoningTrace(
            longitudinal=Longitudinal.STOP_STATIC,
            lateral=Lateral.KEEP_LANE,
            sentence=sentence,
            cause=Cause(Component.ODD_LIMIT, "no safe plan", "makes the car stop", kind="fallback"),
        ),
        meta=MetaAction(
            MetaLongitudinal.STOP
            if standing
            else MetaLongitudinal.STRONG_DECELERATE
            if hard
            else MetaLongitudinal.GENTLE_DECELERATE,
            MetaLateral.STRAIGHT,
            MetaLane.KEEP,
        ),
        source="fallback",
        indicator="hazard",
    )
    return braking(empty, path, Pose.of(ego), ego.speed_mps, decel_mps2)
