"""The NOW line and the Why card: what the car does and why, in very few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.contract.situation import CauseView, RequestView, Situation, TraceView
from modes.causes import (
    STANDING_MPS,
    act,
    belongs_to_move,
    certain,
    fallback_words,
    is_going,
    is_limit,
    move,
    speed_act,
)
from modes.memory import NEVER_HOLD
from modes.phrases import title
from modes.seen import where
from modes.telling import short_metres
from modes.vocabulary import OPEN_STATES, Component, Longitudinal, RequestState

MAX_CHARS = 42
#: The plan is looked at for 4 s, in steps of 0.4 s.
_PLAN_STEPS = 11


@dataclass(frozen=True)
class WhyCard:
    """Sees / so / does, tied to the cause and the trace they come from."""

    sees: str
    so: str
    does: str
    certain: bool
    cause: CauseView | None
    trace: str


def now_line(situation: Situation) -> str:
    """One line of at most 42 characters: "Slowing down for the white van ahead"."""
    level = fallback_words(situation.guard.level)
    if level and situation.guard.level in ("F4", "F5", "F6"):
        return _fit([_capital(level), "Safety stop"])
    waiting = _waiting(situation.requests)
    if waiting is not None:
        options = [f"Waiting for {waiting.waiting_for}", title(waiting.command)]
        return _fit([*options, _capital(act(situation))])
    cause = situation.trace.cause
    moving = move(situation)
    if moving and not _speed_first(situation):
        return _fit(_moving(_capital(moving), situation.trace))
    if cause is None or is_limit(cause):
        return _fit([_free(situation, cause)])
    return _fit(_for_cause(situation, _capital(speed_act(situation)), cause))


def _speed_first(situation: Situation) -> bool:
    """Giving way or braking for something matters more than the move during which it happens."""
    trace = situation.trace
    if trace.cause is None or is_limit(trace.cause) or belongs_to_move(trace):
        return False
    return trace.longitudinal is Longitudinal.YIELD or situation.ego.accel_mps2 < -0.4


def _moving(doing: str, trace: TraceView) -> list[str]:
    cause = trace.cause
    if cause is None or not belongs_to_move(trace):
        return [doing]
    if cause.component is Component.PASSENGER_COMMAND:
        return [f"{doing}, as you asked", doing]
    if cause.component is Component.CRITICAL_OBJECT:
        return [f"{doing} for the {_short(cause)}", doing]
    if cause.component is Component.ROUTING_INTENT:
        return [f"{doing} for the route", doing]
    return [doing]


def _for_cause(situation: Situation, doing: str, cause: CauseView) -> list[str]:
    short, does = _short(cause), cause.does
    if cause.component is Component.PASSENGER_COMMAND:
        return [f"{doing}, as you asked", doing]
    if does.startswith("turned green"):
        return ["Going: the light turned green"]
    if does.endswith("road is clear"):
        return ["Going: the road is clear"]
    if does.startswith("has passed"):
        return [f"Going: the {short} has passed", "Driving on"]
    if is_going(cause):
        return ["Driving on: the way is free"]
    standing = situation.ego.speed_mps < STANDING_MPS
    if standing and situation.trace.longitudinal in NEVER_HOLD:
        return ["About to drive on"]
    if cause.kind == "blend":
        return ["Moving over"]
    if cause.kind == "curve" and doing != "Slowing down":
        return [f"Taking the {short}"]
    if doing == "Speeding up":
        return [doing]
    if situation.trace.longitudinal is Longitudinal.SPEED_ADAPTATION and doing != "Slowing down":
        return [f"Careful: {short} {does.removeprefix('is ')}", f"Careful: {short} near", "Careful"]
    if cause.component is Component.TRAFFIC_LIGHT:
        colour = does.removeprefix("is ")
        light = f"the {colour} light" if colour in ("red", "amber", "green") else f"the {short}"
        return [f"Waiting at {light}" if standing else f"{doing} for {light}"]
    if cause.component is Component.STOP_OR_YIELD:
        return [f"Waiting at the {short}" if standing else f"{doing} for the {short}", doing]
    if doing == "Giving way":
        return [f"Giving way to the {short}", doing]
    if standing:
        behind = situation.trace.longitudinal is Longitudinal.LEAD_FOLLOWING
        return [f"Waiting {'behind' if behind else 'for'} the {short}", "Waiting"]
    if doing == "Following":
        return [f"Following the {short}", doing]
    if cause.kind == "curve":
        return [f"{doing} for the {short}", doing]
    ahead = where(cause.bearing_deg)
    return [f"{doing} for the {short} {ahead}", f"{doing} for the {short}", doing]


def _short(cause: CauseView) -> str:
    return cause.label.strip().removeprefix("the ")


def _free(situation: Situation, cause: CauseView | None) -> str:
    kph = situation.ego.speed_mps * 3.6
    if situation.ego.speed_mps < STANDING_MPS:
        return "About to drive on"
    limit = _limit_kph(situation, cause)
    accel = situation.ego.accel_mps2
    if accel < -0.4:
        return f"Slowing down to the limit of {limit:.0f}" if limit and cause else "Slowing down"
    if accel > 0.4:
        return f"Speeding up to {limit:.0f} km/h" if limit else "Speeding up"
    if limit and abs(kph - limit) < max(2.0, 0.03 * limit):
        return "Cruising at the limit"
    return f"Cruising at {kph:.0f} km/h"


def _limit_kph(situation: Situation, cause: CauseView | None) -> float | None:
    """The limit that binds: the one ahead where the plan already slows for it."""
    if cause is not None:
        words = cause.label.removeprefix("speed limit ")
        if words.isdigit():
            return float(words)
    limit = situation.facts.get("limit_kph")
    return float(limit) if isinstance(limit, (int, float)) else None


def _waiting(requests: tuple[RequestView, ...]) -> RequestView | None:
    waiting = [r for r in requests if r.state is RequestState.WAITING and r.waiting_for]
    return waiting[-1] if waiting else None


def why_card(situation: Situation) -> WhyCard:
    """Sees "White van 22 m ahead, braking", so "sets our speed", does "slows to 38 km/h"."""
    trace = situation.trace
    sure = certain(trace, situation.guard.level)
    level = fallback_words(situation.guard.level)
    so = level or _meaning(trace)
    return WhyCard(_sees(trace.cause), so, _does(situation), sure, trace.cause, trace.id)


def _sees(cause: CauseView | None) -> str:
    if cause is None:
        return "Free road ahead"
    label = _capital(_short(cause))
    if is_limit(cause):
        return f"{label} km/h"
    if cause.component is Component.PASSENGER_COMMAND:
        return f"{label} {cause.does}"
    if cause.kind == "blend":
        return "Room to the side"
    if cause.kind == "curve":
        return f"{label}, {cause.does}"
    place = f"{short_metres(cause)} {where(cause.bearing_deg)}".strip()
    does = cause.does.removeprefix("is ").removeprefix("are ")
    return f"{label} {place}, {does}" if place else f"{label}, {does}"


_MEANINGS: Mapping[Component, str] = {
    Component.PASSENGER_COMMAND: "is your wish",
    Component.STOP_OR_YIELD: "others go first",
    Component.TRAFFIC_LIGHT: "must stop before it",
    Component.ODD_LIMIT: "the way is free",
    Component.ROUTING_INTENT: "is where the route leads",
}
_WEIGHTS: Mapping[Longitudinal, str] = {
    Longitudinal.LEAD_FOLLOWING: "sets our speed",
    Longitudinal.YIELD: "goes first",
    Longitudinal.STOP_STATIC: "is in our way",
    Longitudinal.SPEED_ADAPTATION: "asks for less speed",
    Longitudinal.GAP_SEARCH: "calls for a gap",
    Longitudinal.ACCELERATE_TO_PASS: "can be passed",
}


def _meaning(trace: TraceView) -> str:
    """What the cause means for the car, the middle line of the card."""
    cause = trace.cause
    if cause is None or is_going(cause):
        return "the way is free"
    if cause.kind in ("curve", "blend"):
        return "too tight for more speed" if cause.kind == "curve" else "is where the car moves"
    if belongs_to_move(trace) and cause.component is Component.CRITICAL_OBJECT:
        return "needs room"
    return _MEANINGS.get(cause.component) or _WEIGHTS.get(trace.longitudinal, "matters here")


def _does(situation: Situation) -> str:
    """The motion that the plan holds for the next seconds, with its number after a comma."""
    kph = situation.ego.speed_mps * 3.6
    level, moving = situation.guard.level, move(situation)
    if level in ("F4", "F5", "F6"):
        return f"brakes to a stop, {kph:.0f} km/h"
    speed = _speed_does(situation, kph)
    if not moving or _speed_first(situation):
        return speed
    return f"{_third(moving)}, {kph:.0f} km/h"


def _speed_does(situation: Situation, kph: float) -> str:
    doing = speed_act(situation)
    if doing == "standing":
        return "drives on now" if situation.trace.longitudinal in NEVER_HOLD else "waits"
    ahead = situation.plan.speed_mps[:_PLAN_STEPS]
    if doing == "slowing down" or (doing in ("stopping", "giving way") and ahead):
        aim = min(ahead, default=situation.ego.speed_mps) * 3.6
        if aim < 2:
            return f"slows to a stop, {kph:.0f} km/h"
        return f"slows down, to {aim:.0f} km/h" if aim < kph - 1 else f"drives on, {kph:.0f} km/h"
    if doing in ("speeding up", "moving off"):
        aim = max(ahead, default=situation.ego.speed_mps) * 3.6
        return f"speeds up, to {aim:.0f} km/h" if aim > kph + 1 else f"speeds up, {kph:.0f} km/h"
    if doing == "following":
        return f"keeps its distance, {kph:.0f} km/h"
    return f"keeps its speed, {kph:.0f} km/h"


def _third(participle: str) -> str:
    """ "changing lanes to the left" → "changes lanes to the left"."""
    first, _, rest = participle.partition(" ")
    stems = {"changing": "changes", "merging": "merges", "moving": "moves", "keeping": "keeps",
             "pulling": "pulls", "turning": "turns", "going": "goes"}  # fmt: skip
    return f"{stems[first]} {rest}".strip()


def open_requests(situation: Situation) -> tuple[RequestView, ...]:
    """Requests that are not closed yet, oldest first."""
    return tuple(r for r in situation.requests if r.state in OPEN_STATES)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fit(options: list[str]) -> str:
    for text in options:
        text = " ".join(text.split())
        if len(text) <= MAX_CHARS:
            return text
    last = " ".join(options[-1].split())
    return last if len(last) <= MAX_CHARS else last[: MAX_CHARS - 1].rstrip() + "…"
