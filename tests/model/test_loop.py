"""The driving loop: determinism, deadlines, fallbacks, flooding, life cycles in the situation."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from model.contract.observation import Observation
from model.contract.plan import DriveRequest, Plan
from model.contract.situation import (
    DriveControl,
    SendCommand,
    SendMode,
    Situation,
    StopNow,
    ToDriving,
)
from model.loop import DrivingLoop
from modes.vocabulary import Command, Decision, Intent, Mode, RequestState, Slots
from tests.model.straight import CruiseModel, StraightWorld, car


def command(intent: Intent, id: str = "c", **slots: object) -> SendCommand:
    wanted = Command(intent=intent, slots=Slots.model_validate(slots))
    return SendCommand(id=id, command=wanted, decision=Decision.ALLOW)


def drive(
    script: dict[int, list[ToDriving]], ticks: int = 60, model: CruiseModel | None = None
) -> list[Situation]:
    world = StraightWorld([car("lead", x=200.0, speed=25.0)])
    loop = DrivingLoop(world, model or CruiseModel())
    return [loop.tick(script.get(k, [])) for k in range(ticks)]


def test_the_same_messages_give_the_same_situations_byte_for_byte() -> None:
    script: dict[int, list[ToDriving]] = {
        5: [command(Intent.SLOW_DOWN)],
        20: [StopNow(id="stop")],
    }
    first = [s.model_dump_json() for s in drive(script)]
    second = [s.model_dump_json() for s in drive(script)]
    assert first == second
    assert first[0] != first[-1]


def test_a_question_or_a_refused_sentence_leaves_the_drive_as_it_was() -> None:
    silent = drive({})
    asked = drive({10: [SendMode(id="q", mode=Mode.QA)]})
    refused = drive({10: [SendMode(id="r", mode=Mode.AUTONOMOUS)]})
    assert [s.model_dump_json() for s in refused] == [s.model_dump_json() for s in silent]
    changed = [a.model_copy(update={"mode": Mode.AUTONOMOUS}) for a in asked]
    assert changed == silent
    assert asked[10].mode is Mode.QA


def test_sequence_and_time_go_up_by_one_tick() -> None:
    situations = drive({}, 20)
    assert [s.seq for s in situations] == list(range(20))
    assert [s.t_s for s in situations] == [pytest.approx(k * 0.1) for k in range(20)]
    assert all(s.latency_ms == {} for s in situations)


def test_a_stop_word_slows_the_car_in_the_same_tick() -> None:
    situations = drive({10: [StopNow(id="s")]}, 200)
    assert situations[11].ego.speed_mps < situations[10].ego.speed_mps
    assert situations[-1].ego.speed_mps == 0.0
    states = {s.requests[0].state for s in situations if s.requests}
    assert RequestState.DONE in states


def test_a_request_stays_visible_for_five_seconds_after_it_closed() -> None:
    situations = drive({10: [StopNow(id="s")]}, 220)
    shown = [s.t_s for s in situations if any(r.state is RequestState.DONE for r in s.requests)]
    assert shown[-1] - shown[0] == pytest.approx(4.9, abs=0.11)


class Broken(CruiseModel):
    """Fails in a given way from the tenth plan on."""

    def __init__(self, fail: Callable[[Plan], Plan]) -> None:
        super().__init__()
        self.fail = fail

    def plan(self, observation: Observation, request: DriveRequest) -> Plan:
        plan = super().plan(observation, request)
        return self.fail(plan) if len(self.requests) > 10 else plan


def raising(plan: Plan) -> Plan:
    raise RuntimeError("out of memory")


def test_a_model_that_raises_is_told_once_and_the_car_stops_by_the_ladder() -> None:
    world = StraightWorld()
    loop = DrivingLoop(world, Broken(raising))
    levels, notices = [], []
    for _ in range(150):
        levels.append(loop.tick().guard.level)
        notices += loop.take_notices()
    assert levels[:10] == ["F0"] * 10
    assert levels[10:15] == ["F2"] * 5
    assert set(levels[15:]) == {"F4"}
    assert world.observe().perception is not None
    assert loop.stats.model_errors == 140
    told = [n.code for n in notices]
    assert told.count("model") == 1
    assert told.count("fallback") == 1
    assert "out of memory" in next(n.message for n in notices if n.code == "model")


def test_a_stop_of_the_guard_needs_a_word_to_go_on() -> None:
    def fails_for_a_while(plan: Plan) -> Plan:
        if len(model.requests) < 60:
            raise RuntimeError
        return plan

    model = Broken(fails_for_a_while)
    loop = DrivingLoop(StraightWorld(), model)
    situations = [loop.tick() for _ in range(300)]
    assert situations[-1].ego.speed_mps == 0.0
    assert situations[-1].facts["mrm"] == "completed"
    situations = [loop.tick([command(Intent.RESUME)] if k == 0 else []) for k in range(40)]
    assert situations[-1].ego.speed_mps > 1.0
    assert situations[-1].guard.level == "F0"


def test_pause_and_resume_are_for_whoever_ticks() -> None:
    loop = DrivingLoop(StraightWorld(), CruiseModel())
    loop.tick([DriveControl(action="pause")])
    assert loop.paused
    loop.tick([DriveControl(action="resume")])
    assert not loop.paused


def test_a_flood_of_commands_is_taken_in_portions_and_a_stop_among_them_acts_at_once() -> None:
    loop = DrivingLoop(StraightWorld(), CruiseModel())
    flood: list[ToDriving] = [
        command(Intent.SET_SPEED, f"s{k}", value=50 + k % 40, unit="kph") for k in range(1000)
    ]
    situation = loop.tick([*flood, StopNow(id="stop")])
    assert any(r.id == "stop" and r.state is not RequestState.REFUSED for r in situation.requests)
    codes = [notice.code for notice in loop.take_notices()]
    assert codes == ["too_many"]


class Slow(CruiseModel):
    """Waits for a gate while it is shut, as a hanging model would."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.seen: list[int] = []

    def plan(self, observation: Observation, request: DriveRequest) -> Plan:
        self.gate.wait(10.0)
        self.seen.append(observation.seq)
        return super().plan(observation, request)


def test_a_late_plan_is_dropped_and_the_last_one_goes_on_shifted() -> None:
    model = Slow()
    loop = DrivingLoop(StraightWorld(), model, realtime=True, deadline_ms=500.0)
    try:
        assert loop.tick().guard.level == "F0"
        model.gate.clear()
        loop._deadline_s = 0.02  # the test need not wait for half a second
        late = [loop.tick() for _ in range(3)]
        assert [s.guard.level for s in late] == ["F2"] * 3
        assert all(s.deadline_missed for s in late)
        assert loop.stats.late_plans == 3
        model.gate.set()
        loop._deadline_s = 2.0
        assert loop.tick().guard.level == "F0"
        # Of the three late moments only the first was begun; the newer ones replaced each other.
        assert model.seen == [0, 1, 4] or model.seen == [0, 1, 3, 4]
    finally:
        loop.close()


def test_an_impossible_route_is_refused_and_told() -> None:
    loop = DrivingLoop(StraightWorld(), CruiseModel())
    situation = loop.tick([command(Intent.TURN_LEFT)])
    assert situation.requests[0].state is RequestState.REFUSED
    assert "left" in situation.requests[0].reason


def test_an_exit_changes_the_worlds_route_in_the_same_tick() -> None:
    world = StraightWorld()
    loop = DrivingLoop(world, CruiseModel())
    situation = loop.tick([command(Intent.TAKE_EXIT)])
    assert world.routes == [("a", "x")]
    assert situation.route_edges == ("a", "x")
    assert situation.requests[0].text == "Take exit 1"


def test_counters_tell_what_happened() -> None:
    loop = DrivingLoop(StraightWorld(), CruiseModel())
    for _ in range(20):
        loop.tick()
    stats = loop.stats
    assert stats.ticks == 20
    assert stats.levels == {"F0": 20}
    assert len(stats.tick_ms) == 20
    assert stats.progress_m == pytest.approx(19 * 2.5, abs=0.1)
    assert stats.deadline_misses == 0
