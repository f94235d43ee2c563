"""The fallback ladder: which plan drives, for how long, and how the car comes back up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.contract.observation import Observation
from model.contract.plan import Plan
from safety.checks import Memory
from safety.guard import Guard
from safety.ladder import COMMIT_TICKS, Choice, LadderState, Level, step
from safety.policy import load_policy
from tests.model.straight import car, lane_change, observed, plan_of, straight_road

ROAD = straight_road()
GUARD = Guard(ROAD, load_policy())


class Drive:
    """A car on the straight road that does what the ladder chooses, tick by tick."""

    def __init__(self, speed: float = 20.0, **observation: object) -> None:
        self.state = LadderState()
        self.x, self.speed, self.tick = 100.0, speed, 0
        self.observation = observation
        self.levels: list[Level] = []

    def see(self) -> Observation:
        return observed(ROAD, x=self.x, speed=self.speed, seq=self.tick, **self.observation)  # type: ignore[arg-type]

    def go(self, plan: Plan | None, confirmed: bool = False) -> Choice:
        self.state, choice = step(
            self.state, self.tick, plan, self.see(), GUARD, Memory(), confirmed
        )
        after = max(self.speed + float(choice.plan.controls[0, 0]) * 0.1, 0.0)
        self.x += (self.speed + after) / 2 * 0.1
        self.speed = after
        self.tick += 1
        self.levels.append(choice.level)
        return choice

    def hold(self) -> Plan:
        return plan_of(self.speed)


NAN = replace(plan_of(20.0), controls=np.full((64, 2), np.nan, np.float32))


def test_a_good_plan_drives_as_it_came() -> None:
    drive = Drive()
    plan = drive.hold()
    choice = drive.go(plan)
    assert choice.level is Level.MODEL
    assert choice.plan is plan


def test_a_clipped_plan_drives_slowed() -> None:
    drive = Drive(speed=33.2)
    choice = drive.go(plan_of(33.2, accel=1.5))
    assert choice.level is Level.CLIPPED
    assert choice.verdict is not None
    assert choice.verdict.verdict == "clipped"


@pytest.mark.parametrize("bad", [None, NAN])
def test_without_a_plan_the_last_one_goes_on_for_half_a_second_then_the_car_stops(
    bad: Plan | None,
) -> None:
    drive = Drive()
    drive.go(drive.hold())
    for _ in range(5):
        assert drive.go(bad).level is Level.SHIFTED
    assert drive.speed == pytest.approx(20.0, abs=0.05)
    choice = drive.go(bad)
    assert choice.level is Level.COMFORT_STOP
    assert choice.plan.indicator == "hazard"
    assert choice.plan.trace.cause is not None
    assert -4.1 <= float(choice.plan.controls[:10, 0].min()) <= -2.0


def test_the_shifted_plan_never_speeds_up() -> None:
    drive = Drive()
    drive.go(plan_of(20.0, accel=1.5))
    choice = drive.go(None)
    assert choice.level is Level.SHIFTED
    speed = np.hypot(*np.diff(choice.plan.xyz[:, :2], axis=0).T) / 0.1
    assert speed.max() <= drive.speed + 0.2
    assert float(choice.plan.controls[:, 0].max()) < 0.1


def test_a_late_plan_costs_nothing_once_the_next_one_comes() -> None:
    drive = Drive()
    drive.go(drive.hold())
    drive.go(None)
    assert drive.go(drive.hold()).level is Level.MODEL


def test_a_short_stop_is_given_up_after_ten_valid_plans_in_a_row() -> None:
    drive = Drive()
    drive.go(None)
    assert drive.levels == [Level.COMFORT_STOP]
    while drive.go(drive.hold()).level is not Level.MODEL:
        assert drive.tick < 30
    assert drive.levels.count(Level.COMFORT_STOP) == 10  # the tenth valid plan drives


def test_one_bad_plan_starts_the_count_again() -> None:
    drive = Drive(speed=33.0)
    drive.go(None)
    for _ in range(9):
        drive.go(drive.hold())
    drive.go(None)
    for _ in range(9):
        assert drive.go(drive.hold()).level is Level.COMFORT_STOP


def test_a_long_stop_runs_to_standstill_and_needs_somebody_to_go_on() -> None:
    drive = Drive()
    for _ in range(COMMIT_TICKS):
        drive.go(None)
    assert drive.state.committed
    for _ in range(100):
        drive.go(drive.hold())
    assert drive.speed == 0.0
    assert drive.levels[-1] is Level.COMFORT_STOP
    assert drive.go(drive.hold(), confirmed=True).level is Level.MODEL


def test_a_stop_with_valid_plans_in_between_never_commits() -> None:
    drive = Drive()
    for _ in range(60):  # late two times in three from the very start
        drive.go(drive.hold() if drive.tick % 3 == 2 else None)
    assert not drive.state.committed
    while drive.go(drive.hold()).level is not Level.MODEL:
        assert drive.tick < 80


def test_nobody_can_talk_the_car_out_of_a_stop_while_it_moves() -> None:
    drive = Drive(speed=30.0)
    for _ in range(COMMIT_TICKS + 10):
        choice = drive.go(drive.hold() if drive.tick > COMMIT_TICKS else None, confirmed=True)
    assert choice.level is Level.COMFORT_STOP
    assert drive.speed > 0


def test_an_obstacle_too_near_for_comfort_makes_it_an_emergency_stop() -> None:
    drive = Drive(speed=20.0, actors=[car(x=140.0)])  # 34 m to its tail: 4 m/s² needs 50
    choice = drive.go(drive.hold())
    assert choice.level is Level.EMERGENCY_STOP
    assert float(choice.plan.controls[0, 0]) == pytest.approx(-8.0, abs=0.1)


def test_full_braking_by_the_model_is_not_replaced_by_something_worse() -> None:
    drive = Drive(speed=20.0, actors=[car(x=119.0)])  # 13 m: nothing can stop in time
    plan = plan_of(20.0, accel=-8.0)
    choice = drive.go(plan)
    assert choice.level is Level.EMERGENCY_STOP
    assert float(choice.plan.controls[0, 0]) <= -7.9


def test_a_swerve_that_avoids_the_crash_is_preferred_to_braking_into_it() -> None:
    # Braking from 25 m/s meets the car at speed; the swerve is rejected for its lateral
    # acceleration, but nobody is hit: it does the least harm.
    drive = Drive(speed=25.0, actors=[car(x=136.0)])
    swerve = lane_change(25.0, seconds=1.3)
    choice = drive.go(swerve)
    assert choice.verdict is not None
    assert not choice.verdict.ok
    assert choice.plan is swerve


def test_a_rejected_lane_change_is_given_up_in_the_own_lane() -> None:
    drive = Drive(speed=25.0, actors=[car("beside", x=101.0, lane=2, speed=25.0)])
    choice = drive.go(lane_change(25.0))
    assert choice.level is Level.COMFORT_STOP
    assert abs(float(choice.plan.xyz[-1, 1])) < 0.1


def test_an_observation_without_a_scene_is_an_error() -> None:
    blind = replace(observed(ROAD), perception=None)
    with pytest.raises(ValueError, match="perception"):
        step(LadderState(), 0, None, blind, GUARD, Memory())
