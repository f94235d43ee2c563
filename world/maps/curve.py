"""Curves for road shapes: arc-length cuts with a sideways offset, and Bézier ramps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from world.maps.plain import Point

F64 = NDArray[np.float64]


class Curve:
    """A polyline by arc length; offsets to the left are positive."""

    def __init__(self, points: Sequence[Point] | F64) -> None:
        self.points = np.asarray(points, dtype=np.float64)
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        self.s = np.concatenate(([0.0], np.cumsum(steps)))

    @property
    def length_m(self) -> float:
        return float(self.s[-1])

    def at(self, s_m: float, left_m: float = 0.0) -> Point:
        """The point at arc length `s_m`, moved sideways."""
        x, y = (float(np.interp(s_m, self.s, self.points[:, k])) for k in (0, 1))
        reach = 2.0
        before = [np.interp(s_m - reach, self.s, self.points[:, k]) for k in (0, 1)]
        after = [np.interp(s_m + reach, self.s, self.points[:, k]) for k in (0, 1)]
        dx, dy = float(after[0] - before[0]), float(after[1] - before[1])
        norm = float(np.hypot(dx, dy))
        return x - dy / norm * left_m, y + dx / norm * left_m

    def cut(
        self, start_m: float, end_m: float, left_m: float = 0.0, step_m: float = 25
    ) -> list[Point]:
        """Points from `start_m` to `end_m` (backwards when that is smaller)."""
        count = max(2, int(np.ceil(abs(end_m - start_m) / step_m)) + 1)
        return [self.at(float(s), left_m) for s in np.linspace(start_m, end_m, count)]


def bezier(a: Point, b: Point, c: Point, d: Point, count: int = 24) -> list[Point]:
    """Points on the cubic Bézier curve with control points a, b, c, d."""
    t = np.linspace(0.0, 1.0, count)[:, None]
    p = (np.asarray(q, dtype=np.float64) for q in (a, b, c, d))
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    points = sum(w * q for w, q in zip(weights, p, strict=True))
    return [(float(x), float(y)) for x, y in np.asarray(points)]
