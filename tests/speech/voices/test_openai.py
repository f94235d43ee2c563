"""The voice behind an OpenAI-compatible service."""

import json
import threading

import pytest

from speech.errors import VoiceError
from speech.voices import VoiceOptions
from speech.voices.openai import OpenAiVoice

from ..service import Service, running


def loaded(service: Service) -> OpenAiVoice:
    voice = OpenAiVoice(VoiceOptions(url=service.url, voice="nova", timeout_s=5))
    voice.load()
    return voice


def test_raw_samples_are_asked_for_and_passed_on() -> None:
    sound = bytes(range(250)) * 40
    with running(Service(answer=sound)) as service:
        pieces = list(loaded(service).speak("Okay.", threading.Event()))
    assert b"".join(pieces) == sound
    assert service.paths == ["/v1/audio/speech"]
    assert json.loads(service.bodies[0]) == {
        "model": "tts-1",
        "voice": "nova",
        "input": "Okay.",
        "response_format": "pcm",
    }


def test_half_a_sample_at_the_end_is_dropped() -> None:
    with running(Service(answer=bytes(10_001))) as service:
        assert len(b"".join(loaded(service).speak("Okay.", threading.Event()))) == 10_000


def test_a_refusal_is_a_voice_error() -> None:
    answer = {"error": {"message": "no money"}}
    with (
        running(Service(answer=answer, status=429)) as service,
        pytest.raises(VoiceError, match="429: no money"),
    ):
        list(loaded(service).speak("Okay.", threading.Event()))


def test_it_must_be_loaded_first() -> None:
    with pytest.raises(VoiceError, match="not loaded"):
        list(OpenAiVoice(VoiceOptions()).speak("Okay.", threading.Event()))
