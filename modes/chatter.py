"""Talk that is not for the driving assistant: music, climate, phone, people, radio."""

from __future__ import annotations

import re
from functools import cache

from modes.grammar import Pattern, table

#: Groups that may stand beside a command and are cut out of it.
_CUT = frozenset({"media", "climate", "phone"})
_JOIN = re.compile(r"^(?:and|then|but|also|or|so)(?!\S) ?| ?(?<!\S)(?:and|then|but|also|or|so)$")


@cache
def _groups() -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
    lines = table("chatter")
    return tuple(p for p in lines if p.label in _CUT), lines


def masked(text: str) -> tuple[str, bool]:
    """The text without talk about music, climate and phone, and whether there was any."""
    cut, _ = _groups()
    rest = text
    for pattern in cut:
        rest = pattern.regex.sub(" ", rest)
    rest = " ".join(rest.split())
    if rest == text:
        return text, False
    return _JOIN.sub("", _JOIN.sub("", rest)).strip(), True


def is_whole(text: str) -> bool:
    """Is the whole utterance talk of this kind?"""
    _, lines = _groups()
    return any(pattern.regex.fullmatch(text) for pattern in lines)
