"""What the car does now in one or two sentences, each decision with its own reason."""

from __future__ import annotations

from collections.abc import Sequence

from model.contract.situation import CauseView, Situation, TraceView
from modes.causes import (
    STANDING_MPS,
    because,
    belongs_to_move,
    fallback_words,
    is_going,
    is_limit,
    move,
    move_words,
    speed_act,
    thing,
)
from modes.memory import NEVER_HOLD, Episode
from modes.phrases import metres
from modes.vocabulary import Lateral, Longitudinal

NO_REASON = "The record gives no reason of its own for that."


def tell(now: Situation, episodes: Sequence[Episode]) -> str:
    """Sideways move and speed; where both have a reason, each has its own sentence."""
    trace = now.trace
    moving = move(now)
    if not moving:
        return tell_speed(now, episodes)
    cause = own_cause(trace, episodes)
    reason = because_of(cause) if cause is not None else route_reason(trace)
    first = f"The car is {moving} {reason}".rstrip() + "."
    speed = trace.cause
    if speed is None or is_limit(speed) or belongs_to_move(trace):
        return first
    return f"{first} It is {speed_act(now)} {because(trace)}."


def tell_move(now: Situation, episodes: Sequence[Episode]) -> str:
    """The sideways move alone; the cause that slows the car is no reason for it."""
    cause = own_cause(now.trace, episodes)
    reason = because_of(cause) if cause is not None else route_reason(now.trace)
    doing = move(now) or f"standing before {move_words(now.trace)}"
    return f"The car is {doing} {reason}." if reason else f"The car is {doing}. {NO_REASON}"


def route_reason(trace: TraceView) -> str:
    """A turn needs no cause of its own: the car turns only where its route does."""
    return "because the route leads that way" if trace.lateral is Lateral.TURN else ""


def tell_speed(now: Situation, episodes: Sequence[Episode], doing: str = "") -> str:
    """The speed alone; `doing` replaces the participle ("slowing down")."""
    trace, cause = now.trace, now.trace.cause
    doing = doing or speed_act(now)
    if now.ego.speed_mps < STANDING_MPS and _holds_nothing(trace):
        return _standing(episodes)
    if cause is None or is_limit(cause):
        return _free(now, doing, cause)
    if trace.longitudinal is Longitudinal.SET_SPEED_TRACKING and belongs_to_move(trace):
        return f"The car is {doing} while it is {move_words(trace)}. {NO_REASON}"
    if trace.longitudinal is Longitudinal.LEAD_FOLLOWING and doing == "following":
        return f"The car is following {thing(cause)}, which {cause.does}."
    return f"The car is {doing} {because(trace)}."


def _free(now: Situation, doing: str, cause: CauseView | None) -> str:
    kph = f"{now.ego.speed_mps * 3.6:.0f} km/h"
    limit = cause.label.removeprefix("speed limit ") if cause is not None else ""
    if doing == "slowing down":
        return f"The car is slowing down {because(now.trace) or 'a little on a free road'}."
    if doing == "speeding up":
        to = f", and the limit is {limit} km/h" if limit else ""
        return f"The car is speeding up because the way is free{to}."
    tail = f", and the limit is {limit}" if limit else ""
    return f"The car is driving at {kph} because the way is free{tail}."


def _holds_nothing(trace: TraceView) -> bool:
    going = trace.cause is not None and is_going(trace.cause)
    return trace.longitudinal in NEVER_HOLD and not going


def _standing(episodes: Sequence[Episode]) -> str:
    """Neither a limit nor a free road explains standing: what stopped the car does."""
    before = next((e for e in reversed(episodes) if e.stood), None)
    if before is None or before.trace.cause is None:
        return "The car is standing. The way is free, and it is about to drive on."
    reason = because(before.trace, past=True)
    return f"The car stopped {reason}. Now it is about to drive on."


def own_cause(trace: TraceView, episodes: Sequence[Episode]) -> CauseView | None:
    """The cause of the sideways move: the trace's own, or the one with which the move began."""
    if belongs_to_move(trace):
        return trace.cause
    for episode in reversed(episodes):
        same = (episode.trace.lateral, episode.trace.direction) == (trace.lateral, trace.direction)
        if not same:
            if episode.trace.id == trace.id:
                continue
            return None
        if belongs_to_move(episode.trace):
            return episode.trace.cause
    return None


def because_of(cause: CauseView, *, past: bool = False) -> str:
    """The reason that a cause alone gives."""
    trace = TraceView(
        id="",
        longitudinal=Longitudinal.NONE,
        lateral=Lateral.KEEP_LANE,
        cause=cause,
        sentence="",
    )
    return because(trace, past=past)


def uncertain(now: Situation) -> str:
    """What is said when the trace may not be spoken as the reason."""
    doing = move(now) or speed_act(now)
    fallback = fallback_words(now.guard.level)
    if fallback:
        return f"The car is {doing}: {fallback}."
    reason = because(now.trace)
    if not reason:
        return f"The car is {doing}. The reason is not certain."
    return f"The car is {doing}. It may be {reason}, but that is not certain."


def short_metres(cause: CauseView) -> str:
    """ "22 m", "1.2 km"; empty without a distance."""
    if cause.distance_m is None or cause.distance_m < 1:
        return ""
    return metres(cause.distance_m).replace(" metres", " m").replace(" metre", " m")
