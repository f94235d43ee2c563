"""Piper's neural voices. Runs in the worker process only: piper-tts is GPL-3."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from piper import PiperVoice

_PIECE_MS = 60


class PiperEngine:
    """One loaded voice; it makes one sentence at a time."""

    def __init__(self, model: Path) -> None:
        self._voice = PiperVoice.load(str(model))
        settings = json.loads(model.with_name(model.name + ".json").read_text("utf-8"))
        self.rate_hz = int(settings["audio"]["sample_rate"])

    def speak(self, text: str, emit: Callable[[bytes], bool]) -> None:
        """Gives the sound of `text` to `emit` in 60 ms pieces until that returns False."""
        piece = 2 * (self.rate_hz * _PIECE_MS // 1000)
        for chunk in self._voice.synthesize(text):
            samples = chunk.audio_int16_bytes
            for start in range(0, len(samples), piece):
                if not emit(samples[start : start + piece]):
                    return


def open_engine(settings: dict[str, Any]) -> PiperEngine:
    """Called by the worker with the settings that voices/piper.py sends."""
    return PiperEngine(Path(settings["model_path"]))
