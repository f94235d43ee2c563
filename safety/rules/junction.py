"""S.GO, S.TURN: going on at lights and rails, turning, turning round."""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Intent, Trigger, TriggerKind
from safety.policy import Policy
from safety.rules.common import GO_INTENTS, blocked_rails
from safety.rules.verdict import Rule, Verdict, verdict

_TURNS = frozenset({Intent.TURN_LEFT, Intent.TURN_RIGHT, Intent.U_TURN})
_AHEAD = GO_INTENTS | {Intent.GO_STRAIGHT}
_FORBIDDING = {
    Intent.TURN_LEFT: ("no_left_turn", "no_left", "right_only", "straight_only", "no_turns"),
    Intent.TURN_RIGHT: ("no_right_turn", "no_right", "left_only", "straight_only", "no_turns"),
    Intent.U_TURN: ("no_u_turn", "no_uturn", "no_turns", "one_way"),
    Intent.GO_STRAIGHT: ("left_only", "right_only", "no_straight", "no_entry", "do_not_enter"),
}
_CLOSED_ROAD = ("no_entry", "do_not_enter", "road_closed", "wrong_way", "one_way_against")
_CLEAR = (None, "none", "clear", "free")


def perception_agrees(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Red and rail signals are absolute: a wish to go on waits for green, a wrong claim is told."""
    if blocked_rails(facts):
        return verdict(Decision.REFUSE, command, "rail_signal")
    light = facts.text("light")
    claims_green = command.slots.kind == "green"
    if light == "red" and claims_green:
        return verdict(Decision.REFUSE, command, "light_red", light=light)
    if light == "red":
        return _until_green(command, "light_red_wait", policy)
    if light == "amber":
        return _until_green(command, "light_amber", policy)
    if light is None and claims_green:
        return _until_green(command, "light_unknown", policy)
    return None


def _until_green(command: Command, reason: str, policy: Policy) -> Verdict:
    until = Trigger(kind=TriggerKind.LIGHT_GREEN)
    return verdict(Decision.DEFER, command, reason, until=until, expires_s=policy.go.defer_s)


def way_clear(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Nobody on the crossing, no cross traffic, no bus with its arm out, no obstacle, no flood."""
    hold = [
        ("person", facts.text("ped") in ("crossing", "in_path")),
        ("school_bus", facts.flag("stop_arm") or facts.text("stop_arm") in ("out", "extended")),
        ("cross_traffic", facts.text("cross_traffic") not in (*_CLEAR, "stopped")),
        ("siren", facts.text("siren") not in (None, "none", "off", "passed")),
        ("obstacle", facts.text("obstacle") not in _CLEAR),
        ("path_blocked", facts.text("path") in ("blocked", "occupied")),
    ]
    for reason, holds in hold:
        if holds:
            return verdict(
                Decision.DEFER,
                command,
                reason,
                until=Trigger(kind=TriggerKind.ROAD_CLEAR),
                expires_s=policy.go.defer_s,
            )
    depth = facts.number("water_depth_m")
    if depth is not None and depth > policy.speed.water_depth_m:
        margin = policy.speed.water_depth_m - depth
        return verdict(Decision.REFUSE, command, "water", water_depth_m=depth, margin=margin)
    clear = facts.number("clear_m")
    crossing = facts.text("place") in ("rail_crossing", "intersection")
    if crossing and clear is not None and clear < policy.stop.clear_m:
        return verdict(
            Decision.DEFER,
            command,
            "no_room_beyond",
            clear_m=clear,
            margin=clear - policy.stop.clear_m,
            expires_s=policy.go.defer_s,
        )
    return None


def turn_legal(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Legal by map and sign."""
    sign = facts.text("sign") or ""
    hours = facts.text("sign_hours")
    if hours in ("inactive", "off", "not_now", "outside"):
        sign = ""
    if sign in _FORBIDDING.get(command.intent, ()) or sign in _CLOSED_ROAD:
        return verdict(Decision.REFUSE, command, "turn_forbidden", sign=sign)
    if command.intent is Intent.U_TURN and facts.text("place") in (
        "highway",
        "bridge",
        "tunnel",
        "rail_crossing",
        "work_zone",
    ):
        return verdict(Decision.REFUSE, command, "u_turn_place", place=facts.text("place"))
    if command.intent is Intent.TURN_RIGHT and facts.text("right_turn") in (
        "prohibited",
        "forbidden",
        "none",
        "no",
    ):
        return verdict(Decision.REFUSE, command, "turn_forbidden", sign="no right turn")
    if blocked_rails(facts):
        return verdict(Decision.REFUSE, command, "rail_signal")
    return _light_for_turn(command, facts, policy)


def _light_for_turn(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    light, arrow = facts.text("light"), facts.text("arrow")
    side = "right" if command.intent is Intent.TURN_RIGHT else "left"
    if arrow in ("green", f"green_{side}", side):
        return None
    if arrow in ("red", f"red_{side}"):
        return _until_green(command, "arrow_red", policy)
    if light != "red":
        return None
    on_red = facts.text("right_on_red") in ("allowed", "permitted", "yes", "legal")
    if command.intent is Intent.TURN_RIGHT and (on_red or facts.flag("right_on_red")):
        return None
    return _until_green(command, "light_red_wait", policy)


def turn_gap(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Oncoming gap of 5 s for a left turn and 6 s for a U-turn; people and cross traffic first."""
    if facts.text("ped") in ("crossing", "in_path"):
        return _turn_later(command, "person", policy)
    on_red = facts.text("light") == "red"
    if (on_red or command.intent is Intent.U_TURN) and facts.text("cross_traffic") not in _CLEAR:
        return _turn_later(command, "cross_traffic", policy)
    if command.intent is Intent.TURN_RIGHT:
        return None
    if command.intent is Intent.TURN_LEFT and facts.text("arrow") in (
        "green",
        "green_left",
        "left",
    ):
        return None
    need = policy.turn.u_turn_gap_s if command.intent is Intent.U_TURN else policy.turn.left_gap_s
    gaps = [
        v for key in ("oncoming_gap_s", "oncoming_time_s") if (v := facts.number(key)) is not None
    ]
    if gaps and min(gaps) < need:
        return _turn_later(command, "oncoming", policy, min(gaps), min(gaps) - need)
    if not gaps and facts.text("oncoming") not in _CLEAR:
        return _turn_later(command, "oncoming", policy)
    near = facts.text("place") in ("intersection", "roundabout") or facts.flag("in_junction")
    if not gaps and facts.text("oncoming") is None and (near or command.intent is Intent.U_TURN):
        return _turn_later(command, "oncoming_unknown", policy)
    width = facts.number("width_m")
    if command.intent is Intent.U_TURN and width is not None and width < policy.turn.u_turn_width_m:
        margin = width - policy.turn.u_turn_width_m
        return verdict(Decision.REFUSE, command, "too_narrow", width_m=width, margin=margin)
    return None


def _turn_later(
    command: Command,
    reason: str,
    policy: Policy,
    gap_s: float | None = None,
    margin: float | None = None,
) -> Verdict:
    return verdict(
        Decision.DEFER,
        command,
        reason,
        gap_s=gap_s,
        margin=margin,
        until=Trigger(kind=TriggerKind.ROAD_CLEAR),
        expires_s=policy.turn.defer_s,
    )


RULES = (
    Rule("S.GO.1", frozenset(_AHEAD), perception_agrees),
    Rule("S.GO.2", frozenset(_AHEAD), way_clear),
    Rule("S.TURN.1", _TURNS | {Intent.GO_STRAIGHT}, turn_legal),
    Rule("S.TURN.2", _TURNS, turn_gap),
)
