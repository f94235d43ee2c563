"""The rule planner on small hand-made roads: what it does, and why it says it does it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from model.classical.planner import ClassicalPlanner
from model.classical.track import integrate
from model.contract.observation import ActorKind
from model.contract.plan import DriveRequest, DrivingModel
from model.contract.road import Control
from modes.vocabulary import Component, Intent, Lateral, Longitudinal
from tests.model import roads
from tests.model.hand_drive import Drive, asked, end_speed, least_speed, plan_of


def test_it_is_a_driving_model() -> None:
    assert isinstance(ClassicalPlanner(), DrivingModel)


def test_a_free_road_is_driven_at_the_limit_and_straight() -> None:
    plan = plan_of(roads.scene(roads.street(), 20, 0, 10.0))
    assert 13.0 < end_speed(plan, 10.0) <= 13.95
    assert np.abs(plan.xyz[:, 1]).max() < 0.02
    assert plan.trace.longitudinal is Longitudinal.SET_SPEED_TRACKING
    assert plan.trace.lateral is Lateral.KEEP_LANE
    assert "50 km/h" in plan.trace.sentence


def test_controls_integrate_to_the_points_of_the_plan() -> None:
    seen = roads.scene(roads.bend(), 60, 0.3, 8.0, heading=0.05)
    plan = plan_of(seen)
    xy, headings, _ = integrate(0, 0, 0, 8.0, plan.controls.astype(np.float64))
    assert np.abs(xy - plan.xyz[:, :2]).max() < 0.01
    assert np.abs(headings - plan.heading).max() < 1e-3
    assert plan.xyz.shape == (64, 3)
    assert plan.xyz.dtype == plan.controls.dtype == np.float32


def test_a_bend_is_driven_slowly_within_limits_and_named() -> None:
    drive = Drive(roads.bend(), 20, 0, 12.0)
    sideways = []
    for _ in range(110):
        drive.run(0.1)
        assert drive.plan is not None
        sideways.append(drive.pose[3] ** 2 * abs(drive.bend))
        if 70 < drive.pose[0] < 80:
            assert drive.plan.trace.cause is not None
            assert drive.plan.trace.cause.kind == "curve"
    assert max(sideways) < 3.0
    assert drive.pose[0] == pytest.approx(92, abs=0.4)
    assert drive.pose[1] > 20


def test_a_slower_car_ahead_is_followed_at_the_wanted_gap() -> None:
    drive = Drive(roads.motorway(lanes=1), 50, 3.4, 30.0, roads.car("c", 130, 3.4, 20.0))
    drive.run(30.0)
    assert drive.speed == pytest.approx(20.0, abs=0.5)
    gap = drive.actors[0].x - 2.3 - drive.pose[0] - 3.8
    assert 1.4 * 20 < gap < 2.8 * 20
    assert drive.plan is not None
    assert drive.plan.trace.longitudinal is Longitudinal.LEAD_FOLLOWING
    cause = drive.plan.trace.cause
    assert cause is not None
    assert (cause.object_id, cause.component) == ("c", Component.CRITICAL_OBJECT)
    assert cause.bearing_deg == pytest.approx(0.0, abs=1.0)
    assert cause.distance_m == pytest.approx(gap, abs=1.5)
    assert "red car" in drive.plan.trace.sentence


def test_a_larger_gap_is_kept_on_request() -> None:
    far = Drive(roads.motorway(lanes=1), 50, 3.4, 20.0, roads.car("c", 120, 3.4, 20.0))
    far.run(40.0, DriveRequest(gap_s=3.0))
    gap = far.actors[0].x - 2.3 - far.pose[0] - 3.8
    assert gap > 55


def test_a_red_light_stops_the_car_before_the_line() -> None:
    drive = Drive(roads.junction(Control.LIGHT, light="t"), 10, 0, 13.0)
    drive.more["lights"] = {"t": "rG"}
    drive.run(15.0)
    assert drive.speed < 0.1
    assert 96.0 < drive.pose[0] + 3.8 < 100.0
    assert drive.plan is not None
    assert drive.plan.trace.cause is not None
    assert drive.plan.trace.cause.component is Component.TRAFFIC_LIGHT
    assert drive.plan.trace.sentence == "Wait for the traffic light 1 m ahead because it is red."
    drive.more["lights"] = {"t": "Gr"}
    drive.run(2.0)
    assert drive.speed > 1.0
    assert drive.plan.trace.cause.does == "turned green"
    assert drive.plan.trace.sentence == "Go because the traffic light turned green."


@pytest.mark.parametrize(("x", "stops"), [(30.0, True), (85.0, False)])
def test_an_amber_light_is_stopped_for_only_where_that_is_comfortable(
    x: float, stops: bool
) -> None:
    drive = Drive(roads.junction(Control.LIGHT, light="t"), x, 0, 13.0)
    drive.more["lights"] = {"t": "yr"}
    drive.run(3.0)
    drive.more["lights"] = {"t": "rG"}
    drive.run(7.0)
    assert (drive.pose[0] < 100) is stops


def test_a_stop_sign_means_a_full_stop_and_then_right_of_way() -> None:
    passing = roads.car("c", 110, -140, 12.0, np.pi / 2, lane="c_0", s_m=62.3)
    drive = Drive(roads.junction(Control.STOP), 40, 0, 10.0)
    speeds = []
    for _ in range(170):
        drive.run(0.1)
        if drive.pose[0] + 3.8 < 100.5:
            speeds.append(drive.speed)
    assert min(speeds) < 0.15
    assert drive.pose[0] > 120
    seen = roads.scene(roads.junction(Control.STOP), 95, 0, 0.0, passing, lane="a_0")
    planner = ClassicalPlanner()
    planner.plan(replace(seen), DriveRequest())
    plan = planner.plan(replace(seen), DriveRequest())
    assert least_speed(plan) < 0.2 or plan.xyz[-1, 0] < 30


def test_a_side_road_gives_way_to_a_car_that_has_priority() -> None:
    coming = roads.car("c", 110, -60, 10.0, np.pi / 2, lane="c_0", s_m=142.3)
    plan = plan_of(roads.scene(roads.junction(Control.YIELD), 60, 0, 10.0, coming, lane="a_0"))
    assert float(plan.xyz[:, 0].max()) + 60 + 3.8 < 105
    assert plan.trace.longitudinal is Longitudinal.YIELD
    assert plan.trace.cause is not None
    assert plan.trace.cause.object_id == "c"
    free = plan_of(roads.scene(roads.junction(Control.YIELD), 60, 0, 10.0, lane="a_0"))
    assert float(free.xyz[-1, 0]) > 45


def test_a_priority_road_is_not_slowed_by_a_car_that_must_wait() -> None:
    waiting = roads.car("c", 110, -40, 8.0, np.pi / 2, lane="c_0", s_m=162.3)
    road = roads.junction(Control.FREE)
    links = replace(road.lanes["c_0"].links[0], control=Control.YIELD, yields_to=("j1_0",))
    lanes = {**road.lanes, "c_0": replace(road.lanes["c_0"], links=(links,))}
    drive = Drive(replace(road, lanes=lanes), 60, 0, 12.0)
    drive.run(0.1)
    drive.actors = [waiting]
    drive.run(0.1)
    assert drive.plan is not None
    assert drive.plan.controls[:20, 0].min() > -0.3


def test_a_person_on_the_zebra_is_waited_for() -> None:
    road = roads.street(crossing_at=80)
    person = roads.walker("p", 80, -1.0, 1.4, np.pi / 2)
    plan = plan_of(roads.scene(road, 46, 0, 12.0, person))
    assert float(plan.xyz[:20, 0].max()) + 46 + 3.8 < 78.5
    assert plan.trace.longitudinal is Longitudinal.YIELD
    assert "pedestrian" in plan.trace.sentence
    assert "who is on the crossing" in plan.trace.sentence


def test_a_person_who_left_our_side_of_the_zebra_is_not_waited_for() -> None:
    road = roads.street(crossing_at=80)
    person = roads.walker("p", 80, 4.5, 1.4, np.pi / 2)
    plan = plan_of(roads.scene(road, 60, 0, 6.0, person))
    assert float(plan.xyz[-1, 0]) > 30


def test_a_person_who_walks_into_the_road_anywhere_is_braked_for() -> None:
    person = roads.walker("p", 60, -4.0, 1.5, np.pi / 2)
    plan = plan_of(roads.scene(roads.street(), 20, 0, 12.0, person))
    assert float(plan.controls[:15, 0].min()) < -1.0
    assert plan.trace.cause is not None
    assert plan.trace.cause.object_id == "p"


def test_something_at_the_kerb_is_passed_inside_the_lane() -> None:
    can = roads.car("can", 70, -1.5, kind=ActorKind.TRASH_CAN, length_m=0.6, width_m=0.6)
    drive = Drive(roads.street(one_way=True), 20, 0, 10.0, can)
    offsets = []
    seen = set()
    for _ in range(80):
        drive.run(0.1)
        assert drive.plan is not None
        seen.add(drive.plan.trace.lateral)
        if 66 < drive.pose[0] < 72:
            offsets.append(drive.pose[1])
    assert min(offsets) > 0.3
    assert Lateral.NUDGE_IN_LANE in seen
    assert abs(drive.pose[1]) < 0.2


def test_a_van_in_the_second_row_is_passed_when_nobody_comes() -> None:
    van = roads.car("van", 90, 0, kind=ActorKind.VAN, length_m=6.0, width_m=2.0, indicator="hazard")
    drive = Drive(roads.street(), 20, 0, 10.0, van).run(25.0)
    assert drive.pose[0] > 130
    assert abs(drive.pose[1]) < 0.3


def test_a_van_in_the_second_row_is_waited_behind_while_somebody_comes() -> None:
    van = roads.car("van", 90, 0, kind=ActorKind.VAN, length_m=6.0, width_m=2.0, indicator="hazard")
    coming = [
        roads.car(f"c{n}", 150 + 40 * n, 3.4, 8.0, np.pi, lane="w_0", s_m=150 - 40 * n)
        for n in range(3)
    ]
    drive = Drive(roads.street(), 30, 0, 10.0, van, *coming)
    named = set()
    for _ in range(80):
        drive.run(0.1)
        assert drive.plan is not None
        if drive.plan.trace.cause is not None:
            named.add(drive.plan.trace.cause.object_id)
    assert drive.pose[0] + 3.8 < 87
    assert drive.speed < 0.5
    assert named & {"c0", "c1", "c2"}


def test_the_same_inputs_give_the_same_plans() -> None:
    def once() -> list[bytes]:
        drive = Drive(roads.motorway(), 50, 3.4, 30.0, roads.car("s", 180, 3.4, 18.0))
        found = []
        for _ in range(30):
            drive.run(0.1)
            assert drive.plan is not None
            found.append(drive.plan.controls.tobytes())
        return found

    assert once() == once()


def test_reset_forgets_a_hold() -> None:
    drive = Drive(roads.street(), 20, 0, 6.0).run(8.0, asked(Intent.STOP))
    assert drive.speed < 0.05
    drive.planner.reset()
    drive.run(3.0)
    assert drive.speed > 1.0


def test_sentences_are_short() -> None:
    long = roads.car("c", 60, 0, 1.0, colour="bright greenish turquoise metallic", braking=True,
                     kind=ActorKind.MOTORCYCLE)  # fmt: skip
    plan = plan_of(roads.scene(roads.street(), 20, 0, 12.0, long))
    assert len(plan.trace.sentence) <= 100


def test_an_observation_without_perception_is_refused_in_one_line() -> None:
    seen = roads.scene(roads.street(), 20, 0, 12.0)
    with pytest.raises(ValueError, match="needs perception and a road map"):
        plan_of(replace(seen, perception=None))
    assert seen.perception is not None
    lost = replace(seen.perception, ego=replace(seen.perception.ego, x=float("nan")))
    with pytest.raises(ValueError, match="not finite"):
        plan_of(replace(seen, perception=lost))
    away = replace(seen.perception, ego=replace(seen.perception.ego, x=9e3))
    with pytest.raises(ValueError, match="not on any road"):
        plan_of(replace(seen, perception=away))


def test_the_answer_is_one_plain_sentence_from_the_facts() -> None:
    async def said(facts: dict[str, object]) -> str:
        seen = roads.scene(roads.street(), 20, 0, 12.0)
        return "".join([part async for part in ClassicalPlanner().answer(seen, "why?", facts)])

    assert asyncio.run(said({"speed_kph": 42})) == "What I know: speed kph 42."
    assert "cannot answer" in asyncio.run(said({}))
