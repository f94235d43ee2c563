"""The parts of the rule planner: lanes along a route, blends, laws, predictions, places to stop."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classical.constraints import (
    Reason,
    SpeedBound,
    allowed_profile,
    idm,
    stop_law,
    time_to_cover,
)
from model.classical.geometry import line_through
from model.classical.index import RoadIndex, locate
from model.classical.path import Option, blend, build_path
from model.classical.predict import TIMES_S, predict
from model.classical.route import LanePlan, corridor_from
from model.classical.settings import STYLES
from model.contract.observation import EgoState, VehicleShape
from model.contract.road import Control
from modes.vocabulary import Component, Lateral, Longitudinal
from tests.model import roads

WHY = Reason(Component.ODD_LIMIT, "limit", "limit", "applies", Longitudinal.SET_SPEED_TRACKING)
NORMAL = STYLES["normal"]


def test_lanes_know_how_far_the_route_lets_them_go() -> None:
    index = RoadIndex(roads.motorway(length=1000))
    plan = LanePlan(index, ("m", "x"))
    outlook = {lane: plan.outlook(lane) for lane in ("m_1", "m_2", "m_3")}
    assert outlook["m_1"] is not None
    assert outlook["m_1"].reach_m == inf
    for lane, changes in (("m_2", 1), ("m_3", 2)):
        found = outlook[lane]
        assert found is not None
        assert (found.reach_m, found.changes, found.first_change) == (1000.0, changes, -1)
    assert plan.outlook("n_1") is None


def test_a_corridor_follows_the_route_through_the_exit() -> None:
    index = RoadIndex(roads.motorway(length=1000))
    assert corridor_from(index, LanePlan(index, ("m", "x")), "m_1").lanes == ("m_1", "x_0")
    ahead = corridor_from(index, LanePlan(index, ("m", "n")), "m_1")
    assert ahead.lanes == ("m_1", "n_1")
    lost = corridor_from(index, LanePlan(index, ("m", "x")), "m_3")
    assert lost.off_route_m == pytest.approx(1000.0)


def test_an_unknown_edge_in_the_route_is_said() -> None:
    with pytest.raises(ValueError, match="unknown edge: mars"):
        LanePlan(RoadIndex(roads.street()), ("e", "mars"))


def test_locating_prefers_the_lane_that_runs_our_way() -> None:
    index = RoadIndex(roads.street())
    lane, s, lateral = locate(index, 100.0, 1.6, 0.0, None, frozenset({"e"}))
    assert (lane.id, round(s), round(lateral, 1)) == ("e_0", 100, 1.6)
    lane, _, _ = locate(index, 100.0, 1.8, np.pi, None, frozenset({"w"}))
    assert lane.id == "w_0"


@given(st.floats(-3.5, 3.5), st.floats(-0.3, 0.3), st.floats(-0.05, 0.05), st.floats(8.0, 150.0))
def test_a_blend_starts_as_it_is_and_ends_in_the_lane(
    e0: float, e1: float, e2: float, length: float
) -> None:
    at = blend(np.array([0.0, 1e-4, length, length + 10.0]), e0, e1, e2, length)
    assert at[0] == pytest.approx(e0, abs=1e-9)
    assert (at[1] - at[0]) / 1e-4 == pytest.approx(e1, abs=1e-3)
    assert at[2:] == pytest.approx([0.0, 0.0], abs=1e-9)


def test_a_lane_change_half_done_goes_on_as_it_began() -> None:
    """Replanned from the middle, the path is the rest of the first one."""
    index = RoadIndex(roads.motorway())
    corridor = corridor_from(index, LanePlan(index, ("m", "n")), "m_2")
    option = Option(Lateral.LANE_CHANGE, corridor, width_m=3.4, time_s=4.6)
    shape = VehicleShape()
    first = build_path(option, EgoState(200.0, 3.4, 0.0, 25.0), shape, 200.0)
    x, y, heading = first.line.pose(first.origin_m + 50.0)
    bend = float(first.line.curvature[first.line.index(first.origin_m + 50.0)])
    again = build_path(option, EgoState(x, y, heading, 25.0, curvature_1pm=bend), shape, 200.0)
    for ahead in (20.0, 40.0, 70.0):
        there = first.line.pose(first.origin_m + 50.0 + ahead)
        here = again.line.pose(again.origin_m + ahead)
        assert here[1] == pytest.approx(there[1], abs=0.12)


def test_a_lower_limit_ahead_is_met_at_its_sign() -> None:
    allowed = allowed_profile(300, 30.0, (SpeedBound(200.0, 300.0, 10.0, WHY),), 1.5)
    assert allowed[200] == pytest.approx(10.0)
    assert allowed[0] == pytest.approx(np.sqrt(100 + 2 * 1.5 * 200))
    assert np.all(np.diff(allowed[:200] ** 2) >= -3.0 - 1e-9)


@given(st.floats(0.5, 40.0), st.floats(0.5, 300.0))
def test_the_stop_law_never_asks_for_more_than_it_needs(speed: float, room: float) -> None:
    asked = float(stop_law(np.array(speed), np.array(room), NORMAL))
    need = speed * speed / (2 * room)
    assert asked >= -max(need, 1.5 * speed + 0.3) - 1e-6
    assert asked >= -8.0
    if need > NORMAL.brake_mps2:
        assert asked <= -min(need, 8.0) + 1e-6


@given(st.floats(0.0, 40.0), st.floats(1.0, 200.0), st.floats(0.0, 40.0))
def test_following_never_demands_the_impossible(speed: float, gap: float, lead: float) -> None:
    asked = float(idm(np.array(speed), np.array(gap), np.array(lead), np.array(0.0), NORMAL, 1.8))
    assert -8.0 <= asked <= NORMAL.accel_mps2


def test_a_close_but_faster_car_ahead_needs_no_hard_braking() -> None:
    asked = idm(np.array(25.0), np.array(12.0), np.array(27.0), np.array(0.0), NORMAL, 1.8)
    assert float(asked) > -3.5


def test_time_to_cover_a_distance() -> None:
    assert time_to_cover(100.0, 10.0, 10.0, 1.6) == pytest.approx(10.0)
    assert time_to_cover(2.0, 0.0, 20.0, 1.0) == pytest.approx(2.0)
    assert time_to_cover(-1.0, 5.0, 10.0, 1.0) == 0.0


def test_somebody_at_a_red_light_is_expected_to_stop_and_at_green_to_go() -> None:
    index = RoadIndex(roads.junction(Control.LIGHT, light="t"))
    coming = roads.car("c", 110, -60, 10.0, np.pi / 2, lane="c_0", s_m=142.3)
    stops = predict(index, [coming], {"t": "Gr"}, [])
    goes = predict(index, [coming], {"t": "rG"}, [])
    assert stops.y[0, -1] + 2.3 < -9.5
    assert goes.y[0, -1] == pytest.approx(-60 + 10 * TIMES_S[-1], abs=0.5)


def test_somebody_who_must_give_way_to_us_is_expected_to_wait() -> None:
    road = roads.junction(Control.YIELD)
    index = RoadIndex(road)
    ours = road.lanes["c_0"].links[0]
    waiting = roads.car("a", 70, 0.0, 8.0, 0.0, lane="a_0", s_m=72.3)
    assert predict(index, [waiting], {}, [ours]).x[0, -1] + 2.3 < 100.5
    assert predict(index, [waiting], {}, []).x[0, -1] > 115


def test_two_ways_through_a_junction_meet_in_its_middle() -> None:
    road = roads.junction(Control.YIELD)
    index = RoadIndex(road)
    zone = index.zone(road.lanes["a_0"].links[0], road.lanes["c_0"].links[0])
    assert zone is not None
    assert zone[0] == pytest.approx(7.5, abs=1.0)
    assert zone[1] == pytest.approx(12.5, abs=1.0)


def test_a_line_rounds_its_corners_and_keeps_its_ends() -> None:
    line = line_through(np.array([(0.0, 0.0), (50.0, 0.0), (50.0, 50.0)]))
    assert np.abs(line.curvature).max() < 0.7
    assert line.pose(0.0)[:2] == pytest.approx((0.0, 0.0), abs=0.01)
    s, lateral = line.project_one(20.0, 1.5)
    assert [s, lateral] == pytest.approx([20.0, 1.5], abs=0.1)
    with pytest.raises(ValueError, match="two different points"):
        line_through(np.array([(1.0, 1.0), (1.0, 1.0)]))


def test_the_index_reads_a_map_without_changing_it() -> None:
    road = roads.junction(Control.STOP)
    before = replace(road)
    index = RoadIndex(road)
    assert index.before["b_0"] == ["j1_0"]
    assert index.link_of_via["j1_0"].to_lane == "b_0"
    assert road == before
