"""Piper in its process, with a stand-in for the package (it is an extra)."""

import threading
from pathlib import Path

import pytest

from speech.errors import ModelMissing, VoiceError
from speech.voices import VoiceOptions
from speech.voices.piper import PiperVoice

from .test_contract import piper_options

__all__ = ["piper_options"]


def test_sentences_come_in_60_ms_pieces(piper_options: VoiceOptions) -> None:
    voice = PiperVoice(piper_options)
    voice.load()
    pieces = list(voice.speak("One. Two three", threading.Event()))
    voice.close()
    assert voice.rate_hz == 16_000
    assert [len(piece) for piece in pieces] == [1920, 1920, 960] * 2
    assert pieces[0][:2] == bytes([3, 1])
    assert pieces[3][:2] == bytes([9, 1])


def test_a_text_that_fails_is_an_error_and_the_voice_goes_on(piper_options: VoiceOptions) -> None:
    voice = PiperVoice(piper_options)
    voice.load()
    with pytest.raises(VoiceError, match="ValueError: cannot say this"):
        list(voice.speak("fail", threading.Event()))
    assert list(voice.speak("Okay", threading.Event()))
    voice.close()


def test_the_json_file_beside_the_voice_is_asked_for(tmp_path: Path) -> None:
    model = tmp_path / "voice.onnx"
    model.touch()
    with pytest.raises(ModelMissing, match=r"voice\.onnx\.json"):
        PiperVoice(VoiceOptions(model_path=model)).load()


def test_without_the_package_the_extra_is_named(
    piper_options: VoiceOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech.voices.piper.find_spec", lambda _name: None)
    with pytest.raises(ModelMissing, match="extra `piper`"):
        PiperVoice(piper_options).load()
