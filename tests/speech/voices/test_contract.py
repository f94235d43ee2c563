"""What every voice does, whatever is behind it."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from speech.errors import ModelMissing
from speech.voices import VOICES, Voice, VoiceOptions

from ..service import Service, running

TEXT = "I am slowing down."
# The real worker process loads this as if it were the package piper-tts 1.x.
FAKE_PIPER = """
class _Chunk:
    def __init__(self, samples):
        self.audio_int16_bytes = samples

class PiperVoice:
    @staticmethod
    def load(path):
        print("a library that prints to standard output")
        return PiperVoice()

    def synthesize(self, text):
        if text == "fail":
            raise ValueError("cannot say this")
        for sentence in text.split(". "):
            yield _Chunk(bytes([len(sentence) % 256, 1]) * 2400)
"""


@pytest.fixture
def piper_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VoiceOptions:
    package = tmp_path / "packages" / "piper"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FAKE_PIPER)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    monkeypatch.syspath_prepend(str(package.parent))
    model = tmp_path / "voice.onnx"
    model.touch()
    (tmp_path / "voice.onnx.json").write_text(json.dumps({"audio": {"sample_rate": 16_000}}))
    return VoiceOptions(model_path=model)


@pytest.fixture
def service() -> Iterator[Service]:
    with running(Service(answer=bytes(range(200)) * 100)) as service:
        yield service


@pytest.fixture(params=sorted(VOICES))
def voice(request: pytest.FixtureRequest) -> Iterator[Voice]:
    """Each backend, loaded."""
    options = VoiceOptions()
    if request.param == "piper":
        options = request.getfixturevalue("piper_options")
    if request.param == "openai":
        options = VoiceOptions(url=request.getfixturevalue("service").url)
    made = VOICES[request.param](options)
    made.load()
    yield made
    made.close()


def test_it_gives_whole_samples_at_a_known_rate(voice: Voice) -> None:
    pieces = list(voice.speak(TEXT, threading.Event()))
    assert bool(pieces) == (voice.name != "none")
    assert all(len(piece) % 2 == 0 and piece for piece in pieces)
    assert 8_000 <= voice.rate_hz <= 48_000


def length(voice: Voice) -> int:
    return len(b"".join(voice.speak(TEXT, threading.Event())))


def test_the_same_words_take_the_same_time_and_loading_twice_is_free(voice: Voice) -> None:
    first = length(voice)
    voice.load()
    assert length(voice) == pytest.approx(first, rel=0.01)  # espeak is never quite the same


def test_cancelled_before_it_begins_it_says_nothing(voice: Voice) -> None:
    cancel = threading.Event()
    cancel.set()
    assert list(voice.speak(TEXT, cancel)) == []


def test_cancelled_in_the_middle_it_stops_and_can_speak_again(voice: Voice) -> None:
    cancel = threading.Event()
    whole = length(voice)
    pieces = iter(voice.speak(TEXT, cancel))
    first = next(pieces, b"")
    cancel.set()
    assert len(first) + sum(map(len, pieces)) <= whole
    assert length(voice) == pytest.approx(whole, rel=0.01)


def test_closed_it_can_be_loaded_again(voice: Voice) -> None:
    first = length(voice)
    voice.close()
    voice.load()
    assert length(voice) == pytest.approx(first, rel=0.01)


@pytest.mark.parametrize("name", ["piper", "openai"])
def test_without_its_parts_it_says_what_is_missing(name: str) -> None:
    with pytest.raises(ModelMissing) as caught:
        VOICES[name](VoiceOptions()).load()
    assert caught.value.how_to_get
    assert "\n" not in str(caught.value)


def test_espeak_is_clear_and_not_clipped() -> None:
    voice = VOICES["espeak"](VoiceOptions())
    voice.load()
    samples = np.frombuffer(b"".join(voice.speak(TEXT, threading.Event())), "<i2")
    voice.close()
    assert 0.8 < len(samples) / voice.rate_hz < 2.5
    assert 5000 < np.max(np.abs(samples.astype(int))) < 32767
