"""Triangle meshes as arrays, and a builder with the few shapes that the scene is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
RGB = tuple[float, float, float]
Vec = tuple[float, float, float]


class Glow(IntEnum):
    """What a vertex belongs to that can shine by itself; the shading looks its light up."""

    NONE = 0
    TAIL = 1
    BRAKE = 2
    LEFT = 3
    RIGHT = 4
    HEAD = 5
    SIREN_A = 6
    SIREN_B = 7
    RED = 8
    AMBER = 9
    GREEN = 10
    WINDOW = 11
    LANTERN = 12
    #: Signs that throw the light of headlamps back.
    SIGN = 13


@dataclass(frozen=True)
class Mesh:
    """N vertices and M triangles; `albedo` 0..1, normals of unit length."""

    points: F32  # [N, 3] m
    normals: F32  # [N, 3]
    albedo: F32  # [N, 3]
    glow: U8  # [N], values of Glow
    triangles: I32  # [M, 3]
    uv: F32 | None = None  # [N, 2], only of meshes with a texture

    @property
    def empty(self) -> bool:
        return len(self.triangles) == 0

    def moved(self, x: float, y: float, h: float, scale: Vec = (1.0, 1.0, 1.0)) -> Mesh:
        """Scaled in its own frame, turned by `h` about z and shifted."""
        cos, sin = math.cos(h), math.sin(h)
        turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], np.float32)
        size = np.array(scale, np.float32)
        normals = self.normals / size
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        shift = np.array([x, y, 0], np.float32)
        points = (self.points * size) @ turn + shift
        normals = (normals @ turn).astype(np.float32)
        return Mesh(
            points.astype(np.float32), normals, self.albedo, self.glow, self.triangles, self.uv
        )

    def tinted(self, factor: RGB) -> Mesh:
        albedo = np.clip(self.albedo * np.array(factor, np.float32), 0, 1)
        return Mesh(self.points, self.normals, albedo, self.glow, self.triangles, self.uv)


def joined(meshes: Sequence[Mesh]) -> Mesh:
    """One mesh of many; with a texture only when all have one."""
    meshes = [mesh for mesh in meshes if not mesh.empty]
    if not meshes:
        none = np.zeros((0, 3), np.float32)
        return Mesh(none, none, none, np.zeros(0, np.uint8), np.zeros((0, 3), np.int32))
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes[:-1])])
    uvs = [mesh.uv for mesh in meshes if mesh.uv is not None]
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.normals for mesh in meshes]),
        np.concatenate([mesh.albedo for mesh in meshes]),
        np.concatenate([mesh.glow for mesh in meshes]),
        np.concatenate([m.triangles + at for m, at in zip(meshes, starts, strict=True)]),
        np.concatenate(uvs) if len(uvs) == len(meshes) else None,
    )


def rgb(colour: str) -> RGB:
    """`#rrggbb` as three numbers 0..1."""
    value = int(colour.lstrip("#"), 16)
    return (value >> 16) / 255, (value >> 8 & 255) / 255, (value & 255) / 255


def shade(colour: RGB, factor: float) -> RGB:
    """The colour made darker or lighter, at most white."""
    r, g, b = (min(1.0, c * factor) for c in colour)
    return r, g, b


class Builder:
    """Collects flat-shaded quads and triangles and ready meshes."""

    def __init__(self) -> None:
        self._quads: list[Sequence[Sequence[float]]] = []
        self._paint: list[tuple[float, float, float, int]] = []
        self._parts: list[Mesh] = []

    def quad(self, corners: Sequence[Vec], colour: RGB, glow: Glow = Glow.NONE) -> None:
        """Four corners, counter-clockwise as seen from the side that shows."""
        self._quads.append(corners)
        self._paint.append((*colour, int(glow)))

    def triangle(self, a: Vec, b: Vec, c: Vec, colour: RGB, glow: Glow = Glow.NONE) -> None:
        self.quad((a, b, c, c), colour, glow)

    def add(self, mesh: Mesh) -> None:
        self._parts.append(mesh)

    def box(
        self, low: Vec, high: Vec, colour: RGB, *, glow: Glow = Glow.NONE, bottom: bool = False
    ) -> None:
        """An upright box between two corners; the underside only where it can be seen."""
        self.loft([(low[0], low[1], high[1], low[2], high[2]),
                   (high[0], low[1], high[1], low[2], high[2])],
                  colour, glow=glow, bottom=bottom)  # fmt: skip

    def loft(
        self,
        sections: Sequence[tuple[float, float, float, float, float]],
        colour: RGB,
        *,
        top: RGB | None = None,
        glow: Glow = Glow.NONE,
        bottom: bool = False,
    ) -> None:
        """A hull through upright rectangles (x, y_low, y_high, z_low, z_high), x rising."""
        rings = [
            ((x, a, low), (x, b, low), (x, b, high), (x, a, high))
            for x, a, b, low, high in sections
        ]
        for p, q in pairwise(rings):
            self.quad((p[0], q[0], q[3], p[3]), colour, glow)  # right side (-y)
            self.quad((q[1], p[1], p[2], q[2]), colour, glow)  # left side
            self.quad((p[3], q[3], q[2], p[2]), top or colour, glow)
            if bottom:
                self.quad((p[1], q[1], q[0], p[0]), colour, glow)
        first, last = rings[0], rings[-1]
        self.quad((first[1], first[0], first[3], first[2]), colour, glow)
        self.quad((last[0], last[1], last[2], last[3]), colour, glow)

    def prism(
        self,
        at: Vec,
        radii: tuple[float, float],
        height: float,
        sides: int,
        colour: RGB,
        *,
        glow: Glow = Glow.NONE,
        cap: bool = True,
    ) -> None:
        """An upright prism or cone with lower and upper radius."""
        x, y, z = at
        ring = [2 * math.pi * i / sides for i in range(sides + 1)]
        low = [(x + radii[0] * math.cos(a), y + radii[0] * math.sin(a), z) for a in ring]
        high = [(x + radii[1] * math.cos(a), y + radii[1] * math.sin(a), z + height) for a in ring]
        for i in range(sides):
            self.quad((low[i], low[i + 1], high[i + 1], high[i]), colour, glow)
            if cap and radii[1] > 0:
                self.triangle(high[i], high[i + 1], (x, y, z + height), colour, glow)

    def disc(
        self, at: Vec, radius: float, facing: float, sides: int, colour: RGB, glow: Glow = Glow.NONE
    ) -> None:
        """An upright disc that looks along heading `facing`."""
        x, y, z = at
        cos, sin = math.cos(facing), math.sin(facing)
        ring = [2 * math.pi * (i + 0.5) / sides for i in range(sides + 1)]
        rim = [
            (x - sin * radius * math.cos(a), y + cos * radius * math.cos(a),
             z + radius * math.sin(a))
            for a in ring
        ]  # fmt: skip
        for i in range(0, sides, 2):
            self.quad((at, rim[i], rim[i + 1], rim[min(i + 2, sides)]), colour, glow)

    def build(self) -> Mesh:
        """Everything as one mesh, flat normals for what was given face by face."""
        if not self._quads:
            return joined(self._parts)
        corners = np.array(self._quads, np.float32)
        paint = np.array(self._paint, np.float32)
        count = len(corners)
        # The second diagonal keeps the normal right where two corners are one (a triangle).
        normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        corner = np.array([0, 1, 2, 0, 2, 3])
        halves = (np.arange(count)[:, None] * 4 + corner).reshape(-1, 3)
        flat = (corners[:, 2] == corners[:, 3]).all(axis=1)
        halves = halves[~(np.repeat(flat, 2) & (np.arange(2 * count) % 2 == 1))]
        mesh = Mesh(
            corners.reshape(-1, 3),
            np.repeat(normals, 4, axis=0).astype(np.float32),
            np.repeat(paint[:, :3], 4, axis=0),
            np.repeat(paint[:, 3].astype(np.uint8), 4),
            halves.astype(np.int32),
        )
        return joined([mesh, *self._parts])


def blob(rings: int, around: int, seed: int, rough: float) -> Mesh:
    """A lumpy unit ball with smooth normals and a darker underside: the crown of a tree."""
    rng = np.random.default_rng(seed)
    polar = np.linspace(-np.pi / 2, np.pi / 2, rings + 2)[1:-1]
    turn = np.arange(around) * (2 * np.pi / around)
    p, t = np.meshgrid(polar, turn, indexing="ij")
    t = t + (np.arange(rings) % 2)[:, None] * (np.pi / around)
    ball = np.stack([np.cos(p) * np.cos(t), np.cos(p) * np.sin(t), np.sin(p)], -1).reshape(-1, 3)
    points = np.vstack([ball * rng.uniform(1 - rough, 1 + rough, (len(ball), 1)),
                        [[0, 0, -1.0], [0, 0, 1.0]]])  # fmt: skip
    triangles = []
    for ring in range(rings - 1):
        for i in range(around):
            j = (i + 1) % around
            a, b = ring * around + i, ring * around + j
            c, d = a + around, b + around
            triangles += [(a, b, c), (b, d, c)] if ring % 2 == 0 else [(a, b, d), (a, d, c)]
    low, high, last = len(ball), len(ball) + 1, (rings - 1) * around
    for i in range(around):
        j = (i + 1) % around
        triangles += [(low, j, i), (high, last + i, last + j)]
    normals = points / np.linalg.norm(points, axis=1, keepdims=True)
    tone = 0.82 + 0.18 * normals[:, 2:] + rng.uniform(-0.09, 0.09, (len(points), 1))
    return Mesh(
        points.astype(np.float32),
        normals.astype(np.float32),
        np.repeat(tone, 3, axis=1).astype(np.float32),
        np.zeros(len(points), np.uint8),
        np.array(triangles, np.int32),
    )
