"""PCM helpers: what goes out comes back, and a change of rate keeps the sound."""

import io
import math
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import (
    SILENCE_DB,
    Recording,
    Samples,
    for_hearing,
    from_pcm16,
    level_db,
    read_wav,
    resample,
    rms,
    to_pcm16,
    wav_bytes,
    write_wav,
)
from speech.errors import AudioError


def tone(frequency_hz: float, rate_hz: int, seconds: float = 1.0) -> Samples:
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * frequency_hz * time_s)).astype(np.float32)


def wav(data: bytes, rate_hz: int, channels: int, width: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(data)
    return buffer.getvalue()


@given(st.lists(st.integers(-32767, 32767)))
def test_samples_survive_the_way_there_and_back(values: list[int]) -> None:
    pcm = np.array(values, "<i2").tobytes()
    back = np.frombuffer(to_pcm16(from_pcm16(pcm)), "<i2")
    assert np.max(np.abs(back - np.array(values)), initial=0) <= 1


def test_too_loud_samples_are_clipped_not_wrapped() -> None:
    assert np.frombuffer(to_pcm16(np.array([2.0, -2.0], np.float32)), "<i2").tolist() == [
        32767,
        -32767,
    ]


def test_half_a_sample_is_an_error() -> None:
    with pytest.raises(AudioError, match="even number of bytes"):
        from_pcm16(b"\0\0\0")


def test_level_of_a_sine_and_of_silence() -> None:
    assert rms(tone(440, 16000)) == pytest.approx(0.5 / math.sqrt(2), rel=1e-4)
    assert level_db(tone(440, 16000)) == pytest.approx(-9.03, abs=0.01)
    assert level_db(np.zeros(100, np.float32)) == SILENCE_DB
    assert level_db(np.zeros(0, np.float32)) == SILENCE_DB


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000])
@pytest.mark.parametrize("frequency_hz", [50, 1000, 3500])
def test_a_tone_keeps_its_shape_at_another_rate(rate_hz: int, frequency_hz: int) -> None:
    made = resample(tone(frequency_hz, rate_hz), rate_hz, 16000)
    wanted = tone(frequency_hz, 16000)
    inner = slice(800, -800)  # the ends hear the silence around
    assert len(made) == 16000
    assert np.max(np.abs(made[inner] - wanted[inner])) < 2e-3


@pytest.mark.parametrize("frequency_hz", [8300, 9000, 12000, 20000])
def test_what_the_lower_rate_cannot_hold_is_removed(frequency_hz: int) -> None:
    assert rms(resample(tone(frequency_hz, 48000), 48000, 16000)[800:-800]) < 1e-3


@given(
    st.integers(1, 3000),
    st.sampled_from([8000, 16000, 22050, 44100, 48000]),
    st.sampled_from([8000, 16000, 22050, 24000]),
)
def test_the_length_scales_and_a_constant_stays(count: int, from_hz: int, to_hz: int) -> None:
    made = resample(np.full(count, 0.25, np.float32), from_hz, to_hz)
    assert len(made) == max(1, round(count * to_hz / from_hz))
    assert np.all(np.abs(made) < 0.32)  # at most the overshoot of a step


def test_no_samples_stay_no_samples() -> None:
    assert len(resample(np.zeros(0, np.float32), 48000, 16000)) == 0


@pytest.mark.parametrize(("from_hz", "to_hz"), [(0, 16000), (16000, 1_000_000), (-1, 16000)])
def test_a_rate_that_cannot_be_is_an_error(from_hz: int, to_hz: int) -> None:
    with pytest.raises(AudioError, match="sample rate"):
        resample(np.zeros(10, np.float32), from_hz, to_hz)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_pcm_width_and_both_channel_counts_are_read(width: int, channels: int) -> None:
    wanted = tone(440, 8000, 0.1)
    scaled = np.rint(wanted.astype(np.float64) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    if width == 1:
        data = (scaled + 128).astype(np.uint8)[:, None]
    else:
        data = scaled.astype("<i8")[:, None].view(np.uint8)[:, :width]
    recording = read_wav(wav(np.tile(data, channels).tobytes(), 8000, channels, width))
    assert recording.rate_hz == 8000
    assert np.allclose(recording.samples, wanted, atol=1.5 / 2 ** (8 * width - 1) + 1e-6)


def test_two_channels_are_mixed() -> None:
    data = np.array([[8000, 0], [8000, 0]], "<i2").tobytes()
    assert read_wav(wav(data, 16000, 2, 2)).samples == pytest.approx([0.12207, 0.12207], abs=1e-4)


def test_a_written_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, to_pcm16(tone(440, 22050)), 22050)
    recording = read_wav(path)
    assert recording.duration_s == 1.0
    assert np.allclose(recording.samples, tone(440, 22050), atol=1e-4)
    assert len(for_hearing(recording)) == 16000


def test_a_cut_off_file_gives_what_is_there() -> None:
    whole = wav_bytes(to_pcm16(tone(440, 16000)), 16000)
    assert len(read_wav(whole[:-1001]).samples) == 16000 - 501


def test_other_files_are_an_error_that_says_how_to_convert(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3 no wave")
    with pytest.raises(AudioError, match="ffmpeg"):
        read_wav(path)
    with pytest.raises(AudioError, match="does not exist"):
        read_wav(tmp_path / "none.wav")


def test_a_recording_knows_its_length() -> None:
    assert Recording(np.zeros(4000, np.float32), 8000).duration_s == 0.5
