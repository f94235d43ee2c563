"""Fits the n-gram model: multinomial logistic regression, numpy only, seeded.

`python -m modes.training.train` writes the weights and their SHA-256; `--check` prints the
figures of five-fold cross-validation over the lines that were written one by one.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from modes.ngrams import BUCKETS, SHA256, WEIGHTS, Guess, NgramModel, features, way_of
from modes.normalise import normalise
from modes.training.corpus import examples, written

EPOCHS = 15
RATE = 4.0
DECAY = 0.02
F32 = NDArray[np.float32]


def fit(data: Sequence[tuple[str, str]], seed: int = 0) -> NgramModel:
    """A model for (normalised text, label) pairs."""
    labels = tuple(sorted({label for _, label in data}))
    number = {label: i for i, label in enumerate(labels)}
    rows = [features(text) for text, _ in data]
    goal = np.array([number[label] for _, label in data])
    weights = np.zeros((BUCKETS, len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    balance = _balance(goal, len(labels))
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        rate = RATE * (1 - epoch / EPOCHS)
        for i in rng.permutation(len(data)):
            _step(weights, bias, rows[i], int(goal[i]), float(balance[goal[i]]), rate)
        weights *= np.float32(1 - DECAY)
    return NgramModel(labels, weights.astype(np.float16), bias)


def _balance(goal: NDArray[np.int64], count: int) -> F32:
    """Rare labels weigh more, but not as much as their rarity."""
    seen = np.bincount(goal, minlength=count).astype(np.float32)
    share = (seen.mean() / np.maximum(seen, 1)) ** 0.3
    return np.asarray(share, np.float32)


def _step(
    weights: F32, bias: F32, index: NDArray[np.int64], goal: int, weight: float, rate: float
) -> None:
    """One step of stochastic gradient descent; only buckets that occur are touched."""
    if not len(index):
        return
    scale = np.float32(1 / np.sqrt(len(index)))
    scores = weights[index].sum(axis=0) * scale + bias
    p = np.exp(scores - scores.max())
    p /= p.sum()
    p[goal] -= 1.0
    error = p * np.float32(weight * rate)
    weights[index] -= scale * error
    bias -= np.float32(0.1) * error


def save(model: NgramModel) -> str:
    """Writes the shipped files; the SHA-256 of the weights."""
    WEIGHTS.parent.mkdir(exist_ok=True)
    with WEIGHTS.open("wb") as file:
        np.savez_compressed(
            file, labels=np.array(model.labels), weights=model.weights, bias=model.bias
        )
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    SHA256.write_text(f"{digest}  {WEIGHTS.name}\n", "ascii")
    return digest


def held_out_guesses(folds: int = 5) -> list[tuple[str, str, str, Guess]]:
    """(way, label, text, guess) of every written line by a model that has not seen it."""
    lines = written()
    order = np.random.default_rng(5).permutation(len(lines))
    out: list[tuple[str, str, str, Guess]] = []
    for fold in range(folds):
        held = [lines[i] for i in order[fold::folds]]
        model = fit(examples(without=frozenset(text for _, _, text in held)))
        out.extend((*line, model.guess(normalise(line[2]).text)) for line in held)
    return out


def cross_validation(folds: int = 5) -> dict[str, float]:
    """Shares right on written lines that the fold's model has not seen."""
    guesses = held_out_guesses(folds)
    way = [max(_ways(g), key=lambda w: _ways(g)[w]) == w for w, _, _, g in guesses]
    label = [g.labels[int(np.argmax(g.probabilities))] == x for _, x, _, g in guesses]
    return {"four_way": sum(way) / len(way), "label": sum(label) / len(label)}


def _ways(guess: Guess) -> dict[str, float]:
    names = ("control", "qa", "refuse", "autonomous")
    return {name: float(getattr(guess, name)) for name in names}


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains and saves; with ``--check`` cross-validates instead."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    if "--check" in args:
        print(cross_validation())
        return 0
    data = examples()
    model = fit(data)
    ways = {way_of(label) for label in model.labels}
    print(f"{len(data)} utterances, {len(model.labels)} labels, {len(ways)} ways: {save(model)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
