"""What every voice is: one small protocol."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class VoiceOptions:
    """Settings of all voices; each reads what it needs."""

    voice: str | None = None  # espeak: en-us, en-us+f3, en ...; openai: alloy ...
    words_per_minute: int = 165  # espeak
    pitch: int = 45  # espeak, 0..99
    model_path: Path | None = None  # piper: the .onnx file, with its .onnx.json beside it
    model: str | None = None  # openai: model name
    url: str | None = None  # openai: base URL, for example http://127.0.0.1:8000/v1
    api_key: str | None = None
    timeout_s: float = 15.0  # longest wait for the next piece of audio


class Voice(Protocol):
    """A voice. Its calls block: run them in a worker thread. Any thread may call `speak`;
    several texts at once are spoken one after the other."""

    @property
    def name(self) -> str:
        """Name in the registry."""
        ...

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `speak` gives; known once loaded."""
        ...

    @property
    def first_clause_early(self) -> bool:
        """True when making a whole sentence takes so long that its first clause should go first."""
        ...

    def load(self) -> None:
        """Makes it ready; raises ModelMissing when something is not there. Cheap when ready."""
        ...

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        """Mono 16-bit samples, piece by piece; ends early once `cancel` is set.

        The text is already speakable. Raises VoiceError.
        """
        ...

    def close(self) -> None:
        """Ends helper processes; `load` brings them back."""
        ...
