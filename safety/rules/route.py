"""S.EXIT, S.OBJ: exits that can still be reached, and words that fit one object."""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Intent, Slots
from safety.policy import Policy
from safety.rules.verdict import Rule, Verdict, verdict


def _next_exit(command: Command) -> Command:
    return Command(intent=Intent.TAKE_EXIT, slots=Slots(ordinal=1))


def exit_reachable(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Feasible if distance ≥ lanes to cross × 6 s × v + 3 s × v; never back to a passed one."""
    distance = facts.number("exit_m")
    if (command.slots.ordinal or 1) > 1:
        further = facts.number("next_exit_m")
        distance = further if command.slots.ordinal == 2 and further is not None else distance
        if further is None and facts.number("exits") is None:
            return None if distance is not None else _unknown(command)
    exits = facts.number("exits")
    if exits == 0:
        return verdict(Decision.REFUSE, command, "no_exit")
    if distance is None:
        return _unknown(command) if exits is None else None
    if distance < 0:
        return verdict(
            Decision.REFUSE,
            command,
            "exit_passed",
            exit_m=distance,
            next_exit_m=facts.number("next_exit_m"),
            alternative=_next_exit(command),
        )
    speed = facts.number("speed_kph")
    v = (policy.lane_change.assumed_speed_kph if speed is None else speed) / 3.6
    lane, lanes = facts.number("lane"), facts.number("lanes")
    crossed = max(lanes - lane, 0.0) if lane is not None and lanes is not None else 1.0
    need = crossed * policy.exit.change_s * v + policy.exit.settle_s * v
    margin = distance - need
    if margin >= 0:
        return verdict(Decision.ALLOW, command, "exit_reachable", margin=margin, exit_m=distance)
    return verdict(
        Decision.REFUSE,
        command,
        "exit_too_close",
        exit_m=distance,
        need_m=need,
        margin=margin,
        next_exit_m=facts.number("next_exit_m"),
        alternative=_next_exit(command),
    )


def _unknown(command: Command) -> Verdict:
    return verdict(Decision.REFUSE, command, "exit_unknown")


def exit_open(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No exit across solid lines, into a blocked lane, or with a car beside."""
    if (facts.number("ramp_left_m") or -1) >= 0 and facts.text("left_lane") == "none":
        return None
    right = facts.text("right_lane")
    lane, lanes = facts.number("lane"), facts.number("lanes")
    must_cross = lane is None or lanes is None or lane < lanes
    blocked = right == "occupied" or facts.text("blind_spot_right") == "occupied"
    if must_cross and blocked:
        return verdict(
            Decision.DEFER, command, "blind_spot", side="right", expires_s=policy.exit.defer_max_s
        )
    if must_cross and facts.text("lane_line") == "solid" and facts.number("solid_ends_m") is None:
        return verdict(Decision.REFUSE, command, "solid_line", side="right")
    return None


def one_object(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Words that fit several objects are asked back; words that fit none are said so."""
    matches = facts.number("matches")
    if matches is None or matches == 1:
        return None
    named = any(
        part is not None
        for part in (
            command.slots.target,
            command.slots.after and command.slots.after.target,
            command.slots.until and command.slots.until.target,
            command.slots.name,
            command.slots.place,
        )
    )
    if matches == 0:
        return verdict(Decision.REFUSE, command, "no_match") if named else None
    return verdict(Decision.CONFIRM, command, "several_matches", matches=matches)


def turn_back(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """A closed road or a detour in force is not driven into by wish."""
    if facts.text("detour") in (None, "none", "no", "available"):
        return None
    if command.intent is not Intent.GO_STRAIGHT:
        return None
    return verdict(Decision.REFUSE, command, "detour", detour=facts.text("detour"))


_ANY_TARGET = frozenset(
    {
        Intent.PARK,
        Intent.PULL_OVER,
        Intent.FOLLOW,
        Intent.OVERTAKE,
        Intent.AVOID_OBSTACLE,
        Intent.LANE_CHANGE_LEFT,
        Intent.LANE_CHANGE_RIGHT,
        Intent.MERGE,
        Intent.TURN_LEFT,
        Intent.TURN_RIGHT,
        Intent.NAVIGATE,
        Intent.ADD_STOP,
        Intent.TAKE_EXIT,
        Intent.U_TURN,
        Intent.STOP,
        Intent.YIELD,
    }
)
RULES = (
    Rule("S.EXIT.1", frozenset({Intent.TAKE_EXIT}), exit_reachable),
    Rule("S.EXIT.2", frozenset({Intent.TAKE_EXIT}), exit_open),
    Rule("S.OBJ.1", _ANY_TARGET, one_object),
    Rule("S.ROUTE.1", frozenset({Intent.GO_STRAIGHT}), turn_back),
)
