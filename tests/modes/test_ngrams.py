"""The n-gram model: shipped weights are whole, and it only speaks where it may."""

from pathlib import Path

import pytest

from modes.expert import Context, GrammarExpert
from modes.ngrams import BUCKETS, WEIGHTS, WeightsError, features, load, way_of
from modes.training.corpus import examples, written
from modes.training.train import fit
from modes.vocabulary import Mode


def test_probabilities_add_up() -> None:
    guess = load().guess("run over that guy")
    assert guess.control + guess.qa + guess.refuse + guess.autonomous == pytest.approx(1, abs=1e-3)
    assert guess.refuse > 0.9


def test_features_are_bounded_and_sorted() -> None:
    rows = features("word " * 500)
    assert rows.max() < BUCKETS
    assert list(rows) == sorted(set(rows))


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    broken = tmp_path / "ngrams.npz"
    broken.write_bytes(WEIGHTS.read_bytes()[:-1] + b"x")
    broken.with_suffix(".sha256").write_text(WEIGHTS.with_suffix(".sha256").read_text())
    with pytest.raises(WeightsError, match="train mode-expert"):
        load(broken)
    with pytest.raises(WeightsError, match="missing"):
        load(tmp_path / "nothing.npz")


def test_training_is_deterministic() -> None:
    data = examples()[:300]
    first, second = fit(data), fit(data)
    assert (first.weights == second.weights).all()


def test_no_held_out_line_is_learned() -> None:
    from bench.language import HELDOUT
    from bench.language import load as cases

    held = {case.text for case in cases(HELDOUT)}
    assert held
    assert not held & {text for _, _, text in written()}


def test_every_label_belongs_to_one_way() -> None:
    assert {way_of(label) for label in load().labels} == {
        "control", "qa", "refuse", "autonomous",
    }  # fmt: skip


def test_the_model_never_overrules_a_call_for_caution() -> None:
    expert = GrammarExpert(load())
    for said in ("stop", "slow down", "let that guy in", "watch out you will run over that kid"):
        assert expert.classify(said, Context()).mode is Mode.CONTROL
