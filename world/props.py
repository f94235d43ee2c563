"""Things that never move by themselves: parked cars, cones, barriers, trash cans."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from model.contract.observation import Actor, ActorKind
from model.contract.road import Lane, LaneKind, RoadMap
from world.kinds import BODIES, BODIES_OF, Body, colours_of
from world.scenario import Place

#: Length of a kerb bay and the part of a parking lane near a junction that stays free, m.
BAY_M, FREE_ENDS_M = 6.4, 12.0


def _still(
    id: str, body: Body, lane: Lane, s_m: float, lateral_m: float, turned: float, colour: str
) -> Actor:
    """An actor with its middle at a place on a lane."""
    x, y, heading = lane.pose(s_m)
    return Actor(
        id=id,
        kind=body.kind,
        x=x - lateral_m * math.sin(heading),
        y=y + lateral_m * math.cos(heading),
        heading=heading + turned,
        speed_mps=0.0,
        accel_mps2=0.0,
        length_m=body.length_m,
        width_m=body.width_m,
        height_m=body.height_m,
        lane=lane.id,
        s_m=s_m + body.length_m / 2,
        lateral_m=lateral_m,
        colour=colour,
    )


def place(road: RoadMap, wish: Place) -> list[Actor]:
    """The objects of a scenario's `place` action; a row of them when `count` is above 1.

    Raises `ValueError` when the edge, lane or arc length does not exist.
    """
    lanes = road.edges.get(wish.edge, ())
    if wish.lane >= len(lanes):
        raise ValueError(f"{wish.id}: there is no lane {wish.lane} on {wish.edge!r}")
    lane = road.lanes[lanes[wish.lane]]
    last = wish.s_m + (wish.count - 1) * wish.every_m
    if last > lane.length_m:
        raise ValueError(f"{wish.id}: {wish.edge} ends at {lane.length_m:.0f} m, before {last:.0f}")
    body = BODIES[BODIES_OF[wish.kind][0]]
    colour = wish.colour or colours_of(wish.kind)[0]
    turned = math.radians(wish.turned_deg)
    return [
        _still(
            wish.id if wish.count == 1 else f"{wish.id}_{k + 1}",
            body,
            lane,
            wish.s_m + k * wish.every_m,
            wish.lateral_m + k * wish.shift_m,
            turned,
            colour,
        )
        for k in range(wish.count)
    ]


def park_cars(
    road: RoadMap, share: float, rng: np.random.Generator, clear_of: Sequence[Actor] = ()
) -> list[Actor]:
    """Parked cars in a `share` of the kerb bays, a little out of line as people park.

    Bays with one of `clear_of` in them stay free.
    """
    parked: list[Actor] = []
    for lane in road.lanes.values():
        if lane.kind is not LaneKind.PARKING:
            continue
        for s in np.arange(FREE_ENDS_M, lane.length_m - FREE_ENDS_M, BAY_M):
            if rng.random() >= share:
                continue
            x, y, _ = lane.pose(float(s) + BAY_M / 2)
            if any(math.dist((x, y), (other.x, other.y)) < BAY_M for other in clear_of):
                continue
            kind = ActorKind.VAN if rng.random() < 0.08 else ActorKind.CAR
            body = BODIES[_choice(rng, BODIES_OF[kind])]
            parked.append(
                _still(
                    f"parked_{len(parked) + 1}",
                    body,
                    lane,
                    float(s) + BAY_M / 2 + float(rng.uniform(-0.2, 0.2)),
                    float(rng.uniform(-0.12, 0.05)),
                    float(rng.uniform(-0.02, 0.02)),
                    _choice(rng, colours_of(kind)),
                )
            )
    return parked


def _choice(rng: np.random.Generator, words: Sequence[str]) -> str:
    return words[int(rng.integers(len(words)))]
