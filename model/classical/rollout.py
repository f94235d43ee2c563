"""Speed over the horizon for many proposals at once: one dimension, along each path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from model.classical.constraints import (
    StopPoint,
    free_law,
    idm,
    profile_law,
    stop_law,
)
from model.classical.geometry import F64
from model.classical.overlay import Overlay
from model.classical.path import Path
from model.classical.settings import (
    COMFORT_BRAKE_MPS2,
    EMERGENCY_BRAKE_MPS2,
    JERK_DOWN_MPS3,
    JERK_HAZARD_MPS3,
    JERK_UP_MPS3,
    MAX_ACCEL_MPS2,
    Style,
)
from model.contract.observation import HORIZON_STEPS, STEP_S, VehicleShape

FAR_M = 1e6
#: The allowed speed is looked up this far ahead in time, so that braking begins gently, s.
PREVIEW_S = 1.0


@dataclass(frozen=True)
class Case:
    """A path with everything that bounds the speed along it."""

    path: Path
    overlay: Overlay
    profile: F64  # [P] m/s allowed at each metre of the path
    stops: tuple[StopPoint, ...]
    #: Allowed speed for comfort reasons only may not brake harder than this, m/s².
    soft_brake_mps2: float = 2.2


@dataclass(frozen=True)
class Proposal:
    case: Case
    fraction: float = 1.0
    #: At least this braking, whatever else (0 = as the constraints say).
    brake_mps2: float = 0.0


@dataclass(frozen=True)
class Motion:
    """Positions [K, 65] m on each path, speeds [K, 65] m/s and accelerations [K, 64] m/s²."""

    position: F64
    speed: F64
    accel: F64


@dataclass(frozen=True)
class _Stacked:
    profile: F64  # [K, P]
    stop_at: F64  # [K, M]
    stop_from: F64
    stop_until: F64
    stop_floor: F64
    rear: F64  # [K, N, T]
    lead_speed: F64
    lead_accel: F64  # [K, N]
    followed: F64  # [K, N, T] 0 or FAR_M, added to the gap


def roll(
    proposals: Sequence[Proposal],
    speed_mps: float,
    accel_mps2: float,
    style: Style,
    gap_s: float,
    shape: VehicleShape,
) -> Motion:
    """Rolls all proposals out over the horizon with the laws of `constraints`."""
    count = len(proposals)
    data = _stack(proposals)
    rows = np.arange(count)
    brake = np.array([p.brake_mps2 for p in proposals])
    soft = np.array([p.case.soft_brake_mps2 for p in proposals])
    position = np.zeros((count, HORIZON_STEPS + 1))
    speed, accel = np.zeros_like(position), np.zeros((count, HORIZON_STEPS))
    s = np.array([p.case.path.origin_m for p in proposals])
    v = np.full(count, max(speed_mps, 0.0))
    a = np.full(count, min(max(accel_mps2, -EMERGENCY_BRAKE_MPS2), MAX_ACCEL_MPS2))
    position[:, 0], speed[:, 0] = s, v
    last = data.profile.shape[1] - 1
    for step in range(0, HORIZON_STEPS, 2):
        # The laws look every 0.2 s, as the prediction does; the motion is stepped finer.
        t = step * STEP_S
        here = data.profile[rows, np.clip(s, 0, last).astype(np.intp)]
        ahead_m = np.maximum(v * PREVIEW_S, 2.0)
        there = data.profile[rows, np.clip(s + ahead_m, 0, last).astype(np.intp)]
        target = np.minimum(free_law(v, here, style), profile_law(v, there, ahead_m))
        target = np.maximum(target, -soft)
        front = s + shape.front_ahead_m
        if data.stop_at.size:
            held = stop_law(v[:, None], data.stop_at - front[:, None], style)
            active = (data.stop_from <= t) & (t < data.stop_until)
            held = np.where(active, np.maximum(held, data.stop_floor), inf)
            target = np.minimum(target, held.min(axis=1))
        if data.rear.size:
            gap = data.rear[:, :, step // 2] - front[:, None]
            gap = np.where(gap < -0.55 * shape.length_m, FAR_M, gap)
            gap += data.followed[:, :, step // 2]
            lead = idm(
                v[:, None], gap, data.lead_speed[:, :, step // 2], data.lead_accel, style, gap_s
            )
            target = np.minimum(target, lead.min(axis=1))
        target = np.where(brake > 0, np.minimum(target, -brake), target)
        for k in (step, step + 1):
            a = np.maximum(_jerk_limited(a, target, v), -v / STEP_S)
            s = s + v * STEP_S + a * STEP_S * STEP_S / 2
            v = np.maximum(v + a * STEP_S, 0.0)
            position[:, k + 1], speed[:, k + 1], accel[:, k] = s, v, a
            a = np.where((v < 1e-6) & (a < 0), 0.0, a)
    return Motion(position, speed, accel)


def _jerk_limited(a: F64, target: F64, v: F64) -> F64:
    """Acceleration after one step towards the target; a hazard may brake at once."""
    down = np.where(target < -COMFORT_BRAKE_MPS2, JERK_HAZARD_MPS3, JERK_DOWN_MPS3)
    # Letting go of the brakes and moving off may be quicker than pressing on at speed.
    up = np.where((a < 0) | (v < 1.0), 2.0 * JERK_UP_MPS3, JERK_UP_MPS3)
    limited = np.clip(target, a - down * STEP_S, a + up * STEP_S)
    return np.asarray(np.clip(limited, -EMERGENCY_BRAKE_MPS2, MAX_ACCEL_MPS2))


def _stack(proposals: Sequence[Proposal]) -> _Stacked:
    longest = max(len(p.case.profile) for p in proposals)
    most = max(len(p.case.stops) for p in proposals)
    profile = np.stack(
        [
            np.pad(p.case.profile * p.fraction, (0, longest - len(p.case.profile)), "edge")
            for p in proposals
        ]
    )

    def stops(value: float, pick: str) -> F64:
        table = np.full((len(proposals), most), value)
        for row, p in enumerate(proposals):
            for column, stop in enumerate(p.case.stops):
                table[row, column] = getattr(stop, pick)
        return table

    floor = np.where(stops(1.0, "hazard") > 0.5, -EMERGENCY_BRAKE_MPS2, -3.0)
    # Only those whom some path follows at some time count as leads.
    seen = [p.case.overlay for p in proposals]
    leads = np.flatnonzero(np.any([o.followed.any(axis=1) for o in seen], axis=0))
    return _Stacked(
        profile,
        stops(FAR_M, "at_m"),
        stops(0.0, "from_s"),
        stops(inf, "until_s"),
        floor,
        np.stack([o.rear[leads] for o in seen]),
        np.maximum(np.stack([o.speed[leads] for o in seen]), 0.0),
        np.stack([o.accel[leads] for o in seen]),
        np.where(np.stack([o.followed[leads] for o in seen]), 0.0, FAR_M),
    )
