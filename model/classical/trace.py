"""Why the plan is as it is: decision, cause and one factual sentence."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, sin

from model.classical.choice import Choice
from model.classical.constraints import Reason
from model.classical.geometry import F64
from model.classical.naming import name_of
from model.classical.path import Option
from model.classical.tick import Tick
from model.contract.observation import ActorKind
from model.contract.plan import Cause, MetaAction, ReasoningTrace
from model.contract.road import LaneLink, Turn
from modes.vocabulary import (
    Component,
    Direction,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
)

#: The reason for moving off is told for this long, s.
GOING_TOLD_S = 4.0
MAX_SENTENCE = 100
#: A turn is named from this far ahead, m.
TURN_TOLD_M = 25.0


def cause_of(tick: Tick, reason: Reason, does: str | None = None) -> Cause:
    """The cause with bearing and distance from the ego's front, as seen now."""
    ego, shape = tick.ego, tick.shape
    actor = reason.actor
    point = (actor.x, actor.y) if actor is not None else reason.point
    bearing = distance = None
    if point is not None:
        cx = ego.x + shape.centre_ahead_m * cos(ego.heading)
        cy = ego.y + shape.centre_ahead_m * sin(ego.heading)
        dx, dy = point[0] - cx, point[1] - cy
        turn = atan2(dy, dx) - ego.heading
        bearing = round(degrees(atan2(sin(turn), cos(turn))), 1)
        reach = shape.length_m / 2 if abs(bearing) < 60 else shape.width_m / 2
        theirs = 0.0
        if actor is not None:
            theirs = (
                actor.length_m / 2
                if abs(sin(actor.heading - ego.heading)) < 0.7
                else (actor.width_m / 2)
            )
        distance = round(max(hypot(dx, dy) - reach - theirs, 0.0), 1)
    return Cause(
        component=reason.component,
        label=reason.label,
        does=does or reason.does,
        object_id=reason.object_id,
        kind=reason.kind,
        bearing_deg=bearing,
        distance_m=distance,
        first_seen_s=actor.first_seen_s if actor is not None else None,
        visible_in=actor.visible_in if actor is not None else None,
    )


def make_trace(
    tick: Tick,
    choice: Choice,
    option: Option,
    reason: Reason | None,
    binding: bool,
    accel: F64,
    speed: F64,
) -> ReasoningTrace:
    """The trace of the chosen motion; `binding` tells whether `reason` slows the car down."""
    lateral, direction = _lateral(tick, choice, option)
    going = _going(tick, binding, accel)
    moving_sideways = lateral in (Lateral.LANE_CHANGE, Lateral.NUDGE_OUT_OF_LANE, Lateral.ABORT)
    slows = float(accel[:15].mean()) < -0.4 or float(speed[:15].max()) < 0.5
    if moving_sideways and not slows:
        cause, sentence = _sideways(tick, choice, option, lateral, direction)
        longitudinal = Longitudinal.SET_SPEED_TRACKING
        if option.why == "overtake":
            longitudinal = Longitudinal.ACCELERATE_TO_PASS
        elif reason is not None and binding:
            longitudinal = reason.decision
        return ReasoningTrace(longitudinal, lateral, sentence, direction, cause)
    if going is not None:
        does = _cleared(going)
        cause = cause_of(tick, going, does)
        sentence = _fit(f"Go because the {going.label} {does}.", f"Go: the {going.label} {does}.")
        return ReasoningTrace(Longitudinal.SET_SPEED_TRACKING, lateral, sentence, direction, cause)
    if reason is None:
        tick.memory.verb = ""
        kph = round(tick.ego.speed_mps * 3.6)
        return ReasoningTrace(
            Longitudinal.SET_SPEED_TRACKING,
            lateral,
            f"Drive on at {kph} km/h; the way is free.",
            direction,
            None,
        )
    cause = cause_of(tick, reason)
    sentence = _because(tick, reason, cause, binding, accel, speed)
    return ReasoningTrace(reason.decision, lateral, sentence, direction, cause)


def _because(
    tick: Tick, reason: Reason, cause: Cause, binding: bool, accel: F64, speed: F64
) -> str:
    verb = tick.memory.verb = _verb(tick, reason, binding, accel, speed)
    if reason.kind == "limit":
        return _at_the_limit(verb, reason)
    if reason.kind == "blend":
        return f"{verb} while the car moves over."
    if reason.component is Component.PASSENGER_COMMAND:
        return f"{verb} because the passenger {reason.does}."
    if reason.kind == "destination":
        return f"{verb} because the destination is reached."
    where = ""
    if cause.distance_m is not None and cause.distance_m >= 1.0:
        where = f" {round(cause.distance_m)} m {_where(cause)}"
    if reason.kind == "curve" and (not where or where.endswith("behind")):
        return f"{verb} in the {reason.label}."
    to = " " if verb == "Follow" else " behind " if verb.startswith("Speed") else " for "
    if reason.kind == "curve" or reason.component is Component.STOP_OR_YIELD:
        return f"{verb} for the {reason.label}{where}."
    person = reason.kind in (ActorKind.PEDESTRIAN.value, ActorKind.BICYCLE.value)
    link = f" who {reason.does}" if person else f" because it {reason.does}"
    return _fit(
        f"{verb}{to}the {reason.label}{where}{link}.", f"{verb}{to}the {reason.label}{link}."
    )


def _at_the_limit(verb: str, reason: Reason) -> str:
    limit = reason.label.removeprefix("speed limit ")
    if verb.startswith("Speed up"):
        return f"Speed up because the way is free up to the limit of {limit} km/h."
    return f"{verb} because the limit is {limit} km/h."


def _where(cause: Cause) -> str:
    bearing = cause.bearing_deg or 0.0
    if abs(bearing) < 35:
        return "ahead"
    if abs(bearing) > 145:
        return "behind"
    return "on the left" if bearing > 0 else "on the right"


def _verb(tick: Tick, reason: Reason, binding: bool, accel: F64, speed: F64) -> str:
    """What the car does, with some hysteresis around the borders between the words."""
    now, change = tick.ego.speed_mps, float(accel[:15].mean())
    slowing = tick.memory.verb in ("Slow down", "Stop")
    if now < 0.3 and float(speed[:20].max()) < 0.5:
        return "Wait"
    if float(speed.min()) < 0.3 and change < -0.2:
        return "Stop"
    if change < (-0.15 if slowing else -0.4):
        return "Slow down"
    if change > (0.2 if tick.memory.verb.startswith("Speed up") else 0.45):
        return "Speed up gently" if binding else "Speed up"
    if reason.decision is Longitudinal.LEAD_FOLLOWING:
        return "Follow"
    return "Hold the speed"


def _fit(long: str, short: str) -> str:
    return long if len(long) <= MAX_SENTENCE else short[:MAX_SENTENCE]


def _going(tick: Tick, binding: bool, accel: F64) -> Reason | None:
    """The reason for having moved off, while it is fresh."""
    memory = tick.memory
    fresh = tick.t_s - memory.going_since_s < GOING_TOLD_S
    if memory.gone_reason is None or not fresh or float(accel[:10].mean()) < 0.15:
        return None
    return memory.gone_reason


def _cleared(reason: Reason) -> str:
    if reason.component is Component.TRAFFIC_LIGHT:
        return "turned green"
    if reason.component is Component.STOP_OR_YIELD:
        return "is done and the road is clear"
    if reason.component is Component.PASSENGER_COMMAND:
        return "asked to go on"
    if reason.decision is Longitudinal.LEAD_FOLLOWING:
        return "ahead moved off"
    return "has passed" if reason.decision is Longitudinal.YIELD else "no longer blocks the way"


def _lateral(tick: Tick, choice: Choice, option: Option) -> tuple[Lateral, Direction | None]:
    if option.lateral is not Lateral.KEEP_LANE:
        return option.lateral, option.direction
    link = turn_near(tick, choice, TURN_TOLD_M)
    if link is not None:
        return Lateral.TURN, (Direction.RIGHT if link.turn is Turn.RIGHT else Direction.LEFT)
    return Lateral.KEEP_LANE, None


def turn_near(tick: Tick, choice: Choice, within_m: float) -> LaneLink | None:
    """The turn that the car is in or comes to within some metres, if any."""
    for s, link in choice.corridor.links:
        end = s + tick.index.via_length(link)
        if end < choice.s_m:
            continue
        if s - choice.s_m - tick.shape.front_ahead_m > within_m:
            return None
        if link.turn is not Turn.STRAIGHT:
            return link
    return None


def _sideways(
    tick: Tick, choice: Choice, option: Option, lateral: Lateral, direction: Direction | None
) -> tuple[Cause | None, str]:
    side = direction.value if direction is not None else "left"
    actor = next((a for a in tick.actors if a.id == option.object_id), None)
    if lateral is Lateral.ABORT:
        return None, "Go back into the lane because the gap beside us has closed."
    if actor is not None:
        does = {"overtake": "is slow", "give_way": "is coming from behind"}.get(
            option.why, "blocks our lane"
        )
        decision = Longitudinal.ACCELERATE_TO_PASS
        reason = Reason(
            Component.CRITICAL_OBJECT,
            actor.kind.value,
            name_of(actor),
            does,
            decision,
            actor,
            object_id=actor.id,
        )
        cause = cause_of(tick, reason)
        verb = "Move" if lateral is Lateral.NUDGE_OUT_OF_LANE else "Change"
        return cause, _fit(
            f"{verb} to the {side} for the {reason.label} {round(cause.distance_m or 0)} m "
            f"{_where(cause)} because it {does}.",
            f"{verb} to the {side} because the {reason.label} {does}.",
        )
    words = {
        "command": (Component.PASSENGER_COMMAND, "passenger", f"asked for the {side} lane"),
        "pull_over": (Component.PASSENGER_COMMAND, "passenger", "asked to pull over"),
        "route": (Component.ROUTING_INTENT, "route", f"needs the {side} lane"),
        "closed": (Component.ROAD_EVENT, "closed lane", "ends our lane"),
        "keep_right": (Component.LANE, "right lane", "is free"),
        "overtake": (Component.LANE, f"{side} lane", "is free"),
    }
    component, label, does = words.get(option.why, (Component.LANE, f"{side} lane", "is free"))
    reason = Reason(component, option.why or "lane", label, does, Longitudinal.NONE)
    return cause_of(tick, reason), f"Change to the {side} lane because the {label} {does}."


def meta_action(
    tick: Tick,
    option: Option,
    lateral: Lateral,
    direction: Direction | None,
    accel: F64,
    speed: F64,
    heading: F64,
) -> MetaAction:
    """Classifies the trajectory (64 steps) into the closed meta-actions."""
    mean = float(accel[:20].mean())
    if float(speed[:30].min()) < 0.2 and mean <= 0.05:
        longitudinal = MetaLongitudinal.STOP
    elif mean > 1.2:
        longitudinal = MetaLongitudinal.STRONG_ACCELERATE
    elif mean > 0.2:
        longitudinal = MetaLongitudinal.GENTLE_ACCELERATE
    elif mean < -2.0:
        longitudinal = MetaLongitudinal.STRONG_DECELERATE
    elif mean < -0.2:
        longitudinal = MetaLongitudinal.GENTLE_DECELERATE
    else:
        longitudinal = MetaLongitudinal.MAINTAIN_SPEED
    turn = float(heading[29])
    if abs(turn) < 0.06:
        steer = MetaLateral.STRAIGHT
    elif abs(turn) < 0.5:
        steer = MetaLateral.STEER_LEFT if turn > 0 else MetaLateral.STEER_RIGHT
    else:
        steer = MetaLateral.SHARP_LEFT if turn > 0 else MetaLateral.SHARP_RIGHT
    left = direction is Direction.LEFT
    lane = MetaLane.KEEP
    if lateral is Lateral.LANE_CHANGE:
        lane = MetaLane.CHANGE_LEFT if left else MetaLane.CHANGE_RIGHT
    elif lateral in _SHIFTS:
        lane = MetaLane.SHIFT_LEFT if left else MetaLane.SHIFT_RIGHT
    elif lateral is Lateral.TURN:
        lane = MetaLane.TURN_LEFT if left else MetaLane.TURN_RIGHT
    return MetaAction(longitudinal, steer, lane)


_SHIFTS = frozenset(
    {
        Lateral.NUDGE_IN_LANE,
        Lateral.NUDGE_OUT_OF_LANE,
        Lateral.PULL_OVER,
        Lateral.MERGE_OR_SPLIT,
    }
)
