"""Trees, bushes and fields: along sidewalks, in gardens and courtyards, and out in the country."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from model.contract.road import RoadClass
from world.landscape.ground import FIELD, ROAD, Box, Ground
from world.landscape.item import Item, item, line_item
from world.landscape.sides import COUNTRY, TOWN, Side

_CROPS = {
    "meadow": ("#7c9a4e", "#86a356", "#739149"),
    "wheat": ("#c9b160", "#d2bb6c", "#bda455"),
    "rape": ("#d6c53c", "#cdbb33"),
    "plough": ("#8a6b4c", "#7b5f45"),
}


def tree(
    at: tuple[float, float], ground: Ground, rng: Random, species: str, low: float, high: float
) -> Item | None:
    """A tree whose whole crown is over free ground, so that it hangs over no lane."""
    height = rng.uniform(low, high)
    shape = {"broad": 0.3, "conifer": 0.22, "poplar": 0.14}[species]
    r = height * shape * rng.uniform(0.85, 1.15)
    x, y = at
    turn = rng.uniform(-math.pi, math.pi)
    # Crowns may touch one another's outermost leaves, hence the slightly smaller footprint.
    if not ground.place(Box(x, y, 0.8 * r, 0.8 * r, turn)):
        return None
    return item("tree", at, turn, species=species, height=height, r=r, tint=rng.random())


def street_trees(along: Sequence[Side], ground: Ground, rng: Random) -> Iterator[Item]:
    """An alley just outside the sidewalk on about half of the town's streets."""
    for side in along:
        if side.road not in TOWN or rng.random() < 0.4:
            continue
        species = rng.choice(("broad", "broad", "poplar"))
        step = rng.uniform(11.0, 16.0)
        for s in np.arange(9.0, side.length_m - 9.0, step):
            x, y, _ = side.at(float(s) + rng.uniform(-1, 1), 1.9)
            made = tree((x, y), ground, rng, species, 5.0, 7.0)
            if made is not None:
                yield made


def green_yards(along: Sequence[Side], ground: Ground, rng: Random) -> Iterator[Item]:
    """Trees and bushes behind and between the houses."""
    for side in along:
        if side.road not in TOWN:
            continue
        for _ in range(int(side.length_m / 9.0)):
            x, y, _h = side.at(rng.uniform(0, side.length_m), 5.0 + 30.0 * rng.random())
            if rng.random() < 0.3:
                r = rng.uniform(0.5, 1.1)
                if ground.place(Box(x, y, r, r)):
                    yield item("bush", (x, y), 0.0, height=1.5 * r, r=r, tint=rng.random())
                continue
            species = rng.choices(("broad", "conifer", "poplar"), (6, 2, 1))[0]
            made = tree((x, y), ground, rng, species, 5.5, 11.0)
            if made is not None:
                yield made


def fields(along: Sequence[Side], ground: Ground, tilled: Ground, rng: Random) -> Iterator[Item]:
    """Patches of crop beside country roads, as deep as the next road allows.

    `tilled` is the coarse ground in which they are marked, so that no two lie on one another.
    """
    for side in along:
        if side.road not in COUNTRY or side.road is RoadClass.RAMP:
            continue
        s = rng.uniform(0.0, 30.0)
        while s + 50.0 < side.length_m:
            length = min(rng.uniform(70.0, 190.0), side.length_m - s)
            yield from _field(side, s, s + length, ground, tilled, rng)
            s += length + rng.choice((4.0, 8.0, 45.0))


def _field(
    side: Side, start_m: float, end_m: float, ground: Ground, tilled: Ground, rng: Random
) -> Iterator[Item]:
    near = rng.uniform(14.0, 24.0)
    for depth in (rng.uniform(70.0, 140.0), 45.0, 22.0):
        edge, far = (side.points(start_m, end_m, out, 25.0) for out in (near, near + depth))
        inner = _lattice(edge, far)
        if not (tilled.free_points(inner, ROAD | FIELD) & ground.free_points(inner)).all():
            continue
        tilled.take_points(inner, FIELD)
        crop = rng.choices(tuple(_CROPS), (5, 3, 2, 2))[0]
        outline = np.vstack([edge, far[::-1]])
        yield line_item("field", outline, crop=crop, colour=rng.choice(_CROPS[crop]))
        if rng.random() < 0.35:
            yield from _field_hedge(far, ground, rng)
        return


def _lattice(edge: NDArray[np.float64], far: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points at most 1.4 m apart that fill the strip between two lines of equal length."""
    along = max(np.hypot(*np.diff(line, axis=0).T).sum() for line in (edge, far))
    u = np.linspace(0, len(edge) - 1, int(along / 1.3) + 2)
    a, b = (
        np.stack([np.interp(u, np.arange(len(edge)), line[:, i]) for i in (0, 1)], axis=1)
        for line in (edge, far)
    )
    v = np.linspace(0.0, 1.0, int(np.hypot(*(far[0] - edge[0])) / 1.3) + 2)[:, None, None]
    points: NDArray[np.float64] = (a + (b - a) * v).reshape(-1, 2)
    return points


def _field_hedge(line: NDArray[np.float64], ground: Ground, rng: Random) -> Iterator[Item]:
    if ground.free_line(line, 0.8):
        ground.take_line(line, 0.8)
        yield line_item("hedge", line, height=rng.uniform(1.4, 2.4), thick=1.6)


def country_trees(
    along: Sequence[Side], ground: Ground, tilled: Ground, rng: Random
) -> Iterator[Item]:
    """Groves, rows of poplars and single trees along country roads, not on fields."""
    for side in along:
        if side.road not in COUNTRY:
            continue
        s = rng.uniform(0.0, 40.0)
        while s < side.length_m:
            kind = rng.choices(("single", "grove", "row", "open"), (4, 4, 1, 4))[0]
            span = {"single": 14.0, "grove": rng.uniform(30, 70), "row": 60.0, "open": 50.0}[kind]
            yield from _stand(kind, side, s, min(s + span, side.length_m), ground, tilled, rng)
            s += span


def _stand(
    kind: str,
    side: Side,
    start_m: float,
    end_m: float,
    ground: Ground,
    tilled: Ground,
    rng: Random,
) -> Iterator[Item]:
    spots: list[tuple[float, float]] = []
    species = rng.choices(("broad", "conifer"), (3, 2))[0]
    if kind == "single":
        spots = [(rng.uniform(start_m, end_m), rng.uniform(9.0, 40.0))]
    elif kind == "grove":
        count = int((end_m - start_m) / 4.0)
        spots = [(rng.uniform(start_m, end_m), 12 + 38 * rng.random()) for _ in range(count)]
    elif kind == "row":
        species, out = "poplar", rng.uniform(11.0, 14.0)
        spots = [(float(s), out) for s in np.arange(start_m, end_m, 7.0)]
    for s, out in spots:
        x, y, _ = side.at(s, out)
        mixed = species if kind == "row" or rng.random() < 0.8 else "broad"
        if not bool(tilled.free_points(np.array([[x, y]]), FIELD)[0]):
            continue
        made = tree((x, y), ground, rng, mixed, 7.0, 14.0)
        if made is not None:
            yield made
