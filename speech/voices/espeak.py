"""The embedded voice: espeak-ng from the espeakng-loader wheel, in a process of its own."""

import threading
from collections.abc import Iterator
from importlib.util import find_spec

from speech.errors import ModelMissing
from speech.voices.base import VoiceOptions
from speech.voices.process import VoiceProcess

DEFAULT_VOICE = "en-us"


class EspeakVoice:
    """Robotic but clear and immediate: first sound after some milliseconds."""

    name = "espeak"
    first_clause_early = False  # a whole sentence takes some ms, and sounds better in one piece

    def __init__(self, options: VoiceOptions) -> None:
        settings = {
            "voice": options.voice or DEFAULT_VOICE,
            "words_per_minute": options.words_per_minute,
            "pitch": options.pitch,
        }
        self._process = VoiceProcess("espeak_engine", settings, options.timeout_s)

    @property
    def rate_hz(self) -> int:
        return self._process.rate_hz

    @property
    def pid(self) -> int | None:
        """Process id of the synthesiser while it runs."""
        return self._process.pid

    def load(self) -> None:
        # Looked for, not imported: the library must not enter this process.
        if find_spec("espeakng_loader") is None:
            raise ModelMissing("the package espeakng-loader", "pip install espeakng-loader")
        self._process.start()

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        return self._process.speak(text, cancel)

    def close(self) -> None:
        self._process.stop()
