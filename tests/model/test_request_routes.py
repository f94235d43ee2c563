"""The request book: routes, triggers, what is taken back, floods and repeated messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from model.contract.observation import Actor, ActorKind
from model.contract.plan import DriveRequest
from model.contract.situation import CancelCommand, SendCommand, SendMode
from model.request_book import Moment, NewRoute, NoRoute
from modes.vocabulary import (
    Command,
    Intent,
    Mode,
    RequestState,
    Target,
    Trigger,
    TriggerKind,
    Unit,
)
from tests.model.book_bench import Bench, send
from tests.model.straight import LENGTH_M, car

S = RequestState


# -- routes ------------------------------------------------------------------------------------


def test_the_exit_is_taken_when_the_car_is_on_it() -> None:
    bench = Bench()
    outcome = bench.say(Intent.TAKE_EXIT, ordinal=1)
    assert outcome.route is not None
    assert outcome.route.edges == ("a", "x")
    assert bench.request().text == "Take exit 1"
    assert bench.request().state is S.WAITING
    assert bench.request().waiting_for == "the exit in 1400 m"
    bench.drive(lane="x_0", x=LENGTH_M + 5)
    bench.tick()
    assert bench.request().state is S.DONE


def test_an_exit_that_was_passed_has_expired() -> None:
    bench = Bench()
    bench.say(Intent.TAKE_EXIT)
    bench.drive(lane="b_1", x=LENGTH_M + 5)
    bench.tick()
    assert bench.request().state is S.EXPIRED
    assert bench.request().reason == "the exit was passed"


def test_a_route_that_the_map_does_not_have_is_refused_in_plain_words() -> None:
    bench = Bench()

    def none(command: Command, moment: Moment) -> NewRoute:
        raise NoRoute("there is no junction ahead where one may go left")

    bench.way = none
    outcome = bench.say(Intent.TURN_LEFT)
    assert outcome.route is None
    assert bench.request().state is S.REFUSED
    assert bench.request().reason == "there is no junction ahead where one may go left"


def test_taking_back_an_exit_restores_the_way_before() -> None:
    bench = Bench()
    bench.say(Intent.TAKE_EXIT)
    outcome = bench.tick(CancelCommand(id=None))
    assert bench.request().state is S.CANCELLED
    assert outcome.route is not None
    assert outcome.route.edges == ("a", "b")


def test_taking_back_a_speed_restores_the_wish_before() -> None:
    bench = Bench(speed=25.0)
    bench.say(Intent.SLOW_DOWN, "one")
    bench.drive(speed_mps=80 / 3.6)
    bench.tick()
    bench.say(Intent.SLOW_DOWN, "two")
    bench.tick(CancelCommand(id="two"))
    assert bench.asked.speed_cap_mps == pytest.approx(80 / 3.6)


def test_parking_after_the_turn_waits_for_the_turn() -> None:
    bench = Bench()
    bench.tick(send(Intent.U_TURN, "turn"), send(Intent.PARK, "park"))
    assert bench.request("park").state is S.WAITING
    bench.drive(lane="x_0", x=LENGTH_M + 5)
    bench.tick()
    assert bench.request("turn").state is S.DONE
    bench.tick()
    assert bench.asked.command is not None
    assert bench.asked.command.intent is Intent.PARK


# -- triggers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "change"),
    [
        (Trigger(kind=TriggerKind.TIME, value=3.0), {"dt": 3.0}),
        (Trigger(kind=TriggerKind.DISTANCE, value=50.0), {"x": 155.0}),
        (Trigger(kind=TriggerKind.LIGHT_GREEN), {"light": "green"}),
        (Trigger(kind=TriggerKind.OBJECT_PASSED, target=Target(object="truck")), {"passed": True}),
    ],
)
def test_a_command_begins_when_its_trigger_fires(trigger: Trigger, change: dict[str, Any]) -> None:
    bench = Bench()
    bench.facts["light"] = "red"
    bench.actors = (truck(150.0),)
    bench.say(Intent.SLOW_DOWN, after=trigger)
    assert bench.request().state is S.WAITING
    assert bench.request().waiting_for
    bench.tick()
    assert bench.asked.speed_cap_mps is None
    if "x" in change:
        bench.drive(x=change["x"])
    if "light" in change:
        bench.facts["light"] = change["light"]
    if "passed" in change:
        bench.actors = (truck(90.0),)
    bench.tick(dt=change.get("dt", 0.1))
    assert bench.asked.speed_cap_mps is not None


def truck(x: float) -> Actor:
    return car("t1", x=x, kind=ActorKind.TRUCK)


# -- the book itself ---------------------------------------------------------------------------


def test_the_mode_is_control_while_a_request_is_open_and_qa_for_a_moment_after_a_question() -> None:
    bench = Bench()
    assert bench.tick().mode is Mode.AUTONOMOUS
    outcome = bench.tick(SendMode(id="q", mode=Mode.QA))
    assert outcome.mode is Mode.QA
    assert outcome.request == DriveRequest()  # a question moves nothing
    assert bench.tick(dt=3.1).mode is Mode.AUTONOMOUS
    assert bench.say(Intent.TAKE_EXIT).mode is Mode.CONTROL


def test_a_message_that_comes_twice_starts_nothing_twice() -> None:
    bench = Bench(speed=25.0)
    bench.say(Intent.SLOW_DOWN)
    cap = bench.asked.speed_cap_mps
    bench.say(Intent.SLOW_DOWN)
    assert len(bench.book.requests) == 1
    assert bench.asked.speed_cap_mps == cap


def test_nobody_can_take_the_wheel_here() -> None:
    bench = Bench()
    bench.say(Intent.HANDOVER_TO_DRIVER)
    assert bench.request().state is S.REFUSED


def test_a_flood_leaves_a_small_book_and_the_newest_wish() -> None:
    bench = Bench(speed=25.0)
    flood: Sequence[SendCommand] = [
        send(Intent.SET_SPEED, f"s{k}", value=float(40 + k % 60), unit=Unit.KPH)
        for k in range(1000)
    ]
    bench.tick(*flood)
    assert len(bench.book.open()) == 1
    assert bench.asked.speed_cap_mps == pytest.approx((40 + 999 % 60) / 3.6)


def test_changes_are_told_once_with_the_new_state() -> None:
    bench = Bench()
    outcome = bench.say(Intent.STOP)
    assert [(c.object_id, c.detail) for c in outcome.changes] == [("r", "under_way")]
    assert bench.tick().changes == ()
    bench.drive(speed_mps=0.0)
    assert [c.detail for c in bench.tick().changes] == ["done"]
