"""Scenario files: all of ours are good, and mistakes are named with the way to mend them."""

from __future__ import annotations

from pathlib import Path

import pytest

from world.roadmap import load_road_map
from world.scenario import load_scenario, parse_scenario, scenario_names

GOOD = """
title: T
description: D
length_s: 10
map: town
ego: {edge: quay_1e}
"""
PATH = Path("mine.yaml")


def test_the_scenarios_that_the_product_promises_are_there() -> None:
    assert set(scenario_names()) >= {
        "commute",
        "emergency_vehicle",
        "motorway_exit",
        "motorway_shoulder",
        "night_rain_town",
        "slow_lead_cut_in",
        "town_grid",
        "work_zone",
        "zebra",
    }


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_fits_its_map(name: str) -> None:
    scenario = load_scenario(name)
    road = load_road_map(scenario.map)
    actions = [*scenario.init, *(a for event in scenario.events for a in event.do)]
    crossings = {c.junction for c in road.crossings.values()} | set(road.crossings)
    for edge in (scenario.ego.edge, *scenario.ego.via, *scenario.zones, *scenario.limits_kph):
        assert edge in road.following
    for action in actions:
        if action.walk:
            assert action.walk.crossing in crossings
        if action.spawn and action.spawn.edge:
            assert action.spawn.edge in road.following
        if action.close_lane:
            assert action.close_lane in road.lanes
    assert scenario.name == name
    assert scenario.tags
    assert all(cue.t_s < scenario.length_s for cue in scenario.cues)
    assert len(scenario.description) < 100


def test_defaults_are_a_quiet_drive() -> None:
    scenario = parse_scenario(GOOD, PATH)
    assert scenario.name == "mine"
    assert scenario.traffic.vehicles == scenario.traffic.pedestrians == 0
    assert not scenario.traffic.sublane
    assert scenario.weather == "clear"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("wether: fog", "mine.yaml: unknown key 'wether'; did you mean 'weather'?"),
        ("traffic: {parkd: 1}", "mine.yaml: traffic: unknown key 'parkd'; did you mean 'parked'?"),
        (
            "init: [{spwan: {id: a, edge: quay_1e}}]",
            "mine.yaml: init[0]: unknown key 'spwan'; did you mean 'spawn'?",
        ),
        (
            "events: [{name: e, when: {t_gtt: 3}, do: [{weather: fog}]}]",
            "mine.yaml: events[0].when: unknown key 't_gtt'; did you mean 't_gt'?",
        ),
        ("init: [{spawn: {id: a}}]", "mine.yaml: init[0].spawn: give either edge (with s_m) or"),
        ("init: [{}]", "mine.yaml: init[0]: an action is exactly one of spawn, walk"),
        ("seed: -1", "mine.yaml: seed: Input should be greater than or equal to 0"),
        ("traffic: {vehicles: many}", "mine.yaml: traffic.vehicles: Input should be a valid"),
        (
            "events: [{name: e, when: {after: f}, do: [{weather: fog}]}]",
            "mine.yaml: event 'e' waits for unknown 'f'",
        ),
        (
            "events: [{name: e, when: {ego_near: {lt_m: 3}}, do: [{weather: fog}]}]",
            "mine.yaml: events[0].when.ego_near: give exactly one of edge, crossing, actor",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_file_key_and_remedy(change: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^mine\.yaml") as error:
        parse_scenario(GOOD + change, PATH)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["a: [", "- 1", "just words", "\x00"])
def test_what_is_no_scenario_is_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^mine\.yaml: ") as error:
        parse_scenario(text, PATH)
    assert "\n" not in str(error.value)


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match="no scenario 'town_gird': did you mean 'town_grid'"):
        load_scenario("town_gird")


def test_a_scenario_of_ones_own_is_loaded_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    assert load_scenario(path).title == "T"
