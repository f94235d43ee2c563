"""What every recogniser is: one small protocol, one result."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from speech.audio import Samples


@dataclass(frozen=True)
class Capabilities:
    """What the code around a recogniser needs to know about it."""

    languages: tuple[str, ...]  # ISO 639-1; empty = decided by the model behind it
    local: bool  # audio stays on this machine
    decodes_early: bool  # cheap enough to decode while somebody is still speaking
    wants_noise_suppression: bool = False  # neural recognisers get worse behind one


@dataclass(frozen=True)
class Transcript:
    """The words of one piece of audio."""

    text: str
    confidence: float | None  # 0..1, mean token probability; None where a backend cannot tell
    audio_s: float
    backend: str
    complete: bool = True  # False: the decoder was stopped because it did not end by itself


@dataclass(frozen=True)
class RecogniserOptions:
    """Settings of all recognisers; each reads what it needs."""

    model_dir: Path | None = None  # moonshine: folder of the ONNX files
    model: str | None = None  # faster_whisper: local folder or hub name; openai: model name
    url: str | None = None  # openai: base URL, for example http://127.0.0.1:8000/v1
    api_key: str | None = None
    language: str = "en"
    allow_download: bool = False  # faster_whisper: may fetch `model` from its hub
    device: str = "auto"  # faster_whisper: auto, cpu or cuda
    timeout_s: float = 15.0  # openai: for one request


class Recogniser(Protocol):
    """A speech recogniser. Its calls block: run them in one worker thread, one at a time."""

    @property
    def name(self) -> str:
        """Name in the registry."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    def load(self) -> None:
        """Makes it ready; raises ModelMissing when something is not there. Cheap when ready."""
        ...

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        """The words in float32 [n] at 16 kHz, at most 30 s; RecogniserError when it fails.

        `quick` asks for the cheapest decode, for words that are shown and then replaced.
        """
        ...
