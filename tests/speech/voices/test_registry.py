"""Choosing a voice by name."""

import logging
from pathlib import Path

import pytest

from speech.errors import UnknownBackend
from speech.voices import VOICES, VoiceOptions, load_voice


def test_each_name_makes_the_voice_of_that_name() -> None:
    for name, make in VOICES.items():
        assert make(VoiceOptions()).name == name


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownBackend, match="auto, espeak, piper, openai, none"):
        load_voice("hal9000")


def test_auto_takes_the_embedded_voice() -> None:
    voice = load_voice()
    assert voice.name == "espeak"
    voice.close()


def test_auto_takes_the_service_that_was_set() -> None:
    assert load_voice("auto", VoiceOptions(url="http://127.0.0.1:9/v1")).name == "openai"


def test_auto_passes_over_what_cannot_run_and_says_so(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    with caplog.at_level(logging.WARNING):
        voice = load_voice("auto", VoiceOptions(model_path=tmp_path / "no.onnx"))
    assert voice.name == "espeak"
    assert "piper is skipped" in caplog.text
    voice.close()


def test_where_no_voice_can_run_there_are_captions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech.voices.espeak.find_spec", lambda _name: None)
    assert load_voice().name == "none"
