"""Finds a voice by name; `auto` takes the first that can run here."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from speech.errors import ModelMissing, UnknownBackend
from speech.voices.base import Voice, VoiceOptions
from speech.voices.espeak import EspeakVoice
from speech.voices.openai import OpenAiVoice
from speech.voices.piper import PiperVoice
from speech.voices.silent import SilentVoice

_log = logging.getLogger(__name__)

VOICES: Mapping[str, Callable[[VoiceOptions], Voice]] = MappingProxyType(
    {
        "espeak": EspeakVoice,
        "piper": PiperVoice,
        "openai": OpenAiVoice,
        "none": SilentVoice,
    }
)


def load_voice(name: str = "auto", options: VoiceOptions | None = None) -> Voice:
    """A loaded voice.

    `auto` takes what the options point to (a URL, then a Piper file), else espeak, else none.
    Raises UnknownBackend for a name not in VOICES and ModelMissing when it cannot run here.
    """
    options = options or VoiceOptions()
    if name != "auto":
        if name not in VOICES:
            raise UnknownBackend(
                f"no voice is called {name!r}: choose one of {', '.join(('auto', *VOICES))}"
            )
        voice = VOICES[name](options)
        voice.load()
        return voice
    for candidate in _candidates(options):
        voice = VOICES[candidate](options)
        try:
            voice.load()
        except ModelMissing as problem:
            _log.warning("voice %s is skipped: %s", candidate, problem)
            continue
        return voice
    return SilentVoice(options)


def _candidates(options: VoiceOptions) -> list[str]:
    wanted = []
    if options.url:
        wanted.append("openai")
    elif options.model_path:
        wanted.append("piper")
    return [*wanted, "espeak"]
