"""Scripted utterances of a drive: `'20:take the next exit'`, and what became of each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from model.contract.situation import RequestView, Situation
from modes.vocabulary import Decision, Intent, Mode, Question, RequestState
from server.mind import Considered


class ScriptError(ValueError):
    """A scripted utterance that cannot be read; the message is one line."""


@dataclass(frozen=True)
class Line:
    """One utterance at a scenario second."""

    t_s: float
    text: str


def parse_line(text: str) -> Line:
    """`T:TEXT` with T in scenario seconds."""
    moment, colon, words = text.partition(":")
    try:
        t_s = float(moment)
    except ValueError:
        t_s = -1.0
    if not colon or not words.strip() or not 0 <= t_s <= 100_000:
        raise ScriptError(f"{text[:60]!r}: write T:TEXT, for example '20:take the next exit'")
    return Line(t_s, words.strip())


@dataclass
class Spoken:
    """One utterance of the script and what is known of it so far."""

    line: Line
    considered: Considered
    request_ids: tuple[str, ...]
    truth: dict[str, Any] | None = None
    requests: dict[str, RequestView] = field(default_factory=dict)

    def follow(self, situation: Situation) -> None:
        """The newest state of its requests."""
        for view in situation.requests:
            if view.id in self.request_ids:
                self.requests[view.id] = view

    def report(self) -> dict[str, Any]:
        """The entry of the drive report, in the shape of the interfaces."""
        event, effects = self.considered.event, self.considered.effects
        entry: dict[str, Any] = {
            "t": self.line.t_s,
            "text": self.line.text,
            "mode": event.mode.value,
            "decision": event.decision.value,
            "intent": event.intent.value if event.intent else None,
            "question": event.question.value if event.question else None,
            "refusal": event.refusal_code,
            "rules": list(event.rules),
            "reply": effects.reply,
            "outcome": outcome(event.mode, event.decision, event.intent, self.requests.values()),
            "first_motion_s": _first_motion(self.requests.values(), self.line.t_s),
            "evidence": dict(effects.evidence),
        }
        if event.mode is Mode.QA:
            entry["truth"] = self.truth if event.question in _ABOUT_CAUSE else None
        return entry


_ABOUT_CAUSE = frozenset({Question.WHY, Question.DOING, Question.MEMORY})
#: The worst part of a compound command tells its outcome.
_ORDER = ("refused", "expired", "ignored", "deferred", "obeyed")


def outcome(mode: Mode, decision: Decision, intent: Intent | None, requests: Any) -> str:
    """What became of an utterance: obeyed, refused, deferred, expired, ignored or answered."""
    if mode is Mode.QA:
        return "answered"
    if decision is Decision.REFUSE:
        return "refused"
    if mode is Mode.AUTONOMOUS:
        return "ignored"
    views: Sequence[RequestView] = list(requests)
    if not views:
        return "deferred" if decision is Decision.CONFIRM else _without_request(intent)
    return min((_outcome_of(view) for view in views), key=_ORDER.index)


def _without_request(intent: Intent | None) -> str:
    """Words about the dialogue are obeyed in the dialogue; everything else never got to the car."""
    return "obeyed" if intent in (Intent.CONFIRM, Intent.CANCEL, Intent.REPEAT) else "ignored"


def _outcome_of(view: RequestView) -> str:
    match view.state:
        case RequestState.DONE | RequestState.UNDER_WAY:
            return "obeyed"
        case RequestState.REFUSED:
            return "refused"
        case RequestState.EXPIRED:
            return "expired"
        case RequestState.ACCEPTED | RequestState.WAITING:
            return "deferred"
        case _:  # replaced or taken back: it counts as obeyed when the car had begun
            return "obeyed" if view.first_motion_s is not None else "ignored"


def _first_motion(requests: Any, said_s: float) -> float | None:
    """Seconds from the words to the first motion that obeys them."""
    moments = [view.first_motion_s for view in requests if view.first_motion_s is not None]
    return round(max(0.0, min(moments) - said_s), 2) if moments else None
