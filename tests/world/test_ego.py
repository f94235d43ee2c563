"""The ego body: limits of its actuators, and how well it follows a plan."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.contract.observation import HORIZON_STEPS, VehicleShape
from model.contract.plan import Plan
from tests.world.driver import META, TRACE
from world.ego import (
    ACCEL_MAX_MPS2,
    ACCEL_MIN_MPS2,
    STEER_MAX_RAD,
    STEER_RATE_RADPS,
    EgoBody,
    advance,
    target_at,
    track,
)

SHAPE = VehicleShape()
DT = 0.05


def arc(speed: float, accel: float, curvature: float) -> Plan:
    """The exact trajectory of constant acceleration and curvature, standing still at the end."""
    t = (np.arange(HORIZON_STEPS) + 1) * 0.1
    stop = speed / -accel if accel < 0 else np.inf
    t_moving = np.minimum(t, stop)
    s = speed * t_moving + accel * t_moving**2 / 2
    xyz = np.zeros((HORIZON_STEPS, 3), np.float32)
    if curvature:
        xyz[:, 0], xyz[:, 1] = (
            np.sin(s * curvature) / curvature,
            (1 - np.cos(s * curvature)) / curvature,
        )
    else:
        xyz[:, 0] = s
    controls = np.stack([np.where(t <= stop, accel, 0.0), np.full(64, curvature)], axis=1)
    heading = (s * curvature).astype(np.float32)
    return Plan(0, 0, xyz, heading, controls.astype(np.float32), TRACE, META, "test")


def drive(body: EgoBody, plan: Plan, seconds: float) -> EgoBody:
    """Follows one plan from where it was made."""
    origin = body
    for k in range(round(seconds / DT)):
        accel, curvature = track(body, target_at(plan, origin, k * DT))
        body = advance(body, accel, curvature, DT, SHAPE)
    return body


@pytest.mark.parametrize("speed", [5.0, 15.0, 33.0])
@pytest.mark.parametrize("lateral", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("accel", [-2.0, 0.0, 1.0])
def test_a_feasible_plan_is_followed_within_centimetres(
    speed: float, lateral: float, accel: float
) -> None:
    curvature = lateral / speed**2
    plan = arc(speed, accel, curvature)
    start = EgoBody(100.0, 50.0, 0.7, speed, accel, curvature)
    end = drive(start, plan, 2.0)
    goal = target_at(plan, start, 2.0)
    assert math.dist((end.x, end.y), (goal.x, goal.y)) < 0.15
    assert end.speed_mps == pytest.approx(speed + 2 * accel, abs=0.15)


def test_an_offset_is_steered_out() -> None:
    """Three seconds after being half a metre and three degrees off a straight plan."""
    origin = EgoBody(0, 0, 0, 20)
    body = EgoBody(0, 0.5, 0.05, 20)
    plan = arc(20, 0, 0)
    for k in range(60):
        body = advance(body, *track(body, target_at(plan, origin, k * DT)), DT, SHAPE)
    assert abs(body.y) < 0.15
    assert abs(body.heading) < 0.02


def test_a_braking_plan_ends_in_standing_still() -> None:
    body = drive(EgoBody(0, 0, 0, 8), arc(8, -3, 0), 6.0)
    assert body.speed_mps == 0.0
    assert body.x == pytest.approx(8**2 / 6, abs=0.4)


def test_a_standing_plan_keeps_standing() -> None:
    assert drive(EgoBody(3, 4, 1, 0), arc(0, 0, 0), 6.0) == EgoBody(3, 4, 1, 0, 0, 0)


def test_an_old_plan_is_taken_up_where_it_is() -> None:
    plan = arc(20, 0, 0.002)
    origin = EgoBody(0, 0, 0, 20, 0, 0.002)
    fresh, late = target_at(plan, origin, 0.5), target_at(plan, origin, 0.7)
    assert math.dist((fresh.x, fresh.y), (late.x, late.y)) == pytest.approx(4.0, abs=0.01)
    beyond = target_at(plan, origin, 30.0)
    assert beyond.x == pytest.approx(float(plan.xyz[-1, 0]), abs=0.01)


@given(
    st.floats(-50, 50), st.floats(-1, 1), st.floats(0, 40), st.floats(-8, 2), st.floats(-0.2, 0.2)
)
def test_no_command_breaks_a_limit(
    accel: float, curvature: float, speed: float, now: float, curve_now: float
) -> None:
    most = 9.81 * 0.9 / max(speed, 1.0) ** 2
    body = EgoBody(0, 0, 0, speed, now, float(np.clip(curve_now, -most, most)))
    after = advance(body, accel, curvature, DT, SHAPE)
    assert after.speed_mps >= 0
    assert ACCEL_MIN_MPS2 - 1e-9 <= after.accel_mps2 <= max(ACCEL_MAX_MPS2, now) + 1e-9
    assert abs(after.accel_mps2 - now) <= 25 * DT + 1e-9 or after.speed_mps == 0
    steer = [math.atan(SHAPE.wheelbase_m * b.curvature_1pm) for b in (body, after)]
    assert abs(steer[1]) <= max(STEER_MAX_RAD, abs(steer[0])) + 1e-9
    assert abs(steer[1] - steer[0]) <= STEER_RATE_RADPS * DT + 1e-9
    assert abs(after.curvature_1pm) * max(speed, 1.0) ** 2 <= 9.81 * 0.9 + 1e-6


def test_braking_is_weaker_on_a_wet_road() -> None:
    dry = wet = EgoBody(0, 0, 0, 30)
    for _ in range(40):
        dry = advance(dry, -12, 0, DT, SHAPE)
        wet = advance(wet, -12, 0, DT, SHAPE, friction=0.5)
    assert dry.accel_mps2 == pytest.approx(-8, abs=0.05)
    assert wet.accel_mps2 == pytest.approx(-4.905, abs=0.05)


def test_front_and_centre() -> None:
    body = replace(EgoBody(10, 20, math.pi / 2, 0))
    assert body.front(SHAPE) == pytest.approx((10, 23.8))
    assert body.centre(SHAPE) == pytest.approx((10, 21.4))
