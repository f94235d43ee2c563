"""Decisions and causes in words, present and past, for the Why card and spoken answers."""

from __future__ import annotations

from model.contract.situation import CauseView, Situation, TraceView
from modes.phrases import metres
from modes.seen import where
from modes.vocabulary import Component, Direction, Lateral, Longitudinal

STANDING_MPS = 0.3
_ACTS: dict[Longitudinal, str] = {
    Longitudinal.LEAD_FOLLOWING: "following",
    Longitudinal.SPEED_ADAPTATION: "adapting its speed",
    Longitudinal.GAP_SEARCH: "looking for a gap",
    Longitudinal.ACCELERATE_TO_PASS: "speeding up to pass",
    Longitudinal.YIELD: "giving way",
    Longitudinal.STOP_STATIC: "stopping",
    Longitudinal.SET_SPEED_TRACKING: "driving at its set speed",
}
_MOVES: dict[Lateral, str] = {
    Lateral.MERGE_OR_SPLIT: "merging",
    Lateral.NUDGE_OUT_OF_LANE: "moving around an obstacle",
    Lateral.NUDGE_IN_LANE: "keeping to one side of the lane",
    Lateral.LANE_CHANGE: "changing lanes",
    Lateral.PULL_OVER: "pulling over",
    Lateral.TURN: "turning",
    Lateral.ABORT: "going back to its lane",
}
_PAST = {
    "is ": "was ",
    "are ": "were ",
    "has ": "had ",
    "have ": "had ",
    "closes ": "closed ",
    "blocks ": "blocked ",
    "crosses ": "crossed ",
    "needs ": "needed ",
    "stands ": "stood ",
    "comes ": "came ",
    "moves ": "moved ",
    "brakes": "braked",
    "ends": "ended",
    "waits ": "waited ",
    "cuts ": "cut ",
    "wants ": "wanted ",
    "asks ": "asked ",
    "begins ": "began ",
    "begins": "began",
    "leads ": "led ",
    "turned ": "had turned ",
}


def sides(trace: TraceView) -> str:
    """ " to the left" where the move has a side."""
    if trace.direction is None:
        return ""
    joint = " " if trace.lateral is Lateral.TURN else " to the "
    return f"{joint}{trace.direction.value}"


def act(situation: Situation) -> str:
    """What the car is doing, as a participle: "slowing down", "changing lanes to the left"."""
    trace, ego = situation.trace, situation.ego
    standing = ego.speed_mps < STANDING_MPS
    if trace.lateral in _MOVES and not standing:
        return _MOVES[trace.lateral] + sides(trace)
    if standing:
        moving_off = situation.plan.speed_mps and max(situation.plan.speed_mps) > 1.0
        return "moving off" if moving_off and ego.accel_mps2 > 0.1 else "standing"
    if trace.longitudinal is Longitudinal.YIELD:
        return "giving way"
    if ego.accel_mps2 < -0.4:
        return "slowing down"
    if ego.accel_mps2 > 0.4:
        return "speeding up"
    return _ACTS.get(trace.longitudinal, "driving on")


def thing(cause: CauseView) -> str:
    """ "the white van 22 metres ahead"."""
    label = cause.label.strip()
    named = label if label.startswith(("the ", "a ", "an ", "our ", "your ")) else f"the {label}"
    if cause.component in (Component.PASSENGER_COMMAND, Component.ODD_LIMIT):
        return named
    if cause.component is Component.ROUTING_INTENT and cause.distance_m is None:
        return named
    place = where(cause.bearing_deg)
    if cause.distance_m is None or cause.distance_m < 0.5:
        return f"{named} {place}".strip()
    far = metres(cause.distance_m)
    return f"{named} {far} {place or 'ahead'}"


def because(trace: TraceView, *, past: bool = False) -> str:
    """ "because the white van 22 metres ahead is braking"; empty without a cause."""
    cause = trace.cause
    if cause is None:
        return ""
    if cause.component is Component.PASSENGER_COMMAND:
        return "because you asked for it"
    does = in_past(cause.does) if past else cause.does
    return f"because {thing(cause)} {does}".strip()


def in_past(does: str) -> str:
    """ "is braking" → "was braking", as far as the words allow."""
    for now, then in _PAST.items():
        if does.startswith(now):
            return then + does[len(now) :]
    return does


def certain(trace: TraceView, guard_level: str) -> bool:
    """May the trace be spoken as the reason? Only when the plan it belongs to was driven."""
    return trace.certain and guard_level in ("F0", "F1")


def fallback_words(level: str) -> str:
    """Who drives when the model's plan does not."""
    return {
        "F2": "the car follows its last valid plan for a moment",
        "F3": "the fallback planner drives",
        "F4": "the car is making a safety stop",
        "F5": "the car is making an emergency stop",
        "F6": "the brakes are on because no valid plan came",
    }.get(level, "")


def direction_word(direction: Direction | None) -> str:
    return direction.value if direction else ""
