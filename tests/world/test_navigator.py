"""The route follows the ego, never ends by itself, and knows when it has arrived."""

from __future__ import annotations

import pytest

from model.contract.road import RoadMap
from world.lanegrid import Spot
from world.navigator import AHEAD_M, Navigator
from world.roadmap import load_road_map
from world.route import check_connected, edge_length_m


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return load_road_map("town")


def spot(road: RoadMap, lane: str, s_m: float = 10.0) -> Spot:
    return Spot(road.lanes[lane], s_m, 0.0)


def test_the_route_visits_every_via_in_turn_and_again(town: RoadMap) -> None:
    via = ["parade_2n", "garden_3w", "quay_2e"]
    navigator = Navigator(town, "market_1e", via)
    check_connected(town, navigator.edges)
    seen: list[str] = []
    for _ in range(120):
        edge = navigator.edges[1]
        lane = town.drivable(edge)[0].id
        seen += [edge] if edge in via else []
        navigator.update(spot(town, lane), 8.0)
        ahead = sum(edge_length_m(town, e) for e in navigator.edges[1:])
        assert ahead >= AHEAD_M
    assert seen[:6] == via * 2


def test_leaving_the_route_without_destination_is_no_drama(town: RoadMap) -> None:
    navigator = Navigator(town, "market_1e", ["market_4e"])
    changed, arrived = navigator.update(spot(town, "lime_3n_2"), 8.0)
    assert (changed, arrived) == (True, False)
    assert navigator.edges[0] == "lime_3n"
    check_connected(town, navigator.edges)
    assert "market_4e" in navigator.edges


def test_leaving_the_route_to_a_destination_finds_another_way(town: RoadMap) -> None:
    navigator = Navigator(town, "market_1e", [])
    navigator.set_route(["market_1e", "market_2e", "market_3e"], 30.0)
    navigator.update(spot(town, "lime_3n_2"), 8.0)
    assert (navigator.edges[0], navigator.edges[-1]) == ("lime_3n", "market_3e")
    assert navigator.destination_s_m == 30.0
    check_connected(town, navigator.edges)


def test_standing_at_the_destination_is_arriving_once(town: RoadMap) -> None:
    navigator = Navigator(town, "market_1e", [])
    navigator.set_route(["market_1e", "market_2e"], 50.0)
    assert navigator.edges == ["market_1e", "market_2e"]
    assert navigator.update(spot(town, "market_1e_2", 50), 0.0) == (False, False)
    assert navigator.update(spot(town, "market_2e_2", 30), 5.0) == (False, False)
    assert navigator.update(spot(town, "market_2e_2", 49), 5.0) == (False, False)
    assert navigator.update(spot(town, "market_2e_2", 49), 0.0) == (False, True)
    assert navigator.update(spot(town, "market_2e_2", 49), 0.0) == (False, False)
    assert navigator.destination_s_m == 50.0
    navigator.go_on()
    assert navigator.destination_s_m is None
    assert len(navigator.edges) > 5


def test_driving_past_the_destination_arrives_and_goes_on(town: RoadMap) -> None:
    navigator = Navigator(town, "market_1e", [])
    navigator.set_route(["market_1e"], 50.0)
    _, arrived = navigator.update(spot(town, "market_1e_2", 61), 9.0)
    assert arrived
    assert navigator.destination_s_m is None
    assert len(navigator.edges) > 5


def test_a_route_may_begin_beyond_the_junction(town: RoadMap) -> None:
    navigator = Navigator(town, "market_1e", [])
    navigator.set_route(["lime_3n", "lime_4n"], None)
    assert navigator.edges[:3] == ["market_1e", "lime_3n", "lime_4n"]


@pytest.mark.parametrize(
    ("edges", "at", "message"),
    [
        ([], None, "the route is empty"),
        (["quay_1e"], None, "the route begins on quay_1e, but the car is on market_1e"),
        (["market_1e", "quay_1e"], None, "no way from market_1e straight into quay_1e"),
        (["market_1e", "nowhere"], None, "no road called 'nowhere'"),
        (["market_1e"], 500.0, "market_1e is 109 m long, not 500 m"),
    ],
)
def test_a_route_that_is_none_is_refused_and_changes_nothing(
    town: RoadMap, edges: list[str], at: float | None, message: str
) -> None:
    navigator = Navigator(town, "market_1e", [])
    before = list(navigator.edges)
    with pytest.raises(ValueError, match=message):
        navigator.set_route(edges, at)
    assert navigator.edges == before
