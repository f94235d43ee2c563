"""Piper's neural voices (extra `piper`), in a process of their own: the package is GPL-3."""

import threading
from collections.abc import Iterator
from importlib.util import find_spec

from speech.errors import ModelMissing
from speech.voices.base import VoiceOptions
from speech.voices.process import VoiceProcess


class PiperVoice:
    """A local voice file; sounds human, takes about 0.1 s for the first clause."""

    name = "piper"
    first_clause_early = True

    def __init__(self, options: VoiceOptions) -> None:
        self._path = options.model_path
        settings = {"model_path": str(options.model_path)}
        self._process = VoiceProcess("piper_engine", settings, options.timeout_s)

    @property
    def rate_hz(self) -> int:
        return self._process.rate_hz

    def load(self) -> None:
        if self._path is None:
            raise ModelMissing("the Piper voice", "give the path of its .onnx file")
        for path in (self._path, self._path.with_name(self._path.name + ".json")):
            if not path.is_file():
                raise ModelMissing(str(path), "a Piper voice is a NAME.onnx with a NAME.onnx.json")
        if find_spec("piper") is None:
            raise ModelMissing(
                "the package piper-tts", "install the extra `piper` (pip install '.[piper]')"
            )
        self._process.start()

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        return self._process.speak(text, cancel)

    def close(self) -> None:
        self._process.stop()
