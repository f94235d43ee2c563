"""Route commands on the real maps: the new route, the edge that proves it, and plain refusals."""

from __future__ import annotations

from itertools import pairwise

import pytest

from model.contract.facts import SceneFacts
from model.contract.observation import EgoState
from model.contract.road import LaneKind, RoadMap, Turn
from model.navigation import extended, link_between
from model.request_book import Moment, NoRoute
from model.route_wishes import navigate
from modes.vocabulary import Command, Intent, Slots
from world.roadmap import load_road_map


def moment(road: RoadMap, edge: str, s_m: float = 20.0, speed: float = 10.0) -> Moment:
    lane = road.drivable(edge)[0]
    x, y, heading = lane.pose(s_m)
    ego = EgoState(x=x, y=y, heading=heading, speed_mps=speed, lane=lane.id, s_m=s_m)
    return Moment(0.0, ego, road, extended(road, (edge,)), SceneFacts())


def wish(intent: Intent, **slots: object) -> Command:
    return Command(intent=intent, slots=Slots.model_validate(slots))


@pytest.fixture(scope="module")
def motorway() -> RoadMap:
    return load_road_map("motorway")


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return load_road_map("town")


def test_the_next_and_the_second_exit(motorway: RoadMap) -> None:
    here = moment(motorway, "a7_start")
    first = navigate(wish(Intent.TAKE_EXIT), here)
    second = navigate(wish(Intent.TAKE_EXIT, ordinal=2), here)
    by_edge = {leaving.edge: leaving for leaving in motorway.exits}
    for route in (first, second):
        assert route.goal_edge in by_edge
        assert route.gate_edge == by_edge[str(route.goal_edge)].from_edge
        assert route.edges[0] == "a7_start"
        assert route.goal_edge in route.edges
        assert route.label == by_edge[str(route.goal_edge)].name
    assert first.goal_edge != second.goal_edge


def test_an_exit_by_name(motorway: RoadMap) -> None:
    name = motorway.exits[1].name
    route = navigate(wish(Intent.TAKE_EXIT, name=name), moment(motorway, "a7_start"))
    assert route.label == name


def test_an_exit_that_does_not_exist_is_refused_with_those_that_do(motorway: RoadMap) -> None:
    with pytest.raises(NoRoute, match="exit"):
        navigate(wish(Intent.TAKE_EXIT, name="Exit 77"), moment(motorway, "a7_start"))
    with pytest.raises(NoRoute, match="only"):
        navigate(wish(Intent.TAKE_EXIT, ordinal=9), moment(motorway, "a7_start"))


def test_skipping_an_exit_that_the_route_takes(motorway: RoadMap) -> None:
    here = moment(motorway, "a7_start")
    taking = navigate(wish(Intent.TAKE_EXIT), here)
    on_route = Moment(0.0, here.ego, motorway, taking.edges, SceneFacts())
    route = navigate(wish(Intent.SKIP_EXIT), on_route)
    assert taking.goal_edge not in route.edges
    assert route.gate_edge == taking.gate_edge


def test_skipping_when_no_exit_is_taken_changes_nothing(motorway: RoadMap) -> None:
    here = moment(motorway, "a7_start")
    assert navigate(wish(Intent.SKIP_EXIT), here).edges == here.route


@pytest.mark.parametrize(
    ("intent", "turn"), [(Intent.TURN_LEFT, Turn.LEFT), (Intent.TURN_RIGHT, Turn.RIGHT)]
)
def test_a_turn_leads_over_its_gate_onto_its_goal(
    town: RoadMap, intent: Intent, turn: Turn
) -> None:
    route = navigate(wish(intent), moment(town, "market_1e"))
    assert (route.gate_edge, route.goal_edge) in set(pairwise(route.edges))
    link = link_between(town, str(route.gate_edge), str(route.goal_edge))
    assert link is not None
    assert link.turn is turn


def test_turning_round_ends_on_the_other_side(town: RoadMap) -> None:
    route = navigate(wish(Intent.U_TURN), moment(town, "market_1e"))
    assert route.goal_edge is not None
    assert route.goal_edge in route.edges


def test_no_turning_round_on_the_motorway(motorway: RoadMap) -> None:
    with pytest.raises(NoRoute, match="motorway"):
        navigate(wish(Intent.U_TURN), moment(motorway, "a7_start"))


def test_a_named_place_has_a_position_to_arrive_at(town: RoadMap) -> None:
    place = next(p for p in town.places)
    route = navigate(wish(Intent.NAVIGATE, name=place.name), moment(town, "market_1e"))
    assert route.edges[-1] == place.edge
    assert route.destination_s_m == place.s_m
    with pytest.raises(NoRoute, match="Atlantis"):
        navigate(wish(Intent.NAVIGATE, name="Atlantis"), moment(town, "market_1e"))


def test_inside_a_junction_routes_begin_with_the_edge_before_it(town: RoadMap) -> None:
    here = moment(town, "market_1e")
    link = next(k for lane in town.drivable("market_1e") for k in lane.links if k.via)
    via = town.lanes[link.via[0]]
    assert via.kind is LaneKind.JUNCTION
    x, y, heading = via.pose(2.0)
    ego = EgoState(x=x, y=y, heading=heading, speed_mps=8.0, lane=via.id, s_m=2.0)
    inside = Moment(0.0, ego, town, here.route, SceneFacts())
    route = navigate(wish(Intent.TURN_LEFT), inside)
    assert route.edges[0] == "market_1e"
    assert route.gate_edge != "market_1e"  # that junction is being passed
