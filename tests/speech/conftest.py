"""Shared pieces: small stand-ins that are exact, and the real models, loaded once."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import numpy as np
import pytest

from speech.audio import HEARING_RATE_HZ, Samples, from_pcm16, resample, rms
from speech.fetch_weights import missing
from speech.files import speak_to_pcm
from speech.recognisers import Capabilities, Recogniser, RecogniserOptions, Transcript
from speech.recognisers.moonshine import Moonshine
from speech.vad import SileroModel
from speech.voices import VoiceOptions
from speech.voices.espeak import EspeakVoice


class LoudIsVoice:
    """Voice activity for tests: a loud frame is speech."""

    def stream(self) -> "LoudIsVoice":
        return self

    def reset(self) -> None:
        pass

    def probability(self, frame: Samples) -> float:
        return 1.0 if rms(frame) > 0.01 else 0.0


@dataclass
class ScriptedRecogniser:
    """Gives the texts of a list one after the other, the last one for ever."""

    texts: list[str]
    name: str = "scripted"
    confidences: list[float] = field(default_factory=list)
    decodes_early: bool = True
    complete: bool = True
    gate: threading.Event | None = None  # closed: decoding takes until it opens
    error: Exception | None = None
    heard_s: list[float] = field(default_factory=list)  # length of each audio

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(("en",), local=True, decodes_early=self.decodes_early)

    def load(self) -> None:
        pass

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        if self.gate is not None:
            self.gate.wait(10)
        if self.error is not None:
            raise self.error
        at = len(self.heard_s)
        self.heard_s.append(len(samples) / HEARING_RATE_HZ)
        text = self.texts[min(at, len(self.texts) - 1)]
        confidence = self.confidences[at] if at < len(self.confidences) else 0.9
        return Transcript(text, confidence, self.heard_s[-1], self.name, self.complete)


@dataclass
class ToneVoice:
    """Says one piece of sound for each word."""

    rate_hz: int = 16_000
    name: str = "tone"
    first_clause_early: bool = False
    piece_samples: int = 960
    error: Exception | None = None
    said: list[str] = field(default_factory=list)
    wait_between: threading.Event | None = None

    def load(self) -> None:
        pass

    def close(self) -> None:
        pass

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        self.said.append(text)
        for number, _word in enumerate(text.split(), start=1):
            if cancel.is_set():
                return
            yield np.full(self.piece_samples, number, "<i2").tobytes()
            if self.error is not None:
                raise self.error
            if self.wait_between is not None:
                self.wait_between.wait(10)


@pytest.fixture(scope="session")
def silero() -> SileroModel:
    return SileroModel()


@pytest.fixture(scope="session")
def moonshine() -> Recogniser:
    if missing():
        pytest.skip("the embedded recogniser's files are not built")
    recogniser = Moonshine(RecogniserOptions())
    recogniser.load()
    return recogniser


# Espeak settings in which the sentences of these tests are heard whatever the alignment; espeak is
# harder to hear than people are.
CLEAR = VoiceOptions(voice="en-us", words_per_minute=150, pitch=35)
ROB = VoiceOptions(voice="en-us+rob", words_per_minute=165, pitch=65)
HEARD_WELL = (
    ("take the next exit", CLEAR),
    ("why are you slowing down", CLEAR),
    ("stop the car", CLEAR),
    ("drive into the trash can", ROB),
    ("drive through the red light", ROB),
)


class Say(Protocol):
    def __call__(self, text: str, options: VoiceOptions = CLEAR) -> Samples: ...


@pytest.fixture(scope="session")
def clear_speech() -> Say:
    """Says a text at 16 kHz. A new voice each time: espeak says the same words in a slightly
    different way when it has spoken before."""

    @cache
    def say(text: str, options: VoiceOptions = CLEAR) -> Samples:
        voice = EspeakVoice(options)
        voice.load()
        pcm = speak_to_pcm(text, voice)
        voice.close()
        return resample(from_pcm16(pcm), voice.rate_hz, HEARING_RATE_HZ)

    return say
