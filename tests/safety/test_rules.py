"""Scene rules: one row is one sentence of the policy, with the scene that it speaks of."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.contract.facts import FACTS, SceneFacts
from modes.vocabulary import (
    CAUTION_INTENTS,
    Command,
    Decision,
    Intent,
    Place,
    Slots,
    Target,
    TriggerKind,
    Unit,
)
from safety.policy import load_policy
from safety.rules import RULES, Verdict, judge
from safety.rules.common import is_caution, speed_cap_kph

POLICY = load_policy()
FREE_LEFT = {"left_lane": "free", "rear_left_gap_s": 5.0, "speed_kph": 100, "lane_line": "dashed"}
FREE_RIGHT = {"right_lane": "free", "rear_right_gap_s": 5.0, "speed_kph": 100}


def facts(**plain: Any) -> SceneFacts:
    return SceneFacts.from_plain(plain, source="test")[0]


def decided(
    intent: str, scene: dict[str, Any], *, confirmed: bool = False, **slots: Any
) -> Verdict:
    command = Command(intent=Intent(intent), slots=Slots(**slots))
    return judge(command, facts(**scene), POLICY, confirmed=confirmed)


Row = tuple[str, dict[str, Any], dict[str, Any], str, str]
LANES: list[Row] = [
    ("lane_change_left", {}, FREE_LEFT, "allow", "room"),
    ("lane_change_right", {}, FREE_RIGHT, "allow", "room"),
    ("lane_change_left", {}, {**FREE_LEFT, "left_lane": "none"}, "refuse", "no_lane"),
    ("lane_change_left", {}, {**FREE_LEFT, "left_lane": "oncoming"}, "refuse", "oncoming_lane"),
    ("lane_change_right", {}, {**FREE_RIGHT, "right_lane": "bus"}, "refuse", "bus_lane"),
    ("lane_change_right", {}, {**FREE_RIGHT, "right_lane": "bike"}, "refuse", "bike_lane"),
    ("lane_change_left", {}, {**FREE_LEFT, "left_lane": "occupied"}, "defer", "blind_spot"),
    ("lane_change_left", {}, {**FREE_LEFT, "blind_spot_left": "occupied"}, "defer", "blind_spot"),
    ("lane_change_left", {}, {**FREE_LEFT, "lane_line": "solid"}, "refuse", "solid_line"),
    (
        "lane_change_left",
        {},
        {**FREE_LEFT, "lane_line": "solid", "solid_ends_m": 120},
        "defer",
        "solid_line_ends",
    ),
    ("lane_change_left", {}, {**FREE_LEFT, "lead_gap_s": 1.2}, "defer", "front_gap"),
    ("lane_change_left", {}, {**FREE_LEFT, "rear_left_gap_s": 0.8}, "defer", "rear_gap"),
    ("lane_change_left", {}, {**FREE_LEFT, "in_junction": True}, "defer", "in_junction"),
    ("lane_change_left", {}, {**FREE_LEFT, "left_lane_state": "closed"}, "refuse", "lane_closed"),
    ("lane_change_left", {}, {"speed_kph": 80}, "defer", "lane_unknown"),
    ("lane_change_left", {}, {"left_lane": "free", "speed_kph": 80}, "defer", "rear_unknown"),
    ("lane_change_left", {}, {"lane": 1, "lanes": 3, "speed_kph": 80}, "refuse", "no_lane"),
    (
        "lane_change_left",
        {},
        {**FREE_LEFT, "left_lane": "hov", "hov_min": 2, "occupants": 1},
        "refuse",
        "hov_lane",
    ),
    (
        "lane_change_left",
        {},
        {**FREE_LEFT, "left_lane": "hov", "hov_min": 2, "occupants": 3},
        "allow",
        "room",
    ),
]
PASSING: list[Row] = [
    ("overtake", {}, {"lead": "truck", "oncoming_time_s": 14, "sight_m": 400}, "allow", ""),
    ("overtake", {}, {"lead": "truck", "oncoming_time_s": 7}, "defer", "oncoming"),
    ("overtake", {}, {"lead": "truck"}, "defer", "oncoming_unknown"),
    ("overtake", {}, {"lead": "truck", "crest_m": 100, "oncoming": "none"}, "refuse", "crest"),
    ("overtake", {}, {"lead": "truck", "sight_m": 90, "oncoming": "none"}, "refuse", "sight"),
    (
        "overtake",
        {},
        {"lead": "truck", "lane_line": "solid", "oncoming": "none"},
        "refuse",
        "solid_line",
    ),
    (
        "overtake",
        {},
        {"lead": "school_bus", "stop_arm": "out", "oncoming": "none"},
        "refuse",
        "school_bus",
    ),
    ("overtake", {}, {"lead": "school_bus", "oncoming": "none"}, "refuse", "school_bus_unknown"),
    (
        "overtake",
        {},
        {"lead": "cyclist", "lateral_clearance_m": 1.2, "oncoming": "none"},
        "defer",
        "cyclist_clearance",
    ),
    (
        "overtake",
        {},
        {"lead": "cyclist", "lateral_clearance_m": 1.6, "oncoming": "none"},
        "allow",
        "",
    ),
    ("overtake", {}, {"lead": "cyclist", "oncoming": "none"}, "defer", "cyclist_clearance"),
]
EXITS: list[Row] = [
    ("take_exit", {}, {"exit_m": 900, "lane": 2, "lanes": 3, "speed_kph": 108}, "allow", ""),
    ("take_exit", {}, {"exit_m": 90, "lane": 3, "lanes": 3, "speed_kph": 108}, "allow", ""),
    (
        "take_exit",
        {},
        {"exit_m": 200, "lane": 2, "lanes": 3, "speed_kph": 108, "next_exit_m": 3000},
        "refuse",
        "exit_too_close",
    ),
    ("take_exit", {}, {"exit_m": -30, "speed_kph": 100}, "refuse", "exit_passed"),
    ("take_exit", {}, {"exits": 0, "speed_kph": 100}, "refuse", "no_exit"),
    ("take_exit", {}, {"speed_kph": 100}, "refuse", "exit_unknown"),
    (
        "take_exit",
        {},
        {"exit_m": 900, "lane": 2, "lanes": 3, "speed_kph": 100, "right_lane": "occupied"},
        "defer",
        "blind_spot",
    ),
]
SPEED: list[Row] = [
    ("speed_up", {}, {"speed_kph": 80, "limit_kph": 100}, "allow", "below_cap"),
    ("speed_up", {}, {"speed_kph": 100, "limit_kph": 100}, "refuse", "at_cap_limit"),
    ("speed_up", {}, {"speed_kph": 80}, "refuse", "limit_unknown"),
    ("speed_up", {}, {"speed_kph": 80, "limit_kph": 100, "lead_gap_s": 1.5}, "defer", "lead_gap"),
    ("speed_up", {}, {"speed_kph": 40, "limit_kph": 50, "ped": "waiting"}, "defer", "person_near"),
    (
        "speed_up",
        {},
        {"speed_kph": 70, "limit_kph": 130, "visibility_m": 40},
        "refuse",
        "at_cap_sight",
    ),
    ("speed_up", {}, {"speed_kph": 80, "limit_kph": 80, "workers": 3}, "refuse", "at_cap_limit"),
    ("speed_up", {}, {"speed_kph": 40, "limit_kph": 80, "workers": 3}, "refuse", "workers"),
    ("set_speed", {"value": 130}, {"speed_kph": 90, "limit_kph": 100}, "limit", "cap_limit"),
    ("set_speed", {"value": 90}, {"speed_kph": 80, "limit_kph": 100}, "allow", "below_cap"),
    (
        "set_speed",
        {"value": 100},
        {"speed_kph": 60, "limit_kph": 130, "weather": "snow"},
        "limit",
        "cap_weather",
    ),
    ("slow_down", {}, {"speed_kph": 30, "limit_kph": 50, "place": "urban"}, "allow", ""),
    (
        "set_speed",
        {"value": 20},
        {"speed_kph": 110, "limit_kph": 120, "place": "highway", "traffic": "free_flow"},
        "limit",
        "crawl",
    ),
    ("set_gap", {"kind": "closer"}, {"gap_s": 2.1}, "refuse", "gap_floor"),
    ("set_gap", {"kind": "closer"}, {"gap_s": 3.5}, "allow", "gap_room"),
    ("set_gap", {"value": 1.0, "unit": "s"}, {"gap_s": 3.0}, "limit", "gap_floor"),
    ("set_gap", {}, {"gap_s": 1.5}, "allow", ""),
]
STOPPING: list[Row] = [
    ("stop", {}, {}, "allow", ""),
    ("stop", {}, {"ped": "in_path"}, "emergency", "person_in_path"),
    ("stop", {}, {"on_tracks": True}, "defer", "clear_rails"),
    ("stop", {}, {"in_junction": True}, "defer", "clear_junction"),
    ("stop", {}, {"rear_gap_s": 0.6}, "allow", "close_follower"),
    ("pull_over", {}, {"shoulder": "wide", "place": "highway"}, "allow", ""),
    ("pull_over", {}, {"curb": "free", "place": "urban"}, "allow", ""),
    ("pull_over", {}, {"place": "bridge", "bridge_end_m": 300}, "defer", "no_stopping_bridge"),
    ("pull_over", {}, {"place": "tunnel"}, "defer", "no_stopping_tunnel"),
    ("pull_over", {}, {"shoulder": "none", "place": "highway"}, "defer", "no_shoulder"),
    ("pull_over", {}, {"curb": "hydrant", "place": "urban"}, "defer", "kerb_hydrant"),
    ("pull_over", {}, {"place": "urban"}, "defer", "shoulder_unknown"),
    ("park", {}, {"bay": "disabled", "curb": "free"}, "refuse", "bay_reserved"),
    ("pull_over", {"kind": "doors"}, {"speed_kph": 30}, "defer", "shoulder_unknown"),
    ("pull_over", {"kind": "doors"}, {"speed_kph": 0}, "allow", ""),
    (
        "pull_over",
        {"kind": "doors"},
        {"speed_kph": 0, "bike_approaching_door_s": 3},
        "defer",
        "doors_cyclist",
    ),
]
GOING: list[Row] = [
    ("resume", {"kind": "green"}, {"light": "green"}, "allow", ""),
    ("resume", {"kind": "green"}, {"light": "red"}, "refuse", "light_red"),
    ("resume", {"kind": "green"}, {}, "defer", "light_unknown"),
    ("resume", {}, {"light": "red"}, "defer", "light_red_wait"),
    ("resume", {}, {"light": "green", "ped": "in_path"}, "defer", "person"),
    ("resume", {}, {"light": "amber"}, "defer", "light_amber"),
    ("resume", {}, {"gates": "down"}, "refuse", "rail_signal"),
    ("resume", {}, {"signals": "flashing", "light": "green"}, "refuse", "rail_signal"),
    ("resume", {}, {"light": "green", "ped": "crossing"}, "defer", "person"),
    ("turn_left", {}, {"oncoming_gap_s": 6}, "allow", ""),
    ("turn_left", {}, {"oncoming_gap_s": 4}, "defer", "oncoming"),
    ("turn_left", {}, {"sign": "no_left_turn", "oncoming_gap_s": 9}, "refuse", "turn_forbidden"),
    ("turn_left", {}, {"place": "intersection"}, "defer", "oncoming_unknown"),
    ("turn_right", {}, {"light": "red"}, "defer", "light_red_wait"),
    ("turn_right", {}, {"light": "red", "right_on_red": "allowed"}, "allow", ""),
    ("u_turn", {}, {"oncoming_gap_s": 5.5}, "defer", "oncoming"),
    ("u_turn", {}, {"oncoming_gap_s": 7}, "allow", ""),
    ("u_turn", {}, {"place": "highway", "oncoming_gap_s": 20}, "refuse", "u_turn_place"),
]
PEOPLE: list[Row] = [
    ("handover_to_driver", {}, {"driver": "attentive", "hands": "on"}, "allow", ""),
    ("handover_to_driver", {}, {"driver": "attentive", "hands": "off"}, "defer", "hands_off"),
    ("handover_to_driver", {}, {"driver": "eyes_closed_8s"}, "refuse", "driver_not_fit"),
    ("handover_to_driver", {}, {}, "refuse", "driver_unknown"),
    (
        "handover_to_driver",
        {},
        {"driver": "attentive", "hands": "on", "curve": "sharp"},
        "defer",
        "handover_place",
    ),
    ("speed_up", {}, {"speaker": "child", "speed_kph": 50, "limit_kph": 80}, "confirm", "child"),
    ("slow_down", {}, {"speaker": "child", "speed_kph": 50}, "allow", ""),
    ("turn_left", {}, {"source": "radio", "oncoming_gap_s": 9}, "refuse", "not_an_occupant"),
    ("overtake", {}, {"mrm": "active", "oncoming": "none"}, "refuse", "mrm_active"),
    ("turn_left", {}, {"mrm": "active", "oncoming_gap_s": 9}, "refuse", "mrm_active"),
    ("resume", {}, {"mrm": "active"}, "refuse", "mrm_active"),
    ("slow_down", {}, {"mrm": "active"}, "defer", "mrm_active"),
    ("stop", {}, {"mrm": "active"}, "allow", ""),
    ("emergency", {"kind": "medical"}, {"mrm": "active"}, "emergency", "emergency"),
    ("resume", {}, {"mrm": "completed"}, "allow", ""),
    ("engage", {}, {"mrm": "completed"}, "confirm", "mrm_completed"),
    ("turn_left", {}, {"mrm": "completed", "oncoming_gap_s": 9}, "refuse", "mrm_completed"),
    ("engage", {}, {"odd": "outside"}, "refuse", "outside_domain"),
    ("emergency", {"kind": "medical"}, {}, "emergency", "emergency"),
    (
        "park",
        {"target": {"object": "van"}},
        {"matches": 2, "curb": "free"},
        "confirm",
        "several_matches",
    ),
    ("take_exit", {}, {"asr_confidence": 0.3, "exits": 2}, "confirm", "heard_badly"),
]


@pytest.mark.parametrize(
    ("intent", "slots", "scene", "decision", "reason"),
    LANES + PASSING + EXITS + SPEED + STOPPING + GOING + PEOPLE,
)
def test_the_scene_decides(
    intent: str, slots: dict[str, Any], scene: dict[str, Any], decision: str, reason: str
) -> None:
    found = decided(intent, scene, **slots)
    assert (found.decision.value, found.reason or reason) == (decision, reason or found.reason)
    assert found.rules


def test_a_limit_bounds_the_command() -> None:
    found = decided("set_speed", {"speed_kph": 90, "limit_kph": 100}, value=80, unit=Unit.MPH)
    assert found.decision is Decision.LIMIT
    assert found.command.slots.value == 62
    assert (found.command.speed_mps() or 99) * 3.6 <= 100


def test_a_lane_change_is_kept_for_seven_seconds() -> None:
    found = decided("lane_change_left", {**FREE_LEFT, "blind_spot_left": "occupied"})
    assert found.expires_s == 7.0


def test_the_next_safe_place_is_named() -> None:
    found = decided("pull_over", {"place": "bridge", "bridge_end_m": 300, "emergency_bay_m": 900})
    assert found.command.slots.place is Place.NEXT_SAFE
    assert found.until is not None
    assert (found.until.kind, found.until.value) == (TriggerKind.DISTANCE, 300)


def test_an_exit_out_of_reach_offers_the_next() -> None:
    scene = {"exit_m": 100, "lane": 1, "lanes": 3, "speed_kph": 110, "next_exit_m": 2500}
    found = decided("take_exit", scene)
    assert found.alternative is not None
    assert found.alternative.intent is Intent.TAKE_EXIT
    assert found.margin is not None
    assert found.margin < 0


def test_a_yes_releases_what_was_asked_back() -> None:
    scene = {**FREE_LEFT, "speaker": "child"}
    assert decided("lane_change_left", scene).decision is Decision.CONFIRM
    assert decided("lane_change_left", scene, confirmed=True).decision is Decision.ALLOW


def test_the_margin_grows_with_the_gap() -> None:
    near = decided("lane_change_left", {**FREE_LEFT, "rear_left_gap_s": 3.0}).margin
    far = decided("lane_change_left", {**FREE_LEFT, "rear_left_gap_s": 6.0}).margin
    assert near is not None
    assert far is not None
    assert far > near > 0


def test_several_refusals_are_all_named() -> None:
    scene = {**FREE_LEFT, "left_lane": "none", "lane_line": "solid"}
    assert {"S.LANE.1", "S.LANE.2"} <= set(decided("lane_change_left", scene).rules)


def test_rule_ids_are_unique() -> None:
    ids = [rule.id for rule in RULES]
    assert len(ids) == len(set(ids))


def test_unknown_limit_caps_nothing_and_says_so() -> None:
    assert speed_cap_kph(facts(), POLICY) == (None, "limit_unknown")


_WORDS = {k: sorted(s.words) or ["x", "none", "red"] for k, s in FACTS.items() if s.kind is str}
_SCENES = st.fixed_dictionaries(
    {},
    optional={
        **{
            k: st.floats(-50, 3000, allow_nan=False)
            for k, spec in FACTS.items()
            if spec.kind is float
        },
        **{k: st.booleans() for k, spec in FACTS.items() if spec.kind is bool},
        **{k: st.sampled_from(words) for k, words in _WORDS.items()},
    },
)


@given(
    scene=_SCENES.filter(
        lambda s: s.get("speaker") != "loudspeaker" and s.get("source") in (None, "x", "none")
    ),
    intent=st.sampled_from(sorted(CAUTION_INTENTS)),
)
def test_a_call_for_caution_is_never_held_back(scene: dict[str, Any], intent: Intent) -> None:
    command = Command(intent=intent)
    found = judge(command, facts(**scene), POLICY)
    assert is_caution(command)
    assert found.decision not in (Decision.REFUSE, Decision.CONFIRM, Decision.NONE)


@given(scene=_SCENES, intent=st.sampled_from(sorted(Intent)), kph=st.floats(0, 400))
def test_no_scene_makes_the_car_faster_than_the_limit(
    scene: dict[str, Any], intent: Intent, kph: float
) -> None:
    slots = Slots(value=kph, unit=Unit.KPH) if intent is Intent.SET_SPEED else Slots()
    found = judge(Command(intent=intent, slots=slots), facts(**scene), POLICY)
    limit, speed = scene.get("limit_kph"), found.command.speed_mps()
    if intent is Intent.SET_SPEED and limit is not None and speed is not None:
        ok = found.decision not in (Decision.ALLOW, Decision.LIMIT) or speed * 3.6 <= limit + 2.5
        assert ok or speed * 3.6 <= scene.get("speed_kph", 0) + 2.5


@pytest.mark.parametrize("gone", ["left_lane", "rear_left_gap_s"])
def test_unknown_is_not_free(gone: str) -> None:
    scene = {k: v for k, v in FREE_LEFT.items() if k != gone}
    assert decided("lane_change_left", scene).decision is not Decision.ALLOW


def test_a_named_object_that_is_not_there_is_said() -> None:
    found = decided("follow", {"matches": 0}, target=Target(object="van"))
    assert (found.decision, found.reason) == (Decision.REFUSE, "no_match")
