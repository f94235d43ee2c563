"""Answers to questions, from the situation record alone, each with the evidence it rests on.

`answer` is pure: the question's kind and words, the last ten minutes and the present second in,
one or two sentences and an evidence object out. What the record does not hold is said to be not
known. Nothing here has a way to the actuators (policy A2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from model.contract.facts import SceneFacts
from model.contract.situation import Situation, TraceView
from modes import rules_of_the_road as rules
from modes.answer_scene import (
    count,
    existence,
    hazard,
    light_or_sign,
    location,
    motion_of_other,
    permission,
)
from modes.answer_trip import (
    confidence,
    doing,
    eta_or_distance,
    next_step,
    own_speed,
    route,
    speed_limit,
)
from modes.answer_types import UNKNOWN_HERE, Answer, Asked, evidence_of
from modes.answer_why import memory_answer, why
from modes.dialogue import Dialogue
from modes.memory import Memory, remembered
from modes.normalise import normalise
from modes.reasons import INSTEAD, WHY
from modes.replies import refusal_text
from modes.vocabulary import Question

__all__ = ["Answer", "answer"]


def _why_refused(asked: Asked) -> Answer:
    dialogue = asked.dialogue
    if dialogue.last_refusal is not None:
        return Answer(refusal_text(dialogue.last_refusal), {"refusal": dialogue.last_refusal.code})
    if dialogue.last_reason:
        reason = WHY.get(dialogue.last_reason, "a safety rule did not allow it")
        text = f"Because {reason.split('{', 1)[0].strip()}. {INSTEAD.get(dialogue.last_reason, '')}"
        return Answer(text.strip(), {"rules": list(dialogue.last_rules)})
    return (
        why(asked) if asked.now is not None else Answer("I have not refused anything so far.", {})
    )


def _capability(asked: Asked) -> Answer:
    return Answer(rules.capability(asked.text), {"source": "product"})


def _hypothetical(asked: Asked) -> Answer:
    return Answer(rules.hypothetical(asked.text), {"source": "safety policy"})


def _rule(asked: Asked) -> Answer:
    return Answer(rules.rule(asked.text), {"source": "safety policy"})


def _description(asked: Asked) -> Answer:
    if asked.now is None:
        return Answer(UNKNOWN_HERE, {})
    if re.search(r"(?<!\S)(?:light|lights|signal|sign)(?!\S)", asked.text):
        return light_or_sign(asked)
    seen = existence(asked)
    return Answer(f"{doing(asked).text} {seen.text}", seen.evidence)


_ANSWERS: dict[Question, Callable[[Asked], Answer]] = {
    Question.WHY: why,
    Question.DOING: doing,
    Question.NEXT: next_step,
    Question.EXISTENCE: existence,
    Question.COUNT: count,
    Question.LIGHT_OR_SIGN: light_or_sign,
    Question.PERMISSION: permission,
    Question.HAZARD: hazard,
    Question.LOCATION: location,
    Question.DESCRIPTION: _description,
    Question.MOTION_OF_OTHER: motion_of_other,
    Question.OWN_SPEED: own_speed,
    Question.SPEED_LIMIT: speed_limit,
    Question.ETA_OR_DISTANCE: eta_or_distance,
    Question.ROUTE: route,
    Question.MEMORY: memory_answer,
    Question.HYPOTHETICAL: _hypothetical,
    Question.CONFIDENCE: confidence,
    Question.CAPABILITY: _capability,
    Question.WHY_REFUSED: _why_refused,
    Question.RULES_OF_THE_ROAD: _rule,
}


def answer(
    kind: Question,
    text: str,
    memory: Memory | Iterable[Situation] = (),
    now_s: float | None = None,
    *,
    facts: SceneFacts | None = None,
    dialogue: Dialogue | None = None,
) -> Answer:
    """The answer to a question of `kind` in the words `text`.

    `memory` holds situations oldest first (at best a `Memory`, which keeps an index), `now_s` is
    scenario time. Without situations the `facts` alone are used.
    """
    kept = remembered(memory)
    latest = kept.latest
    if facts is None:
        plain = latest.facts if latest is not None else {}
        facts, _ = SceneFacts.from_plain(plain, source="situation", t_s=latest.t_s if latest else 0)
    asked = Asked(
        text=normalise(text).text,
        memory=kept,
        now=latest,
        now_s=now_s if now_s is not None else latest.t_s if latest else 0.0,
        facts=facts,
        dialogue=dialogue or Dialogue(),
    )
    return _ANSWERS[kind](asked)


def evidence(situation: Situation, trace: TraceView | None = None) -> dict[str, Any]:
    """Trace id, decision, cause and time of a situation, as answers give them."""
    return evidence_of(situation, trace)
