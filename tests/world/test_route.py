"""Ways, instructions and the line ahead."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract.observation import RouteInstruction
from model.contract.road import RoadMap
from world.roadmap import load_road_map
from world.route import (
    check_connected,
    lanes_ahead,
    line_ahead,
    next_instruction,
    shortest_path,
    straight_on,
)


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return load_road_map("town")


@pytest.fixture(scope="module")
def motorway() -> RoadMap:
    return load_road_map("motorway")


def test_the_quickest_way_is_connected_and_takes_the_exit(motorway: RoadMap) -> None:
    path = shortest_path(motorway, "a7_1", "b12_3e")
    assert path == ["a7_1", "a7_exit1_lane", "exit1", "exit1_end", "b12_3e"]
    check_connected(motorway, path)


def test_a_round_trip_comes_back(motorway: RoadMap) -> None:
    assert shortest_path(motorway, "a7_1", "a7_1") == ["a7_1"]
    there_and_back = shortest_path(motorway, "a7_1", "a7_1", round_trip=True)
    assert there_and_back[0] == there_and_back[-1] == "a7_1"
    assert len(there_and_back) > 3
    check_connected(motorway, there_and_back)


def test_no_way_and_no_such_road_are_errors(motorway: RoadMap) -> None:
    with pytest.raises(ValueError, match="no way for a car from a7_1 to a7_back_1"):
        shortest_path(motorway, "a7_1", "a7_back_1")
    with pytest.raises(ValueError, match="no road called 'a9'"):
        shortest_path(motorway, "a7_1", "a9")
    with pytest.raises(ValueError, match="no way from a7_1 straight into a7_3"):
        check_connected(motorway, ["a7_1", "a7_3"])


def test_straight_on_stays_on_the_ring_past_every_exit(motorway: RoadMap) -> None:
    edges = straight_on(motorway, "a7_1", 20_000)
    assert edges.count("a7_1") == 1
    assert all(edge.startswith("a7_") and "back" not in edge for edge in edges)


@pytest.mark.parametrize(
    ("route", "s_m", "expected"),
    [
        (["a7_1", "a7_exit1_lane", "exit1"], 100, ("take_exit", "Exit 1 Alderford, Hospital")),
        (["exit1_end", "b12_3e"], 0, ("turn_left", "Selby Road (B12)")),
        (["join_west_up", "a7_join_west"], 0, ("merge", "A7")),
        (["a7_1", "a7_exit1_lane", "a7_2"], 0, ("continue", "A7")),
    ],
)
def test_instructions(
    motorway: RoadMap, route: list[str], s_m: float, expected: tuple[str, str]
) -> None:
    said = next_instruction(motorway, route, s_m, None)
    assert (said.kind, said.onto) == expected


def test_instruction_distances(town: RoadMap) -> None:
    route = ["quay_3e", "orchard_1n"]
    length = town.lanes["quay_3e_1"].length_m
    turn = next_instruction(town, route, 20, None)
    assert (turn.kind, turn.onto) == ("turn_left", "Orchard Way")
    assert turn.distance_m == pytest.approx(length - 20)
    end = next_instruction(town, ["quay_3e"], 20, 50)
    assert end == RouteInstruction("arrive", 30.0, "Quay Street")


def test_a_way_ahead_uses_the_lane_that_leads_there(town: RoadMap) -> None:
    right = lanes_ahead(town, town.lanes["market_2e_2"], 0, ["market_2e", "station_3n"], 200)
    assert right[0].id == "market_2e_3"  # left turns are made from the left lane
    assert right[-1].edge == "station_3n"


def test_the_line_ahead_is_smooth_and_long(motorway: RoadMap) -> None:
    route = ["a7_1", *straight_on(motorway, "a7_1", 3_000)]
    line = line_ahead(motorway, motorway.lanes["a7_1_2"], 10, route, 400)
    steps = np.hypot(*np.diff(line, axis=0).T)
    assert len(line) == 80
    assert steps.max() < 5.05
    turns = np.diff(np.unwrap(np.arctan2(*np.diff(line, axis=0).T[::-1])))
    assert np.abs(turns).max() < 0.05


def test_the_line_ahead_goes_on_from_inside_a_junction(town: RoadMap) -> None:
    via = next(k for k in town.lanes["lime_1n_2"].links if k.to_lane == "lime_2n_2").via[0]
    line = line_ahead(town, town.lanes[via], 2, ["lime_1n", "lime_2n"], 80)
    assert len(line) >= 15
    end = town.lanes["lime_2n_2"].project(*line[-1])
    assert end[0] > 40
    assert abs(end[1]) < 0.1
