"""S.STOP, S.PULL, S.DOOR: standing still, pulling over, parking and getting out.

Calls for caution always pass: these rules choose the place and the strength, they never refuse.
"""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Intent, Place, Trigger, TriggerKind
from safety.policy import Policy
from safety.rules.common import NO_STOPPING
from safety.rules.verdict import Rule, Verdict, verdict

_STOP = frozenset({Intent.STOP, Intent.WAIT})
_ASIDE = frozenset({Intent.PULL_OVER, Intent.PARK})
_BAD_KERB = frozenset(
    {"bus_stop", "loading_zone", "hydrant", "no_stopping", "occupied", "crosswalk"}
)
_BAD_KERB_NAMES = frozenset({"fire_lane", "driveway", "taxi", "taxi_rank", "disabled", "bike_lane"})
_NEXT_PLACES = (
    ("legal_stop_m", Place.KERB),
    ("next_legal_stop_m", Place.NEXT_SAFE),
    ("emergency_bay_m", Place.EMERGENCY_BAY),
    ("rest_area_m", Place.REST_AREA),
    ("bridge_end_m", Place.NEXT_SAFE),
    ("tunnel_end_m", Place.NEXT_SAFE),
)


def person_in_path(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Somebody in the path: full braking first, talk after."""
    if facts.text("ped") != "in_path":
        return None
    return verdict(
        Decision.EMERGENCY, command, "person_in_path", distance_m=facts.number("ped_distance_m")
    )


def clear_first(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """On rails or in a junction the car leaves them first, then stops."""
    on_rails = facts.flag("on_tracks") or facts.text("place") == "rail_crossing"
    in_junction = facts.flag("in_junction") or facts.text("place") in ("intersection", "roundabout")
    if facts.flag("on_tracks") is False and facts.flag("in_junction") is False:
        return None
    if not on_rails and not in_junction:
        return None
    reason = "clear_rails" if on_rails else "clear_junction"
    room = facts.number("clear_m")
    return verdict(
        Decision.DEFER,
        command,
        reason,
        clear_m=room,
        margin=None if room is None else room - policy.stop.clear_m,
        until=Trigger(kind=TriggerKind.JUNCTION_PASSED),
        expires_s=policy.stop.defer_s,
    )


def follower(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """A close follower makes the stop gentler; it still happens."""
    gap = facts.number("rear_gap_s")
    if gap is None or gap >= policy.stop.follower_gap_s:
        return None
    margin = gap - policy.stop.follower_gap_s
    return verdict(Decision.ALLOW, command, "close_follower", gap_s=gap, margin=margin)


def _later(command: Command, facts: SceneFacts, policy: Policy, reason: str) -> Verdict:
    """Kept for the nearest safe place that the scene knows."""
    known = [(d, p) for key, p in _NEXT_PLACES if (d := facts.number(key)) is not None and d >= 0]
    distance, place = min(known) if known else (None, Place.NEXT_SAFE)
    slots = command.slots.model_copy(update={"place": place})
    until = Trigger(kind=TriggerKind.DISTANCE, value=distance) if distance is not None else None
    return verdict(
        Decision.DEFER,
        Command(intent=command.intent, slots=slots),
        reason,
        place=place.value,
        distance_m=distance,
        until=until,
        expires_s=policy.pull_over.defer_s,
    )


def where_not(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Not on a bridge, in a tunnel, work zone, at rails, in a junction: the next safe place."""
    place = facts.text("place")
    if facts.flag("on_tracks"):
        place = "rail_crossing"
    elif facts.flag("in_junction"):
        place = "intersection"
    if place not in NO_STOPPING:
        return None
    return _later(command, facts, policy, f"no_stopping_{place}")


def shoulder_or_kerb(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Without a free shoulder or kerb here, the next safe place."""
    shoulder, kerb = facts.text("shoulder"), facts.text("curb")
    crossing = facts.number("corner_crosswalk_m")
    if kerb in _BAD_KERB or kerb in _BAD_KERB_NAMES:
        return _later(command, facts, policy, f"kerb_{kerb}")
    if crossing is not None and 0 <= crossing < policy.pull_over.clear_junction_m:
        return _later(command, facts, policy, "kerb_crosswalk")
    if kerb == "free" or shoulder in ("wide", "curb", "open_green_arrow"):
        if shoulder == "open_green_arrow":
            return _later(command, facts, policy, "shoulder_is_lane")
        return None
    if shoulder in ("none", "closed"):
        return _later(command, facts, policy, "no_shoulder")
    here = facts.text("place")
    if here in ("residential", "parking") and shoulder is None and kerb is None:
        return None
    if facts.text("bay") in ("free", "empty") or facts.flag("free"):
        return None
    return _later(command, facts, policy, "shoulder_unknown")


def parking_right(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Parking where a permit is missing or the bay is reserved is not done."""
    bay = facts.text("bay")
    permit = facts.text("permit")
    if bay in ("disabled", "handicapped", "reserved", "residents", "ev", "ev_charging", "private"):
        if permit in ("yes", "valid", bay) or facts.flag("permit"):
            return None
        return verdict(Decision.REFUSE, command, "bay_reserved", bay=bay)
    if bay in ("occupied", "taken", "full") or facts.flag("free") is False:
        return _later(command, facts, policy, "bay_taken")
    if permit in ("no", "none", "missing", "required", "expired"):
        return verdict(Decision.REFUSE, command, "permit", permit=permit)
    return None


def doors(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Doors open only at standstill with no cyclist due within 5 s."""
    if command.slots.kind != "doors":
        return None
    speed = facts.number("speed_kph")
    if speed is None or speed > 0.5:
        reason = "doors_moving" if speed is not None else "doors_unknown"
        return verdict(Decision.DEFER, command, reason, speed_kph=speed, expires_s=60.0)
    if facts.flag("on_tracks") or facts.flag("in_junction"):
        return verdict(Decision.DEFER, command, "doors_junction", expires_s=60.0)
    bike = facts.number("bike_approaching_door_s")
    if bike is not None and 0 <= bike < policy.doors.cyclist_s:
        margin = bike - policy.doors.cyclist_s
        return verdict(
            Decision.DEFER, command, "doors_cyclist", bike_s=bike, margin=margin, expires_s=30.0
        )
    return None


def _not_doors(check_rule: Rule) -> Rule:
    """The same rule, silent about doors at a standstill: there the place is already chosen."""

    def check(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
        speed = facts.number("speed_kph")
        if command.slots.kind == "doors" and speed is not None and speed <= 0.5:
            return None
        return check_rule.check(command, facts, policy)

    return Rule(check_rule.id, check_rule.intents, check)


RULES = (
    Rule("S.STOP.1", _STOP | _ASIDE, person_in_path),
    Rule("S.STOP.2", _STOP, clear_first),
    Rule("S.STOP.3", _STOP, follower),
    _not_doors(Rule("S.PULL.1", _ASIDE, where_not)),
    _not_doors(Rule("S.PULL.2", _ASIDE, shoulder_or_kerb)),
    Rule("S.PARK.1", frozenset({Intent.PARK}), parking_right),
    Rule("S.DOOR.1", _ASIDE | _STOP, doors),
)
