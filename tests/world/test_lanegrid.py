"""Where a pose is, and how far off the road."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.contract.road import LaneKind, RoadMap
from world.lanegrid import REACH_M, LaneGrid
from world.roadmap import load_road_map


@pytest.fixture(scope="module")
def road() -> RoadMap:
    return load_road_map("commute")


@pytest.fixture(scope="module")
def grid(road: RoadMap) -> LaneGrid:
    return LaneGrid(road)


def test_every_car_lane_is_found_from_its_own_middle(road: RoadMap, grid: LaneGrid) -> None:
    for lane in road.lanes.values():
        if lane.kind is LaneKind.DRIVE:
            x, y, heading = lane.pose(lane.length_m / 2)
            spot = grid.locate(x, y, heading)
            assert spot is not None
            assert spot.lane.id == lane.id
            assert spot.s_m == pytest.approx(lane.length_m / 2, abs=0.1)
            assert spot.lateral_m == pytest.approx(0, abs=0.05)


def test_inside_a_junction_the_route_decides(road: RoadMap, grid: LaneGrid) -> None:
    for link in road.lanes["market_2e_3"].links:
        via = road.lanes[link.via[0]]
        x, y, heading = via.pose(1.0)
        spot = grid.locate(x, y, heading, {via.id})
        assert spot is not None
        assert spot.lane.id == via.id


def test_swinging_over_the_centre_line_stays_on_the_own_lane(grid: LaneGrid, road: RoadMap) -> None:
    x, y, heading = road.lanes["quay_1e_1"].pose(40)
    spot = grid.locate(x - 3 * math.sin(heading), y + 3 * math.cos(heading), heading)
    assert spot is not None
    assert spot.lane.id == "quay_1e_1"
    assert spot.lateral_m == pytest.approx(3.0, abs=0.01)


def test_shoulder_and_bays_are_roadway_and_the_pavement_is_not(
    grid: LaneGrid, road: RoadMap
) -> None:
    def outside(lane: str) -> float:
        return grid.outside_m(np.array([road.lanes[lane].pose(50)[:2]]))

    assert outside("a7_1_0") == 0.0
    assert outside("market_1e_1") == 0.0
    assert outside("market_1e_0") == pytest.approx(1.1, abs=0.01)  # half a pavement
    assert grid.outside_m(np.array([[3000.0, 800.0]])) == REACH_M


def test_the_worst_corner_counts(grid: LaneGrid, road: RoadMap) -> None:
    on = road.lanes["quay_1e_1"].pose(50)[:2]
    off = road.lanes["quay_1e_0"].pose(50)[:2]
    assert grid.outside_m(np.array([on, off])) == grid.outside_m(np.array([off])) > 0


def test_nowhere_near_a_road_is_none(grid: LaneGrid) -> None:
    assert grid.locate(3000.0, 800.0, 0.0) is None
