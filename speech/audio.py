"""PCM helpers: 16-bit samples to floats and back, WAV files, resampling, level."""

import io
import math
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech.errors import AudioError

Samples = NDArray[np.float32]

HEARING_RATE_HZ = 16_000
MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 192_000
SILENCE_DB = -90.0

_ZERO_CROSSINGS = 64  # half length of the low-pass, in periods of the lower of the two rates
_KAISER_BETA = 9.0  # about -90 dB in the stop band, below the noise of 16-bit samples
_PASSBAND = 0.95  # the transition ends at the Nyquist rate instead of being centred on it


@dataclass(frozen=True)
class Recording:
    """One channel of audio: `samples` float32 [n] in -1..1 at `rate_hz`."""

    samples: Samples
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz


def from_pcm16(pcm: bytes) -> Samples:
    """Little-endian 16-bit samples as float32 in -1..1; an odd number of bytes is an AudioError."""
    if len(pcm) % 2:
        raise AudioError(f"16-bit audio needs an even number of bytes, got {len(pcm)}")
    return (np.frombuffer(pcm, dtype="<i2") / np.float32(32768)).astype(np.float32)


def to_pcm16(samples: Samples) -> bytes:
    """Float samples as little-endian 16-bit, clipped at full scale."""
    scaled: bytes = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
    return scaled


def rms(samples: Samples) -> float:
    """Root mean square, 0 for no samples."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def level_db(samples: Samples) -> float:
    """Level relative to full scale in dB, at least SILENCE_DB."""
    return max(SILENCE_DB, 20.0 * math.log10(max(rms(samples), 1e-9)))


def read_wav(source: Path | bytes) -> Recording:
    """A PCM WAV file (8, 16, 24 or 32 bit, any channels) mixed down to one channel."""
    name = "the WAV data" if isinstance(source, bytes) else str(source)
    try:
        with wave.open(io.BytesIO(source) if isinstance(source, bytes) else str(source)) as file:
            rate_hz, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            raw = file.readframes(file.getnframes())
    except FileNotFoundError:
        raise AudioError(f"{name} does not exist") from None
    except (wave.Error, EOFError, OSError) as problem:
        raise AudioError(
            f"{name} cannot be read as a PCM WAV file ({problem}): "
            "convert it, for example with `ffmpeg -i FILE -ac 1 -ar 16000 out.wav`"
        ) from None
    whole = len(raw) - len(raw) % (width * channels)  # a cut-off file ends inside a sample
    mono = _decode(raw[:whole], width).reshape(-1, channels).mean(axis=1, dtype=np.float32)
    return Recording(mono, rate_hz)


def wav_bytes(pcm: bytes, rate_hz: int) -> bytes:
    """A mono 16-bit WAV file around raw samples."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    return buffer.getvalue()


def write_wav(path: Path, pcm: bytes, rate_hz: int) -> None:
    """Writes mono 16-bit samples as a WAV file."""
    path.write_bytes(wav_bytes(pcm, rate_hz))


def for_hearing(recording: Recording) -> Samples:
    """The samples of a recording at the 16 kHz that recognisers and voice activity want."""
    return resample(recording.samples, recording.rate_hz, HEARING_RATE_HZ)


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Band-limited change of rate; the result has round(n * to / from) samples, no delay."""
    for rate_hz in (from_hz, to_hz):
        if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
            raise AudioError(
                f"a sample rate of {rate_hz} Hz is outside {MIN_RATE_HZ}..{MAX_RATE_HZ} Hz"
            )
    if from_hz == to_hz or not len(samples):
        return samples.astype(np.float32)
    divisor = math.gcd(from_hz, to_hz)
    up, down = to_hz // divisor, from_hz // divisor
    bank = _filter_bank(up, down)
    half = bank.shape[1] // 2
    count = max(1, round(len(samples) * to_hz / from_hz))
    padded = np.pad(samples.astype(np.float32), (half - 1, half + down))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half)
    result = np.empty(count, dtype=np.float32)
    for first in range(min(up, count)):
        # Output n sits at input position n * down / up; every up-th output shares one phase.
        position, phase = divmod(first * down, up)
        outputs = len(range(first, count, up))
        result[first::up] = windows[position::down][:outputs] @ bank[phase]
    return result


@lru_cache(maxsize=8)
def _filter_bank(up: int, down: int) -> Samples:
    """Low-pass filters [up, 2 * half], one for each fractional position between two inputs."""
    cutoff = _PASSBAND * min(1.0, up / down)  # 1 = Nyquist of the input
    half = math.ceil(_ZERO_CROSSINGS / min(1.0, up / down))
    phases = np.arange(up)[:, None] / up
    distance = phases - np.arange(-half + 1, half + 1)[None, :]
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1.0 - (distance / half) ** 2, 0.0, 1.0)))
    bank = cutoff * np.sinc(cutoff * distance) * window
    bank /= bank.sum(axis=1, keepdims=True)  # unity gain at DC for each phase: no ripple tone
    return bank.astype(np.float32)


def _decode(raw: bytes, width: int) -> Samples:
    if width == 1:  # 8-bit WAV is unsigned
        return ((np.frombuffer(raw, np.uint8).astype(np.float32)) - 128.0) / 128.0
    if width == 2:
        return from_pcm16(raw)
    if width == 3:
        parts = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        wide = np.zeros((len(parts), 4), np.uint8)
        wide[:, 1:] = parts
        return (wide.view("<i4")[:, 0] / np.float32(2**31)).astype(np.float32)
    return (np.frombuffer(raw, "<i4") / np.float32(2**31)).astype(np.float32)
