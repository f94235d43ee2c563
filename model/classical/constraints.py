"""Labelled constraints and the laws that turn each into an acceleration.

Every reason to drive slower than the free road allows is one of three things: a speed bound over
a stretch, a point where the front bumper must stop, or somebody ahead on the path. Each carries
the reason that will be spoken when it is the one that decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from model.classical.geometry import F64
from model.classical.settings import (
    COMFORT_BRAKE_MPS2,
    EMERGENCY_BRAKE_MPS2,
    STANDSTILL_GAP_M,
    Style,
)
from model.contract.observation import Actor
from modes.vocabulary import Component, Longitudinal


@dataclass(frozen=True)
class Reason:
    """What a constraint is about, in words that fit "because of LABEL, which DOES"."""

    component: Component
    kind: str  # ActorKind value, or light, stop_sign, crossing, limit, exit …
    label: str  # "the white van", "the red light"
    does: str  # "is braking"
    decision: Longitudinal
    actor: Actor | None = None
    point: tuple[float, float] | None = None  # where it is on the map, when it is no actor
    object_id: str | None = None


@dataclass(frozen=True)
class SpeedBound:
    """No faster than `speed_mps` between two places of the path."""

    from_m: float
    to_m: float
    speed_mps: float
    reason: Reason


@dataclass(frozen=True)
class StopPoint:
    """The front bumper stays before `at_m` between two times from now."""

    at_m: float
    reason: Reason
    from_s: float = 0.0
    until_s: float = inf
    #: A hazard may ask for more than comfortable braking; a wish may not.
    hazard: bool = True


def idm(speed: F64, gap: F64, lead_speed: F64, lead_accel: F64, style: Style, gap_s: float) -> F64:
    """Acceleration behind somebody `gap` metres ahead (intelligent driver model, softened).

    Where the plain model overreacts to a short but safe gap (a cut-in), braking stays within
    comfort as long as physics allows it.
    """
    gap = np.maximum(gap, 0.1)
    closing = speed - lead_speed
    wanted = STANDSTILL_GAP_M + np.maximum(
        speed * gap_s + speed * closing / (2 * sqrt(style.accel_mps2 * style.brake_mps2)), 0.0
    )
    plain = style.accel_mps2 * (1.0 - (wanted / gap) ** 2)
    # What stopping 1.5 m behind needs if the other goes on braking as it does now.
    lead_stop = lead_speed**2 / (2 * np.maximum(-lead_accel, 1e-3))
    room = np.maximum(gap - 1.5, 0.3)
    chase = np.where(closing > 0, closing**2 / (2 * room) + np.maximum(-lead_accel, 0), 0.0)
    halt = speed**2 / (2 * (room + lead_stop))
    need = np.where(lead_accel < -0.5, np.minimum(chase, np.maximum(halt, 0)), chase)
    floor = -np.maximum(COMFORT_BRAKE_MPS2 - 0.5, 1.25 * need)
    return np.asarray(np.maximum(np.maximum(plain, floor), -EMERGENCY_BRAKE_MPS2))


def stop_law(speed: F64, room: F64, style: Style) -> F64:
    """Upper bound of the acceleration for stopping within `room` metres.

    Braking begins when it has to be about as strong as is comfortable, and then is constant.
    """
    need = speed * speed / (2 * np.maximum(room, 0.05))
    share = np.clip((need / style.brake_mps2 - 0.6) / 0.4, 0.0, 1.0)
    bound = (1.0 - share) * np.clip(room, 0.0, 3.0) - share * need
    # Standing close enough is standing: no inching the last half metre.
    bound = np.where((room < 0.6) & (speed < 0.6), np.minimum(bound, -1.5 * speed - 0.3), bound)
    return np.asarray(np.maximum(bound, -EMERGENCY_BRAKE_MPS2))


def profile_law(speed: F64, ahead_mps: F64, ahead_m: F64) -> F64:
    """Acceleration that meets the allowed speed `ahead_mps` in `ahead_m` metres."""
    return np.asarray((ahead_mps * ahead_mps - speed * speed) / (2 * ahead_m))


def free_law(speed: F64, wanted_mps: F64, style: Style) -> F64:
    """Acceleration on a free road towards the wanted speed."""
    ratio = speed / np.maximum(wanted_mps, 0.1)
    return np.asarray(style.accel_mps2 * (1.0 - ratio**4))


def allowed_profile(
    length: int, top_mps: F64 | float, bounds: tuple[SpeedBound, ...], brake_mps2: float
) -> F64:
    """Speed allowed at each metre of the path, such that every bound ahead can be met in comfort.

    `brake_mps2` is the braking with which a lower speed ahead is approached. Shape [length].
    """
    allowed = np.full(length, top_mps, dtype=np.float64)
    for bound in bounds:
        a, b = max(int(bound.from_m), 0), int(bound.to_m) + 1
        if a < length and b > 0:
            allowed[a:b] = np.minimum(allowed[a:b], bound.speed_mps)
    slope = 2.0 * brake_mps2 * np.arange(length)
    reachable = allowed**2 + slope
    return np.asarray(
        np.sqrt(np.maximum(np.minimum.accumulate(reachable[::-1])[::-1] - slope, 0.0))
    )


def time_to_cover(distance_m: float, speed_mps: float, top_mps: float, accel_mps2: float) -> float:
    """Seconds to drive a distance, speeding up (or easing down) to `top_mps`."""
    if distance_m <= 0:
        return 0.0
    top = max(top_mps, 0.5)
    v = min(speed_mps, top)
    ramp = (top * top - v * v) / (2 * accel_mps2)
    if distance_m <= ramp:
        return (sqrt(v * v + 2 * accel_mps2 * distance_m) - v) / accel_mps2
    return (top - v) / accel_mps2 + (distance_m - ramp) / top
