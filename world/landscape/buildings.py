"""Rows of houses, shops and towers along town streets, with the gardens in front of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from model.contract.road import LaneKind, Place, RoadMap
from world.landscape.ground import Box, Ground
from world.landscape.item import Item, item, line_item
from world.landscape.sides import TOWN, Side

_WALLS = (
    "#efe6d2", "#e6d3b1", "#d9c3a0", "#f2ede2", "#c9d3d6", "#d8b9a0", "#b5654a",
    "#a65440", "#9c5b45", "#e3cf9a", "#cfd8c4", "#dfe3e6", "#c48f6a", "#e8d9d0",
)  # fmt: skip
_ROOFS = ("#8c3f2e", "#9a4a34", "#7a3d2f", "#5b4a44", "#4a4f57", "#6b5a4e", "#a85a3c")
_TOWER_WALLS = ("#c8ccd0", "#b9a993", "#d9d4c8", "#a9b4bd", "#cbb8a4")
_AWNINGS = ("#b03a3a", "#2f6b4f", "#2d5d8c", "#c28a2c", "#6a3f7a", "#37474f")
_SHOPS = (
    "Bakery", "Books", "Flowers", "Pharmacy", "Café Luna", "Barber", "Greengrocer", "Bicycles",
    "Toys", "Tea House", "Optician", "Hardware", "Pizzeria", "Music", "Bank", "Post",
)  # fmt: skip
_STOREY_M = 2.9
_GLAZED = frozenset({"petrol", "restaurant", "station", "work", "hospital", "school", "airport"})


@dataclass(frozen=True)
class _Plan:
    """A building before it has a place: kind, footprint, how far back it stands, its fields."""

    kind: str
    w: float
    d: float
    setback_m: float
    fields: Item


def buildings(road: RoadMap, along: Sequence[Side], ground: Ground, rng: Random) -> Iterator[Item]:
    """Buildings of the named places first, then rows along every side of every town street."""
    town = [side for side in along if side.road in TOWN]
    for place in road.places:
        yield from _landmark(place, road, along, ground, rng)
    if not town:
        return
    middle = np.mean([side.line.mean(axis=0) for side in town], axis=0)
    reach = max(float(np.hypot(*(side.line.mean(axis=0) - middle))) for side in town) or 1.0
    for side in town:
        centred = 1.0 - float(np.hypot(*(side.line.mean(axis=0) - middle))) / reach
        yield from _row(side, centred, ground, rng)


def _row(side: Side, centred: float, ground: Ground, rng: Random) -> Iterator[Item]:
    s = 5.0
    while s < side.length_m - 8.0:
        plan = _plan(centred, s < 28 or s > side.length_m - 28, rng)
        made = _build(plan, side, s + plan.w / 2, ground)
        if made is None:
            s += 2.0
            continue
        yield made
        if plan.kind == "house":
            yield from _garden(plan, side, s, ground, rng)
        s += plan.w + (0.5 if plan.kind == "shop" else rng.uniform(2.5, 6.0))


def _build(plan: _Plan, side: Side, s_m: float, ground: Ground) -> Item | None:
    x, y, direction = side.at(s_m, plan.setback_m + plan.d / 2)
    front = side.inwards(direction)
    if not ground.place(Box(x, y, plan.d / 2, plan.w / 2, front), gap_m=0.3):
        return None
    return item(plan.kind, (x, y), front, w=plan.w, d=plan.d, **plan.fields)


def _plan(centred: float, corner: bool, rng: Random) -> _Plan:
    draw = rng.random()
    if draw < 0.55 * centred * (1.5 if corner else 1.0):
        return _shop(rng)
    if draw < 0.55 * centred + 0.14:
        return _tower(rng)
    return _house(centred, rng)


def _house(centred: float, rng: Random) -> _Plan:
    w, d = rng.uniform(8.0, 13.5), rng.uniform(8.0, 11.0)
    storeys = rng.choices((1, 2, 3), (2, 5, 1 + 4 * centred))[0]
    roof = rng.choices(("gable", "hip", "flat"), (6, 3, 1.5))[0]
    cols, lit = _windows(w, 2.7, storeys, rng)
    return _Plan("house", w, d, rng.uniform(3.6, 6.0), {
        "height": storeys * _STOREY_M + 0.4,
        "storeys": storeys,
        "roof": roof,
        "roof_h": 0.0 if roof == "flat" else rng.uniform(0.32, 0.48) * d,
        "colour": rng.choice(_WALLS),
        "roof_colour": rng.choice(_ROOFS),
        "trim": rng.choice(("#f7f5f0", "#ffffff", "#5a4636", "#3f4a52")),
        "cols": cols,
        "side_cols": max(1, int(d / 3.4)),
        "door": rng.randrange(cols),
        "lit": lit,
        "chimney": roof != "flat" and rng.random() < 0.7,
    })  # fmt: skip


def _shop(rng: Random, name: str = "") -> _Plan:
    w, d, storeys = rng.uniform(9.0, 15.0), rng.uniform(9.0, 12.0), rng.choice((2, 3, 3, 4))
    cols, lit = _windows(w, 2.5, storeys, rng)
    return _Plan("shop", w, d, 0.6, {
        "height": storeys * _STOREY_M + 1.4,
        "storeys": storeys,
        "roof": "flat",
        "roof_h": 0.0,
        "colour": rng.choice(_WALLS),
        "roof_colour": "#6f6c68",
        "trim": "#f4f1ea",
        "cols": cols,
        "side_cols": max(1, int(d / 3.2)),
        "door": cols // 2,
        "lit": lit,
        "chimney": False,
        "awning": rng.choice(_AWNINGS),
        "name": name or rng.choice(_SHOPS),
    })  # fmt: skip


def _tower(rng: Random) -> _Plan:
    w, d, storeys = rng.uniform(14.0, 20.0), rng.uniform(12.0, 15.0), rng.randint(6, 10)
    cols, lit = _windows(w, 2.9, storeys, rng)
    return _Plan("tower", w, d, rng.uniform(3.0, 6.0), {
        "height": storeys * _STOREY_M + 1.2,
        "storeys": storeys,
        "roof": "flat",
        "roof_h": 0.0,
        "colour": rng.choice(_TOWER_WALLS),
        "roof_colour": "#77756f",
        "trim": "#e9ecef",
        "cols": cols,
        "side_cols": max(2, int(d / 3.2)),
        "door": -1,
        "lit": lit,
        "chimney": False,
    })  # fmt: skip


def _windows(w: float, each_m: float, storeys: int, rng: Random) -> tuple[int, list[int]]:
    cols = max(2, int(w / each_m))
    return cols, [i for i in range(cols * storeys) if rng.random() < 0.4]


def _garden(plan: _Plan, side: Side, s_m: float, ground: Ground, rng: Random) -> Iterator[Item]:
    """A hedge with a gap in front of the door, and a bush or two; each only where it is free."""
    if rng.random() < 0.55:
        door = s_m + plan.w * (plan.fields["door"] + 0.5) / plan.fields["cols"]
        height = rng.uniform(0.7, 1.3)
        for a, b in ((s_m, door - 1.1), (door + 1.1, s_m + plan.w)):
            if b - a < 1.0 or a < 1.0 or b > side.length_m - 1.0:
                continue
            points = side.points(a, b, 0.9, 6.0)
            if ground.free_line(points, 0.35):
                ground.take_line(points, 0.35)
                yield line_item("hedge", points, height=height, thick=0.7)
    for _ in range(rng.randrange(3)):
        s, out = s_m + rng.uniform(0, plan.w), rng.uniform(1.9, max(2.0, plan.setback_m - 0.9))
        r = rng.uniform(0.4, 0.7)
        x, y, direction = side.at(min(s, side.length_m), out)
        if ground.place(Box(x, y, r, r, direction)):
            yield item("bush", (x, y), direction, height=1.7 * r, r=r, tint=rng.random())


def _landmark(
    place: Place, road: RoadMap, along: Sequence[Side], ground: Ground, rng: Random
) -> Iterator[Item]:
    """A building that carries the name of a place, at the roadside where the place is."""
    side = next((side for side in along if side.edge == place.edge and side.out < 0), None)
    if side is None or place.kind not in _GLAZED:
        return
    plan = _shop(rng, place.name)
    back = 8.0 if side.kind is not LaneKind.SIDEWALK else 2.0
    for step in (0.0, 6.0, -6.0, 12.0, -12.0, 20.0, -20.0):
        s = min(max(place.s_m + step, 8.0), max(side.length_m - 8.0, 8.0))
        wide = _Plan("shop", min(plan.w + 6.0, 20.0), plan.d, back, dict(plan.fields))
        wide.fields["cols"] = max(2, math.floor(wide.w / 2.5))
        wide.fields["lit"] = [i for i in plan.fields["lit"] if i < wide.fields["cols"] * 2]
        made = _build(wide, side, s, ground)
        if made is not None:
            yield made
            return
