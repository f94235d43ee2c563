"""T10 of the trajectory guard: speed limits, red lights and stop signs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import HORIZON_STEPS, STEP_S, VehicleShape
from model.contract.road import Control, LaneLink
from safety.checks import STANDS_MPS, Case, Check
from safety.motion import TIMES_S, Motion
from safety.roadway import NO_LIMIT_MPS, StopLine

F64 = NDArray[np.float64]

#: A stop sign was obeyed if the car stood with its front this near to the line, m.
STOPPED_NEAR_M = 6.0
#: Speed over the limit that is measurement noise, m/s.
LIMIT_NOISE_MPS = 0.6


def speed_cap(case: Case) -> F64:
    """Speed bound at each step [64] m/s: limits and grip, reached by service braking."""
    path, b = case.motion, case.bounds
    limit = case.roadway.limits(path.points[1:], path.heading[1:])
    bend = np.abs(case.plan.controls[:, 1].astype(np.float64))
    grip = np.sqrt(b.lateral_mps2 / np.maximum(bend, 1e-6))
    cap = np.minimum(limit, grip)
    # Backwards along the path: be slow enough early, and forwards: no harder than service braking.
    for k in range(HORIZON_STEPS - 2, -1, -1):
        room = path.s[k + 2] - path.s[k + 1]
        cap[k] = min(cap[k], float(np.sqrt(cap[k + 1] ** 2 - 2 * b.decel_mps2 * room)))
    return np.asarray(np.maximum(cap, case.speed_now + b.decel_mps2 * TIMES_S))


def speed_limit(case: Case) -> list[Check]:
    """T10, first part: no faster than the limit where the plan has a choice.

    Soft, since slowing the plan mends it: a car that has just passed a lower limit brakes.
    """
    path = case.motion
    limit = case.roadway.limits(path.points[1:], path.heading[1:])
    allowed = np.maximum(limit, case.speed_now + case.bounds.decel_mps2 * TIMES_S)
    margin = allowed + LIMIT_NOISE_MPS - path.speed
    k = int(margin.argmin())
    if margin[k] < 0 and limit[k] < NO_LIMIT_MPS:
        detail = f"{path.speed[k] * 3.6:.0f} km/h where {limit[k] * 3.6:.0f} are allowed"
        return [Check("T10", False, float(margin[k]), detail, (k + 1) * STEP_S)]
    return []


def lights_and_signs(case: Case) -> list[Check]:
    """T10, second part: no red light and no stop sign is run that the car can still stop for."""
    lines = case.roadway.stop_line_xy
    path = case.motion
    if not len(lines):
        return []
    reach = float(path.s[-1]) + case.shape.front_ahead_m + 5.0
    near = np.flatnonzero(np.hypot(lines[:, 0] - path.x[0], lines[:, 1] - path.y[0]) < reach)
    found = []
    for i in near:
        line = case.roadway.stop_lines[i]
        at = _crossing(line, path, case.shape)
        check = None if at is None else _at_line(line, at, case)
        if check is not None:
            found.append(check)
    return found


def _crossing(line: StopLine, path: Motion, shape: VehicleShape) -> int | None:
    """The step in which the front bumper passes the stop line; None if it never does."""
    front_x = path.x + shape.front_ahead_m * np.cos(path.heading)
    front_y = path.y + shape.front_ahead_m * np.sin(path.heading)
    c, s = np.cos(line.heading), np.sin(line.heading)
    ahead = (front_x - line.x) * c + (front_y - line.y) * s
    aside = (front_y - line.y) * c - (front_x - line.x) * s
    passes = (ahead[:-1] <= 0) & (ahead[1:] > 0)
    passes &= (np.abs(aside[1:]) < line.half_width_m) & (
        np.cos(path.heading[1:] - line.heading) > 0
    )
    hit = np.flatnonzero(passes)
    return int(hit[0]) + 1 if len(hit) else None


def _at_line(line: StopLine, at: int, case: Case) -> Check | None:
    path, b = case.motion, case.bounds
    room = max(float(path.s[at - 1]), 0.0)
    if case.speed_now**2 / (2 * max(room, 1e-3)) > -b.emergency_decel_mps2:
        return None  # cannot stop before the line any more: rejecting would not help
    link = _link_taken(line, at, case)
    if link.control is Control.LIGHT and link.light is not None:
        state = case.perception.lights.get(link.light, "")
        red = 0 <= link.light_index < len(state) and state[link.light_index] in "ru"
        return Check("T10", True, -room, "runs a red light", at * STEP_S) if red else None
    stops = link.control in (Control.STOP, Control.ALL_WAY_STOP)
    if stops and not _stopped_before(line, at, case):
        return Check("T10", True, -room, "runs a stop sign", at * STEP_S)
    return None


def _link_taken(line: StopLine, at: int, case: Case) -> LaneLink:
    path = case.motion
    points = path.points[at:]
    roads = case.roadway.road.lanes

    def gap(link: LaneLink) -> float:
        lane = roads[link.via[0] if link.via else link.to_lane]
        pick = points[:: max(len(points) // 4, 1)][:5]
        return sum(abs(lane.project(float(x), float(y))[1]) for x, y in pick)

    return min(line.links, key=gap)


def _stopped_before(line: StopLine, at: int, case: Case) -> bool:
    """Did the car stand at the line already, or will it before it goes over?"""
    ahead = case.shape.front_ahead_m
    c, s = np.cos(line.heading), np.sin(line.heading)
    path = case.motion
    room = -((path.x[:at] - line.x) * c + (path.y[:at] - line.y) * s) - ahead
    if bool(((path.speed[:at] < STANDS_MPS) & (np.abs(room) < STOPPED_NEAR_M)).any()):
        return True
    stood = case.memory.stood_at
    if stood is None:
        return False
    dx, dy = stood[0] - line.x, stood[1] - line.y
    aside = abs(float(dy * c - dx * s))
    behind = -float(dx * c + dy * s)
    return 0 < behind < STOPPED_NEAR_M + ahead and aside < 3.0
