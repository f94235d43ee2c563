"""Are these words a whole request or question by themselves? Lets the car answer sooner."""

from __future__ import annotations

from functools import lru_cache

from modes.expert import Context, GrammarExpert
from modes.vocabulary import Mode

_SURE = 0.6


@lru_cache(maxsize=64)  # asked again for every frame of a pause
def is_complete(text: str) -> bool:
    """True when the Mode Expert is sure of what the words so far ask for."""
    reading = GrammarExpert().classify(text, Context())
    return reading.mode is not Mode.AUTONOMOUS and reading.confidence >= _SURE
