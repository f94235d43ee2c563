"""Choosing a recogniser by name."""

import logging
from pathlib import Path

import pytest

from speech.errors import ModelMissing, UnknownBackend
from speech.recognisers import RECOGNISERS, Recogniser, RecogniserOptions, load_recogniser


def test_each_name_makes_the_recogniser_of_that_name() -> None:
    for name, make in RECOGNISERS.items():
        assert make(RecogniserOptions()).name == name


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownBackend, match="auto, moonshine, faster_whisper, openai"):
        load_recogniser("siri")


def test_auto_takes_the_embedded_one(moonshine: Recogniser) -> None:
    assert load_recogniser().name == moonshine.name


def test_auto_takes_the_service_that_was_set() -> None:
    options = RecogniserOptions(url="http://127.0.0.1:9/v1")
    assert load_recogniser("auto", options).name == "openai"


def test_auto_passes_over_what_cannot_run_and_says_so(
    moonshine: Recogniser, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.WARNING):
        found = load_recogniser("auto", RecogniserOptions(model=str(tmp_path)))
    assert found.name == moonshine.name
    assert "faster_whisper is skipped" in caplog.text


def test_when_nothing_can_run_every_reason_is_given(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"moonshine: .*encoder_model\.onnx is missing"):
        load_recogniser("auto", RecogniserOptions(model_dir=tmp_path))
