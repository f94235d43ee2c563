"""What an answer is, what it is made from, and the evidence it carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from model.contract.facts import SceneFacts
from model.contract.situation import Situation, TraceView
from modes.dialogue import Dialogue
from modes.memory import Memory

UNKNOWN_HERE = "I don't know that here."


@dataclass(frozen=True)
class Answer:
    """One or two sentences and what they rest on (trace, decision, cause, facts, t_s)."""

    text: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A question with everything that may be used to answer it; `now` is the newest situation."""

    text: str
    memory: Memory
    now: Situation | None
    now_s: float
    facts: SceneFacts
    dialogue: Dialogue


def evidence_of(
    situation: Situation | None,
    trace: TraceView | None = None,
    *,
    t_s: float | None = None,
    level: str | None = None,
) -> dict[str, Any]:
    """Trace id, decision, cause, guard level and time; `t_s` when it lies in the past."""
    if situation is None and trace is None:
        return {}
    trace = trace or (situation.trace if situation else None)
    out: dict[str, Any] = {}
    if trace is not None:
        out["trace"] = trace.id
        out["decision"] = {
            "longitudinal": trace.longitudinal.value,
            "lateral": trace.lateral.value,
            "direction": trace.direction.value if trace.direction else None,
        }
        out["cause"] = trace.cause.model_dump(mode="json") if trace.cause else None
        out["certain"] = trace.certain
    if situation is not None:
        out["guard"] = situation.guard.level
        out["t_s"] = situation.t_s
    if level is not None:
        out["guard"] = level
    if t_s is not None:
        out["t_s"] = t_s
    return out


def with_facts(asked: Asked, *keys: str) -> dict[str, Any]:
    """Evidence with the facts that were used, those that are known."""
    out = evidence_of(asked.now)
    out["facts"] = {
        key: {"value": fact.value, "source": fact.source, "t_s": fact.t_s}
        for key in keys
        if (fact := asked.facts.facts.get(key)) is not None
    }
    return out
