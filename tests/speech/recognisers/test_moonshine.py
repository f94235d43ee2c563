"""The embedded recogniser on real sound: it hears words, and says how sure it is."""

from pathlib import Path

import numpy as np
import pytest

from speech.errors import ModelMissing, RecogniserError
from speech.recognisers import Recogniser, RecogniserOptions
from speech.recognisers.moonshine import Moonshine
from speech.voices import VoiceOptions
from speech.words import normal

from ..conftest import HEARD_WELL, Say


@pytest.mark.parametrize(("sentence", "voice"), HEARD_WELL)
def test_it_hears_what_is_said(
    moonshine: Recogniser, clear_speech: Say, sentence: str, voice: VoiceOptions
) -> None:
    transcript = moonshine.transcribe(clear_speech(sentence, voice))
    assert normal(transcript.text) == sentence
    assert transcript.complete
    assert transcript.confidence is not None
    assert transcript.confidence > 0.5


def test_a_quiet_microphone_is_heard_too(moonshine: Recogniser, clear_speech: Say) -> None:
    quiet = clear_speech("why are you slowing down") * np.float32(0.02)
    assert normal(moonshine.transcribe(quiet).text) == "why are you slowing down"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("smooth", [1, 16, 256])
def test_noise_gives_next_to_no_confidence(moonshine: Recogniser, seed: int, smooth: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.1, 24000)
    sound = np.convolve(noise, np.ones(smooth) / smooth, "same").astype(np.float32)
    confidence = moonshine.transcribe(sound).confidence
    assert confidence is not None
    assert confidence < 0.05


def test_a_second_look_is_never_less_sure_than_the_quick_one(
    moonshine: Recogniser, clear_speech: Say
) -> None:
    for sentence in ("stop the car", "run the red light", "go faster"):
        quick = moonshine.transcribe(clear_speech(sentence), quick=True).confidence
        careful = moonshine.transcribe(clear_speech(sentence)).confidence
        assert quick is not None
        assert careful is not None
        assert careful >= quick


def test_the_number_of_words_is_bounded_by_the_length(moonshine: Recogniser) -> None:
    buzz = (np.sin(np.arange(8000) / 8) > 0).astype(np.float32) * np.float32(0.3)
    transcript = moonshine.transcribe(buzz)
    assert len(transcript.text) < 100


def test_no_sound_gives_no_words(moonshine: Recogniser) -> None:
    transcript = moonshine.transcribe(np.zeros(0, np.float32))
    assert (transcript.text, transcript.confidence) == ("", 0.0)


def test_too_much_at_once_is_an_error(moonshine: Recogniser) -> None:
    with pytest.raises(RecogniserError, match="at most 30 s"):
        moonshine.transcribe(np.zeros(31 * 16000, np.float32))


def test_it_must_be_loaded_first(tmp_path: Path) -> None:
    recogniser = Moonshine(RecogniserOptions(model_dir=tmp_path))
    with pytest.raises(RecogniserError, match="load"):
        recogniser.transcribe(np.zeros(16000, np.float32))
    with pytest.raises(ModelMissing, match="fetch_weights"):
        recogniser.load()
