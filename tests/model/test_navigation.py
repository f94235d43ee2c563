"""Routes: to exits, turns, places and back, and the reasons why there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model import navigation as nav
from model.contract.road import Control, LaneLink, Place, RoadClass, RoadMap, Turn
from tests.model import roads


def grid() -> RoadMap:
    """A crossroads: from `s` one may go left `w`, straight `n`, right `e`, or turn back `b`.

    `w` leads round into `n`, which is slower than going straight.
    """
    links = tuple(
        LaneLink("s_0", f"{to}_0", (), turn, Control.FREE)
        for to, turn in (
            ("n", Turn.STRAIGHT),
            ("w", Turn.LEFT),
            ("e", Turn.RIGHT),
            ("b", Turn.U_TURN),
        )
    )
    round_link = LaneLink("w_0", "n_0", (), Turn.RIGHT, Control.FREE)
    back_link = LaneLink("b_0", "s_0", (), Turn.U_TURN, Control.FREE)
    made = [
        roads.lane("s_0", [(0, -100), (0, 0)], links=links),
        roads.lane("n_0", [(0, 0), (0, 300)]),
        roads.lane("w_0", [(0, 0), (-200, 0)], links=(round_link,)),
        roads.lane("e_0", [(0, 0), (300, 0)]),
        roads.lane("b_0", [(-4, 0), (-4, -100)], links=(back_link,)),
    ]
    return roads.road_of(
        made,
        places=(Place("City Hospital", "n", 120.0, "hospital"), Place("Home", "s", 20.0, "home")),
        street_names={"e": "Mill Lane", "w": "Quay Street", "s": "High Street"},
    )


def test_the_shortest_way_goes_straight() -> None:
    assert nav.shortest(grid(), "s", "n") == ("s", "n")
    assert nav.shortest(grid(), "w", "n") == ("w", "n")


def test_no_way_is_said_plainly() -> None:
    with pytest.raises(nav.NavigationError, match="no way for a car"):
        nav.shortest(grid(), "n", "s")
    with pytest.raises(nav.NavigationError, match="no road called 'mars'"):
        nav.shortest(grid(), "s", "mars")


@pytest.mark.parametrize(
    ("way", "edge", "label"),
    [
        (Turn.LEFT, "w", "left into Quay Street"),
        (Turn.RIGHT, "e", "right into Mill Lane"),
        (Turn.STRAIGHT, "n", "straight on"),
    ],
)
def test_a_turn_at_the_next_junction(way: Turn, edge: str, label: str) -> None:
    found = nav.turn(grid(), ("s",), 10.0, way, 8.0)
    assert found.edges[:2] == ("s", edge)
    assert found.label == label


def test_a_junction_too_close_is_left_out() -> None:
    with pytest.raises(nav.NavigationError, match="no junction ahead where one may go left"):
        nav.turn(grid(), ("s",), 90.0, Turn.LEFT, 10.0)


def test_turning_back_where_the_junction_allows_it() -> None:
    assert nav.u_turn(grid(), ("s", "n"), 10.0, 8.0).edges[:2] == ("s", "b")


def test_no_turning_back_on_a_motorway() -> None:
    with pytest.raises(nav.NavigationError, match="not allowed on a motorway"):
        nav.u_turn(roads.motorway(), ("m",), 100.0)


def test_no_turning_back_where_there_is_no_way_back() -> None:
    with pytest.raises(nav.NavigationError, match="no other side"):
        nav.u_turn(grid(), ("e",), 10.0)


def test_the_next_exit_by_order_and_by_name() -> None:
    road = roads.motorway()
    for way in (
        nav.with_exit(road, ("m", "n"), 100.0),
        nav.with_exit(road, ("m", "n"), 100.0, name="exit 1"),
        nav.with_exit(road, ("m", "n"), 100.0, name="the harbour"),
    ):
        assert way.edges == ("m", "x")
        assert way.label == "Exit 1"


def test_exits_that_do_not_exist_are_said_so() -> None:
    road = roads.motorway()
    with pytest.raises(nav.NavigationError, match="there are only 1 exits ahead"):
        nav.with_exit(road, ("m", "n"), 100.0, ordinal=2)
    with pytest.raises(nav.NavigationError, match="no exit called Airport ahead; there are Exit 1"):
        nav.with_exit(road, ("m", "n"), 100.0, name="Airport")
    with pytest.raises(nav.NavigationError, match="there is no exit ahead on this road"):
        nav.with_exit(road, ("n",), 100.0)


@pytest.mark.parametrize(("lane", "crossed"), [("m_1", 0), ("m_2", 1), ("m_3", 2), (None, 0)])
def test_exits_ahead_with_distance_and_lanes_to_cross(lane: str | None, crossed: int) -> None:
    ((found, metres, lanes),) = nav.exits_ahead(roads.motorway(), ("m", "n"), 500.0, lane)
    assert found.name == "Exit 1"
    assert metres == pytest.approx(1500.0)
    assert lanes == crossed


def test_an_exit_on_the_route_can_be_skipped() -> None:
    road = roads.motorway()
    assert nav.skip_exit(road, ("m", "x"), 100.0).edges == ("m", "n")
    with pytest.raises(nav.NavigationError, match="takes no exit"):
        nav.skip_exit(road, ("m", "n"), 100.0)


def test_to_a_place_by_name_by_kind_and_by_street() -> None:
    assert nav.to_place(grid(), ("s",), 30.0, "city hospital").edges == ("s", "n")
    assert nav.to_place(grid(), ("s",), 30.0, "the nearest hospital").destination_s_m == 120.0
    assert nav.to_place(grid(), ("s",), 30.0, "Mill Lane").edges == ("s", "e")


def test_a_place_behind_on_the_own_road_is_driven_round_to() -> None:
    assert nav.to_place(grid(), ("s",), 5.0 - 20.0, "Home").edges == ("s",)
    assert nav.to_place(grid(), ("s",), 60.0, "Home").edges == ("s", "b", "s")


def test_an_unknown_place_names_those_that_are_known() -> None:
    with pytest.raises(nav.NavigationError, match="I know City Hospital, Home"):
        nav.to_place(grid(), ("s",), 30.0, "Mars")


def test_a_route_goes_on_by_keeping_to_the_road() -> None:
    assert nav.extended(grid(), ("s",), 350.0) == ("s", "n")
    assert nav.extended(grid(), ("s", "e"), 1.0) == ("s", "e")
    assert nav.extended(roads.motorway(), ("m",), 3000.0) == ("m", "n")


def test_instructions() -> None:
    road = roads.motorway()
    leave = nav.next_instruction(road, ("m", "x"), 500.0)
    assert (leave.kind, leave.onto) == ("take_exit", "Exit 1")
    assert leave.distance_m == pytest.approx(1500.0)
    turn = nav.next_instruction(grid(), ("s", "e"), 40.0)
    assert (turn.kind, turn.distance_m, turn.onto) == ("turn_right", 60.0, "Mill Lane")
    there = nav.next_instruction(grid(), ("s", "n"), 40.0, 120.0)
    assert (there.kind, there.distance_m) == ("arrive", 180.0)
    assert nav.next_instruction(grid(), ("e",), 40.0).kind == "continue"


def test_a_ramp_is_no_turn_and_a_merge_is_told() -> None:
    road = roads.motorway()
    with pytest.raises(nav.NavigationError, match="no junction ahead"):
        nav.turn(road, ("m", "n"), 100.0, Turn.RIGHT)
    ramp = replace(
        road.lanes["x_0"],
        links=(LaneLink("x_0", "n_1", (), Turn.STRAIGHT, Control.YIELD),),
        road=RoadClass.RAMP,
    )
    joined = replace(
        road, lanes={**road.lanes, "x_0": ramp}, following={**road.following, "x": ("n",)}
    )
    assert nav.next_instruction(joined, ("x", "n"), 10.0).kind == "merge"
