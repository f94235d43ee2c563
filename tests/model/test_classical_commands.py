"""The rule planner carries out what a passenger asked for, on small hand-made roads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.contract.observation import ActorKind
from model.contract.plan import DriveRequest
from modes.vocabulary import Component, Intent, Lateral, Longitudinal
from tests.model import roads
from tests.model.hand_drive import Drive, asked


def test_lane_change_on_request_waits_for_the_gap_and_ends_in_the_lane() -> None:
    beside = roads.car("b", 100, 6.8, 25.0)
    drive = Drive(roads.motorway(), 100, 3.4, 25.0, beside)
    drive.run(2.0, asked(Intent.LANE_CHANGE_LEFT))
    assert drive.plan is not None
    assert drive.plan.progress is not None
    assert drive.plan.progress.phase == "waiting"
    assert "gap on the left" in drive.plan.progress.waiting_for
    drive.actors = []
    drive.run(1.0, asked(Intent.LANE_CHANGE_LEFT))
    assert drive.plan.trace.lateral is Lateral.LANE_CHANGE
    assert drive.plan.indicator == "left"
    assert drive.plan.target_lane == "m_2"
    assert drive.plan.trace.cause is not None
    assert drive.plan.trace.cause.component is Component.PASSENGER_COMMAND
    drive.run(8.0, asked(Intent.LANE_CHANGE_LEFT))
    assert drive.pose[1] == pytest.approx(6.8, abs=0.3)
    assert drive.plan.target_lane is None


def test_a_lane_change_is_smooth() -> None:
    drive = Drive(roads.motorway(), 100, 3.4, 25.0)
    sideways = []
    for _ in range(80):
        drive.run(0.1, asked(Intent.LANE_CHANGE_LEFT))
        sideways.append(drive.pose[3] ** 2 * drive.bend)
    assert np.abs(sideways).max() < 1.6
    assert drive.pose[1] == pytest.approx(6.8, abs=0.3)


def test_the_route_leads_into_the_exit_lane_in_time() -> None:
    drive = Drive(roads.motorway(length=900), 100, 10.2, 28.0)
    drive.route = ("m", "x")
    drive.run(45.0)
    assert drive.pose[0] > 950
    assert drive.pose[1] < 3.0


def test_pull_over_ends_on_the_shoulder_with_hazard_lights_and_holds() -> None:
    drive = Drive(roads.motorway(), 100, 3.4, 25.0)
    drive.run(40.0, asked(Intent.PULL_OVER))
    assert drive.speed < 0.05
    assert drive.pose[1] == pytest.approx(0.0, abs=0.4)
    assert drive.plan is not None
    assert drive.plan.indicator == "hazard"
    where = drive.pose[0]
    drive.run(3.0)  # the command is no longer in the request: it holds all the same
    assert drive.pose[0] == pytest.approx(where, abs=0.05)
    drive.run(12.0, asked(Intent.RESUME))
    assert drive.speed > 8
    assert drive.pose[1] == pytest.approx(3.4, abs=0.4)


def test_there_is_no_pulling_over_on_a_bridge() -> None:
    road = roads.motorway(length=800)
    road = replace(road, zones={"m": "bridge", "n": "bridge"})
    drive = Drive(road, 100, 3.4, 20.0).run(3.0, asked(Intent.PULL_OVER))
    assert drive.plan is not None
    assert drive.plan.progress is not None
    assert drive.plan.progress.waiting_for == "a safe place to stop"
    assert drive.speed > 19


def test_stop_in_town_is_a_controlled_stop_that_holds_until_resume() -> None:
    drive = Drive(roads.street(), 20, 0, 12.0)
    accels = []
    for _ in range(90):
        drive.run(0.1, asked(Intent.STOP))
        accels.append(drive.accel)
    assert drive.speed < 0.05
    assert min(accels) > -3.6
    drive.run(2.0)
    assert drive.speed < 0.05
    drive.run(3.0, asked(Intent.RESUME))
    assert drive.speed > 2.0


def test_a_cancelled_stop_is_forgotten_before_standstill() -> None:
    drive = Drive(roads.street(), 20, 0, 12.0).run(1.0, asked(Intent.STOP))
    slow = drive.speed
    drive.run(3.0)
    assert drive.speed > slow


def test_an_urgent_stop_brakes_harder() -> None:
    calm = Drive(roads.street(), 20, 0, 12.0).run(8.0, asked(Intent.STOP))
    hard = Drive(roads.street(), 20, 0, 12.0).run(8.0, asked(Intent.STOP, urgent=True))
    assert hard.pose[0] < calm.pose[0] - 5


def test_a_speed_cap_is_kept_and_a_wish_above_the_limit_changes_nothing() -> None:
    capped = Drive(roads.street(), 20, 0, 12.0).run(8.0, DriveRequest(speed_cap_mps=8.0))
    assert capped.speed == pytest.approx(8.0, abs=0.2)
    eager = Drive(roads.street(), 20, 0, 12.0).run(8.0, DriveRequest(speed_wish_mps=30.0))
    assert eager.speed <= 13.95


def test_a_slow_car_is_overtaken_and_not_when_overtaking_is_off() -> None:
    slow = roads.car("s", 180, 3.4, 18.0)
    sides = []
    for overtaking in (True, False):
        drive = Drive(roads.motorway(), 50, 3.4, 30.0, slow)
        drive.route = ("m", "n")
        drive.run(9.0, DriveRequest(overtaking=overtaking))
        sides.append(drive.pose[1])
    assert sides[0] > 5.5
    assert sides[1] < 4.0


def test_a_closed_lane_is_left() -> None:
    drive = Drive(roads.motorway(), 100, 3.4, 28.0)
    drive.more["closed_lanes"] = {"m_1": 700.0}
    drive.run(20.0)
    assert drive.pose[1] > 5.5


def test_room_is_made_for_an_emergency_vehicle_behind() -> None:
    siren = roads.car("e", 40, 6.8, 33.0, kind=ActorKind.EMERGENCY, siren=True, lane="m_2")
    drive = Drive(roads.motorway(), 100, 6.8, 28.0, siren).run(2.0)
    assert drive.plan is not None
    assert drive.plan.trace.longitudinal is Longitudinal.YIELD
    assert drive.plan.trace.cause is not None
    assert drive.plan.trace.cause.object_id == "e"
    assert drive.speed < 28
