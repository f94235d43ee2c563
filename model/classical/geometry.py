"""Polylines at even spacing: resampling, smoothing, curvature and projection of many points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
SPACING_M = 1.0
SMOOTH_M = 3.0
#: Limit in m/s above which corners are rounded over that many metres.
SMOOTH_FAST = ((18.0, 9.0), (26.0, 18.0))


@dataclass(frozen=True)
class Line:
    """A curve sampled every metre of its parameter `s`; `s[0]` is 0."""

    s: F64  # [P] m
    xy: F64  # [P, 2] m
    heading: F64  # [P] rad, unwrapped
    curvature: F64  # [P] 1/m

    @property
    def length_m(self) -> float:
        return float(self.s[-1])

    def index(self, s_m: float) -> int:
        """Of the sample at or before `s_m`, so that the next one exists too."""
        return min(max(int(s_m), 0), len(self.s) - 2)

    def pose(self, s_m: float) -> tuple[float, float, float]:
        """x, y, heading at `s_m`; straight on beyond either end."""
        i = self.index(s_m)
        t = s_m - float(self.s[i])
        x, y = self.xy[i] + (self.xy[i + 1] - self.xy[i]) * t
        h = float(self.heading[i] + (self.heading[i + 1] - self.heading[i]) * min(max(t, 0), 1))
        return float(x), float(y), h

    def at(self, s: F64, lateral: F64 | float = 0.0) -> tuple[F64, F64, F64]:
        """x, y, heading at many `s`, moved `lateral` to the left; straight on beyond the ends."""
        inside = np.clip(s, 0.0, self.s[-1])
        i = np.minimum(inside.astype(np.intp), len(self.s) - 2)
        t = inside - i
        x = self.xy[i, 0] + (self.xy[i + 1, 0] - self.xy[i, 0]) * t
        y = self.xy[i, 1] + (self.xy[i + 1, 1] - self.xy[i, 1]) * t
        h = self.heading[i] + (self.heading[i + 1] - self.heading[i]) * t
        over, c, n = s - inside, np.cos(h), np.sin(h)
        return x + over * c - lateral * n, y + over * n + lateral * c, h

    def project(self, x: F64, y: F64) -> tuple[F64, F64]:
        """`s` and left-positive offset of points of any shape; beyond the ends along the tangent.

        Coarse search over every fourth sample, then two steps along the tangent: exact on
        straights, within centimetres on curves, and cheap for a thousand points.
        """
        cx, cy = self.xy[::4, 0], self.xy[::4, 1]
        dx, dy = x[..., None] - cx, y[..., None] - cy
        s: F64 = np.argmin(dx * dx + dy * dy, axis=-1).astype(np.float64) * 4.0
        lateral = s
        for _ in range(2):
            px, py, h = self.at(s)
            c, n = np.cos(h), np.sin(h)
            rx, ry = x - px, y - py
            s = s + rx * c + ry * n
            lateral = ry * c - rx * n
        return s, lateral

    def project_one(self, x: float, y: float) -> tuple[float, float]:
        s, d = self.project(np.array([x]), np.array([y]))
        return float(s[0]), float(d[0])


def line_through(points: F64, ends_m: F64 | None = None, limits_mps: F64 | None = None) -> Line:
    """Even samples along `points` [N, 2] with rounded corners.

    Corners are rounded over `SMOOTH_M` each side, and on fast stretches, which maps draw with
    longer segments, over the reach in `SMOOTH_FAST`; stretch k ends at `ends_m[k]` and has the
    limit `limits_mps[k]`. The parameter stays the arc length of the given points, so that
    positions on lanes carry over.
    """
    steps = np.hypot(*np.diff(points, axis=0).T)
    keep = np.concatenate(([True], steps > 1e-6))
    points = points[keep]
    if len(points) < 2:
        raise ValueError("a line needs two different points")
    raw = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    count = max(int(np.ceil(raw[-1] / SPACING_M)) + 1, 3)
    s = np.arange(count) * SPACING_M
    xy = np.stack([np.interp(s, raw, points[:, k]) for k in (0, 1)], axis=1)
    # The last samples may lie past the end: go straight on there.
    over = np.maximum(s - raw[-1], 0.0)[:, None]
    last = (points[-1] - points[-2]) / np.hypot(*(points[-1] - points[-2]))
    xy = xy + over * last
    result = smoothed(xy, SMOOTH_M)
    if ends_m is None or limits_mps is None:
        return line_from_samples(result)
    limit = limits_mps[np.minimum(np.searchsorted(ends_m, s), len(limits_mps) - 1)]
    for above_mps, reach_m in SMOOTH_FAST:
        if (limit > above_mps).any():
            share = smoothed((limit > above_mps).astype(np.float64), 12.0)[:, None]
            result = result * (1 - share) + smoothed(xy, reach_m) * share
    return line_from_samples(result)


def line_from_samples(xy: F64) -> Line:
    """A line whose samples already are about a metre apart."""
    tangent = np.gradient(xy, axis=0)
    heading = np.unwrap(np.arctan2(tangent[:, 1], tangent[:, 0]))
    speed = np.maximum(np.hypot(tangent[:, 0], tangent[:, 1]), 1e-3)
    curvature = np.gradient(heading) / speed
    s = np.arange(len(xy), dtype=np.float64) * SPACING_M
    return Line(s, xy, np.asarray(heading, np.float64), np.asarray(curvature, np.float64))


def smoothed(values: F64, reach_m: float) -> F64:
    """Moving average with a triangular window of `reach_m` each side; the ends stay put."""
    reach = round(reach_m / SPACING_M)
    if reach < 1 or len(values) < 3:
        return values
    window = np.concatenate((np.arange(1, reach + 2), np.arange(reach, 0, -1))).astype(np.float64)
    window /= window.sum()
    flat = values.ndim == 1
    columns = values[:, None] if flat else values
    first, last = columns[0], columns[-1]
    k = np.arange(reach, 0, -1)[:, None]
    # Continue the end slopes, otherwise the average pulls the ends inwards.
    before = first - k * (columns[1] - first)
    after = last + k[::-1] * (last - columns[-2])
    padded = np.concatenate((before, columns, after))
    result = np.stack(
        [np.convolve(padded[:, j], window, "valid") for j in range(padded.shape[1])], 1
    )
    return result[:, 0] if flat else result


def wrapped(angle: F64) -> F64:
    """Angles in (-pi, pi]."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


def wrap(angle: float) -> float:
    """One angle in (-pi, pi]."""
    return float((angle + np.pi) % (2 * np.pi) - np.pi)
