"""S.LANE: changing lanes, merging and passing others."""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Direction, Intent
from safety.policy import Policy
from safety.rules.common import side_of
from safety.rules.verdict import Rule, Verdict, verdict

CHANGES = frozenset({Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT, Intent.MERGE})
_CLOSED = frozenset({"closed", "ends", "ending", "blocked", "closed_ahead", "work_zone"})


def _side(command: Command, facts: SceneFacts) -> Direction:
    side = side_of(command)
    if side is not None:
        return side
    lane, lanes = facts.number("lane"), facts.number("lanes")
    return Direction.RIGHT if lane == 1 and (lanes or 0) > 1 else Direction.LEFT


def lane_exists(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """The lane is there, leads the same way, is open, and is not reserved for others."""
    side = _side(command, facts)
    value = facts.text(f"{side}_lane")
    lane, lanes = facts.number("lane"), facts.number("lanes")
    if lane is not None:
        edge = lane <= 1 if side is Direction.LEFT else lanes is not None and lane >= lanes
        if edge and value in (None, "none"):
            value = "none"
    known_by_place = {"none": "no_lane", "oncoming": "oncoming_lane", "bus": "bus_lane"}
    known_by_place["bike"] = "bike_lane"
    if value in known_by_place:
        return verdict(Decision.REFUSE, command, known_by_place[value], side=side)
    if value == "hov":
        return _hov(command, facts, side)
    state = facts.text(f"{side}_lane_state") or ""
    if state in _CLOSED:
        return verdict(Decision.REFUSE, command, "lane_closed", side=side)
    if value is None and command.intent is not Intent.MERGE:
        return _defer(command, "lane_unknown", policy, side)
    if value not in ("free", "occupied", None):
        return _defer(command, "lane_unknown", policy, side)
    return None


def _hov(command: Command, facts: SceneFacts, side: Direction) -> Verdict | None:
    inside, needed = facts.number("occupants"), facts.number("hov_min")
    if inside is not None and needed is not None and inside >= needed:
        return None
    return verdict(
        Decision.REFUSE, command, "hov_lane", side=side, occupants=inside, hov_min=needed
    )


def _defer(command: Command, reason: str, policy: Policy, side: Direction) -> Verdict:
    return verdict(Decision.DEFER, command, reason, side=side, expires_s=policy.lane_change.defer_s)


def line(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No change across a solid line; one that ends soon is waited for."""
    if facts.text("lane_line") != "solid":
        return None
    side = _side(command, facts)
    ends = facts.number("solid_ends_m")
    if ends is None:
        return verdict(Decision.REFUSE, command, "solid_line", side=side)
    return verdict(
        Decision.DEFER,
        command,
        "solid_line_ends",
        side=side,
        solid_ends_m=ends,
        expires_s=policy.lane_change.defer_s + ends / 10.0,
    )


def room_behind(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Nothing in the blind spot and enough room to whoever comes up from behind."""
    side = _side(command, facts)
    if facts.text(f"{side}_lane") == "occupied" or facts.text(f"blind_spot_{side}") == "occupied":
        return _defer(command, "blind_spot", policy, side)
    gap_s = facts.number(f"rear_{side}_gap_s")
    closing = facts.number(f"rear_{side}_closing_kph")
    speed_kph = facts.number("speed_kph")
    if gap_s is None:
        alone = facts.text(f"blind_spot_{side}") == "free" and closing is not None and closing <= 0
        return None if alone else _defer(command, "rear_unknown", policy, side)
    bounds = policy.lane_change
    speed = (bounds.assumed_speed_kph if speed_kph is None else speed_kph) / 3.6
    delta = (bounds.assumed_closing_kph if closing is None else closing) / 3.6
    room_m = gap_s * max(speed + delta, 0.0)
    margin = room_m - bounds.rear_distance_m(delta, speed)
    if margin >= 0:
        return verdict(Decision.ALLOW, command, "room", margin=margin, side=side, gap_s=gap_s)
    return verdict(
        Decision.DEFER,
        command,
        "rear_gap",
        side=side,
        gap_s=gap_s,
        closing_kph=closing,
        margin=margin,
        expires_s=bounds.defer_s,
    )


def room_ahead(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """A front gap of at least 1.5 s while the attention is on two lanes."""
    gap = facts.number("lead_gap_s")
    if gap is None or gap >= policy.lane_change.front_gap_s:
        return None
    return verdict(
        Decision.DEFER,
        command,
        "front_gap",
        side=_side(command, facts),
        gap_s=gap,
        margin=gap - policy.lane_change.front_gap_s,
        expires_s=policy.lane_change.defer_s,
    )


def no_place(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No lane change inside a junction, on rails or at a level crossing."""
    inside = facts.flag("in_junction") or facts.flag("on_tracks")
    if not inside and facts.text("place") not in ("intersection", "rail_crossing", "roundabout"):
        return None
    return _defer(command, "in_junction", policy, _side(command, facts))


def oncoming(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Passing into the oncoming lane needs 10 s of free time and enough sight."""
    left = facts.text("left_lane")
    multi_lane = left in ("free", "occupied") and facts.text("place") == "highway"
    seconds = [
        v for key in ("oncoming_time_s", "oncoming_gap_s") if (v := facts.number(key)) is not None
    ]
    if seconds and min(seconds) < policy.overtake.oncoming_s:
        return verdict(
            Decision.DEFER,
            command,
            "oncoming",
            gap_s=min(seconds),
            margin=min(seconds) - policy.overtake.oncoming_s,
            expires_s=policy.overtake.defer_s,
        )
    if not seconds and not multi_lane and facts.text("oncoming") not in ("none", "clear", "free"):
        reason = "oncoming_unknown" if facts.text("oncoming") is None else "oncoming"
        return verdict(Decision.DEFER, command, reason, expires_s=policy.overtake.defer_s)
    return None


def sight_to_pass(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No passing before crests and curves, on solid lines, or where one cannot see."""
    if facts.text("lane_line") == "solid":
        return line(command, facts, policy)
    crest, sight = facts.number("crest_m"), facts.number("sight_m")
    if crest is not None and 0 <= crest <= policy.overtake.sight_m:
        return verdict(Decision.REFUSE, command, "crest", crest_m=crest)
    if facts.text("curve") not in (None, "none", "straight"):
        return verdict(Decision.REFUSE, command, "curve")
    on_motorway = facts.text("place") == "highway" and facts.text("left_lane") == "free"
    if sight is not None and sight < policy.overtake.sight_m and not on_motorway:
        margin = sight - policy.overtake.sight_m
        return verdict(Decision.REFUSE, command, "sight", sight_m=sight, margin=margin)
    return None


def whom_to_pass(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Never a school bus with its arm out, nor a car that waits at a crossing; room to cyclists."""
    lead = facts.text("lead")
    if lead == "school_bus" and facts.text("stop_arm") not in ("in", "retracted", "none"):
        out = facts.text("stop_arm") is not None
        return verdict(Decision.REFUSE, command, "school_bus" if out else "school_bus_unknown")
    if facts.flag("stop_arm") or facts.text("stop_arm") in ("out", "extended"):
        return verdict(Decision.REFUSE, command, "school_bus")
    if lead in ("ambulance", "emergency", "fire_truck", "police"):
        return verdict(Decision.REFUSE, command, "emergency_vehicle")
    if facts.text("ped") in ("waiting", "crossing", "in_path"):
        return verdict(Decision.REFUSE, command, "person_ahead")
    if facts.text("place") in ("rail_crossing", "intersection", "work_zone"):
        return verdict(Decision.REFUSE, command, "no_passing_place", place=facts.text("place"))
    room = facts.number("lateral_clearance_m")
    need = policy.overtake.cyclist_clearance_m
    if lead in ("cyclist", "bicycle") and (room is None or room < need):
        return verdict(
            Decision.DEFER,
            command,
            "cyclist_clearance",
            clearance_m=room,
            margin=None if room is None else room - need,
            expires_s=policy.overtake.defer_s,
        )
    return None


def faster_than_limit(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No passing that needs more than the limit: at the limit there is nothing to gain."""
    speed, limit = facts.number("speed_kph"), facts.number("limit_kph")
    lead_gap = facts.number("lead_gap_s")
    if speed is None or limit is None or speed < limit - 1 or (lead_gap or 0) < 4:
        return None
    return verdict(Decision.REFUSE, command, "at_cap", limit_kph=limit, speed_kph=speed)


_PASS = frozenset({Intent.OVERTAKE})
_NUDGE = frozenset({Intent.AVOID_OBSTACLE})


def nudge_room(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Going round an obstacle needs width, and no oncoming traffic when the line is crossed."""
    width = facts.number("width_m")
    if width is not None and width < policy.lane_change.min_width_m:
        margin = width - policy.lane_change.min_width_m
        return verdict(Decision.REFUSE, command, "too_narrow", width_m=width, margin=margin)
    seconds = facts.number("oncoming_gap_s")
    if facts.text("oncoming") not in (None, "none", "clear", "free") or (
        seconds is not None and seconds < policy.turn.left_gap_s
    ):
        return verdict(
            Decision.DEFER, command, "oncoming", gap_s=seconds, expires_s=policy.turn.defer_s
        )
    return None


RULES = (
    Rule("S.LANE.1", CHANGES, lane_exists),
    Rule("S.LANE.2", CHANGES, line),
    Rule("S.LANE.3", CHANGES, room_behind),
    Rule("S.LANE.4", CHANGES, room_ahead),
    Rule("S.LANE.5", CHANGES, no_place),
    Rule("S.PASS.1", _PASS, whom_to_pass),
    Rule("S.PASS.2", _PASS, sight_to_pass),
    Rule("S.PASS.3", _PASS, oncoming),
    Rule("S.PASS.4", _PASS, faster_than_limit),
    Rule("S.NUDGE.1", _NUDGE, nudge_room),
)
