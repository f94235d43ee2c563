"""Plans as motion over the ground: between frames, slowed down, shifted in time, brought to a stop.

Everything here is geometry on the `Plan` contract: 64 points, 0.1 s apart, in the frame of the
ego's rear axle at the plan's stamp.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import HORIZON_STEPS, STEP_S, EgoState
from model.contract.plan import Plan

F64 = NDArray[np.float64]

TIMES_S: F64 = np.linspace(STEP_S, HORIZON_STEPS * STEP_S, HORIZON_STEPS)
#: Shorter steps than this have no direction of their own, m.
STILL_M = 1e-3


@dataclass(frozen=True)
class Pose:
    """Rear axle in the map frame, m and rad."""

    x: float
    y: float
    heading: float

    @classmethod
    def of(cls, ego: EgoState) -> Pose:
        return cls(ego.x, ego.y, ego.heading)


@dataclass(frozen=True)
class Motion:
    """A plan in the map frame; index 0 is the pose at the plan's stamp."""

    x: F64  # [65] m
    y: F64  # [65] m
    heading: F64  # [65] rad
    s: F64  # [65] m along the path, from 0
    speed: F64  # [64] m/s over each step

    @property
    def points(self) -> F64:
        """[65, 2] m."""
        return np.stack((self.x, self.y), axis=1)


def motion(plan: Plan, pose: Pose) -> Motion:
    """The plan over the ground, seen from where the ego was at its stamp."""
    xy = np.concatenate((np.zeros((1, 2)), plan.xyz[:, :2].astype(np.float64)))
    c, s = np.cos(pose.heading), np.sin(pose.heading)
    steps = np.hypot(*np.diff(xy, axis=0).T)
    return Motion(
        x=pose.x + c * xy[:, 0] - s * xy[:, 1],
        y=pose.y + s * xy[:, 0] + c * xy[:, 1],
        heading=pose.heading + np.concatenate(([0.0], plan.heading.astype(np.float64))),
        s=np.concatenate(([0.0], np.cumsum(steps))),
        speed=steps / STEP_S,
    )


def slowed(plan: Plan, cap_mps: F64, ego_speed_mps: float, accel_mps2: float) -> Plan:
    """The same path driven no faster than `cap_mps` [64] at each of its points, nor earlier.

    Speeds belong to places, not to times: whoever slows down comes to a bend later. Speed is
    taken up again with at most `accel_mps2`, and the plan is never overtaken.
    """
    xy = np.concatenate((np.zeros((1, 2)), plan.xyz[:, :2].astype(np.float64)))
    steps = np.hypot(*np.diff(xy, axis=0).T)
    s = np.concatenate(([0.0], np.cumsum(steps)))
    bound = np.minimum(steps / STEP_S, cap_mps)
    speed = np.zeros(HORIZON_STEPS)
    at, v = 0.0, ego_speed_mps
    for k in range(HORIZON_STEPS):
        here = float(np.interp(at + v * STEP_S, s[1:], bound))
        v = max(min(here, v + accel_mps2 * STEP_S, (float(s[k + 1]) - at) / STEP_S), 0.0)
        speed[k] = v
        at += v * STEP_S
    heading = np.concatenate(([0.0], plan.heading.astype(np.float64)))
    curvature = np.concatenate((plan.controls[:1, 1], plan.controls[:, 1])).astype(np.float64)
    return _along(plan, s, xy, heading, curvature, speed, ego_speed_mps)


def shifted(plan: Plan, was: Pose, now: Pose, steps: int, ego_speed_mps: float) -> Plan:
    """The rest of a plan made `steps` ticks ago, seen from `now`, with speed not increasing.

    Beyond its end the plan keeps straight on at its last speed, never faster than before.
    """
    path = motion(plan, was)
    steps = min(steps, HORIZON_STEPS - 1)
    tail = path.heading[-1]
    ahead = path.speed[-1] * STEP_S * np.arange(1, steps + 1) + 1e-6
    x = np.concatenate((path.x[steps:], path.x[-1] + ahead * np.cos(tail)))
    y = np.concatenate((path.y[steps:], path.y[-1] + ahead * np.sin(tail)))
    heading = np.concatenate((path.heading[steps:], np.full(steps, tail)))
    curvature = np.concatenate((plan.controls[steps:, 1], np.zeros(steps + 1)))
    speed = np.concatenate((path.speed[steps:], np.full(steps, path.speed[-1])))
    speed = np.minimum.accumulate(np.minimum(speed, max(ego_speed_mps, 0.0)))
    xy = _to_frame(x, y, now)
    # The car is where it is: move the start onto it and let the offset fade over the path.
    fade = np.maximum(1.0 - np.arange(len(xy)) / 20.0, 0.0)[:, None]
    xy = xy - xy[0] * fade
    s = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    rest = heading - now.heading
    rest -= 2 * np.pi * np.round(rest[0] / (2 * np.pi))
    return _along(plan, s, xy, rest, curvature.astype(np.float64), speed, ego_speed_mps)


def braking(like: Plan, path_xy: F64, now: Pose, ego_speed_mps: float, decel_mps2: float) -> Plan:
    """A stop along `path_xy` [N, 2] m in the map frame, from the ego's pose, at one deceleration.

    `like` lends its stamp and sequence number; trace and source are for the caller to replace.
    """
    xy = _to_frame(path_xy[:, 0], path_xy[:, 1], now)
    xy = xy[xy[:, 0] > 0.5] if len(xy) else xy
    xy = np.concatenate((np.zeros((1, 2)), xy))
    reach = ego_speed_mps**2 / (2 * decel_mps2) + 10.0
    xy, s = _lengthened(xy, reach)
    fine = np.arange(0.0, s[-1], 0.5)
    xy = np.stack([np.interp(fine, s, xy[:, k]) for k in (0, 1)], axis=1)
    step = np.diff(xy, axis=0)
    heading = np.unwrap(np.append(np.arctan2(step[:, 1], step[:, 0]), 0.0))
    heading[-1] = heading[-2]
    heading = _smooth_from(0.0, heading)
    curvature = np.gradient(heading, 0.5)
    speed = np.maximum(ego_speed_mps - decel_mps2 * TIMES_S, 0.0)
    return _along(like, fine, xy, heading, curvature, speed, ego_speed_mps)


def _along(
    plan: Plan, s: F64, xy: F64, heading: F64, curvature: F64, speed: F64, ego_speed_mps: float
) -> Plan:
    """A plan along the path `xy` [N, 2] with arc length `s` [N], at `speed` [64]."""
    at = np.cumsum(speed * STEP_S)
    grow = s + np.arange(len(s)) * 1e-9  # standstill repeats points: keep `s` increasing
    xyz = np.zeros((HORIZON_STEPS, 3), np.float32)
    xyz[:, 0] = np.interp(at, grow, xy[:, 0])
    xyz[:, 1] = np.interp(at, grow, xy[:, 1])
    accel = np.diff(np.concatenate(([ego_speed_mps], speed))) / STEP_S
    middle = at - speed * STEP_S / 2
    bend = np.interp(middle, grow, curvature)
    controls = np.stack((accel, bend), axis=1).astype(np.float32)
    angles = np.interp(at, grow, heading).astype(np.float32)
    return replace(plan, xyz=xyz, heading=angles, controls=controls)


def _to_frame(x: F64, y: F64, pose: Pose) -> F64:
    c, s = np.cos(pose.heading), np.sin(pose.heading)
    dx, dy = x - pose.x, y - pose.y
    return np.stack((c * dx + s * dy, c * dy - s * dx), axis=1)


def _lengthened(xy: F64, reach_m: float) -> tuple[F64, F64]:
    """The path without repeated points, going straight on to at least `reach_m`."""
    keep = np.concatenate(([True], np.hypot(*np.diff(xy, axis=0).T) > STILL_M))
    xy = xy[keep]
    end = xy[-1] - xy[-2] if len(xy) > 1 else np.array([1.0, 0.0])
    length = float(np.hypot(*np.diff(xy, axis=0).T).sum())
    extra = max(reach_m - length, 1.0)
    xy = np.concatenate((xy, xy[-1:] + end / np.hypot(*end) * extra))
    return xy, np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))


def _smooth_from(start: float, heading: F64) -> F64:
    """Headings whose first one is the ego's own, averaged over about 2 m."""
    padded = np.concatenate((np.full(2, start), heading, np.full(2, heading[-1])))
    result = np.convolve(padded, np.full(5, 0.2), "valid")
    result[0] = start
    return result
