"""Plans as motion: frames, slowing, shifting, stopping; controls always tell the same story."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.contract.plan import Plan
from safety.checks import shape_and_units
from safety.motion import Pose, braking, motion, shifted, slowed
from tests.model.straight import lane_change, plan_of


def speeds(plan: Plan) -> np.ndarray:
    xy = np.vstack((np.zeros(2), plan.xyz[:, :2]))
    return np.hypot(*np.diff(xy, axis=0).T) / 0.1


def test_the_map_frame_turns_and_moves_the_path() -> None:
    path = motion(plan_of(10.0), Pose(100.0, 50.0, np.pi / 2))
    assert path.x[-1] == pytest.approx(100.0)
    assert path.y[-1] == pytest.approx(50.0 + 64.0)
    assert path.heading[0] == pytest.approx(np.pi / 2)
    assert path.speed.mean() == pytest.approx(10.0)


@given(cap=st.floats(3.0, 30.0), speed=st.floats(5.0, 30.0))
@settings(max_examples=40, deadline=None)
def test_slowing_stays_on_the_path_and_is_never_earlier(cap: float, speed: float) -> None:
    plan = lane_change(speed)
    slow = slowed(plan, np.full(64, cap), speed, 2.0)
    assert speeds(slow).max() <= max(cap, 0) + 0.05 or speeds(slow).max() <= speed + 0.05
    y_of_x = np.interp(slow.xyz[:, 0], plan.xyz[:, 0], plan.xyz[:, 1])
    assert np.abs(y_of_x - slow.xyz[:, 1]).max() < 0.15
    assert (slow.xyz[:, 0] <= plan.xyz[:, 0] + 0.01).all()


def test_slowing_leaves_a_plan_below_the_cap_as_it_is() -> None:
    plan = plan_of(12.0, accel=-2.0)
    slow = slowed(plan, np.full(64, 30.0), 12.0, 2.0)
    assert np.abs(slow.xyz - plan.xyz).max() < 0.35  # the same stop, in the same place
    assert speeds(slow)[-1] == pytest.approx(0.0, abs=0.1)


def test_a_shifted_plan_goes_on_where_it_would_have_been() -> None:
    plan = lane_change(20.0)
    was, path = Pose(0.0, 0.0, 0.0), motion(lane_change(20.0), Pose(0.0, 0.0, 0.0))
    now = Pose(float(path.x[3]), float(path.y[3]), float(path.heading[3]))
    again = motion(shifted(plan, was, now, 3, 20.0), now)
    assert np.abs(again.x[:58] - path.x[3:61]).max() < 0.3
    assert np.abs(again.y[:58] - path.y[3:61]).max() < 0.05


@pytest.mark.parametrize("decel", [3.0, 8.0])
@pytest.mark.parametrize("speed", [0.0, 5.0, 33.0])
def test_a_stop_takes_the_way_that_physics_says(decel: float, speed: float) -> None:
    ahead = np.stack((np.arange(2.0, 60.0, 2.0), np.zeros(29)), axis=1)
    plan = braking(plan_of(speed), ahead, Pose(0.0, 0.0, 0.0), speed, decel)
    within_horizon = min(speed / decel, 6.4)
    way = speed * within_horizon - decel * within_horizon**2 / 2
    assert float(plan.xyz[-1, 0]) == pytest.approx(way, abs=speed * 0.06 + 0.1)
    assert shape_and_units(plan) == []


@given(speed=st.floats(1.0, 33.0), accel=st.floats(-6.0, 2.0), bend=st.floats(-0.01, 0.01))
@settings(max_examples=40, deadline=None)
def test_whatever_is_made_of_a_plan_passes_its_own_form_check(
    speed: float, accel: float, bend: float
) -> None:
    plan = plan_of(speed, accel, bend)
    pose = Pose(0.0, 0.0, 0.0)
    assert shape_and_units(plan) == []
    assert shape_and_units(slowed(plan, np.full(64, speed), speed, 2.0)) == []
    path = motion(plan, pose)
    now = Pose(float(path.x[2]), float(path.y[2]), float(path.heading[2]))
    assert shape_and_units(shifted(plan, pose, now, 2, speed)) == []
