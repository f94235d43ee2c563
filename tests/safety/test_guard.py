"""The trajectory guard: what passes, what is clipped, what is rejected, and what must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.contract.observation import Actor, ActorKind
from model.contract.plan import Plan
from model.contract.road import RoadClass
from safety.checks import Memory
from safety.guard import Guard, GuardVerdict
from safety.policy import load_policy
from tests.model.straight import (
    LENGTH_M,
    LIMIT_MPS,
    car,
    lane_change,
    observed,
    plan_of,
    straight_road,
)

ROAD = straight_road()
GUARD = Guard(ROAD, load_policy())


def verdict(plan: Plan, **observation: object) -> GuardVerdict:
    return GUARD.check(plan, observed(ROAD, **observation), Memory())  # type: ignore[arg-type]


def hard(result: GuardVerdict) -> set[str]:
    return {check.id for check in result.failed if check.hard}


def test_holding_the_lane_on_a_free_road_passes_without_findings() -> None:
    result = verdict(plan_of(25.0))
    assert result.verdict == "pass"
    assert result.failed == ()
    assert result.plan.source == "test"


def broken(name: str, change: object) -> Plan:
    plan = plan_of(25.0)
    array = np.array(getattr(plan, name))
    return replace(plan, **{name: change(array)})  # type: ignore[operator]


@pytest.mark.parametrize(
    "plan",
    [
        broken("xyz", lambda a: a[:40]),
        broken("heading", lambda a: a[:, None]),
        broken("controls", lambda a: np.full_like(a, np.nan)),
        broken("xyz", lambda a: np.where(a > 50, np.inf, a)),
        broken("xyz", lambda a: a * 3.6),  # km/h for m/s
        broken("xyz", lambda a: a + a[:, [1, 0, 2]] * np.float32(0.05)),  # controls go straight
    ],
)
def test_a_malformed_plan_is_rejected_and_unusable(plan: Plan) -> None:
    result = verdict(plan)
    assert result.verdict == "rejected"
    assert hard(result) == {"T1"}
    assert not result.usable


def test_a_mirrored_plan_is_rejected() -> None:
    turned = lane_change(25.0)
    mirrored = replace(turned, xyz=turned.xyz * np.array([1, -1, 1], np.float32))
    assert hard(verdict(mirrored)) == {"T1"}


def test_a_plan_that_starts_elsewhere_is_rejected() -> None:
    plan = plan_of(25.0)
    aside = replace(plan, xyz=plan.xyz + np.array([0, 0.8, 0], np.float32))
    assert hard(verdict(aside)) == {"T3"}
    assert "T3" in hard(verdict(plan_of(20.0)))  # another speed than the ego's 25 m/s
    c, s = np.cos(np.radians(12)), np.sin(np.radians(12))
    xyz = np.stack((plan.xyz[:, 0] * c, plan.xyz[:, 0] * s, plan.xyz[:, 2]), axis=1)
    turned = replace(
        plan, xyz=xyz.astype(np.float32), heading=plan.heading + np.float32(np.radians(12))
    )
    assert "T3" in hard(verdict(turned))


def test_too_much_acceleration_is_rejected_and_a_little_too_much_noted() -> None:
    assert "T6" in hard(verdict(plan_of(25.0, accel=3.5)))
    result = verdict(plan_of(15.0, accel=2.5), speed=15.0)
    assert result.ok
    assert "T6" in {check.id for check in result.failed}


def test_a_bend_taken_too_fast_is_slowed_down_and_checked_again() -> None:
    road = straight_road()
    # 3.6 m/s² sideways for a second, then back: a swerve inside the three lanes.
    bend = np.zeros(64)
    bend[10:16], bend[16:22] = 3.6 / 625, -3.6 / 625
    result = GUARD.check(plan_of(25.0, 0.0, bend), observed(road, lane=2), Memory())
    assert result.verdict == "clipped"
    before, after = plan_of(25.0, 0.0, bend), result.plan
    assert float(after.xyz[-1, 0]) < float(before.xyz[-1, 0])
    speed = np.hypot(*np.diff(after.xyz[:, :2], axis=0).T) / 0.1
    lateral = speed**2 * np.abs(after.controls[1:, 1])
    assert lateral.max() < 3.1


def test_leaving_the_road_is_rejected() -> None:
    result = verdict(lane_change(25.0, offset_m=-7.0))  # over the shoulder and beyond
    assert hard(result) == {"T7"}
    assert result.harm > 0


def test_the_shoulder_is_road_too() -> None:
    assert verdict(lane_change(25.0, offset_m=-3.5)).ok


def test_driving_into_a_standing_car_is_rejected_and_stopping_before_it_is_not() -> None:
    actors = [car(x=190.0)]
    result = verdict(plan_of(25.0), actors=actors)
    assert hard(result) == {"T8"}
    assert result.harm == pytest.approx(25.0, abs=0.5)
    assert verdict(plan_of(25.0, accel=-5.0), actors=actors).ok


def test_whoever_is_seen_to_brake_is_expected_to_go_on_braking() -> None:
    crossing = replace(car("side", 160.0, speed=8.0), y=-15.7, heading=np.pi / 2, lane=None)
    assert hard(verdict(plan_of(25.0), actors=[crossing])) == {"T8"}
    assert verdict(plan_of(25.0), actors=[replace(crossing, accel_mps2=-4.0)]).ok
    lead = car("lead", x=150.0, speed=25.0)
    assert verdict(plan_of(25.0), actors=[lead]).failed == ()
    assert verdict(plan_of(25.0), actors=[replace(lead, accel_mps2=-7.0)]).failed != ()


def test_following_a_car_at_the_same_speed_passes() -> None:
    assert verdict(plan_of(25.0), actors=[car(x=130.0, speed=25.0)]).ok


def test_hard_braking_is_not_rejected_for_whoever_follows_closely() -> None:
    follower = car("follower", x=88.0, speed=27.0)
    assert verdict(plan_of(25.0, accel=-8.0), actors=[follower]).ok


def test_changing_into_an_occupied_lane_is_rejected() -> None:
    beside = car("beside", x=101.0, lane=2, speed=25.0)
    assert hard(verdict(lane_change(25.0), actors=[beside])) == {"T8"}


def test_changing_in_front_of_somebody_who_can_easily_react_passes() -> None:
    behind = car("behind", x=60.0, lane=2, speed=28.0)
    assert verdict(lane_change(25.0), actors=[behind]).ok


def test_changing_in_front_of_somebody_much_faster_is_rejected() -> None:
    behind = car("behind", x=75.0, lane=2, speed=42.0)
    assert hard(verdict(lane_change(25.0), actors=[behind])) == {"T8"}


def walker(x: float, y: float, speed: float = 1.4) -> Actor:
    someone = car("walker", x, speed=speed, kind=ActorKind.PEDESTRIAN)
    return replace(someone, y=y, heading=np.pi / 2, length_m=0.5, width_m=0.6, lane=None)


def test_a_walker_who_will_step_in_front_of_the_car_is_seen() -> None:
    # In 3 s the car is 75 m on; the walker, 4.2 m below, is in the lane then.
    result = verdict(plan_of(25.0), actors=[walker(178.0, -0.7)])
    assert hard(result) == {"T8"}
    assert result.harm > 40  # people count double


def test_a_walker_who_has_crossed_already_does_not_matter() -> None:
    assert verdict(plan_of(25.0), actors=[walker(178.0, 8.0)]).ok


def test_too_fast_for_the_limit_is_slowed_to_it() -> None:
    result = verdict(plan_of(LIMIT_MPS, accel=1.5), speed=LIMIT_MPS)
    assert result.verdict == "clipped"
    speed = np.hypot(*np.diff(result.plan.xyz[:, :2], axis=0).T) / 0.1
    assert speed.max() <= LIMIT_MPS + 0.1


def test_a_car_above_a_new_limit_may_brake_down_to_it() -> None:
    fast = LIMIT_MPS + 6.0
    assert verdict(plan_of(fast, accel=-3.4), speed=fast).ok


LIGHT_ROAD = straight_road(light=True, road=RoadClass.URBAN)
LIGHT_GUARD = Guard(LIGHT_ROAD, load_policy())


@pytest.mark.parametrize(
    ("state", "rejected"),
    [("rrr", True), ("ggg", False), ("yyy", False), ("rgg", True), ("grr", False)],
)
def test_a_red_light_is_not_run(state: str, rejected: bool) -> None:
    seen = observed(LIGHT_ROAD, x=LENGTH_M - 60.0, speed=14.0, lights={"tl": state})
    result = LIGHT_GUARD.check(plan_of(14.0), seen, Memory())
    assert hard(result) == ({"T10"} if rejected else set())


def test_stopping_before_the_red_light_passes() -> None:
    seen = observed(LIGHT_ROAD, x=LENGTH_M - 60.0, speed=14.0, lights={"tl": "rrr"})
    assert LIGHT_GUARD.check(plan_of(14.0, accel=-2.2), seen, Memory()).ok


def test_a_light_that_turns_red_under_the_bumper_is_no_reason_to_reject() -> None:
    seen = observed(LIGHT_ROAD, x=LENGTH_M - 8.0, speed=14.0, lights={"tl": "rrr"})
    assert LIGHT_GUARD.check(plan_of(14.0), seen, Memory()).ok


def test_a_stop_sign_needs_a_standstill_at_the_line() -> None:
    road = straight_road(stop_sign=True, road=RoadClass.URBAN)
    guard = Guard(road, load_policy())
    near = observed(road, x=LENGTH_M - 40.0, speed=8.0)
    assert hard(guard.check(plan_of(8.0), near, Memory())) == {"T10"}
    at_line = observed(road, x=LENGTH_M - 6.0, speed=0.0)
    go = plan_of(0.0, accel=1.5)
    assert hard(guard.check(go, at_line, Memory())) == set()  # stands at the line in this plan
    moving = observed(road, x=LENGTH_M - 5.0, speed=1.0)
    stood = Memory((LENGTH_M - 6.0, 3.5))
    assert hard(guard.check(plan_of(1.0, accel=1.5), moving, Memory())) == {"T10"}
    assert guard.check(plan_of(1.0, accel=1.5), moving, stood).ok


def test_memory_keeps_where_the_car_stood() -> None:
    memory = Memory().after(observed(ROAD, x=50.0, speed=0.0))
    assert memory.stood_at == (50.0, 3.5)
    assert memory.after(observed(ROAD, x=60.0, speed=5.0)).stood_at == (50.0, 3.5)


@given(
    speed=st.floats(0.0, 33.0),
    accel=st.floats(-9.0, 3.0),
    bend=st.floats(-0.05, 0.05),
    gap=st.floats(8.0, 150.0),
    other=st.floats(0.0, 33.0),
)
@settings(max_examples=60, deadline=None)
def test_every_plan_gets_the_same_verdict_twice(
    speed: float, accel: float, bend: float, gap: float, other: float
) -> None:
    plan = plan_of(speed, accel, bend)
    seen = observed(ROAD, speed=speed, actors=[car(x=100.0 + gap, speed=other)])
    first, second = (GUARD.check(plan, seen, Memory()) for _ in range(2))
    assert first.verdict == second.verdict
    assert first.failed == second.failed
    assert first.harm == second.harm


@given(speed=st.floats(1.0, 33.0), gap=st.floats(6.5, 120.0), other=st.floats(0.0, 33.0))
@settings(max_examples=60, deadline=None)
def test_full_braking_never_does_more_harm_than_going_on(
    speed: float, gap: float, other: float
) -> None:
    seen = observed(ROAD, speed=speed, actors=[car(x=100.0 + gap, speed=other)])
    brake = GUARD.check(plan_of(speed, -8.0), seen, Memory())
    go = GUARD.check(plan_of(speed), seen, Memory())
    assert brake.harm <= go.harm + 1e-6
