"""From an utterance, a dialogue and a scene to one decision: words first, then the scene.

`decide` is pure but for the clock that measures its own latency.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field, replace
from typing import Any

from model.contract.facts import SceneFacts
from modes import replies
from modes.answers import answer
from modes.dialogue import Dialogue, Pending, ask, dropped, may_answer, pending_now, turn_over
from modes.expert import Context, ModeExpert, Reading, default_expert, sounds_meant
from modes.vocabulary import (
    DIALOGUE_INTENTS,
    Command,
    Decision,
    Intent,
    Mode,
    Question,
    Refusal,
    Speaker,
)
from safety.policy import Policy, load_policy
from safety.rules import Verdict, judge
from safety.rules.common import is_caution
from safety.rules.verdict import STRICTNESS

_SENT = frozenset({Decision.ALLOW, Decision.LIMIT, Decision.DEFER, Decision.EMERGENCY})


@dataclass(frozen=True)
class Utterance:
    """Words as they were heard or typed, and who said them."""

    text: str
    speaker: Speaker = Speaker.UNKNOWN
    asr_confidence: float | None = None
    source: str = "text"


@dataclass(frozen=True)
class DecisionRecord:
    """What became of an utterance. `commands` are in the form in which they may be carried out."""

    reading: Reading
    decision: Decision
    commands: tuple[Command, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    rules: tuple[str, ...] = ()
    reply: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)
    dialogue: Dialogue = field(default_factory=Dialogue)
    latency_ms: float = 0.0

    @property
    def mode(self) -> Mode:
        return self.reading.mode

    @property
    def intent(self) -> Intent | None:
        if self.decision is Decision.REFUSE and self.reading.refusal is not None:
            return None
        return self.commands[0].intent if self.commands else self.reading.dialogue

    @property
    def confidence(self) -> float:
        return self.reading.confidence

    def to_json(self, ident: object = None) -> dict[str, Any]:
        """The object of `ridealong decide` (design: interfaces)."""
        refusal, mode = self.reading.refusal, self.reading.mode
        return {
            "id": ident,
            "mode": mode.value,
            "token": mode.token,
            "decision": self.decision.value,
            "intent": self.intent.value if self.intent else None,
            "commands": [
                {
                    "intent": c.intent.value,
                    "slots": c.slots.model_dump(mode="json", exclude_none=True),
                }
                for c in self.commands
            ],
            "question": self.reading.question.value if self.reading.question else None,
            "refusal": {"code": refusal.code, "class": refusal.value} if refusal else None,
            "rules": list(self.rules),
            "reply": self.reply,
            "confidence": round(self.confidence, 3),
            "latency_ms": round(self.latency_ms, 3),
        }


def decide(
    utterance: Utterance,
    context: Context,
    facts: SceneFacts | None,
    *,
    expert: ModeExpert | None = None,
    policy: Policy | None = None,
) -> DecisionRecord:
    """The decision about one utterance; without `facts` only the words are judged.

    Never raises on any text: an exception inside counts as not understood and gives autonomous.
    """
    began = time.perf_counter()
    policy = policy or load_policy()
    context = replace(context, speaker=utterance.speaker)
    reading = _read(expert or default_expert(), utterance, context)
    record = _decided(reading, utterance, context, facts, policy)
    latency_ms = (time.perf_counter() - began) * 1e3
    return replace(record, latency_ms=latency_ms)


def _read(expert: ModeExpert, utterance: Utterance, context: Context) -> Reading:
    try:
        return expert.classify(utterance.text, context)
    except Exception:  # an error in the classifier must never move the car
        logging.getLogger(__name__).exception("the Mode Expert failed; the car drives on")
        return Reading("", Mode.AUTONOMOUS, confidence=0.0, layer="error", unclear=True)


def _decided(
    reading: Reading,
    utterance: Utterance,
    context: Context,
    facts: SceneFacts | None,
    policy: Policy,
) -> DecisionRecord:
    if reading.refusal is not None:
        return _refused(reading, reading.refusal, context)
    if reading.mode is Mode.QA:
        return _answered(reading, context, facts)
    if reading.mode is Mode.AUTONOMOUS:
        return _left_alone(reading, utterance, context)
    if reading.commands[0].intent in DIALOGUE_INTENTS:
        return _dialogue_turn(reading, utterance, context, facts, policy)
    return _commanded(reading, utterance, context, facts, policy)


def _refused(reading: Reading, refusal: Refusal, context: Context) -> DecisionRecord:
    reply = replies.refusal_text(refusal)
    rules = (f"W.{refusal.code}",)
    dialogue = turn_over(
        dropped(context.dialogue),
        reply=reply,
        speaker=context.speaker,
        refusal=refusal,
        rules=rules,
    )
    return DecisionRecord(
        reading, Decision.REFUSE, rules=rules, reply=reply, dialogue=dialogue,
        evidence={"refusal": refusal.code},
    )  # fmt: skip


def _answered(reading: Reading, context: Context, facts: SceneFacts | None) -> DecisionRecord:
    dialogue = context.dialogue
    if reading.dialogue is Intent.REPEAT:
        before = dialogue.last_reply or context.assistant_before
        reply = before or replies.NOTHING_SAID
        again = turn_over(dialogue, reply="", speaker=context.speaker, repeated=True)
        return DecisionRecord(reading, Decision.NONE, reply=reply, dialogue=again)
    kind = reading.question or Question.CAPABILITY
    found = answer(kind, reading.text, context.memory, facts=facts, dialogue=dialogue)
    after = turn_over(dialogue, reply=found.text, speaker=context.speaker, question=kind)
    if kind is Question.WHY_REFUSED:
        after = replace(after, last_refusal=dialogue.last_refusal, last_reason=dialogue.last_reason)
    return DecisionRecord(
        reading, Decision.NONE, reply=found.text, evidence=found.evidence, dialogue=after
    )


def _left_alone(reading: Reading, utterance: Utterance, context: Context) -> DecisionRecord:
    reply = replies.UNCLEAR if reading.unclear else ""
    if _misheard(reading, utterance, context.dialogue):
        reply = replies.MISHEARD
    dialogue = turn_over(context.dialogue, reply=reply, speaker=context.speaker)
    return DecisionRecord(reading, Decision.NONE, reply=reply, dialogue=dialogue)


#: Between these the recogniser heard speech but not well, so the words may be other ones.
_HALF_HEARD = (0.35, 0.6)


def _misheard(reading: Reading, utterance: Utterance, dialogue: Dialogue) -> bool:
    """Half-heard words that sound meant for the car; asked back once, not again and again."""
    sure = utterance.asr_confidence
    if sure is None or not _HALF_HEARD[0] <= sure <= _HALF_HEARD[1]:
        return False
    if reading.layer != "unknown" or dialogue.last_reply in (replies.MISHEARD, replies.UNCLEAR):
        return False
    return reading.unclear or sounds_meant(reading.words)


def _dialogue_turn(
    reading: Reading,
    utterance: Utterance,
    context: Context,
    facts: SceneFacts | None,
    policy: Policy,
) -> DecisionRecord:
    """Yes releases what is pending, no and never mind drop it."""
    pending = pending_now(context.dialogue, context.now_s) or _scene_pending(facts, policy)
    intent = reading.commands[0].intent
    if intent is Intent.CANCEL:
        reply = replies.DROPPED
        dialogue = turn_over(dropped(context.dialogue), reply=reply, speaker=context.speaker)
        return DecisionRecord(
            reading, Decision.ALLOW, reading.commands, reply=reply, dialogue=dialogue
        )
    if pending is None:
        dialogue = turn_over(context.dialogue, reply="", speaker=context.speaker)
        return DecisionRecord(reading, Decision.ALLOW, reading.commands, dialogue=dialogue)
    if not may_answer(pending, utterance.speaker):
        dialogue = turn_over(context.dialogue, reply=replies.NOT_YOURS, speaker=context.speaker)
        return DecisionRecord(
            reading, Decision.REFUSE, reading.commands, rules=("S.AUTH.2",),
            reply=replies.NOT_YOURS, dialogue=dialogue,
        )  # fmt: skip
    released = replace(reading, commands=pending.commands)
    calm = replace(context, dialogue=dropped(context.dialogue))
    record = _commanded(released, utterance, calm, facts, policy, confirmed=True)
    return replace(record, reading=reading)


def _scene_pending(facts: SceneFacts | None, policy: Policy) -> Pending | None:
    """A pending command that the scene names (`pending`, `pending_age_s`)."""
    name = facts.text("pending") if facts else None
    age = facts.number("pending_age_s") if facts else None
    if name is None or name not in set(Intent) or age is None:
        return None
    if age > policy.authority.confirm_s:
        return None
    return Pending((Command(intent=Intent(name)),), "", Speaker.UNKNOWN, -age, 0.0)


def _commanded(
    reading: Reading,
    utterance: Utterance,
    context: Context,
    facts: SceneFacts | None,
    policy: Policy,
    *,
    confirmed: bool = False,
) -> DecisionRecord:
    scene = _with_speaker(facts, utterance)
    if scene is None:
        verdicts = tuple(
            Verdict(Decision.EMERGENCY if c.intent is Intent.EMERGENCY else Decision.ALLOW, c)
            for c in reading.commands
        )
    else:
        verdicts = tuple(judge(c, scene, policy, confirmed=confirmed) for c in reading.commands)
    decision = max((v.decision for v in verdicts), key=lambda d: STRICTNESS[d])
    reply = replies.DOUBTFUL if reading.doubtful else replies.decision_text(verdicts)
    rules = tuple(dict.fromkeys(r for v in verdicts if v.decision is decision for r in v.rules))
    commands = tuple(v.command for v in verdicts)
    strictest = next(v for v in verdicts if v.decision is decision)
    dialogue = _after_commands(reading, context, decision, strictest, commands, reply)
    return DecisionRecord(reading, decision, commands, verdicts, rules, reply, {}, dialogue)


def _after_commands(
    reading: Reading,
    context: Context,
    decision: Decision,
    strictest: Verdict,
    commands: tuple[Command, ...],
    reply: str,
) -> Dialogue:
    dialogue = context.dialogue
    if decision is Decision.CONFIRM:
        dialogue = ask(dialogue, reading.commands, reply, context.speaker, context.now_s)
    elif not all(is_caution(c) for c in commands):
        dialogue = dropped(dialogue)
    held = decision is Decision.REFUSE
    return turn_over(
        dialogue,
        reply=reply,
        speaker=context.speaker,
        commands=commands,
        reason=strictest.reason if held else "",
        rules=strictest.rules if held else (),
    )


def _with_speaker(facts: SceneFacts | None, utterance: Utterance) -> SceneFacts | None:
    """The scene with what is known about the utterance itself, unless the scene says it."""
    if facts is None:
        return None
    extra: dict[str, object] = {}
    if utterance.speaker is not Speaker.UNKNOWN and not facts.known("speaker"):
        extra["speaker"] = utterance.speaker.value
    if utterance.asr_confidence is not None and not facts.known("asr_confidence"):
        extra["asr_confidence"] = utterance.asr_confidence
    if not extra:
        return facts
    more, _ = SceneFacts.from_plain(extra, source="utterance")
    return SceneFacts({**facts.facts, **more.facts})


def to_send(record: DecisionRecord) -> tuple[tuple[Command, Verdict], ...]:
    """Commands that go to the driving process, with their verdicts; none of a held compound."""
    if record.decision not in _SENT:
        return ()
    return tuple(
        (v.command, v)
        for v in record.verdicts
        if v.decision in _SENT and v.command.intent not in DIALOGUE_INTENTS
    )
