"""One plain sentence from given facts; the rule planner has no language of its own."""

from __future__ import annotations

from collections.abc import Mapping

MAX_FACTS = 4


def say(facts: Mapping[str, object]) -> str:
    """Reads out the first few facts, or says that it cannot answer."""
    known = [(k, v) for k, v in facts.items() if isinstance(v, str | int | float) and v != ""]
    if not known:
        return "I cannot answer that: nothing is known about it."
    words = [f"{key.replace('_', ' ')} {value}" for key, value in known[:MAX_FACTS]]
    return f"What I know: {', '.join(words)}."
