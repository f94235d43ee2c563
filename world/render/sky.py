"""The sky around the eye: gradient, glow of the sun, clouds, stars, and hills on the horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from world.render.looks import Look
from world.render.mesh import RGB

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]

_RADIUS_M = 100.0
_AROUND = 96
_HILLS_SEEN_M = 150.0
_ELEVATIONS_DEG = (-7, -1.5, 0, 1, 2, 3.5, 5, 7, 9, 12, 15, 19, 23, 27, 31, 35,
                   40, 45, 50, 56, 62, 69, 76, 83, 90)  # fmt: skip


@dataclass(frozen=True)
class Painted:
    """Coloured triangles around the eye, drawn as they are."""

    points: F32  # [N, 3]
    colours: U8  # [N, 4]
    triangles: NDArray[np.int32]


def sky(look: Look, seed: int) -> Painted:
    """The dome with clouds, and hills on the horizon in front of it unless haze hides them."""
    dome = _dome(look, seed)
    if look.haze_half_m < _HILLS_SEEN_M:
        return dome
    hills = _hills(look, seed)
    return Painted(
        np.concatenate([dome.points, hills.points]),
        np.concatenate([dome.colours, hills.colours]),
        np.concatenate([dome.triangles, hills.triangles + len(dome.points)]),
    )


def _dome(look: Look, seed: int) -> Painted:
    rise, turn = np.meshgrid(
        np.radians(_ELEVATIONS_DEG), np.arange(_AROUND + 1) * (2 * np.pi / _AROUND), indexing="ij"
    )
    way = np.stack(
        [np.cos(rise) * np.cos(turn), np.cos(rise) * np.sin(turn), np.sin(rise)], axis=-1
    )
    up = np.clip(way[..., 2:], 0.0, 1.0)
    colour = _row(look.horizon) + (_row(look.zenith) - _row(look.horizon)) * up**0.55
    if look.sun_glow_width > 0:
        near = np.clip(way @ np.array(look.sun), 0.0, 1.0)[..., None]
        glow = 0.85 * near ** (14.0 / look.sun_glow_width) + 0.35 * near ** (
            2.2 / look.sun_glow_width
        )
        colour = colour + (_row(look.sun_glow) - colour) * np.clip(glow, 0.0, 1.0)
    cover = _clouds(way, look.clouds, seed)[..., None]
    colour = colour + (_row(look.cloud_tone) - colour) * cover
    # The denser the haze, the higher it stands above the horizon.
    depth_deg = min(max(1400.0 / look.haze_half_m, 2.2), 45.0)
    fade = np.exp(-np.degrees(np.maximum(rise, 0.0)) / depth_deg)[..., None]
    colour = colour + (_row(look.haze) - colour) * fade
    points = (way * _RADIUS_M).reshape(-1, 3).astype(np.float32)
    return Painted(points, _rgba(colour.reshape(-1, 3)), _grid(len(_ELEVATIONS_DEG), _AROUND + 1))


def _clouds(way: F64, amount: float, seed: int) -> F64:
    """Cover 0..1 of a flat cloud layer seen from below, thinner towards the horizon."""
    flat = way[..., :2] / (way[..., 2:] + 0.3)
    thick = sum(
        _noise(flat * scale, seed + k) * weight
        for k, (scale, weight) in enumerate(((1.3, 0.55), (2.9, 0.3), (6.1, 0.15)))
    )
    edge = 0.78 - 0.62 * amount
    cover = np.clip((thick - edge) / 0.22, 0.0, 1.0)
    return np.asarray(cover * cover * (3 - 2 * cover) * 0.85 * np.clip(way[..., 2] * 9, 0, 1))


def _noise(at: F64, seed: int) -> F64:
    """Smooth value noise 0..1 on the plane."""
    grid = np.random.default_rng(seed).random((64, 64))
    low = np.floor(at).astype(int)
    f = at - low
    f = f * f * (3 - 2 * f)
    i, j = low[..., 0] % 64, low[..., 1] % 64
    k, m = (i + 1) % 64, (j + 1) % 64
    a = grid[i, j] * (1 - f[..., 0]) + grid[k, j] * f[..., 0]
    b = grid[i, m] * (1 - f[..., 0]) + grid[k, m] * f[..., 0]
    return np.asarray(a * (1 - f[..., 1]) + b * f[..., 1])


def _hills(look: Look, seed: int) -> Painted:
    """Two ridges, the farther one paler."""
    ridges = []
    around = 121
    turn = np.linspace(0, 2 * np.pi, around)
    rng = np.random.default_rng(seed + 9)
    for height, haze in ((2.6, 0.90), (1.5, 0.80)):
        phases = rng.uniform(0, 2 * np.pi, 5)
        shape = sum(np.sin(turn * n + phases[i]) / n for i, n in enumerate((2, 3, 5, 9, 17)))
        top = np.radians(np.maximum(0.25, height * (0.55 + 0.42 * np.asarray(shape))))
        light = _row(look.ambient) + 0.5 * _row(look.sun_light)
        green = np.array([0.26, 0.36, 0.24]) * light[0]
        tone = green + (np.array(look.haze) - green) * haze
        rise = np.stack([np.full(around, np.radians(-2.0)), top])
        level = np.stack([np.cos(turn), np.sin(turn)], axis=-1)
        rows = np.concatenate([np.cos(rise)[..., None] * level, np.sin(rise)[..., None]], axis=-1)
        points = (rows * _RADIUS_M * 0.98).reshape(-1, 3).astype(np.float32)
        colour = np.broadcast_to(tone, (2, around, 3)).copy()
        colour[0] = look.haze
        ridges.append(Painted(points, _rgba(colour.reshape(-1, 3)), _grid(2, around)))
    far, near = ridges
    return Painted(
        np.concatenate([far.points, near.points]),
        np.concatenate([far.colours, near.colours]),
        np.concatenate([far.triangles, near.triangles + len(far.points)]),
    )


def _grid(rows: int, columns: int) -> NDArray[np.int32]:
    """Triangles of a grid of points, row by row."""
    i, j = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    a = (i * columns + j).reshape(-1, 1)
    corners = np.array([0, 1, columns + 1, 0, columns + 1, columns])
    return np.asarray((a + corners).reshape(-1, 3), np.int32)


def _rgba(colour: F64) -> U8:
    out = np.full((len(colour), 4), 255, np.uint8)
    out[:, :3] = (np.clip(colour, 0, 1) * 255 + 0.5).astype(np.uint8)
    return out


def _row(colour: RGB) -> F64:
    return np.array(colour)[None, :]
