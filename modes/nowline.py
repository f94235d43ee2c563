"""The NOW line and the Why card: what the car does and why, in very few words."""

from __future__ import annotations

from dataclasses import dataclass

from model.contract.situation import CauseView, RequestView, Situation
from modes.causes import STANDING_MPS, act, certain, fallback_words, thing
from modes.phrases import title
from modes.vocabulary import OPEN_STATES, Component, Lateral, Longitudinal, RequestState

MAX_CHARS = 42


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
    """One line of at most 42 characters: "Slowing for the white van ahead"."""
    level = fallback_words(situation.guard.level)
    if level and situation.guard.level in ("F4", "F5", "F6"):
        return _fit([_capital(level), "Safety stop"])
    doing = _capital(act(situation))
    cause = situation.trace.cause
    waiting = _waiting(situation.requests)
    if waiting is not None:
        options = [f"Waiting for {waiting.waiting_for}", title(waiting.command), doing]
        return _fit(options)
    if cause is None:
        return _fit([_free(situation), doing])
    return _fit(_with_cause(situation, doing, cause))


def _with_cause(situation: Situation, doing: str, cause: CauseView) -> list[str]:
    if cause.component is Component.PASSENGER_COMMAND:
        return [f"{doing}, as you asked", doing]
    joint = _joint(situation)
    short = cause.label.strip().removeprefix("the ")
    return [
        f"{doing} {joint} the {short} that {cause.does}",
        f"{doing}: {short} {cause.does}",
        f"{doing} {joint} the {short}",
        f"{doing}: {short}",
        doing,
    ]


def _joint(situation: Situation) -> str:
    if situation.trace.longitudinal is Longitudinal.LEAD_FOLLOWING and (
        situation.trace.lateral is Lateral.KEEP_LANE and abs(situation.ego.accel_mps2) <= 0.4
    ):
        return "behind" if situation.ego.speed_mps < STANDING_MPS else ""
    return "for"


def _free(situation: Situation) -> str:
    limit = situation.facts.get("limit_kph")
    if isinstance(limit, (int, float)) and situation.ego.speed_mps * 3.6 > 0.9 * float(limit):
        return f"Free road at {situation.ego.speed_mps * 3.6:.0f} km/h"
    return _capital(act(situation))


def _waiting(requests: tuple[RequestView, ...]) -> RequestView | None:
    waiting = [r for r in requests if r.state is RequestState.WAITING and r.waiting_for]
    return waiting[-1] if waiting else None


def why_card(situation: Situation) -> WhyCard:
    """The three lines of the card; `certain` is False when the trace may not be spoken as why."""
    trace = situation.trace
    sure = certain(trace, situation.guard.level)
    cause = trace.cause
    sees = f"{_capital(thing(cause))} {cause.does}".strip() if cause else "Nothing in the way"
    level = fallback_words(situation.guard.level)
    so = _capital(level) if level else _decision(situation)
    return WhyCard(sees, so, _does(situation), sure, cause, trace.id)


def _decision(situation: Situation) -> str:
    trace = situation.trace
    words = {
        Longitudinal.SET_SPEED_TRACKING: "Keep the set speed",
        Longitudinal.LEAD_FOLLOWING: "Keep the distance",
        Longitudinal.SPEED_ADAPTATION: "Adapt the speed",
        Longitudinal.GAP_SEARCH: "Find a gap",
        Longitudinal.ACCELERATE_TO_PASS: "Speed up to pass",
        Longitudinal.YIELD: "Give way",
        Longitudinal.STOP_STATIC: "Stop for it",
        Longitudinal.NONE: "Drive on",
    }
    moves = {
        Lateral.LANE_CHANGE: "change lanes",
        Lateral.PULL_OVER: "pull over",
        Lateral.TURN: "turn",
        Lateral.MERGE_OR_SPLIT: "merge",
        Lateral.NUDGE_IN_LANE: "make room in the lane",
        Lateral.NUDGE_OUT_OF_LANE: "go around it",
        Lateral.ABORT: "return to the lane",
    }
    base = words[trace.longitudinal]
    move = moves.get(trace.lateral)
    side = f" {trace.direction.value}" if trace.direction and move else ""
    return f"{base}, {move}{side}" if move else base


def _does(situation: Situation) -> str:
    speed = situation.ego.speed_mps * 3.6
    doing = _capital(act(situation))
    return doing if situation.ego.speed_mps < STANDING_MPS else f"{doing}, {speed:.0f} km/h"


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
