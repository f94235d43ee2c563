"""Lamps, benches and bus shelters along the streets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from model.contract.road import LaneKind, RoadClass, RoadMap
from world.landscape.ground import Box, Ground
from world.landscape.item import Item, item
from world.landscape.sides import TOWN, Side

#: Lamp height, spacing and arm by road class, m.
_LAMPS = {
    RoadClass.URBAN: (7.0, 30.0, 1.8),
    RoadClass.RESIDENTIAL: (5.0, 34.0, 0.9),
    RoadClass.RAMP: (9.0, 42.0, 2.0),
}


def lamps(along: Sequence[Side], ground: Ground) -> Iterator[Item]:
    """Street lamps just outside the road, the arm over it."""
    for side in along:
        if side.road not in _LAMPS:
            continue
        height, step, arm = _LAMPS[side.road]
        out = 0.9 if side.road is not RoadClass.RAMP else 1.6
        for s in np.arange(6.0, side.length_m - 4.0, step):
            x, y, direction = side.at(float(s), out)
            if ground.place(Box(x, y, 0.15, 0.15)):
                yield item("lamp", (x, y), side.inwards(direction), height=height, arm=arm)


def shelters(road: RoadMap, along: Sequence[Side], ground: Ground, rng: Random) -> Iterator[Item]:
    """A bus shelter on about every sixth town street, benches on some others."""
    for side in along:
        if side.road not in TOWN or side.kind is not LaneKind.SIDEWALK or side.length_m < 60:
            continue
        draw = rng.random()
        s = side.length_m * rng.uniform(0.4, 0.6)
        if draw < 0.16:
            x, y, direction = side.at(s, 1.3)
            if ground.place(Box(x, y, 2.0, 0.8, direction), gap_m=0.1):
                name = road.street_names.get(side.edge, "Bus")
                front = side.inwards(direction)
                yield item("bus_stop", (x, y), front, w=3.6, d=1.4, name=name)
        elif draw < 0.5:
            x, y, direction = side.at(s, 1.0)
            if ground.place(Box(x, y, 0.9, 0.35, direction), gap_m=0.1):
                yield item("bench", (x, y), side.inwards(direction), w=1.6)
