"""The whole loop with the real parts: the voice speaks, the microphone hears."""

import numpy as np
import pytest

from speech.audio import HEARING_RATE_HZ, Samples, from_pcm16, resample, to_pcm16
from speech.hearing import Final, Hearing, Partial
from speech.recognisers import Recogniser
from speech.speaking import Speaking
from speech.vad import FRAME_SAMPLES, SileroModel
from speech.voices import VoiceOptions, load_voice
from speech.words import normal

from .conftest import CLEAR, HEARD_WELL, Say

SILENCE = np.zeros(HEARING_RATE_HZ, np.float32)
FRAME_BYTES = 2 * FRAME_SAMPLES


async def heard(hearing: Hearing, sound: Samples) -> tuple[list[Partial], list[Final]]:
    """Feeds sound frame by frame, as fast as it goes."""
    microphone = hearing.microphone(hands_free=True)
    pcm = to_pcm16(sound)
    for start in range(0, len(pcm), FRAME_BYTES):
        await microphone.feed(pcm[start : start + FRAME_BYTES])
    await microphone.close()
    events = [event async for event in microphone.events()]
    partials = [event for event in events if isinstance(event, Partial)]
    return partials, [event for event in events if isinstance(event, Final)]


async def test_from_text_to_sound_to_text(moonshine: Recogniser, silero: SileroModel) -> None:
    voice = load_voice("espeak", CLEAR)
    speaking = Speaking(voice)
    pcm = b"".join([chunk.pcm async for chunk in speaking.speak("Why are you slowing down?")])
    await speaking.close()
    voice.close()
    sound = resample(from_pcm16(pcm), voice.rate_hz, HEARING_RATE_HZ)
    hearing = Hearing(moonshine, silero)
    _, (final,) = await heard(hearing, np.concatenate((SILENCE, sound, SILENCE)))
    await hearing.close()
    assert normal(final.text) == "why are you slowing down"
    assert final.reason == "silence"
    assert 0.9 < final.t_start_s < 1.3
    assert final.t_start_s + 1.0 < final.t_end_s < 1.0 + len(sound) / HEARING_RATE_HZ + 0.1
    assert final.latency.decode_ms > 0


@pytest.mark.parametrize(("sentence", "voice"), HEARD_WELL)
async def test_every_sentence_is_heard_through_the_microphone(
    moonshine: Recogniser,
    silero: SileroModel,
    clear_speech: Say,
    sentence: str,
    voice: VoiceOptions,
) -> None:
    hearing = Hearing(moonshine, silero)
    sound = np.concatenate((SILENCE, clear_speech(sentence, voice), SILENCE))
    _, (final,) = await heard(hearing, sound)
    await hearing.close()
    assert normal(final.text) == sentence


async def test_road_noise_alone_says_nothing(moonshine: Recogniser, silero: SileroModel) -> None:
    noise = np.random.default_rng(5).normal(0, 1, 10 * HEARING_RATE_HZ)
    road = np.convolve(noise, np.ones(64) / 64, "same").astype(np.float32) * np.float32(0.3)
    hearing = Hearing(moonshine, silero)
    partials, finals = await heard(hearing, road)
    await hearing.close()
    assert partials == []
    assert [final for final in finals if final.text] == []
