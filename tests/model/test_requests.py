"""The request book: life cycles, rules at receipt and while deferred, standing wishes, routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from model.contract.facts import Fact, SceneFacts
from model.contract.observation import Actor, EgoState
from model.contract.plan import CommandProgress, DriveRequest
from model.contract.situation import CancelCommand, SendCommand, SendMode, StopNow, ToDriving
from model.request_book import Book, Moment, NewRoute, NoRoute, Request
from model.requests import Outcome, step
from modes.vocabulary import (
    Command,
    Decision,
    Degree,
    Intent,
    Mode,
    RequestState,
    Slots,
    Target,
    Trigger,
    TriggerKind,
    Unit,
)
from safety.policy import load_policy
from tests.model.straight import LENGTH_M, car, lane_y, straight_road

ROAD = straight_road()
S = RequestState


@dataclass(frozen=True)
class Says:
    """A scene rule's answer, as a test wants it."""

    decision: Decision
    command: Command
    reason: str = ""
    expires_s: float | None = None


class Bench:
    """A request book with a car whose state the test sets by hand."""

    def __init__(self, speed: float = 25.0, lane: int = 1, x: float = 100.0) -> None:
        self.book = Book()
        self.t_s = 0.0
        self.ego = EgoState(
            x=x, y=lane_y(lane), heading=0.0, speed_mps=speed, lane=f"a_{lane}", s_m=x
        )
        self.route: tuple[str, ...] = ("a", "b")
        self.facts: dict[str, Any] = {"limit_kph": 120.0, "light": "green"}
        self.actors: tuple[Actor, ...] = ()
        self.rule: Callable[[Command], Says] = lambda command: Says(Decision.ALLOW, command)
        self.way: Callable[[Command, Moment], NewRoute] = self._exit
        self.progress: CommandProgress | None = None
        self.last: Outcome | None = None

    def _exit(self, command: Command, moment: Moment) -> NewRoute:
        return NewRoute(("a", "x"), None, "x", "a", "Exit 1")

    def tick(self, *messages: ToDriving, dt: float = 0.1) -> Outcome:
        self.t_s += dt
        facts = {
            key: Fact(value, "test", self.t_s)
            for key, value in {**self.facts, "speed_kph": self.ego.speed_mps * 3.6}.items()
        }
        asked = self.last.request.id if self.last is not None else None
        moment = Moment(
            self.t_s,
            self.ego,
            ROAD,
            self.route,
            SceneFacts(facts),
            self.actors,
            progress=self.progress,
            progress_id=asked,
        )
        outcome = step(
            self.book,
            moment,
            messages,
            judge=lambda command, facts: self.rule(command),
            navigate=self.way,
            policy=load_policy(),
        )
        self.book, self.last = outcome.book, outcome
        if outcome.route is not None:
            self.route = outcome.route.edges
        return outcome

    def say(self, intent: Intent, id: str = "r", **slots: Any) -> Outcome:
        return self.tick(send(intent, id, **slots))

    def drive(self, **changes: Any) -> None:
        self.ego = replace(self.ego, **changes)

    def request(self, id: str = "r") -> Request:
        return next(r for r in self.book.requests if r.id == id)

    @property
    def asked(self) -> DriveRequest:
        assert self.last is not None
        return self.last.request


def send(intent: Intent, id: str = "r", **slots: Any) -> SendCommand:
    command = Command(intent=intent, slots=Slots(**slots))
    return SendCommand(id=id, command=command, decision=Decision.ALLOW)


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
    from model.contract.observation import ActorKind

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
