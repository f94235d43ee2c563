"""Checks T1 to T7 of the trajectory guard, one function each: values in, findings out.

A finding is a `Check` with its margin (negative where the bound is broken) that is either hard
(the plan is rejected) or soft (clipped where slowing helps, else noted). Ids and bounds are those
of the safety policy, section 5. T8 is in `contacts`, T10 in `signals`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import (
    HORIZON_STEPS,
    STEP_S,
    EgoState,
    Observation,
    Perception,
    VehicleShape,
)
from model.contract.plan import Plan
from safety.boxes import body_points
from safety.motion import Motion, Pose, motion
from safety.policy import Trajectory
from safety.roadway import Roadway

F64 = NDArray[np.float64]

#: Faster than any plan of a road car: the units are wrong, m/s.
ABSURD_MPS = 70.0
#: Points and controls of one plan may drift apart this far in 3 s, m.
DISAGREE_M = 2.0
#: Slower than this the ego stands: what touches it then is not its doing, m/s.
STANDS_MPS = 0.3
#: Seams between lanes and junction areas of a map are known this well, m.
MAP_ACCURACY_M = 0.1
#: Nearer poses than this one tick apart need no test of their own (T7 looks at every second).
AREA_STRIDE = 2


@dataclass(frozen=True)
class Check:
    """One bound that a plan comes close to or breaks."""

    id: str
    hard: bool
    margin: float
    detail: str
    at_s: float = 0.0


@dataclass(frozen=True)
class Memory:
    """What one observation cannot tell: where the ego last stood still (rear axle, map frame)."""

    stood_at: tuple[float, float] | None = None

    def after(self, observation: Observation) -> Memory:
        """The memory once this observation is known."""
        seen = observation.perception
        if seen is not None and seen.ego.speed_mps < STANDS_MPS:
            return Memory((seen.ego.x, seen.ego.y))
        return self


@dataclass(frozen=True)
class Case:
    """One plan to be judged, with what the checks share."""

    plan: Plan
    observation: Observation
    perception: Perception
    roadway: Roadway
    bounds: Trajectory
    memory: Memory

    @property
    def shape(self) -> VehicleShape:
        return self.observation.shape

    @property
    def ego(self) -> EgoState:
        return self.perception.ego

    @cached_property
    def motion(self) -> Motion:
        return motion(self.plan, Pose.of(self.ego))

    @property
    def speed_now(self) -> float:
        return self.ego.speed_mps


def shape_and_units(plan: Plan) -> list[Check]:
    """T1: shapes, finiteness, units, and controls that tell the same story as the points."""
    wanted = {
        "xyz": (HORIZON_STEPS, 3),
        "heading": (HORIZON_STEPS,),
        "controls": (HORIZON_STEPS, 2),
    }
    for name, shape in wanted.items():
        array = getattr(plan, name)
        if array.shape != shape:
            return [Check("T1", True, -1.0, f"{name} has shape {array.shape}, not {shape}")]
        if not np.isfinite(array).all():
            return [Check("T1", True, -1.0, f"{name} is not finite")]
    steps = np.hypot(*np.diff(np.vstack((np.zeros(2), plan.xyz[:, :2])), axis=0).T) / STEP_S
    fastest = float(steps.max())
    if fastest > ABSURD_MPS:
        return [Check("T1", True, ABSURD_MPS - fastest, f"moves at {fastest:.0f} m/s")]
    apart = _controls_apart_m(plan, float(steps[1]))
    if apart > DISAGREE_M:
        return [Check("T1", True, DISAGREE_M - apart, f"controls end {apart:.1f} m off the points")]
    return []


def _controls_apart_m(plan: Plan, second_mps: float) -> float:
    """How far the controls lead from the points within 3 s, both from the first point on."""
    accel, curvature = plan.controls[1:30].astype(np.float64).T
    start = max(second_mps - float(accel[0]) * STEP_S / 2, 0.0)
    ends = np.maximum(start + np.cumsum(accel) * STEP_S, 0.0)
    run = (np.concatenate(([start], ends[:-1])) + ends) / 2 * STEP_S
    heading = float(plan.heading[0]) + np.cumsum(curvature * run) - curvature * run / 2
    x = float(plan.xyz[0, 0]) + np.cumsum(run * np.cos(heading))
    y = float(plan.xyz[0, 1]) + np.cumsum(run * np.sin(heading))
    return float(np.hypot(x - plan.xyz[1:30, 0], y - plan.xyz[1:30, 1]).max())


def horizon(case: Case) -> list[Check]:
    """T2: long enough to stop in, as far as 64 points can be."""
    have = HORIZON_STEPS * STEP_S
    stop = case.speed_now / case.bounds.stop_decel_mps2
    need = min(max(case.bounds.horizon_s, stop), have)
    moved = float(case.motion.s[-1])
    if have < need or (moved < 0.5 and case.speed_now > 15.0):
        return [Check("T2", True, have - need, "the plan ends before the car can stop")]
    return []


def start(case: Case) -> list[Check]:
    """T3: the plan begins where the ego is, with its heading and speed."""
    path, bounds = case.motion, case.bounds
    first = case.plan.xyz[0, :2].astype(np.float64)
    heading = float(case.plan.heading[0])
    # Back from the first point, which lies one step ahead, to the stamp itself.
    back = first - case.speed_now * STEP_S * np.array([np.cos(heading), np.sin(heading)])
    found = []
    for margin, what in (
        (bounds.start_m - float(np.hypot(*back)), "starts off the car's place"),
        (bounds.start_deg - abs(np.degrees(heading)), "starts off the car's heading"),
        (bounds.start_mps - abs(float(path.speed[0]) - case.speed_now), "starts off its speed"),
    ):
        if margin < 0:
            found.append(Check("T3", True, float(margin), what))
    return found


def limits_of_motion(case: Case) -> list[Check]:
    """T6: lateral and longitudinal acceleration, jerk and curvature."""
    b, speed = case.bounds, case.motion.speed
    accel, curvature = case.plan.controls.astype(np.float64).T
    moving = speed > STANDS_MPS
    lateral = speed**2 * np.abs(curvature)
    jerk = np.diff(accel) / STEP_S
    rows = (
        ("lateral acceleration", lateral, b.lateral_mps2),
        ("acceleration", accel, b.accel_mps2),
        ("curvature", np.abs(curvature) * moving, b.curvature_1pm),
        ("jerk", jerk * moving[1:], b.jerk_mps3),
    )
    found = []
    for name, values, bound in rows:
        k = int(values.argmax())
        worst = float(values[k])
        if worst > bound * 1.02:
            hard = worst > bound * b.hard_factor and name != "jerk"
            found.append(Check("T6", hard, bound - worst, f"{name} {worst:.2f}", (k + 1) * STEP_S))
    strongest = float(accel.min())
    if strongest < b.decel_mps2 * 1.02:
        # Braking is never clipped: that would take away what the plan needs to stop.
        hard = strongest < b.emergency_decel_mps2 * b.hard_factor
        found.append(Check("T6", hard, strongest - b.decel_mps2, f"braking {-strongest:.1f} m/s²"))
    return found


def drivable_area(case: Case) -> list[Check]:
    """T7: the body stays on the road, hard; and the footprint margin away from its edge, soft.

    A car that already is beyond the edge must not get worse.
    """
    path = case.motion
    pick = np.arange(0, HORIZON_STEPS + 1, AREA_STRIDE)
    points = body_points(path.x[pick], path.y[pick], path.heading[pick], case.shape)
    clear = case.roadway.clearance(points.reshape(-1, 2)).reshape(len(pick), -1)
    room = clear.min(axis=1)
    now = float(room[0])
    room[0] = np.inf
    # Standing still beyond the edge is no reason to reject: only driving there is.
    room[1:][path.speed[pick[1:] - 1] < STANDS_MPS] = np.inf
    k = int(room.argmin())
    least, at_s = float(room[k]), float(pick[k]) * STEP_S
    edge = min(-MAP_ACCURACY_M, now - MAP_ACCURACY_M)
    if least < edge:
        return [Check("T7", True, least - edge, f"leaves the road by {-least:.2f} m", at_s)]
    if least < min(case.bounds.footprint_m, now):
        margin = least - case.bounds.footprint_m
        return [Check("T7", False, margin, f"{least:.2f} m from the edge of the road", at_s)]
    return []
