"""No voice: replies are shown as captions only."""

import threading
from collections.abc import Iterator

from speech.voices.base import VoiceOptions


class SilentVoice:
    """Says nothing, at once."""

    name = "none"
    rate_hz = 16_000
    first_clause_early = False

    def __init__(self, options: VoiceOptions) -> None:
        pass

    def load(self) -> None:
        pass

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        pass
