"""The ego: a kinematic bicycle with actuator limits that tracks the controls of a plan."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from model.contract.observation import STEP_S, VehicleShape
from model.contract.plan import Plan
from world.geometry import wrap

#: Limits of drive and brakes, m/s² and m/s³.
ACCEL_MAX_MPS2, ACCEL_MIN_MPS2 = 2.0, -8.0
JERK_UP_MPS3, JERK_DOWN_MPS3 = 8.0, 25.0
#: Limits of the steered wheels, rad and rad/s (an 11 m turning circle between kerbs).
STEER_MAX_RAD, STEER_RATE_RADPS = 0.53, 0.7
#: First-order lags of drive train and steering, s; the tracker looks ahead by them.
ACCEL_LAG_S, STEER_LAG_S = 0.15, 0.08
#: Feedback on the trajectory: gains for metres and m/s behind, with the most they may add.
GAIN_PER_M, GAIN_PER_MPS, FEEDBACK_MAX_MPS2 = 0.3, 0.8, 1.5
#: Sideways errors are steered out over this time, s, and never over less than the distance, m.
CORRECTION_S, CORRECTION_MIN_M = 0.8, 4.0
GRAVITY_MPS2 = 9.81


@dataclass(frozen=True)
class EgoBody:
    """Rear axle pose and motion; `curvature_1pm` is that of the path, left positive."""

    x: float
    y: float
    heading: float
    speed_mps: float
    accel_mps2: float = 0.0
    curvature_1pm: float = 0.0

    def front(self, shape: VehicleShape) -> tuple[float, float]:
        """Middle of the front bumper, m."""
        ahead = shape.front_ahead_m
        return self.x + ahead * np.cos(self.heading), self.y + ahead * np.sin(self.heading)

    def centre(self, shape: VehicleShape) -> tuple[float, float]:
        """Middle of the body, m."""
        ahead = shape.centre_ahead_m
        return self.x + ahead * np.cos(self.heading), self.y + ahead * np.sin(self.heading)


@dataclass(frozen=True)
class Target:
    """Where a plan wants the ego at one moment, in the map frame, and its feed-forward."""

    x: float
    y: float
    heading: float
    speed_mps: float
    accel_mps2: float
    curvature_1pm: float


def target_at(plan: Plan, origin: EgoBody, age_s: float) -> Target:
    """The plan's state `age_s` after its t0, when the ego was at `origin`; held past its end."""
    at = min(max(age_s / STEP_S, 0.0), len(plan.xyz) - 1e-6)
    i, part = int(at), at - int(at)
    path = np.concatenate([np.zeros((1, 2)), plan.xyz[:, :2].astype(np.float64)])
    headings = np.concatenate([[0.0], plan.heading.astype(np.float64)])
    a, b = path[i], path[i + 1]
    x, y = a + (b - a) * part
    cos, sin = np.cos(origin.heading), np.sin(origin.heading)
    heading = headings[i] + wrap(headings[i + 1] - headings[i]) * part
    # Feed-forward is taken one lag later, so that it arrives in time.
    accel = plan.controls[min(int((age_s + ACCEL_LAG_S) / STEP_S), len(plan.controls) - 1), 0]
    curve = plan.controls[min(int((age_s + STEER_LAG_S) / STEP_S), len(plan.controls) - 1), 1]
    return Target(
        x=float(origin.x + cos * x - sin * y),
        y=float(origin.y + sin * x + cos * y),
        heading=float(origin.heading + heading),
        speed_mps=_path_speed(path, i, part),
        accel_mps2=float(accel),
        curvature_1pm=float(curve),
    )


def _path_speed(
    path: np.ndarray[tuple[int, ...], np.dtype[np.float64]], i: int, part: float
) -> float:
    """Speed along the path, from the steps around the moment, m/s."""
    steps = np.hypot(*np.diff(path, axis=0).T) / STEP_S
    mids = (np.arange(len(steps)) + 0.5) * STEP_S
    return float(np.interp((i + part) * STEP_S, mids, steps))


def track(body: EgoBody, target: Target) -> tuple[float, float]:
    """Acceleration and curvature to ask of the actuators, m/s² and 1/m."""
    cos, sin = np.cos(target.heading), np.sin(target.heading)
    dx, dy = target.x - body.x, target.y - body.y
    behind_m, left_m = cos * dx + sin * dy, -sin * dx + cos * dy
    feedback = GAIN_PER_M * behind_m + GAIN_PER_MPS * (target.speed_mps - body.speed_mps)
    accel = target.accel_mps2 + float(np.clip(feedback, -FEEDBACK_MAX_MPS2, FEEDBACK_MAX_MPS2))
    if target.speed_mps < 0.05 and body.speed_mps < 0.3 and target.accel_mps2 <= 0.0:
        accel = min(accel, -1.0)  # a plan that stands still means standing, not creeping
    reach = max(body.speed_mps * CORRECTION_S, CORRECTION_MIN_M)
    turn = wrap(target.heading - body.heading)
    return accel, target.curvature_1pm + left_m / reach**2 + 1.4 * turn / reach


def advance(
    body: EgoBody,
    accel_mps2: float,
    curvature_1pm: float,
    dt_s: float,
    shape: VehicleShape,
    friction: float = 1.0,
) -> EgoBody:
    """One step of the actuators and the bicycle; forwards only, within the friction circle."""
    grip = friction * GRAVITY_MPS2
    wish = float(np.clip(accel_mps2, max(ACCEL_MIN_MPS2, -grip), min(ACCEL_MAX_MPS2, grip)))
    pull = (wish - body.accel_mps2) * min(1.0, dt_s / ACCEL_LAG_S)
    accel = body.accel_mps2 + float(np.clip(pull, -JERK_DOWN_MPS3 * dt_s, JERK_UP_MPS3 * dt_s))

    steer = float(np.arctan(shape.wheelbase_m * body.curvature_1pm))
    wanted = float(
        np.clip(np.arctan(shape.wheelbase_m * curvature_1pm), -STEER_MAX_RAD, STEER_MAX_RAD)
    )
    turn = (wanted - steer) * min(1.0, dt_s / STEER_LAG_S)
    steer += float(np.clip(turn, -STEER_RATE_RADPS * dt_s, STEER_RATE_RADPS * dt_s))
    most = grip * 0.9 / max(body.speed_mps, 1.0) ** 2
    curve = float(np.clip(np.tan(steer) / shape.wheelbase_m, -most, most))

    speed = max(0.0, body.speed_mps + accel * dt_s)
    if speed == 0.0:
        accel = 0.0 if accel < 0 else accel
    travelled = (body.speed_mps + speed) / 2 * dt_s
    middle = body.heading + curve * travelled / 2
    return replace(
        body,
        x=float(body.x + travelled * np.cos(middle)),
        y=float(body.y + travelled * np.sin(middle)),
        heading=wrap(body.heading + curve * travelled),
        speed_mps=speed,
        accel_mps2=accel,
        curvature_1pm=curve,
    )
