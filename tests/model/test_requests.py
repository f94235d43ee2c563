"""The request book: stops, lanes and wishes, from receipt to done, expired or refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from model.contract.plan import CommandProgress, DriveRequest
from model.contract.situation import StopNow
from modes.vocabulary import (
    Command,
    Decision,
    Degree,
    Intent,
    Mode,
    RequestState,
    Slots,
    Trigger,
    TriggerKind,
    Unit,
)
from tests.model.book_bench import Bench, Says, send
from tests.model.straight import LENGTH_M, car

S = RequestState


# -- stopping and going on ---------------------------------------------------------------------


def test_a_stop_is_done_at_standstill_and_holds_until_resume() -> None:
    bench = Bench()
    bench.say(Intent.STOP)
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.STOP
    bench.tick()
    assert bench.request().state is S.UNDER_WAY
    bench.drive(speed_mps=0.0)
    bench.tick()
    assert bench.request().state is S.DONE
    for _ in range(100):
        bench.tick()
    assert not bench.book.requests
    assert bench.asked.command is not None  # nobody shows the request any more, it still holds
    assert bench.asked.command.intent is Intent.STOP
    bench.say(Intent.RESUME, "go")
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.RESUME
    bench.drive(speed_mps=2.0)
    bench.tick()
    assert bench.request("go").state is S.DONE
    assert bench.asked.command is None


def test_a_stop_word_acts_in_the_same_tick_and_asks_no_rule() -> None:
    bench = Bench()
    bench.rule = lambda command: Says(Decision.REFUSE, command, "no_lane")
    bench.tick(StopNow(id="now"))
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.STOP
    assert bench.asked.command.slots.urgent


def test_a_stop_ends_a_lane_change_but_not_the_exit() -> None:
    bench = Bench()
    bench.tick(send(Intent.LANE_CHANGE_LEFT, "lane"), send(Intent.TAKE_EXIT, "exit"))
    bench.say(Intent.STOP, "stop")
    assert bench.request("lane").state is S.SUPERSEDED
    assert bench.request("exit").open


@pytest.mark.parametrize(
    ("lane", "lateral", "done"), [(0, 0.0, True), (1, 0.0, False), (1, -0.9, False)]
)
def test_pulling_over_is_done_on_the_shoulder_only(lane: int, lateral: float, done: bool) -> None:
    bench = Bench()
    bench.say(Intent.PULL_OVER)
    bench.drive(speed_mps=0.0, lane=f"a_{lane}", lateral_m=lateral)
    bench.tick()
    assert (bench.request().state is S.DONE) == done


def test_waiting_until_the_light_is_green_ends_by_itself() -> None:
    bench = Bench(speed=0.0)
    bench.facts["light"] = "red"
    bench.say(Intent.WAIT, until=Trigger(kind=TriggerKind.LIGHT_GREEN))
    bench.tick()
    bench.tick()
    assert bench.book.holding is not None
    bench.facts["light"] = "green"
    bench.tick()
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.RESUME  # until it moves
    bench.drive(speed_mps=2.0)
    bench.tick()
    assert bench.asked.command is None


# -- lanes -------------------------------------------------------------------------------------


def test_a_lane_change_is_done_in_the_middle_of_the_new_lane() -> None:
    bench = Bench()
    bench.say(Intent.LANE_CHANGE_LEFT)
    bench.progress = CommandProgress("under_way")
    bench.tick()
    assert bench.request().state is S.UNDER_WAY
    bench.drive(lane="a_2", lateral_m=-1.5, y=5.5)
    bench.tick()
    assert bench.request().state is S.UNDER_WAY
    assert bench.request().first_motion_s is not None
    bench.drive(lateral_m=-0.2)
    bench.tick()
    assert bench.request().state is S.DONE


def test_a_lane_change_counts_on_the_next_edge_too() -> None:
    bench = Bench()
    bench.say(Intent.LANE_CHANGE_LEFT)
    bench.tick()
    bench.drive(lane="b_2", lateral_m=0.0, x=LENGTH_M + 10)
    bench.tick()
    assert bench.request().state is S.DONE


def deferring(reason: str = "rear_gap", seconds: float = 7.0) -> Callable[[Command], Says]:
    return lambda command: Says(Decision.DEFER, command, reason, seconds)


def test_a_deferred_lane_change_waits_is_withheld_and_expires_after_seven_seconds() -> None:
    bench = Bench()
    bench.rule = deferring()
    bench.say(Intent.LANE_CHANGE_LEFT)
    assert bench.request().state is S.WAITING
    assert bench.request().waiting_for == "a gap on the left"
    assert bench.asked.command is None
    while bench.request().open:
        bench.tick()
    assert bench.request().state is S.EXPIRED
    assert bench.request().reason == "a gap on the left did not come in time"
    assert bench.t_s == pytest.approx(7.1, abs=0.11)


def test_a_deferred_lane_change_begins_when_the_rules_agree() -> None:
    bench = Bench()
    bench.rule = deferring()
    bench.say(Intent.LANE_CHANGE_LEFT)
    bench.tick(dt=3.0)
    bench.rule = lambda command: Says(Decision.ALLOW, command)
    bench.tick()
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.LANE_CHANGE_LEFT


def test_the_planners_own_waiting_counts_towards_the_seven_seconds() -> None:
    bench = Bench()
    bench.progress = CommandProgress("waiting", "a gap on the left")
    bench.say(Intent.LANE_CHANGE_LEFT)
    for _ in range(71):
        bench.tick()
    assert bench.request().state is S.EXPIRED


def test_a_rule_that_says_no_while_waiting_refuses_with_its_reason() -> None:
    bench = Bench()
    bench.rule = deferring()
    bench.say(Intent.LANE_CHANGE_LEFT)
    bench.rule = lambda command: Says(Decision.REFUSE, command, "solid_line")
    bench.tick()
    assert bench.request().state is S.REFUSED
    assert bench.request().reason == "the line is solid"


def test_a_refused_command_changes_nothing() -> None:
    bench = Bench()
    bench.rule = lambda command: Says(Decision.REFUSE, command, "no_lane")
    bench.say(Intent.LANE_CHANGE_LEFT)
    assert bench.request().state is S.REFUSED
    assert bench.request().reason == "there is no lane on that side"
    assert bench.asked == DriveRequest()


def test_a_newer_lane_change_replaces_the_older_one() -> None:
    bench = Bench(lane=2)
    bench.say(Intent.LANE_CHANGE_LEFT, "one")
    bench.say(Intent.LANE_CHANGE_RIGHT, "two")
    assert bench.request("one").state is S.SUPERSEDED
    assert bench.asked.id == "two"


def test_overtaking_is_done_when_the_other_one_is_behind() -> None:
    bench = Bench()
    bench.actors = (car("truck", x=140.0),)
    bench.say(Intent.OVERTAKE)
    bench.tick()
    assert bench.request().open
    bench.actors = (car("truck", x=94.0),)
    bench.tick()
    assert bench.request().state is S.DONE


# -- speed, gap, style -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degree", "kph"), [(None, 80.0), (Degree.SLIGHT, 85.0), (Degree.STRONG, 70.0)]
)
def test_slower_sets_a_cap_that_stays_after_it_was_reached(
    degree: Degree | None, kph: float
) -> None:
    bench = Bench(speed=25.0)  # 90 km/h
    bench.say(Intent.SLOW_DOWN, degree=degree)
    assert bench.asked.speed_cap_mps == pytest.approx(kph / 3.6)
    bench.drive(speed_mps=kph / 3.6 + 0.2)
    bench.tick()
    assert bench.request().state is S.DONE
    bench.tick()
    assert bench.asked.speed_cap_mps == pytest.approx(kph / 3.6)
    assert bench.asked.mode is Mode.CONTROL


def test_faster_lifts_an_earlier_cap_up_to_the_limit() -> None:
    bench = Bench(speed=25.0)
    bench.say(Intent.SLOW_DOWN, "slow")
    bench.drive(speed_mps=80 / 3.6)
    bench.tick()
    bench.say(Intent.SPEED_UP, "fast")
    assert bench.asked.speed_cap_mps == pytest.approx(90 / 3.6)
    bench.drive(speed_mps=90 / 3.6)
    bench.tick()
    assert bench.request("fast").state is S.DONE
    bench.drive(speed_mps=115 / 3.6)
    bench.say(Intent.SPEED_UP, "more")
    assert bench.asked.speed_cap_mps is None


def test_a_set_speed_is_done_within_one_kilometre_an_hour_or_at_the_limit() -> None:
    bench = Bench(speed=25.0)
    bench.say(Intent.SET_SPEED, value=130.0, unit=Unit.KPH)
    bench.drive(speed_mps=118.0 / 3.6)
    bench.tick()
    assert bench.request().state is S.UNDER_WAY
    bench.drive(speed_mps=119.2 / 3.6)
    bench.tick()
    assert bench.request().state is S.DONE


def test_a_bounded_command_is_carried_out_in_its_bounded_form() -> None:
    bench = Bench(speed=25.0)
    bounded = Command(intent=Intent.SET_SPEED, slots=Slots(value=120.0, unit=Unit.KPH))
    bench.rule = lambda command: Says(Decision.LIMIT, bounded, "cap_limit")
    bench.say(Intent.SET_SPEED, value=130.0, unit=Unit.KPH)
    assert bench.asked.speed_cap_mps == pytest.approx(120 / 3.6)
    assert bench.request().text == "Drive at 120 km/h"


def test_a_speed_that_traffic_never_allows_expires_and_leaves_no_wish_behind() -> None:
    bench = Bench(speed=20.0)
    bench.facts["lead_gap_s"] = 1.8
    bench.say(Intent.SET_SPEED, value=100.0, unit=Unit.KPH)
    bench.tick()
    assert bench.request().waiting_for == "the car ahead"
    bench.tick(dt=60.0)
    assert bench.request().state is S.EXPIRED
    assert bench.asked.speed_cap_mps is None


def test_keeping_the_limit_and_resuming_lift_speed_wishes() -> None:
    for intent in (Intent.KEEP_LIMIT, Intent.RESUME):
        bench = Bench(speed=25.0)
        bench.say(Intent.SLOW_DOWN, "slow")
        bench.say(intent, "free")
        assert bench.asked.speed_cap_mps is None


def test_gap_style_and_no_overtaking_stand_beside_a_manoeuvre() -> None:
    bench = Bench()
    bench.facts["lead_gap_s"] = 2.0
    bench.tick(
        send(Intent.SET_GAP, "gap", value=3.0, unit=Unit.SECONDS),
        send(Intent.STYLE_GENTLE, "style"),
        send(Intent.NO_OVERTAKE, "pass"),
        send(Intent.TAKE_EXIT, "exit"),
    )
    assert bench.asked.gap_s == 3.0
    assert bench.asked.style == "gentle"
    assert not bench.asked.overtaking
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.TAKE_EXIT
