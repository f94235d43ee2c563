"""Trees, bushes, hedges and fields."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from world.render.mesh import RGB, Builder, Mesh, blob, joined, rgb
from world.render.ribbons import along, arc_length, flat_mesh, upright

_GREENS: tuple[RGB, ...] = (
    (0.33, 0.46, 0.18), (0.27, 0.42, 0.17), (0.40, 0.49, 0.20), (0.24, 0.38, 0.19),
    (0.46, 0.50, 0.20), (0.31, 0.43, 0.23),
)  # fmt: skip
_CONIFER: tuple[RGB, ...] = ((0.15, 0.30, 0.19), (0.19, 0.34, 0.20), (0.14, 0.27, 0.20))
_BARK: RGB = (0.33, 0.26, 0.20)


@lru_cache(maxsize=8)
def _crown(variant: int) -> Mesh:
    return blob(4, 8, variant, 0.16)


@lru_cache(maxsize=4)
def _tuft(variant: int) -> Mesh:
    return blob(3, 6, 40 + variant, 0.18)


@lru_cache(maxsize=4)
def _bush(variant: int) -> Mesh:
    return blob(3, 7, 20 + variant, 0.18)


def tree_mesh(item: dict[str, Any]) -> Mesh:
    """A tree in its own frame, its foot at the origin."""
    height, r, tint = item["height"], item["r"], item["tint"]
    if item["species"] == "conifer":
        return _conifer(height, r, _CONIFER[int(tint * 2.99)])
    green = _GREENS[int(tint * (len(_GREENS) - 0.01))]
    made = Builder()
    variant = int(tint * 97) % 4
    if item["species"] == "poplar":
        made.prism((0, 0, 0), (0.16, 0.10), height * 0.3, 5, _BARK, cap=False)
        crown = _crown(variant).moved(0, 0, 0, (r, r, height * 0.43)).tinted(green)
        return joined([made.build(), lifted(crown, height * 0.57)])
    trunk = 0.035 * height
    made.prism((0, 0, 0), (trunk, 0.6 * trunk), height * 0.5, 5, _BARK, cap=False)
    parts = [made.build()]
    for x, y, z, size, tone in ((0.0, 0.0, 0.66, 0.80, 1.0), (0.38, 0.22, 0.55, 0.56, 0.93),
                                (-0.36, -0.24, 0.60, 0.52, 1.07)):  # fmt: skip
        scale = (r * size, r * size, height * 0.36 * size)
        ball = _crown(variant) if size > 0.6 else _tuft((variant + int(z * 50)) % 4)
        part = ball.moved(x * r, y * r, tint * 6, scale)
        dyed = (green[0] * tone, green[1] * tone, green[2] * tone)
        parts.append(lifted(part.tinted(dyed), height * z))
    return joined(parts)


def _conifer(height: float, r: float, green: RGB) -> Mesh:
    made = Builder()
    made.prism((0, 0, 0), (0.18, 0.14), height * 0.16, 5, _BARK, cap=False)
    for k, (low, wide) in enumerate(((0.12, 1.0), (0.38, 0.76), (0.62, 0.5))):
        tone = 0.88 + 0.12 * k
        colour = (green[0] * tone, green[1] * tone, green[2] * tone)
        made.prism((0, 0, height * low), (r * wide, 0.0), height * (0.42 - 0.02 * k), 6, colour)
    return made.build()


def bush_mesh(item: dict[str, Any]) -> Mesh:
    green = _GREENS[int(item["tint"] * (len(_GREENS) - 0.01))]
    shape = _bush(int(item["tint"] * 50) % 3)
    scaled = shape.moved(0, 0, 0, (item["r"], item["r"], item["height"] / 2))
    return lifted(scaled.tinted(green), item["height"] * 0.42)


def lifted(mesh: Mesh, by_m: float) -> Mesh:
    points = mesh.points + np.array([0, 0, by_m], np.float32)
    return Mesh(points, mesh.normals, mesh.albedo, mesh.glow, mesh.triangles, mesh.uv)


def hedge_mesh(item: dict[str, Any]) -> Mesh:
    """In the map frame: two sides and a top of clipped green, toned along its length."""
    line = np.array(item["pts"], float)
    step = np.linspace(0.0, 1.0, max(2, int(arc_length(line)[-1] / 4.0) + 1))
    line = along(line, step * arc_length(line)[-1])
    green: RGB = (0.25, 0.38, 0.17)
    return wall_mesh(line, item["thick"] / 2, 0.0, item["height"], green, rough=0.12)


def wall_mesh(
    line: np.ndarray[Any, np.dtype[np.float64]], half_w: float, low: float, high: float,
    colour: RGB, *, rough: float = 0.0, top: RGB | None = None,
) -> Mesh:  # fmt: skip
    """A wall of some thickness along a polyline in the map frame, with both ends closed."""
    d = np.gradient(line, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    n = np.stack([-d[:, 1], d[:, 0]], axis=1) * half_w
    sides = [upright(line - n, low, high, colour, tone_low=0.8),
             upright((line + n)[::-1], low, high, colour, tone_low=0.8)]  # fmt: skip
    count = len(line)
    a = (np.arange(count - 1) * 2)[:, None]
    cap = flat_mesh(
        np.stack([line - n, line + n], axis=1).reshape(-1, 2),
        np.broadcast_to(top or colour, (2 * count, 3)),
        (a + np.array([0, 2, 3, 0, 3, 1])).reshape(-1, 3),
    )
    ends = Builder()
    for (p, m), out in (((line[0], n[0]), -1.0), ((line[-1], n[-1]), 1.0)):
        (ax, ay), (bx, by) = p - m * out, p + m * out
        ends.quad(((ax, ay, low), (bx, by, low), (bx, by, high), (ax, ay, high)), colour)
    mesh = joined([*sides, lifted(cap, high), ends.build()])
    if rough:
        tone = 1.0 + np.random.default_rng(count).uniform(-rough, rough, (len(mesh.points), 1))
        albedo = np.clip(mesh.albedo * tone, 0, 1).astype(np.float32)
        return Mesh(mesh.points, mesh.normals, albedo, mesh.glow, mesh.triangles)
    return mesh


def field_mesh(item: dict[str, Any]) -> Mesh:
    """A field as strips between its near and its far edge, furrows toned alternately."""
    outline = np.array(item["pts"], float)
    half = len(outline) // 2
    near, far = outline[:half], outline[half:][::-1]
    if len(outline) % 2 or half < 2:
        near, far = outline[[0, 1]], outline[[-1, 2]]
    near, far = (along(p, np.linspace(0, arc_length(p)[-1], 9)) for p in (near, far))
    rows = max(3, int(np.hypot(*(far[0] - near[0])) / 9.0))
    v = np.linspace(0, 1, rows + 1)[:, None, None]
    grid = near + (far - near) * v
    tone = 1.0 + np.where(np.arange(rows + 1) % 2 == 0, 0.05, -0.05)[:, None, None]
    albedo = np.broadcast_to(np.array(rgb(item["colour"])) * tone, (rows + 1, 9, 3))
    i, j = np.meshgrid(np.arange(rows) * 9, np.arange(8), indexing="ij")
    a = (i + j).ravel()[:, None]
    quads = (a + np.array([0, 9, 10, 0, 10, 1])).reshape(-1, 3)
    return flat_mesh(grid.reshape(-1, 2), albedo.reshape(-1, 3), quads)
