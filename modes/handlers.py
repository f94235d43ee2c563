"""From a decision to effects: messages to the driving process, a card, a reply. Pure.

Autonomous and questions send nothing but the mode token; control sends closed commands. There
is no way from passenger text to the driving process: the messages have no field for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from model.contract.situation import CancelCommand, SendCommand, SendMode, ToDriving
from modes import replies
from modes.decision import DecisionRecord, to_send
from modes.phrases import phrase, title
from modes.reasons import WHY
from modes.vocabulary import Decision, Intent, Mode, Refusal, Speaker


@dataclass(frozen=True)
class CardText:
    """What a card shows; `options` are words that a button says for the passenger."""

    kind: Literal["command", "refusal", "confirm"]
    title: str
    detail: str = ""
    code: str | None = None
    options: tuple[str, ...] = ()
    expires_in_s: float | None = None


@dataclass(frozen=True)
class Effects:
    """Everything that follows from one utterance."""

    to_driving: tuple[ToDriving, ...]
    reply: str
    card: CardText | None = None
    evidence: dict[str, Any] = field(default_factory=dict)


def handle(record: DecisionRecord, *, turn_id: str, speaker: Speaker = Speaker.UNKNOWN) -> Effects:
    """The effects of `record`; `turn_id` names its messages (at most 50 characters are used)."""
    handler = {
        Mode.AUTONOMOUS: _autonomous,
        Mode.QA: _question,
        Mode.CONTROL: _control,
    }[record.mode]
    return handler(record, turn_id[:50], speaker)


def _autonomous(record: DecisionRecord, turn_id: str, speaker: Speaker) -> Effects:
    refusal = record.reading.refusal
    card = _refusal_card(record, refusal) if refusal is not None else None
    mode = SendMode(id=turn_id, mode=Mode.AUTONOMOUS)
    return Effects((mode,), record.reply, card, record.evidence)


def _question(record: DecisionRecord, turn_id: str, speaker: Speaker) -> Effects:
    return Effects((SendMode(id=turn_id, mode=Mode.QA),), record.reply, None, record.evidence)


def _control(record: DecisionRecord, turn_id: str, speaker: Speaker) -> Effects:
    if record.reading.commands[0].intent is Intent.CANCEL:
        return Effects((CancelCommand(id=None),), record.reply)
    messages = tuple(
        SendCommand(
            id=f"{turn_id}.{i}",
            command=command,
            decision=verdict.decision,
            speaker=speaker,
            rules=verdict.rules,
        )
        for i, (command, verdict) in enumerate(to_send(record))
    )
    return Effects(messages, record.reply, _command_card(record), record.evidence)


_OFFERS = {
    Refusal.HARM_PROPERTY: ("Go around it",),
    Refusal.ROAD_AGGRESSION: ("Keep more distance",),
    Refusal.OCCUPANT_ENDANGERMENT: ("Pull over at the next safe place",),
    Refusal.EVADE_AUTHORITY: ("Pull over at the next safe place",),
    Refusal.SELF_HARM: ("Pull over at the next safe place", "Call for help"),
    Refusal.TRAFFIC_LAW: ("Keep to the limit",),
}


def _refusal_card(record: DecisionRecord, refusal: Refusal) -> CardText:
    first, _, rest = record.reply.partition(". ")
    heading = "I am here with you" if refusal is Refusal.SELF_HARM else "Not possible"
    return CardText(
        "refusal", heading, f"{first}. {rest}".strip(), refusal.code, _OFFERS.get(refusal, ())
    )


def _command_card(record: DecisionRecord) -> CardText | None:
    if not record.commands:
        return None
    heading = title(record.commands[0])
    code = record.rules[0] if record.rules else None
    if record.decision is Decision.CONFIRM:
        return CardText("confirm", record.reply, heading, code, ("Yes", "No"), 8.0)
    if record.decision is Decision.REFUSE:
        return CardText("refusal", heading, _short_reason(record), code, _options(record))
    return CardText("command", heading, _short_reason(record), code)


def _short_reason(record: DecisionRecord) -> str:
    """The reason of the deciding verdict in one line, without the whole reply."""
    for verdict in record.verdicts:
        if verdict.decision is record.decision and verdict.reason in WHY:
            return replies.reason_text(verdict)
    return ""


def _options(record: DecisionRecord) -> tuple[str, ...]:
    for verdict in record.verdicts:
        if verdict.alternative is not None:
            text = phrase(verdict.alternative)
            return (text[:1].upper() + text[1:],)
    return ()
