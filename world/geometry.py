"""Plane geometry of roads and bodies: boxes, polygons and where ways cross."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Lane

F64 = NDArray[np.float64]


def wrap(angle: float) -> float:
    """The same angle in (-pi, pi]."""
    return float(np.arctan2(np.sin(angle), np.cos(angle)))


def box(x: float, y: float, heading: float, length_m: float, width_m: float) -> F64:
    """[4, 2] corners of a body with its middle at (x, y): front left, then counter-clockwise."""
    ahead = np.array([np.cos(heading), np.sin(heading)]) * (length_m / 2)
    left = np.array([-np.sin(heading), np.cos(heading)]) * (width_m / 2)
    return np.array([x, y]) + np.stack([ahead + left, left - ahead, -ahead - left, ahead - left])


def boxes_overlap(a: F64, b: F64) -> bool:
    """Do two oriented boxes ([4, 2] each) share any area (separating axis test)?"""
    for corners in (a, b):
        for axis in (corners[0] - corners[1], corners[1] - corners[2]):
            p, q = a @ axis, b @ axis
            if p.max() <= q.min() or q.max() <= p.min():
                return False
    return True


def inside_polygon(points: F64, polygon: F64) -> NDArray[np.bool_]:
    """Which of the [N, 2] points lie inside the [K, 2] polygon (even-odd rule)?"""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    x, y = points[:, :1], points[:, 1:]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    crosses = x < a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    return np.asarray((spans & crosses).sum(axis=1) % 2 == 1)


def _meeting(way: F64, other: F64) -> float | None:
    """Arc length on `way` of its first meeting with `other`, and None without one."""
    a, d = way[:-1], np.diff(way, axis=0)
    c, e = other[:-1], np.diff(other, axis=0)
    gap = c[None] - a[:, None]
    cross = d[:, None, 0] * e[None, :, 1] - d[:, None, 1] * e[None, :, 0]
    safe = np.where(np.abs(cross) < 1e-12, np.inf, cross)
    t = (gap[..., 0] * e[None, :, 1] - gap[..., 1] * e[None, :, 0]) / safe
    u = (gap[..., 0] * d[:, None, 1] - gap[..., 1] * d[:, None, 0]) / safe
    hit = (t >= 0) & (t <= 1) & (u >= 0) & (u <= 1) & np.isfinite(safe)
    if not hit.any():
        return None
    lengths = np.hypot(*d.T)
    starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
    return float((starts[:, None] + t * lengths[:, None])[hit].min())


def crossing_arc_lengths(shape: F64, width_m: float, lanes: Iterable[Lane]) -> dict[str, float]:
    """Lane id -> arc length at which the crossing's area begins, for each lane it runs across."""
    found = {}
    for lane in lanes:
        at = _meeting(lane.centre, shape)
        if at is not None:
            found[lane.id] = max(0.0, at - width_m / 2)
    return found
