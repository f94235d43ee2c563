"""Shadows that buildings, trees and walls cast on the ground."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from world.render.looks import Look
from world.render.mesh import Mesh, joined
from world.render.ribbons import flat_mesh

F64 = NDArray[np.float64]

_LONGEST_M = 26.0
_BUILDINGS = frozenset({"house", "shop", "tower"})


def cast_shadows(items: Iterable[dict[str, Any]], look: Look) -> Mesh:
    """Black patches on the ground; their darkness is left to the shading."""
    if look.shadow < 0.15:
        return joined([])
    slope = np.array(look.sun[:2]) / -max(look.sun[2], 0.1)
    outlines = [outline for item in items if (outline := _outline(item, slope)) is not None]
    return joined([_fan(outline) for outline in outlines])


def _outline(item: dict[str, Any], slope: F64) -> F64 | None:
    kind = item["kind"]
    at = np.array([item["x"], item["y"]])
    if kind in _BUILDINGS:
        cos, sin = math.cos(item["h"]), math.sin(item["h"])
        turn = np.array([[cos, sin], [-sin, cos]])
        half = np.array([item["d"], item["w"]]) / 2
        foot = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * half @ turn + at
        height = item["height"] + 0.4 * item.get("roof_h", 0.0)
        return _hull(np.concatenate([foot, foot + _shift(slope, height)]))
    if kind in ("tree", "bush"):
        middle = _shift(slope, item["height"] * 0.55)
        stretch = _shift(slope, item["height"] * 0.30)
        turn = np.arange(10) * (2 * math.pi / 10)
        ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * item["r"] * 0.85
        along = float(np.hypot(*stretch)) or 1.0
        ring += np.outer(ring @ (stretch / along) / item["r"], stretch)
        return np.asarray(ring + at + middle)
    return None


def _shift(slope: F64, height: float) -> F64:
    shift = slope * height
    length = float(np.hypot(*shift))
    return np.asarray(shift * min(1.0, _LONGEST_M / max(length, 1e-6)))


def _fan(outline: F64) -> Mesh:
    last = len(outline) - 1
    triangles = np.array([(0, i, i + 1) for i in range(1, last)])
    return flat_mesh(outline, np.zeros((len(outline), 3)), triangles)


def _hull(points: F64) -> F64:
    """Convex hull, counter-clockwise (Andrew's monotone chain)."""
    ordered = sorted((float(x), float(y)) for x, y in points)
    halves = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for p in run:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        halves += chain[:-1]
    return np.array(halves)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
