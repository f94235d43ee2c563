"""Hearing and speaking, loaded in the background so that the page works before they do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from server.protocol import SpeechStatus
from server.settings import Settings
from speech.errors import SpeechError
from speech.hearing import Hearing
from speech.recognisers.base import RecogniserOptions
from speech.recognisers.registry import load_recogniser
from speech.speaking import Speaking
from speech.vad import SileroModel
from speech.voices.base import Voice, VoiceOptions
from speech.voices.registry import load_voice

_log = logging.getLogger(__name__)
T = TypeVar("T")

#: Said so often that their sound is made beforehand.
PHRASES = ("The car will stop.", "The car is braking.", "The car waits.")


class SpeechRoom:
    """What hearing and speaking can do here. `hearing` and `speaking` are None until loaded."""

    def __init__(self) -> None:
        self.hearing: Hearing | None = None
        self.speaking: Speaking | None = None
        self.status = SpeechStatus(
            recogniser=None, voice=None, missing=("Speech is being loaded.",)
        )

    async def load(self, settings: Settings) -> None:
        """Loads both; what cannot be loaded is named in `status.missing`, with how to get it."""
        missing: list[str] = []
        hearing, voice = await asyncio.gather(
            _try(lambda: _hearing(settings), settings.recogniser, missing),
            _try(lambda: _voice(settings), settings.voice, missing),
        )
        self.hearing = hearing
        silent = voice is None or voice.name == "none"
        if voice is not None and not silent:
            self.speaking = Speaking(voice)
            await self.speaking.prepare(PHRASES)
        elif settings.voice != "off" and not missing:
            missing.append("No voice can run here: replies are shown as captions.")
        recogniser = hearing.recogniser if hearing is not None else None
        self.status = SpeechStatus(
            recogniser=recogniser.name if recogniser else None,
            voice=None if silent or voice is None else voice.name,
            noise_suppression=bool(recogniser and recogniser.capabilities.wants_noise_suppression),
            missing=tuple(missing),
        )

    async def close(self) -> None:
        if self.speaking is not None:
            await self.speaking.close()
            await asyncio.to_thread(self.speaking.voice.close)
        if self.hearing is not None:
            await self.hearing.close()


def recogniser_options(settings: Settings) -> RecogniserOptions:
    """The recogniser's part of the settings."""
    return RecogniserOptions(
        model_dir=settings.recogniser_model_dir,
        model=settings.recogniser_model,
        url=settings.recogniser_url,
        api_key=settings.recogniser_key.get_secret_value() if settings.recogniser_key else None,
        language=settings.language,
    )


def voice_options(settings: Settings) -> VoiceOptions:
    """The voice's part of the settings."""
    return VoiceOptions(
        voice=settings.voice_name,
        model_path=settings.voice_model_path,
        model=settings.voice_model,
        url=settings.voice_url,
        api_key=settings.voice_key.get_secret_value() if settings.voice_key else None,
    )


def _hearing(settings: Settings) -> Hearing:
    recogniser = load_recogniser(settings.recogniser, recogniser_options(settings))
    return Hearing(recogniser, SileroModel())


def _voice(settings: Settings) -> Voice:
    return load_voice(settings.voice, voice_options(settings))


async def _try(load: Callable[[], T], name: str, missing: list[str]) -> T | None:
    if name == "off":
        return None
    try:
        return await asyncio.to_thread(load)
    except SpeechError as problem:
        missing.append(str(problem))
    except Exception as problem:
        _log.exception("loading speech failed")
        missing.append(f"speech cannot be loaded: {problem}")
    return None
