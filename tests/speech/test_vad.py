"""Voice activity on real sound: speech is seen, noise and silence are not."""

import numpy as np
import pytest

from speech.audio import Samples
from speech.errors import AudioError
from speech.vad import FRAME_SAMPLES, SileroModel, SileroStream

from .conftest import Say


def probabilities(stream: SileroStream, samples: Samples) -> list[float]:
    starts = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [stream.probability(samples[start : start + FRAME_SAMPLES]) for start in starts]


def test_speech_is_seen_and_the_silence_after_it(silero: SileroModel, clear_speech: Say) -> None:
    speech = clear_speech("Please take the next exit on the right.")
    found = probabilities(silero.stream(), np.pad(speech, (8000, 16000)))
    voiced = [probability > 0.5 for probability in found]
    assert not any(voiced[:12])
    assert sum(voiced) * 0.032 > 0.6 * len(speech) / 16000
    assert not any(voiced[-15:])


def test_noise_hum_and_silence_are_no_speech(silero: SileroModel) -> None:
    noise = np.random.default_rng(7).normal(0, 0.05, 48000).astype(np.float32)
    hum = (0.2 * np.sin(2 * np.pi * 100 * np.arange(48000) / 16000)).astype(np.float32)
    for sound in (noise, hum, np.zeros(48000, np.float32)):
        assert max(probabilities(silero.stream(), sound)) < 0.5


def test_streams_do_not_disturb_each_other_and_reset_forgets(
    silero: SileroModel, clear_speech: Say
) -> None:
    speech = clear_speech("Stop the car.")
    alone = probabilities(silero.stream(), speech)
    one, other = silero.stream(), silero.stream()
    for start in range(0, len(speech) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = speech[start : start + FRAME_SAMPLES]
        assert one.probability(frame) == alone[start // FRAME_SAMPLES]
        other.probability(frame[::-1].copy())
    one.reset()
    assert probabilities(one, speech) == alone


def test_a_frame_of_another_size_is_an_error(silero: SileroModel) -> None:
    with pytest.raises(AudioError, match="512 samples"):
        silero.stream().probability(np.zeros(480, np.float32))
