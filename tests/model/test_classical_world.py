"""The rule planner in the embedded world: short drives without incident, commands carried out."""

from __future__ import annotations

import pytest

from bench.closed_loop import Metrics, Script, Step, drive
from model import navigation
from model.contract.observation import Observation
from model.contract.plan import DriveRequest
from modes.vocabulary import Command, Intent
from world.embedded import EmbeddedWorld


def without_incident(metrics: Metrics) -> None:
    assert metrics.incidents == []
    assert metrics.over_limit_s == 0.0
    assert metrics.sideways_max < 3.0


def say(at_s: float, intent: Intent, until_s: float = 1e9) -> Script:
    """A script that gives one command from `at_s` to `until_s`."""

    def script(world: EmbeddedWorld, seen: Observation, request: DriveRequest) -> DriveRequest:
        if not at_s <= world.t_s < until_s:
            return DriveRequest()
        if request.command is None and intent is Intent.TAKE_EXIT and seen.perception:
            ego = seen.perception.ego
            way = navigation.with_exit(world.road, seen.perception.route, ego.s_m)
            world.set_route(way.edges, None)
        return DriveRequest(command=Command(intent=intent), id="r1")

    return script


def test_a_minute_in_town_with_a_van_in_the_second_row() -> None:
    metrics = drive("town_grid", 2, 35)
    without_incident(metrics)
    assert metrics.progress_m > 250


def test_the_next_exit_is_taken_when_asked_for() -> None:
    lanes: list[str] = []

    def watch(step: Step) -> None:
        assert step.observation.perception is not None
        lanes.append(step.observation.perception.ego.lane or "")

    without_incident(drive("motorway_exit", 11, 75, say(20.0, Intent.TAKE_EXIT), watch=watch))
    assert any(lane.startswith("exit1") for lane in lanes)


def test_pulling_over_on_the_motorway_ends_on_the_shoulder() -> None:
    last: list[Step] = []

    def watch(step: Step) -> None:
        last[:] = [step]

    script = say(5.0, Intent.PULL_OVER)
    without_incident(drive("motorway_shoulder", 1, 40, script, watch=watch))
    (step,) = last
    assert step.observation.perception is not None
    ego = step.observation.perception.ego
    assert ego.speed_mps < 0.1
    assert step.observation.road is not None
    assert step.observation.road.lanes[ego.lane or ""].kind == "shoulder"
    assert step.plan.indicator == "hazard"


def test_the_same_seed_gives_the_same_drive() -> None:
    def once() -> list[bytes]:
        plans: list[bytes] = []
        drive("zebra", 3, 8, watch=lambda step: plans.append(step.plan.xyz.tobytes()))
        return plans

    assert once() == once()


def test_an_unknown_scenario_is_an_error_of_one_line() -> None:
    with pytest.raises(ValueError, match="no scenario 'mars'"):
        drive("mars", 1, 1)
