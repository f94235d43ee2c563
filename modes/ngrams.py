"""A small linear model over hashed word and character n-grams: the second opinion of the expert.

Pure numpy. It gives a probability for each label (intent, question kind, refusal class or
chatter); the tables decide where they know, the model where they do not. Weights are made by
`modes.training.train` and checked by their SHA-256 when they are loaded.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from modes.vocabulary import Intent, Mode, Question, Refusal

F32 = NDArray[np.float32]
BUCKETS = 1 << 15
WEIGHTS = Path(__file__).parent / "weights" / "ngrams.npz"
SHA256 = WEIGHTS.with_suffix(".sha256")
CHATTER = "autonomous"
MAX_WORDS = 60


class WeightsError(ValueError):
    """The weights are missing or altered; the message says how to make them again."""


def features(text: str) -> NDArray[np.int64]:
    """Sorted, distinct bucket numbers of the n-grams in normalised `text`."""
    grams = {zlib.crc32(gram.encode()) % BUCKETS for gram in _grams(text)}
    return np.array(sorted(grams), np.int64)


def _grams(text: str) -> Iterator[str]:
    words = ["^", *text.split()[:MAX_WORDS], "$"]
    for i, word in enumerate(words):
        yield f"w{word}"
        if i + 1 < len(words):
            yield f"b{word} {words[i + 1]}"
        if i + 2 < len(words):
            yield f"s{word} {words[i + 2]}"
            yield f"t{word} {words[i + 1]} {words[i + 2]}"
        padded = f"<{word}>"
        for size in (3, 4):
            for j in range(len(padded) - size + 1):
                yield f"c{padded[j : j + size]}"


@dataclass(frozen=True)
class Guess:
    """Probabilities by label, and the sums for the four ways an utterance can go."""

    labels: tuple[str, ...]
    probabilities: F32
    control: float
    qa: float
    refuse: float
    autonomous: float

    def best(self, labels: Sequence[str]) -> tuple[str, float]:
        """The likeliest of these labels and its probability."""
        values = [float(self.probabilities[self.labels.index(label)]) for label in labels]
        top = int(np.argmax(values))
        return labels[top], values[top]

    def intent(self) -> tuple[Intent, float]:
        name, p = self.best([x for x in self.labels if x in _INTENTS])
        return Intent(name), p

    def question(self) -> tuple[Question, float]:
        name, p = self.best([x for x in self.labels if x in _QUESTIONS])
        return Question(name), p

    def refusal(self) -> tuple[Refusal, float]:
        name, p = self.best([x for x in self.labels if x in _REFUSALS])
        return _REFUSALS[name], p


_INTENTS = frozenset(i.value for i in Intent)
_QUESTIONS = frozenset(q.value for q in Question)
_REFUSALS = {r.code: r for r in Refusal}


def way_of(label: str) -> str:
    """control, qa, refuse or autonomous."""
    if label in _REFUSALS:
        return "refuse"
    if label in _QUESTIONS:
        return Mode.QA.value
    return Mode.CONTROL.value if label in _INTENTS else CHATTER


@dataclass(frozen=True)
class NgramModel:
    """Weights [buckets, labels] and bias [labels]."""

    labels: tuple[str, ...]
    weights: NDArray[np.float16] = field(repr=False)
    bias: F32 = field(repr=False)

    def guess(self, text: str) -> Guess:
        """Probabilities for normalised `text`."""
        rows = features(text)
        total = self.weights[rows].astype(np.float32).sum(axis=0) / np.sqrt(max(len(rows), 1))
        scores = total + self.bias
        p = np.exp(scores - scores.max())
        p /= p.sum()
        sums = dict.fromkeys(("control", "qa", "refuse", "autonomous"), 0.0)
        for label, value in zip(self.labels, p, strict=True):
            sums[way_of(label)] += float(value)
        return Guess(self.labels, p.astype(np.float32), **sums)


@cache
def load(path: Path = WEIGHTS) -> NgramModel:
    """The shipped model; raises `WeightsError` when it is missing or altered."""
    remedy = "make it again with `ridealong train mode-expert`"
    try:
        raw = path.read_bytes()
        wanted = path.with_suffix(".sha256").read_text("ascii").split()[0]
    except (OSError, IndexError) as error:
        raise WeightsError(f"{path.name} is missing: {remedy}") from error
    if hashlib.sha256(raw).hexdigest() != wanted:
        raise WeightsError(f"{path.name} does not match its SHA-256: {remedy}")
    with np.load(path, allow_pickle=False) as data:
        labels = tuple(str(x) for x in data["labels"])
        return NgramModel(labels, data["weights"], data["bias"])
