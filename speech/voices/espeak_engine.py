"""espeak-ng through ctypes. Runs in the worker process only: the library is GPL-3."""

import ctypes
from collections.abc import Callable
from typing import Any

import espeakng_loader

_SYNCHRONOUS = 2  # sound goes to the callback, the call returns when all is said
_PIECE_MS = 60
_DO_NOT_EXIT = 0x8000
_RATE, _PITCH = 1, 3
_UTF8, _END_PAUSE = 0x0001, 0x1000  # neither SSML nor phoneme input: text is only text
_GO_ON, _STOP = 0, 1


class EspeakEngine:
    """One synthesiser; the library keeps global state, hence one for each process."""

    def __init__(self, voice: str, words_per_minute: int, pitch: int) -> None:
        self._library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self.rate_hz = int(
            self._library.espeak_Initialize(_SYNCHRONOUS, _PIECE_MS, data, _DO_NOT_EXIT)
        )
        if self.rate_hz <= 0:
            raise RuntimeError("espeak-ng could not read its data files")
        kind = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
        )
        self._callback = kind(self._receive)  # must outlive the library's use of it
        self._library.espeak_SetSynthCallback(self._callback)
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"espeak-ng has no voice {voice!r}: try en-us, en-us+f3 or en")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)

    def speak(self, text: str, emit: Callable[[bytes], bool]) -> None:
        """Gives the sound of `text` to `emit` in 60 ms pieces until that returns False."""
        self._emit = emit
        raw = text.encode()
        self._library.espeak_Synth(
            raw, ctypes.c_size_t(len(raw) + 1), 0, 1, 0, _UTF8 | _END_PAUSE, None, None
        )
        self._library.espeak_Synchronize()

    def _receive(self, samples: Any, count: int, _events: Any) -> int:
        if count <= 0 or not samples:
            return _GO_ON
        return _GO_ON if self._emit(ctypes.string_at(samples, 2 * count)) else _STOP


def open_engine(settings: dict[str, Any]) -> EspeakEngine:
    """Called by the worker with the settings that voices/espeak.py sends."""
    return EspeakEngine(settings["voice"], settings["words_per_minute"], settings["pitch"])
