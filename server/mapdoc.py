"""The static map document that the web cabin draws: lanes, junctions, crossings, scenery.

Built once per drive from the contract's `RoadMap` and the world's scenery, so that the web
cabin and the cameras show the same place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from model.contract.road import Lane, RoadMap


def map_document(road: RoadMap, scenery: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """JSON-ready document; coordinates in map metres with two decimals.

    `lanes`: `{id, kind, road, w, pts, left, right, solid_last, limit}` where `left` and `right`
    name the line on that side (`dashed`, `solid`) and a dashed one is solid over the last
    `solid_last` m. `scenery`: `{kind, x, y, h, …}` as the world made it.
    """
    return {
        "v": 1,
        "name": road.name,
        "lanes": [_lane(lane) for lane in road.lanes.values()],
        "junctions": [{"id": key, "pts": _points(shape)} for key, shape in road.junctions.items()],
        "crossings": [
            {"id": c.id, "pts": _points(c.shape), "w": c.width_m, "zebra": c.priority}
            for c in road.crossings.values()
        ],
        "exits": [
            {"edge": e.edge, "from": e.from_edge, "name": e.name, "towards": e.towards}
            for e in road.exits
        ],
        "places": [{"name": place.name, "kind": place.kind} for place in road.places],
        "streets": dict(road.street_names),
        "scenery": list(scenery),
    }


def _lane(lane: Lane) -> dict[str, Any]:
    return {
        "id": lane.id,
        "kind": lane.kind.value,
        "road": lane.road.value,
        "w": round(lane.width_m, 2),
        "limit": round(lane.limit_mps, 2),
        "left": _line(lane.left_dashed),
        "right": _line(lane.right_dashed),
        "solid_last": round(lane.solid_last_m, 1),
        "one_way": lane.one_way,
        "pts": _points(lane.centre),
    }


def _line(dashed: bool) -> str:
    # Also without a neighbour: the middle line of a two-way street may be dashed.
    return "dashed" if dashed else "solid"


def _points(points: Any) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]
