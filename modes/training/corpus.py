"""Training utterances: those written one by one, and those that templates spell out.

A file of `utterances/` maps the four ways (control, qa, refuse, autonomous) to lines by label. In
`templates.yaml` a line may hold ``{name}`` (one of the words of that name) and ``[a|b|]``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from modes.normalise import normalise

FOLDER = Path(__file__).parent / "utterances"
#: How many utterances one template gives at most.
PER_TEMPLATE = 14
_SLOT = re.compile(r"\{(\w+)\}|\[([^\]]*)\]")
_FRAMES = {
    "control": [
        "please {}",
        "could you {}",
        "can you {}",
        "hey car {}",
        "i want you to {}",
        "{} now",
        "{} please",
        "would you {} please",
        "okay {}",
        "let us {}",
        "we need to {}",
    ],
    "refuse": [
        "please {}",
        "could you {}",
        "come on {}",
        "just {}",
        "i said {}",
        "{} now",
        "{} please",
        "hey car {}",
        "i want you to {}",
        "it is an emergency {}",
        "for fun {}",
        "{} i dare you",
        "nobody will notice {}",
        "as a joke {}",
        "can you {}",
        "i order you to {}",
    ],
}


def examples(seed: int = 1, without: frozenset[str] = frozenset()) -> list[tuple[str, str]]:
    """(normalised text, label) of everything that may be learned from, without doubles.

    Lines in `without` (as written), and all that is made from them, are left out.
    """
    rng = random.Random(seed)
    found: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        words = document.pop("words", {})
        for way, label, line in _lines(document):
            if line in without:
                continue
            for text in _spelled(line, words, rng):
                for framed in _framed(text, way, rng):
                    found.setdefault(normalise(framed).text, label)
    return [(text, label) for text, label in found.items() if text]


def written() -> list[tuple[str, str, str]]:
    """(way, label, text) of the lines that were written one by one."""
    out: list[tuple[str, str, str]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        if "words" not in document:
            out.extend(_lines(document))
    return out


def _lines(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for way in ("control", "qa", "refuse"):
        for label, block in (document.get(way) or {}).items():
            for line in block.splitlines():
                if line.strip():
                    yield way, label, line.strip()
    for line in (document.get("autonomous") or "").splitlines():
        if line.strip():
            yield "autonomous", "autonomous", line.strip()
    for item in document.get("slots") or ():
        yield "control", item["intent"], item["text"]


def _spelled(line: str, words: dict[str, str], rng: random.Random) -> list[str]:
    if not _SLOT.search(line):
        return [line]
    texts = {_once(line, words, rng) for _ in range(PER_TEMPLATE)}
    return sorted(texts)


def _once(line: str, words: dict[str, str], rng: random.Random) -> str:
    def choose(hit: re.Match[str]) -> str:
        options = str(words[hit.group(1)] if hit.group(1) else hit.group(2))
        return rng.choice(options.split("|")).strip()

    previous = ""
    while previous != line:
        previous, line = line, _SLOT.sub(choose, line)
    return " ".join(line.split())


def _framed(text: str, way: str, rng: random.Random) -> list[str]:
    frames = _FRAMES.get(way)
    if frames is None:
        return [text]
    return [text, rng.choice(frames).format(text)]
