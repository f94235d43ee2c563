"""Any service with OpenAI's `POST /audio/speech`."""

import http.client
import json
import threading
from collections.abc import Iterator

from speech.errors import VoiceError
from speech.openai_http import ServiceError, SpeechService
from speech.voices.base import VoiceOptions

DEFAULT_MODEL, DEFAULT_VOICE = "tts-1", "alloy"
_PIECE_BYTES = 2880  # 60 ms


class OpenAiVoice:
    """Streams raw samples from a service."""

    name = "openai"
    rate_hz = 24_000  # fixed by the API for response_format "pcm"
    first_clause_early = True

    def __init__(self, options: VoiceOptions) -> None:
        self._options = options
        self._service: SpeechService | None = None

    def load(self) -> None:
        """Checks the settings only: whether the service answers shows with the first words."""
        options = self._options
        self._service = SpeechService(options.url, options.api_key, options.timeout_s)

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        if self._service is None:
            raise VoiceError("openai is not loaded: call load() first")
        request = {
            "model": self._options.model or DEFAULT_MODEL,
            "voice": self._options.voice or DEFAULT_VOICE,
            "input": text,
            "response_format": "pcm",
        }
        try:
            body = json.dumps(request).encode()
            with self._service.post("/audio/speech", body, "application/json") as response:
                yield from _pieces(response, cancel)
        except (ServiceError, OSError, http.client.HTTPException) as problem:
            raise VoiceError(str(problem)) from problem

    def close(self) -> None:
        pass


def _pieces(response: http.client.HTTPResponse, cancel: threading.Event) -> Iterator[bytes]:
    """What has arrived, in whole samples."""
    odd = b""
    while not cancel.is_set():
        data = odd + response.read1(_PIECE_BYTES)
        if len(data) == len(odd):
            return
        whole = len(data) - len(data) % 2
        data, odd = data[:whole], data[whole:]
        if data:
            yield data
