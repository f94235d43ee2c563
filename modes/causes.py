"""Decisions and causes in words, present and past, for the Why card and spoken answers."""

from __future__ import annotations

from model.contract.situation import CauseView, Situation, TraceView
from modes.phrases import metres
from modes.seen import where
from modes.vocabulary import Component, Direction, Lateral, Longitudinal

STANDING_MPS = 0.3
_ACTS: dict[Longitudinal, str] = {
    Longitudinal.LEAD_FOLLOWING: "following",
    Longitudinal.SPEED_ADAPTATION: "keeping its speed down",
    Longitudinal.GAP_SEARCH: "looking for a gap",
    Longitudinal.ACCELERATE_TO_PASS: "speeding up to pass",
    Longitudinal.YIELD: "giving way",
    Longitudinal.STOP_STATIC: "stopping",
    Longitudinal.SET_SPEED_TRACKING: "driving on",
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
#: What an object does that makes the car go around it rather than slow down for it.
_ASIDE = ("blocks", "is slow", "is standing", "is parked", "is coming from behind", "stands")
_AROUND = frozenset({Lateral.NUDGE_IN_LANE, Lateral.NUDGE_OUT_OF_LANE, Lateral.LANE_CHANGE})
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


def is_limit(cause: CauseView) -> bool:
    """A speed limit on an otherwise free road, which can hold no car."""
    return cause.component is Component.ODD_LIMIT and cause.label.startswith("speed limit")


def is_going(cause: CauseView) -> bool:
    """The reason for driving on after a stop: what held the car is over."""
    over = ("turned green", "has passed", "no longer", "asked to go on", "ahead moved off")
    return cause.does.startswith(over) or cause.does.endswith("road is clear")


def belongs_to_move(trace: TraceView) -> bool:
    """Is the trace's cause the reason for its sideways move, or only for its speed?"""
    cause = trace.cause
    if cause is None or trace.lateral is Lateral.KEEP_LANE:
        return False
    if cause.component in (Component.ROUTING_INTENT, Component.ROAD_EVENT):
        return True
    if cause.component is Component.PASSENGER_COMMAND:
        return trace.lateral is not Lateral.TURN or "turn" in cause.does
    if cause.component is Component.LANE:
        return cause.label.endswith("lane")
    aside = cause.does.startswith(_ASIDE) or cause.kind in ("bicycle", "trash_can", "cone")
    return cause.component is Component.CRITICAL_OBJECT and aside and trace.lateral in _AROUND


def move(situation: Situation) -> str:
    """The sideways move as a participle: "changing lanes to the left"; empty without one."""
    trace = situation.trace
    if situation.ego.speed_mps < STANDING_MPS or trace.lateral not in _MOVES:
        return ""
    return move_words(trace)


def move_words(trace: TraceView) -> str:
    """The sideways decision of a trace as a participle, whether or not the car moves yet."""
    if trace.lateral is Lateral.NUDGE_IN_LANE and trace.direction is not None:
        return f"keeping {trace.direction.value} in its lane"
    return _MOVES[trace.lateral] + sides(trace)


def speed_act(situation: Situation) -> str:
    """What the car does with its speed: "slowing down", "standing", "following"."""
    trace, ego = situation.trace, situation.ego
    if ego.speed_mps < STANDING_MPS:
        moving_off = situation.plan.speed_mps and max(situation.plan.speed_mps) > 1.0
        return "moving off" if moving_off and ego.accel_mps2 > 0.1 else "standing"
    if trace.longitudinal is Longitudinal.YIELD:
        return "giving way"
    if ego.accel_mps2 < -0.4:
        return "slowing down"
    if ego.accel_mps2 > 0.4:
        return "speeding up"
    return _ACTS.get(trace.longitudinal, "driving on")


def act(situation: Situation) -> str:
    """What the car is doing, as a participle: "slowing down", "changing lanes to the left"."""
    return move(situation) or speed_act(situation)


def thing(cause: CauseView) -> str:
    """ "the white van 22 metres ahead"."""
    label = cause.label.strip()
    named = label if label.startswith(("the ", "a ", "an ", "our ", "your ")) else f"the {label}"
    if cause.component in (Component.PASSENGER_COMMAND, Component.ODD_LIMIT):
        return named
    if cause.component is Component.ROUTING_INTENT and cause.distance_m is None:
        return named
    place = where(cause.bearing_deg)
    if cause.kind == "curve":  # nobody says how far away a bend is in which the car already is
        return named
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
    if cause.kind == "blend":
        return f"because it {'was' if past else 'is'} moving over"
    if is_limit(cause):
        limit = cause.label.removeprefix("speed limit ")
        return f"because the limit {'was' if past else 'here is'} {limit} km/h"
    does = in_past(cause.does) if past else _spoken(cause.does)
    return f"because {thing(cause)} {does}".strip()


def _spoken(does: str) -> str:
    return "is standing still" if does == "is standing" else does


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
