"""The open ground: grass under everything near the road, and a wide disc beyond."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from world.render.mesh import RGB, Mesh
from world.render.ribbons import flat_mesh

F64 = NDArray[np.float64]

GRASS: RGB = (0.36, 0.46, 0.22)
_CELL_M = 10.0


def grass(low: tuple[float, float], size_m: float) -> Mesh:
    """A square of grass whose tones depend on the place only, so that squares join unseen."""
    count = round(size_m / _CELL_M) + 1
    x, y = np.meshgrid(
        low[0] + np.arange(count) * _CELL_M, low[1] + np.arange(count) * _CELL_M, indexing="ij"
    )
    tone = 1.0 + 0.26 * (_hash(x, y) - 0.5) + 0.14 * np.sin(x / 37.0 + np.sin(y / 53.0) * 2)
    dry = 0.05 * np.sin(y / 61.0 + x / 97.0)
    albedo = np.stack([GRASS[0] * tone + dry, GRASS[1] * tone + 0.3 * dry, GRASS[2] * tone], -1)
    i, j = np.meshgrid(np.arange(count - 1), np.arange(count - 1), indexing="ij")
    a = (i * count + j).reshape(-1, 1)
    corners = np.array([0, count, count + 1, 0, count + 1, 1])
    points = np.stack([x, y], -1).reshape(-1, 2)
    return flat_mesh(points, np.clip(albedo, 0, 1).reshape(-1, 3), (a + corners).reshape(-1, 3))


def disc(reach_m: float) -> Mesh:
    """Ground around the eye out to the horizon, rings closer together nearby."""
    radii = np.array([0.0, 25.0, 60.0, 110.0, 180.0, 270.0, 380.0, reach_m, 3000.0])
    radii = np.unique(radii[(radii <= reach_m) | (radii == 3000.0)])
    turn = np.arange(33) * (2 * np.pi / 32)
    points = np.stack([np.outer(radii, np.cos(turn)), np.outer(radii, np.sin(turn))], -1)
    i, j = np.meshgrid(np.arange(len(radii) - 1), np.arange(32), indexing="ij")
    a = (i * 33 + j).reshape(-1, 1)
    corners = np.array([0, 33, 34, 0, 34, 1])
    flat = points.reshape(-1, 2)
    return flat_mesh(flat, np.broadcast_to(GRASS, (len(flat), 3)), (a + corners).reshape(-1, 3))


def _hash(x: F64, y: F64) -> F64:
    value = np.sin(x * 12.9898 + y * 78.233) * 43758.5453
    return np.asarray(value - np.floor(value))
