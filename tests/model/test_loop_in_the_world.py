"""The driving loop on the real world with the real planner: determinism and obeyed commands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pytest

from model.classical.planner import ClassicalPlanner
from model.contract.situation import SendCommand, SendMode, Situation, StopNow, ToDriving
from model.loop import DrivingLoop
from model.loop_stats import LoopStats
from modes.vocabulary import Command, Decision, Intent, Mode, RequestState, Slots
from world.embedded import EmbeddedWorld
from world.scenario import load_scenario

pytestmark = pytest.mark.drive


def drive(
    scenario: str, seconds: float, script: Mapping[float, ToDriving] | None = None
) -> tuple[list[Situation], LoopStats]:
    world = EmbeddedWorld(load_scenario(scenario))
    loop = DrivingLoop(world, ClassicalPlanner())
    said: dict[int, Sequence[ToDriving]] = {
        round(t_s * 10): [message] for t_s, message in (script or {}).items()
    }
    try:
        situations = [loop.tick(said.get(k, ())) for k in range(round(seconds * 10))]
    finally:
        loop.close()
        world.close()
    return situations, loop.stats


def command(intent: Intent, **slots: object) -> SendCommand:
    wanted = Command(intent=intent, slots=Slots.model_validate(slots))
    return SendCommand(id=intent.value, command=wanted, decision=Decision.ALLOW)


def digest(situations: Sequence[Situation]) -> str:
    lines = "\n".join(situation.model_dump_json() for situation in situations)
    return hashlib.sha256(lines.encode()).hexdigest()


def test_the_same_drive_is_the_same_log_byte_for_byte() -> None:
    script: Mapping[float, ToDriving] = {3.0: command(Intent.SLOW_DOWN), 8.0: StopNow(id="stop")}
    first, _ = drive("town_grid", 12.0, script)
    second, _ = drive("town_grid", 12.0, script)
    assert digest(first) == digest(second)


def test_a_refused_sentence_leaves_no_trace_in_the_drive() -> None:
    spoken, _ = drive("motorway_exit", 8.0, {4.0: SendMode(id="r", mode=Mode.AUTONOMOUS)})
    silent, _ = drive("motorway_exit", 8.0)
    assert digest(spoken) == digest(silent)


def test_pulling_over_ends_on_the_shoulder_with_hazard_lights_and_no_guard_alarm() -> None:
    situations, stats = drive("motorway_shoulder", 45.0, {5.0: command(Intent.PULL_OVER)})
    states = [s.requests[0].state for s in situations if s.requests]
    assert RequestState.DONE in states
    end = situations[-1]
    assert end.ego.speed_mps < 0.1
    assert end.ego.indicator == "hazard"
    assert stats.levels == {"F0": len(situations)}
    assert not {"collision", "offroad"} & set(stats.events)


def test_a_town_drive_needs_no_fallback() -> None:
    situations, stats = drive("town_grid", 40.0)
    assert stats.guard_rejected == 0
    assert stats.levels == {"F0": len(situations)}
    assert not {"collision", "offroad", "red_light"} & set(stats.events)
