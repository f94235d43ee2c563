"""The tables of the Mode Expert as compiled patterns.

A table is a YAML file of this folder: a mapping from a label to a block of patterns, one a line.
`{name}` in a pattern stands for a building block of `macros.yaml`. Patterns are matched against
normalised text (`modes.normalise`) at word boundaries.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

_FOLDER = Path(__file__).parent
_MACRO = re.compile(r"\{([a-z]\w*)\}")
_WORD_START = r"(?<!\S)"
_WORD_END = r"(?!\S)"


class GrammarError(ValueError):
    """A table cannot be used; the message names the file, the label and the pattern."""


@dataclass(frozen=True)
class Pattern:
    """One line of a table: its label, hints for slots, and the compiled expression."""

    label: str
    hints: Mapping[str, str]
    regex: re.Pattern[str]


@cache
def macros() -> Mapping[str, str]:
    """Building blocks by name, each already expanded."""
    raw: dict[str, str] = yaml.safe_load((_FOLDER / "macros.yaml").read_text("utf-8"))
    done: dict[str, str] = {}
    for name, text in raw.items():
        flat = re.sub(r"\s+\(\?!", "(?!", re.sub(r"\|\s+", "|", text))
        done[name] = _MACRO.sub(lambda m: done[m.group(1)], flat)
    return MappingProxyType(done)


def expand(pattern: str) -> str:
    """The pattern with its building blocks put in; raises `KeyError` on an unknown one."""
    return _MACRO.sub(lambda m: macros()[m.group(1)], pattern)


@cache
def table(name: str) -> tuple[Pattern, ...]:
    """All patterns of `name`.yaml in order; raises `GrammarError`.

    What follows a ``#`` in a label only tells two blocks of one label apart.
    A line may end in ``=> key=value key=value``: hints that the slots of a command start from.
    """
    document: dict[str, str] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text("utf-8"))
    return tuple(
        _pattern(name, label.partition("#")[0], line)
        for label, block in document.items()
        for line in block.splitlines()
        if line.strip()
    )


def _pattern(file: str, label: str, line: str) -> Pattern:
    text, _, tail = line.partition(" => ")
    hints = dict(part.split("=", 1) for part in tail.split())
    try:
        regex = re.compile(f"{_WORD_START}(?:{expand(text.strip())}){_WORD_END}")
    except (re.error, KeyError) as error:
        raise GrammarError(f"{file}.yaml, {label}: {text.strip()!r}: {error}") from error
    return Pattern(label, MappingProxyType(hints), regex)
