"""Parked cars stand in bays, objects where the scenario says."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract.observation import ActorKind
from model.contract.road import LaneKind, RoadMap
from world.geometry import box, boxes_overlap
from world.lanegrid import LaneGrid
from world.props import park_cars, place
from world.roadmap import load_road_map
from world.scenario import Place


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return load_road_map("town")


def wish(**changes: object) -> Place:
    base = {"id": "p", "kind": "cone", "edge": "market_1e", "lane": 1, "s_m": 30}
    return Place.model_validate(base | changes)


def test_parked_cars_stand_in_bays_and_touch_nobody(town: RoadMap) -> None:
    parked = park_cars(town, 1.0, np.random.default_rng(1))
    boxes = [box(a.x, a.y, a.heading, a.length_m, a.width_m) for a in parked]
    assert len(parked) > 200
    for actor, corners in zip(parked, boxes, strict=True):
        lane = town.lanes[actor.lane or ""]
        assert lane.kind is LaneKind.PARKING
        assert all(abs(lane.project(x, y)[1]) < lane.width_m / 2 + 0.1 for x, y in corners)
    for i, a in enumerate(boxes):
        assert not any(boxes_overlap(a, b) for b in boxes[i + 1 :])


def test_the_share_of_bays_is_taken_and_the_seed_decides_which(town: RoadMap) -> None:
    full = len(park_cars(town, 1.0, np.random.default_rng(1)))
    some = park_cars(town, 0.3, np.random.default_rng(1))
    assert 0.2 * full < len(some) < 0.4 * full
    assert some == park_cars(town, 0.3, np.random.default_rng(1))
    assert some != park_cars(town, 0.3, np.random.default_rng(2))
    assert park_cars(town, 0.0, np.random.default_rng(1)) == []


def test_bays_with_something_in_them_stay_free(town: RoadMap) -> None:
    can = place(town, wish(kind="trash_can"))[0]
    for parked in park_cars(town, 1.0, np.random.default_rng(1), [can]):
        assert np.hypot(parked.x - can.x, parked.y - can.y) > 3.0


def test_a_row_of_cones_shifts_sideways(town: RoadMap) -> None:
    row = place(town, wish(count=5, every_m=4, shift_m=0.5, lateral_m=-1))
    assert [a.id for a in row] == ["p_1", "p_2", "p_3", "p_4", "p_5"]
    assert [a.kind for a in row] == [ActorKind.CONE] * 5
    lane = town.lanes["market_1e_1"]
    places = [lane.project(a.x, a.y) for a in row]
    assert [p[0] for p in places] == pytest.approx([30, 34, 38, 42, 46])
    assert [p[1] for p in places] == pytest.approx([-1, -0.5, 0, 0.5, 1])


def test_a_trash_can_at_the_kerb_is_on_the_roadway(town: RoadMap) -> None:
    can = place(town, wish(kind="trash_can", lateral_m=0.7))[0]
    assert LaneGrid(town).outside_m(np.array([[can.x, can.y]])) == 0.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"edge": "x"}, "p: there is no lane 1 on 'x'"),
        ({"lane": 7}, "p: there is no lane 7 on 'market_1e'"),
        ({"count": 50}, "p: market_1e ends at 109 m, before 275"),
    ],
)
def test_a_place_that_does_not_exist_is_an_error(
    town: RoadMap, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        place(town, wish(**changes))
