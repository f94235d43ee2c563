"""The path of one lateral option: a corridor plus a smooth sideways offset from the ego on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt, tan

import numpy as np

from model.classical.geometry import F64, Line, line_from_samples, smoothed, wrap
from model.classical.route import Corridor
from model.classical.settings import MAX_CURVATURE_1PM
from model.contract.observation import EgoState, VehicleShape
from modes.vocabulary import Direction, Lateral

#: The path begins this far behind the rear axle, so that neighbours project onto it, m.
TAIL_M = 30
#: In bends the body, not the axle, is centred: metres of shift per unit of curvature.
BEND_SHIFT_M2 = 2.2
MAX_BEND_SHIFT_M = 0.4
LEFT_SHARE = -1.0


@dataclass(frozen=True)
class Shift:
    """A lasting or passing sideways offset wanted between two places of a corridor."""

    from_m: float  # fully there from here on (corridor s of the rear axle)
    to_m: float  # and until here
    offset_m: float  # left positive, from the lane centre
    ramp_m: float  # length of the way in; the way out is as long


@dataclass(frozen=True)
class Option:
    """One thing to do sideways, before it is turned into a path."""

    lateral: Lateral
    corridor: Corridor
    direction: Direction | None = None
    target_lane: str | None = None
    shifts: tuple[Shift, ...] = ()
    #: Width of the whole manoeuvre and its time, so that a blend half done goes on unchanged.
    width_m: float = 0.0
    time_s: float = 3.0
    indicator: str = "off"
    #: What it is for; the decision's reason when it is carried out.
    why: str = ""
    object_id: str | None = None


@dataclass(frozen=True)
class Path:
    """A curve through the ego; `origin_m` is where on it the rear axle is now."""

    option: Option
    line: Line
    origin_m: float
    corridor_s: F64  # [P] m: position on the corridor of each sample
    offset_m: F64  # [P] m: from the corridor's centre

    def to_path(self, corridor_s_m: float) -> float:
        """Position on the path of a position on the corridor, m."""
        step = np.interp(corridor_s_m, self.corridor_s, self.line.s)
        over = max(corridor_s_m - float(self.corridor_s[-1]), 0.0)
        return float(step) + over + min(corridor_s_m - float(self.corridor_s[0]), 0.0)

    def to_corridor(self, path_m: float) -> float:
        return float(np.interp(path_m, self.line.s, self.corridor_s))


def build_path(option: Option, ego: EgoState, shape: VehicleShape, ahead_m: float) -> Path:
    """The path that leads from the ego's pose smoothly to the option's corridor and offset."""
    corridor = option.corridor
    s0, d0 = corridor.line.project_one(ego.x, ego.y)
    end = min(s0 + ahead_m, corridor.line.length_m)
    start = max(s0 - TAIL_M, 0.0)
    s = np.arange(start, max(end, s0 + 12.0), 1.0)
    wanted = bend_shift(corridor, s) + shift_profile(s, option.shifts)
    at = int(np.searchsorted(s, s0))
    at = min(max(at, 1), len(s) - 2)
    _, _, heading = corridor.line.pose(s0)
    curve = float(corridor.line.curvature[corridor.line.index(s0)])
    slope = tan(min(max(wrap(ego.heading - heading), -0.7), 0.7)) * max(1 - curve * d0, 0.3)
    bend = min(max(ego.curvature_1pm - curve, -0.15), 0.15) if ego.speed_mps > 0.5 else 0.0
    e0 = d0 - float(np.interp(s0, s, wanted))
    e1 = slope - float(wanted[at + 1] - wanted[at - 1]) / 2
    e2 = bend - float(wanted[at + 1] - 2 * wanted[at] + wanted[at - 1])
    length = blend_length(option, e0, e1, ego.speed_mps)
    offset = wanted + blend(s - s0, e0, e1, e2, length)
    x, y, _ = corridor.line.at(s, offset)
    line, corridor_s = _evened(np.stack([x, y], axis=1), s)
    origin = float(np.interp(s0, corridor_s, line.s))
    return Path(option, line, origin, corridor_s, np.interp(corridor_s, s, offset))


def _evened(xy: F64, s: F64) -> tuple[Line, F64]:
    """Samples a metre apart along the curve itself, and the corridor position of each."""
    arc = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    even = np.arange(0.0, float(arc[-1]), 1.0)
    points = np.stack([np.interp(even, arc, xy[:, k]) for k in (0, 1)], axis=1)
    line = line_from_samples(points)
    line = Line(line.s, line.xy, line.heading, smoothed(line.curvature, 1.0))
    return line, np.interp(even, arc, s)


def bend_shift(corridor: Corridor, s: F64) -> F64:
    curvature = np.interp(s, corridor.line.s, corridor.line.curvature)
    # On a left turn the inside is where others wait for us in the junction: keep away from them.
    curvature = np.where(curvature > 0, curvature * LEFT_SHARE, curvature)
    shift = np.clip(curvature * BEND_SHIFT_M2, -MAX_BEND_SHIFT_M, MAX_BEND_SHIFT_M)
    return smoothed(shift, 6.0)


def shift_profile(s: F64, shifts: Sequence[Shift]) -> F64:
    """The wanted offset at each `s`; where shifts overlap the stronger one counts."""
    result = np.zeros(len(s))
    for shift in shifts:
        up = smooth_step((s - (shift.from_m - shift.ramp_m)) / shift.ramp_m)
        down = smooth_step((shift.to_m + shift.ramp_m - s) / shift.ramp_m)
        one = shift.offset_m * np.minimum(up, down)
        result = np.where(np.abs(one) > np.abs(result), one, result)
    return result


def smooth_step(t: F64) -> F64:
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * t * (10.0 - 15.0 * t + 6.0 * t * t))


def blend(ahead: F64, e0: float, e1: float, e2: float, length: float) -> F64:
    """The quintic from offset, slope and bend at 0 to nothing at `length`; before 0 it goes on."""
    back = np.clip(ahead, -6.0, 0.0)
    t = np.clip(ahead / length, 0.0, 1.0)
    t3 = t * t * t
    t4, t5 = t3 * t, t3 * t * t
    return np.asarray(
        e0 * (1 - 10 * t3 + 15 * t4 - 6 * t5)
        + e1 * length * (t - 6 * t3 + 8 * t4 - 3 * t5)
        + e2 * length * length * 0.5 * (t * t - 3 * t3 + 3 * t4 - t5)
        + e1 * back
        + e2 * back * back * 0.5
    )


_STEPS = np.linspace(0.0, 1.0, 201)
_DONE = smooth_step(_STEPS)


def blend_length(option: Option, e0: float, e1: float, speed_mps: float) -> float:
    """How far the blend from offset `e0` still goes.

    A quintic that is half done is the rest of the same quintic when its remaining share is read
    off its remaining offset, so a manoeuvre needs no memory of where it began.
    """
    width = max(option.width_m, abs(e0), 0.05)
    share = 1.0
    if option.width_m > 0.0:
        share = 1.0 - float(np.interp(1.0 - abs(e0) / width, _DONE, _STEPS))
    time = option.time_s if option.width_m > 0 else min(2.0 + 1.2 * sqrt(abs(e0)), option.time_s)
    # No tighter than the car can turn: the peak bend of the quintic is 5.77 e / L².
    tight = sqrt(5.77 * abs(e0) / (0.55 * MAX_CURVATURE_1PM))
    return max(speed_mps * max(time * share, 1.2), tight, 8.0 + 10.0 * min(abs(e1), 0.5))
