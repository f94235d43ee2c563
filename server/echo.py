"""Did the microphone hear the car itself? Compares words with what is being spoken. Pure."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9']+")
#: Share of heard words that the car was saying, from which they are taken for its echo.
ECHO_SHARE = 0.8


def is_echo(heard: str, spoken: str) -> bool:
    """True when nearly all words heard are among those that the car is saying."""
    words = _WORD.findall(heard.lower())
    own = set(_WORD.findall(spoken.lower()))
    if not words or not own:
        return False
    return sum(word in own for word in words) / len(words) >= ECHO_SHARE
