"""Lamps, benches, shelters, rails and walls, sign posts with their faces, traffic lights."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from world.render.boards import Board, Face
from world.render.greenery import wall_mesh
from world.render.mesh import RGB, Builder, Glow, Mesh, Vec, joined
from world.render.ribbons import along, arc_length

_STEEL: RGB = (0.55, 0.57, 0.58)
_ZINC: RGB = (0.78, 0.80, 0.82)
_DARK: RGB = (0.13, 0.14, 0.15)
_BACK: RGB = (0.50, 0.52, 0.54)

Item = dict[str, Any]


def lamp_mesh(item: Item) -> Mesh:
    return _lamp(item["height"], item["arm"])


@lru_cache(maxsize=32)
def _lamp(height: float, arm: float) -> Mesh:
    made = Builder()
    made.prism((0, 0, 0), (0.10, 0.06), height, 5, _STEEL, cap=False)
    made.box((0.0, -0.05, height - 0.10), (arm, 0.05, height), _STEEL)
    made.box((arm - 0.45, -0.14, height - 0.16), (arm + 0.25, 0.14, height - 0.04), _STEEL)
    low, high = (arm - 0.38, -0.11, height - 0.23), (arm + 0.18, 0.11, height - 0.16)
    made.box(low, high, (0.9, 0.9, 0.85), glow=Glow.LANTERN, bottom=True)
    return made.build()


def lantern(item: Item) -> Vec:
    """Where a lamp's light comes from, in the map frame."""
    return (
        item["x"] + item["arm"] * math.cos(item["h"]),
        item["y"] + item["arm"] * math.sin(item["h"]),
        item["height"] - 0.2,
    )


def bench_mesh(item: Item) -> Mesh:
    made = Builder()
    half, wood = item["w"] / 2, (0.50, 0.35, 0.22)
    for y in (-half + 0.15, half - 0.2):
        made.box((-0.2, y, 0.0), (0.25, y + 0.06, 0.44), _DARK)
    made.box((-0.22, -half, 0.42), (0.28, half, 0.48), wood)
    made.box((-0.27, -half, 0.55), (-0.21, half, 0.88), wood)
    return made.build()


def shelter_mesh(item: Item) -> Mesh:
    made = Builder()
    half, deep = item["w"] / 2, item["d"] / 2
    glass: RGB = (0.52, 0.62, 0.66)
    for x, y in ((deep, -half), (deep, half - 0.1), (-deep, -half), (-deep, half - 0.1)):
        made.box((x - 0.05, y, 0.0), (x + 0.05, y + 0.1, 2.4), _DARK)
    made.box((-deep - 0.1, -half - 0.1, 2.4), (deep + 0.2, half + 0.1, 2.52), (0.22, 0.25, 0.28))
    made.box((-deep, -half, 0.3), (-deep + 0.04, half, 2.1), glass)
    made.box((-deep + 0.15, -half + 0.3, 0.42), (-deep + 0.55, half - 0.3, 0.48), (0.5, 0.35, 0.22))
    made.box((-deep, half - 0.06, 0.3), (deep - 0.3, half - 0.02, 2.1), (0.75, 0.45, 0.22))
    return made.build()


def shelter_boards(item: Item) -> Iterator[Board]:
    z, deep = 2.56, item["d"] / 2 + 0.2
    half = min(item["w"] / 2, 0.12 * len(item["name"]) + 0.3)
    corners = ((deep, -half, z), (deep, half, z), (deep, half, z + 0.36), (deep, -half, z + 0.36))
    yield Board(("name", item["name"], "#1f5f3f"), corners)


def rail_mesh(item: Item) -> Mesh:
    """A guard rail: a folded band that catches the light, on posts."""
    line = np.array(item["pts"], float)
    top = item["height"]
    band = wall_mesh(line, 0.05, top - 0.34, top, _ZINC)
    length = float(arc_length(line)[-1])
    posts = Builder()
    for x, y in along(line, np.arange(1.0, length, 4.0)):
        posts.box((x - 0.05, y - 0.05, 0.0), (x + 0.05, y + 0.05, top - 0.3), _STEEL)
    return joined([band, posts.build()])


def noise_wall_mesh(item: Item) -> Mesh:
    """Panels of concrete and tinted glass between posts."""
    line = np.array(item["pts"], float)
    height = item["height"]
    low = wall_mesh(line, 0.08, 0.0, height * 0.62, (0.58, 0.56, 0.50))
    high = wall_mesh(line, 0.06, height * 0.62, height, (0.45, 0.58, 0.52), top=_STEEL)
    posts = Builder()
    for x, y in along(line, np.arange(0.0, float(arc_length(line)[-1]) + 0.1, 6.0)):
        posts.box((x - 0.14, y - 0.14, 0.0), (x + 0.14, y + 0.14, height + 0.1), (0.42, 0.42, 0.40))
    return joined([low, high, posts.build()])


def parapet_mesh(item: Item) -> Mesh:
    """A concrete kerb with a railing: the side of a bridge."""
    line = np.array(item["pts"], float)
    line = along(line, np.arange(0.0, float(arc_length(line)[-1]) + 0.01, 10.0))
    top = item["height"]
    parts = [wall_mesh(line, 0.2, 0.0, 0.45, (0.63, 0.62, 0.60))]
    parts += [wall_mesh(line, 0.04, z, z + 0.09, _STEEL) for z in (top - 0.28, top)]
    posts = Builder()
    for x, y in along(line, np.arange(0.5, float(arc_length(line)[-1]), 3.0)):
        posts.box((x - 0.04, y - 0.04, 0.4), (x + 0.04, y + 0.04, top), _STEEL)
    return joined([*parts, posts.build()])


def sign_face(item: Item) -> Face:
    """What the plate of a sign shows."""
    kind = item["kind"]
    if kind in ("sign_exit", "gantry"):
        return ("plate", item["colour"], *item["lines"])
    if kind == "sign_limit":
        return ("limit", str(item["value"]))
    return (kind.removeprefix("sign_"),)


def sign_mesh(item: Item) -> Mesh:
    """Posts and the grey back of a plate."""
    made = Builder()
    low, w = item["pole"], item["w"]
    high = low + item.get("height", w)
    if item["kind"] == "gantry":
        half = item["span"] / 2
        for y in (-half, half):
            made.box((-0.2, y - 0.2, 0.0), (0.1, y + 0.2, high + 0.2), _STEEL)
        for z in (low + 0.2, high - 0.3):
            made.box((-0.22, -half, z), (-0.06, half, z + 0.2), _STEEL)
    elif item["kind"] == "sign_exit":
        for y in (-w * 0.32, w * 0.32):
            made.box((-0.12, y - 0.07, 0.0), (-0.02, y + 0.07, high), _STEEL)
    else:
        made.prism((-0.06, 0, 0), (0.035, 0.035), high - 0.05, 5, _STEEL, cap=False)
    grow = 0.0 if item["kind"] in ("sign_exit", "gantry") else -0.06
    a, b = -w / 2 - grow, w / 2 + grow
    made.quad(((-0.01, b, low - grow), (-0.01, a, low - grow), (-0.01, a, high + grow),
               (-0.01, b, high + grow)), _BACK)  # fmt: skip
    return made.build()


def sign_board(item: Item) -> Board:
    low, w = item["pole"], item["w"]
    high = low + item.get("height", w)
    a, b = -w / 2, w / 2
    return Board(
        sign_face(item), ((0.02, a, low), (0.02, b, low), (0.02, b, high), (0.02, a, high))
    )


_HEAD_H, _LENS_R = 1.05, 0.125


def light_head_at(item: Item) -> tuple[float, float, float]:
    """Middle of a traffic light's head in its own frame (front along +x)."""
    return 0.12, -item["arm"], item["height"] - _HEAD_H / 2


def light_post_mesh(item: Item) -> Mesh:
    made = Builder()
    height, arm = item["height"], item["arm"]
    post = height - 0.3 if arm else height
    made.prism((-0.08, 0, 0), (0.075, 0.06), post, 6, _POST, cap=False)
    if arm:
        made.box((-0.14, -arm, post - 0.1), (-0.02, 0.0, post), _POST)
    return made.build()


def light_head_mesh() -> Mesh:
    """A head with three lenses around its middle, front along +x; lenses are dark by themselves."""
    made = Builder()
    white: RGB = (0.92, 0.92, 0.90)
    back = ((-0.06, -0.3, -0.64), (-0.06, 0.3, -0.64), (-0.06, 0.3, 0.64), (-0.06, -0.3, 0.64))
    made.quad(back, white)
    made.box((-0.2, -0.26, -0.6), (-0.07, 0.26, 0.6), _DARK)
    made.box((-0.1, -0.19, -_HEAD_H / 2), (0.06, 0.19, _HEAD_H / 2), _DARK)
    for k, (glow, colour) in enumerate(_LENSES):
        z = 0.34 - 0.34 * k
        made.disc((0.075, 0.0, z), _LENS_R, 0.0, 10, colour, glow)
        hood = ((0.06, 0.15, z + 0.1), (0.06, -0.15, z + 0.1), (0.24, -0.13, z + 0.15))
        made.quad((*hood, (0.24, 0.13, z + 0.15)), _DARK)
    return made.build()


_POST: RGB = (0.33, 0.35, 0.36)
_LENSES: tuple[tuple[Glow, RGB], ...] = (
    (Glow.RED, (0.30, 0.05, 0.05)),
    (Glow.AMBER, (0.30, 0.20, 0.04)),
    (Glow.GREEN, (0.04, 0.24, 0.12)),
)
