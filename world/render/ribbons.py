"""Flat strips along polylines and filled polygons: what roads and their paint are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from world.landscape.sides import offset
from world.render.mesh import RGB, Glow, Mesh

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]


def arc_length(line: F64) -> F64:
    return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))


def along(line: F64, s: F64) -> F64:
    """Points [N, 2] of a polyline at arc lengths."""
    at = arc_length(line)
    return np.stack([np.interp(s, at, line[:, i]) for i in (0, 1)], axis=1)


def stations(line: F64, step_m: float) -> F64:
    """The polyline with points at even spaces of at most `step_m`, ends kept."""
    length = float(arc_length(line)[-1])
    return along(line, np.linspace(0.0, length, max(2, int(np.ceil(length / step_m)) + 1)))


def flat_mesh(points: F64, albedo: NDArray[np.floating], triangles: NDArray[np.integer]) -> Mesh:
    """A mesh on the ground: [N, 2] points, [N, 3] albedo."""
    up = np.zeros((len(points), 3), np.float32)
    up[:, 2] = 1.0
    at = np.zeros((len(points), 3), np.float32)
    at[:, :2] = points
    glow = np.full(len(points), Glow.NONE, np.uint8)
    return Mesh(at, up, albedo.astype(np.float32), glow, triangles.astype(np.int32))


def ribbon(line: F64, offsets: Sequence[float], tones: Sequence[float], colour: RGB,
           noise: NDArray[np.floating] | float = 0.0) -> Mesh:  # fmt: skip
    """A strip with one column of vertices per offset (to the left, rising), toned per column.

    `noise` brightens whole stations, [N].
    """
    columns = np.stack([offset(line, by) for by in offsets], axis=1)  # [N, C, 2]
    count, wide = columns.shape[:2]
    tone = np.asarray(tones)[None, :] + np.broadcast_to(noise, (count,))[:, None]
    albedo = np.clip(tone[..., None] * np.array(colour), 0, 1).reshape(-1, 3)
    n, c = np.meshgrid(np.arange(count - 1), np.arange(wide - 1), indexing="ij")
    a = (n * wide + c).ravel()
    quads = np.stack([a, a + wide, a + wide + 1, a, a + wide + 1, a + 1], axis=1)
    # Columns rise to the left, so this order is counter-clockwise seen from above.
    return flat_mesh(columns.reshape(-1, 2), albedo, quads.reshape(-1, 3))


def bars(starts: F64, ends: F64, half_w: float, colour: RGB) -> Mesh:
    """Separate straight strips from `starts` to `ends`, [N, 2] each."""
    if len(starts) == 0:
        return flat_mesh(np.zeros((0, 2)), np.zeros((0, 3)), np.zeros((0, 3), int))
    d = ends - starts
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    n = np.stack([-d[:, 1], d[:, 0]], axis=1) * half_w
    points = np.stack([starts - n, ends - n, ends + n, starts + n], axis=1).reshape(-1, 2)
    first = np.arange(len(starts))[:, None] * 4
    triangles = (first + np.array([0, 1, 2, 0, 2, 3])).reshape(-1, 3)
    return flat_mesh(points, np.broadcast_to(colour, (len(points), 3)), triangles)


def upright(line: F64, low: float, high: float, colour: RGB, *, tone_low: float = 1.0) -> Mesh:
    """A wall along a polyline that shows its right side, with smooth normals."""
    d = np.gradient(line, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    count = len(line)
    points = np.zeros((count, 2, 3), np.float32)
    points[:, :, :2] = line[:, None]
    points[:, 0, 2], points[:, 1, 2] = low, high
    normals = np.zeros((count, 2, 3), np.float32)
    normals[:, :, 0], normals[:, :, 1] = d[:, None, 1], -d[:, None, 0]
    tone = np.array([tone_low, 1.0])[None, :, None] * np.array(colour)
    albedo = np.broadcast_to(tone, (count, 2, 3)).reshape(-1, 3).astype(np.float32)
    a = (np.arange(count - 1) * 2)[:, None]
    triangles = (a + np.array([0, 2, 3, 0, 3, 1])).reshape(-1, 3).astype(np.int32)
    glow = np.zeros(2 * count, np.uint8)
    return Mesh(points.reshape(-1, 3), normals.reshape(-1, 3), albedo, glow, triangles)


def polygon(outline: F64, colour: RGB) -> Mesh:
    """A filled simple polygon, by cutting ears."""
    points = outline[:-1] if len(outline) > 3 and np.allclose(outline[0], outline[-1]) else outline
    x, y = points[:, 0], points[:, 1]
    if float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) < 0:
        points = points[::-1]
    triangles = np.array(_ears([(float(a), float(b)) for a, b in points]), int).reshape(-1, 3)
    return flat_mesh(points, np.broadcast_to(colour, (len(points), 3)), triangles)


def _ears(points: list[tuple[float, float]]) -> list[tuple[int, int, int]]:
    left = list(range(len(points)))
    made = []
    while len(left) > 3:
        for k in range(len(left)):
            i, j, m = left[k - 1], left[k], left[(k + 1) % len(left)]
            if _turn(points[i], points[j], points[m]) > 0 and not any(
                _inside(points[n], points[i], points[j], points[m])
                for n in left
                if n not in (i, j, m)
            ):
                made.append((i, j, m))
                left.pop(k)
                break
        else:  # nothing convex is left of a degenerate outline: drop a point and go on
            left.pop()
    return [*made, (left[0], left[1], left[2])] if len(left) == 3 else made


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _inside(p: tuple[float, float], a: tuple[float, float], b: tuple[float, float],
            c: tuple[float, float]) -> bool:  # fmt: skip
    return _turn(a, b, p) >= 0 and _turn(b, c, p) >= 0 and _turn(c, a, p) >= 0
