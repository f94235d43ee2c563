"""Plain words for requests: titles ("Take exit 2"), what is waited for, why one ended."""

from __future__ import annotations

from collections.abc import Mapping

from modes.vocabulary import Command, Degree, Intent, Place, Trigger, TriggerKind, Unit

_TITLES: Mapping[Intent, str] = {
    Intent.STOP: "Stop",
    Intent.PULL_OVER: "Pull over",
    Intent.PARK: "Park",
    Intent.WAIT: "Wait",
    Intent.RESUME: "Drive on",
    Intent.YIELD: "Let them go",
    Intent.CREEP_FORWARD: "Creep forward",
    Intent.SLOW_DOWN: "Slow down",
    Intent.SPEED_UP: "Speed up",
    Intent.KEEP_LIMIT: "Keep to the limit",
    Intent.SET_GAP: "Change the gap",
    Intent.LANE_CHANGE_LEFT: "Change to the left lane",
    Intent.LANE_CHANGE_RIGHT: "Change to the right lane",
    Intent.KEEP_LANE: "Stay in this lane",
    Intent.MERGE: "Merge",
    Intent.OVERTAKE: "Overtake",
    Intent.FOLLOW: "Follow",
    Intent.AVOID_OBSTACLE: "Go round the obstacle",
    Intent.NO_OVERTAKE: "Do not overtake",
    Intent.TURN_LEFT: "Turn left",
    Intent.TURN_RIGHT: "Turn right",
    Intent.GO_STRAIGHT: "Go straight on",
    Intent.U_TURN: "Turn around",
    Intent.TAKE_EXIT: "Take the next exit",
    Intent.SKIP_EXIT: "Stay on, skip the exit",
    Intent.NAVIGATE: "Drive to the destination",
    Intent.ADD_STOP: "Add a stop",
    Intent.REROUTE: "Find another way",
    Intent.STYLE_GENTLE: "Drive gently",
    Intent.STYLE_SPORTY: "Drive briskly",
    Intent.EMERGENCY: "Emergency stop at the side",
}
_ORDINALS = ("next", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_PLACES: Mapping[Place, str] = {
    Place.SHOULDER: "on the shoulder",
    Place.KERB: "at the kerb",
    Place.PARKING: "in a parking space",
    Place.REST_AREA: "at the rest area",
    Place.EMERGENCY_BAY: "in the emergency bay",
    Place.NEXT_SAFE: "at the next safe place",
}
#: Rule reasons -> what is waited for.
_WAITS: Mapping[str, str] = {
    "blind_spot": "the lane beside to be free",
    "rear_gap": "a gap behind",
    "rear_unknown": "a clear view behind",
    "front_gap": "a gap ahead",
    "solid_line_ends": "the end of the solid line",
    "in_junction": "the end of the junction",
    "lane_unknown": "a clear view of the lane",
    "lead_gap": "more room to the car ahead",
    "person_near": "the people at the crossing",
    "person": "the people on the crossing",
    "jam": "the traffic to clear",
    "siren": "the emergency vehicle",
    "hazard": "the end of the hazard",
    "light_ahead": "the green light",
    "light_amber": "the green light",
    "light_red_wait": "the green light",
    "oncoming": "oncoming traffic",
    "clear_junction": "the end of the junction",
    "obstacle": "the obstacle to clear",
    "cyclist_clearance": "room to pass the cyclist",
}
#: Rule reasons -> why a request was refused.
_REFUSALS: Mapping[str, str] = {
    "no_lane": "there is no lane on that side",
    "oncoming_lane": "that lane is for oncoming traffic",
    "bus_lane": "that lane is for buses",
    "bike_lane": "that lane is for bicycles",
    "lane_closed": "that lane is closed",
    "solid_line": "the line is solid",
    "no_exit": "there is no exit ahead",
    "exit_unknown": "no exit is known ahead",
    "exit_passed": "the exit has been passed",
    "exit_too_close": "the exit is too close to reach safely",
    "light_red": "the light is red",
    "at_cap_limit": "the car is already at the limit",
    "at_cap_weather": "the weather does not allow more",
    "at_cap_sight": "the car cannot see far enough for more",
    "gap_floor": "the gap would become too short",
    "turn_forbidden": "that turn is not allowed here",
    "u_turn_place": "turning around is not allowed here",
    "limit_unknown": "the speed limit is not known here",
    "mrm_active": "the car is making a safety stop",
    "mrm_completed": "the car stands after a safety stop, say “go on” first",
    "person_ahead": "somebody is on or at the road ahead",
    "at_cap": "the car is already at the limit",
    "several_matches": "several things fit the words",
    "workers": "people are working on the road",
}


def title(command: Command, resolved: str = "") -> str:
    """What the request is, as a card says it; `resolved` is a name that the map gave it."""
    intent, slots = command.intent, command.slots
    name = resolved or slots.name or ""
    if intent is Intent.TAKE_EXIT and name:
        return f"Take {name[0].lower()}{name[1:]}"
    if intent is Intent.TAKE_EXIT and slots.ordinal:
        return f"Take the {_ORDINALS[slots.ordinal - 1]} exit"
    if intent is Intent.SET_SPEED and slots.value is not None:
        unit = "mph" if slots.unit is Unit.MPH else "km/h"
        return f"Drive at {slots.value:g} {unit}"
    if intent in (Intent.NAVIGATE, Intent.ADD_STOP) and name:
        return f"Drive to {name}" if intent is Intent.NAVIGATE else f"Stop at {name} on the way"
    text = _TITLES[intent] if intent in _TITLES else intent.value.replace("_", " ").capitalize()
    place = _PLACES.get(slots.place) if slots.place is not None else None
    if intent in (Intent.PULL_OVER, Intent.PARK) and place is not None:
        text += f" {place}"
    if intent in (Intent.OVERTAKE, Intent.FOLLOW) and slots.target is not None:
        colour = f"{slots.target.colour} " if slots.target.colour else ""
        text += f" the {colour}{slots.target.object}"
    if intent in (Intent.SLOW_DOWN, Intent.SPEED_UP) and slots.degree is Degree.SLIGHT:
        text += " a little"
    return text


def waiting_for(reason: str, command: Command) -> str:
    """What a deferred request waits for, from the rule's reason."""
    if command.intent in (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT, Intent.MERGE):
        side = "left" if command.intent is Intent.LANE_CHANGE_LEFT else "right"
        if reason in ("blind_spot", "rear_gap", "rear_unknown", "front_gap"):
            return f"a gap on the {side}"
    return _WAITS.get(reason, "a safe moment")


def refused_because(reason: str) -> str:
    """Why the scene does not allow it, as a clause."""
    return _REFUSALS.get(reason, "it is not safe or not allowed here")


def trigger_text(trigger: Trigger) -> str:
    """What has to happen first, as the object of "waiting for"."""
    match trigger.kind:
        case TriggerKind.OBJECT_PASSED:
            target = trigger.target
            return f"the {target.object} to pass" if target else "the road to clear"
        case TriggerKind.LIGHT_GREEN:
            return "the green light"
        case TriggerKind.ROAD_CLEAR:
            return "a clear road"
        case TriggerKind.JUNCTION_PASSED:
            return "the end of the junction"
        case TriggerKind.EXIT_PASSED:
            return "the exit to pass"
        case TriggerKind.DISTANCE:
            return f"the next {trigger.value or 0:.0f} m"
        case TriggerKind.TIME:
            return f"{trigger.value or 0:.0f} s"
