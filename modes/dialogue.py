"""Dialogue state: what is pending, what was last said and done, who said it. Values only.

A `Dialogue` is immutable; every function returns the next one. It has no clock: callers pass
`now_s` (any monotonic seconds, the same clock throughout a dialogue).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from modes.vocabulary import CAUTION_INTENTS, Command, Question, Refusal, Speaker

#: An unanswered question back is dropped after this time (policy, authority.confirm_s).
CONFIRM_S = 8.0
#: Several refused requests in a row change the tone, not the rule.
_AUTHORITY = {
    Speaker.DRIVER: 4,
    Speaker.PASSENGER: 2,
    Speaker.CHILD: 1,
    Speaker.UNKNOWN: 0,
    Speaker.LOUDSPEAKER: -1,
}


@dataclass(frozen=True)
class Pending:
    """Commands that wait for a yes, what was asked, by whom the wish came, and until when."""

    commands: tuple[Command, ...]
    asked: str
    speaker: Speaker
    since_s: float
    expires_s: float

    def alive(self, now_s: float) -> bool:
        return now_s <= self.expires_s


@dataclass(frozen=True)
class Dialogue:
    """What earlier turns leave behind for the next one."""

    pending: Pending | None = None
    last_commands: tuple[Command, ...] = ()
    last_speaker: Speaker = Speaker.UNKNOWN
    last_reply: str = ""
    last_question: Question | None = None
    last_refusal: Refusal | None = None
    #: Reason code and rules of the last command that the scene refused.
    last_reason: str = ""
    last_rules: tuple[str, ...] = ()
    refused_in_a_row: int = 0
    turns: int = 0


def authority(speaker: Speaker, trip_owner: Speaker | None = None) -> int:
    """Rank of a speaker: driver, trip owner, adult, child, unknown; loudspeakers have none."""
    if speaker is trip_owner and speaker is not Speaker.DRIVER:
        return 3
    return _AUTHORITY[speaker]


def may_replace(newer: Speaker, older: Speaker, commands: tuple[Command, ...] = ()) -> bool:
    """May this speaker's command replace a pending one of the other? Caution always may."""
    if commands and all(c.intent in CAUTION_INTENTS for c in commands):
        return True
    return authority(newer) >= authority(older)


def pending_now(dialogue: Dialogue, now_s: float) -> Pending | None:
    """The pending commands, unless their time is over."""
    pending = dialogue.pending
    return pending if pending is not None and pending.alive(now_s) else None


def ask(
    dialogue: Dialogue, commands: tuple[Command, ...], question: str, speaker: Speaker, now_s: float
) -> Dialogue:
    """Commands begin to wait for a yes; an older pending one of higher authority stays."""
    older = pending_now(dialogue, now_s)
    if older is not None and not may_replace(speaker, older.speaker, commands):
        return dialogue
    pending = Pending(commands, question, speaker, now_s, now_s + CONFIRM_S)
    return replace(dialogue, pending=pending)


def dropped(dialogue: Dialogue) -> Dialogue:
    """Nothing is pending any more."""
    return replace(dialogue, pending=None)


def may_answer(pending: Pending, speaker: Speaker) -> bool:
    """May this speaker's yes release the pending commands? A child's wish needs a grown-up."""
    if pending.speaker is Speaker.CHILD:
        return speaker not in (Speaker.CHILD, Speaker.LOUDSPEAKER)
    return speaker is not Speaker.LOUDSPEAKER


def turn_over(
    dialogue: Dialogue,
    *,
    reply: str,
    speaker: Speaker,
    commands: tuple[Command, ...] = (),
    question: Question | None = None,
    refusal: Refusal | None = None,
    reason: str = "",
    rules: tuple[str, ...] = (),
    repeated: bool = False,
) -> Dialogue:
    """The state after one turn; a repeat leaves what it repeated in place."""
    if repeated:
        return replace(dialogue, turns=dialogue.turns + 1)
    refused = refusal is not None or bool(reason)
    return replace(
        dialogue,
        last_commands=commands or dialogue.last_commands,
        last_speaker=speaker,
        last_reply=reply or dialogue.last_reply,
        last_question=question,
        last_refusal=refusal,
        last_reason=reason,
        last_rules=rules if refused else (),
        refused_in_a_row=dialogue.refused_in_a_row + 1 if refused else 0,
        turns=dialogue.turns + 1,
    )
