"""Any service with OpenAI's `POST /audio/transcriptions`."""

import http.client
import json
import math
from typing import Any

from speech.audio import HEARING_RATE_HZ, Samples, to_pcm16, wav_bytes
from speech.errors import RecogniserError
from speech.openai_http import ServiceError, SpeechService, multipart
from speech.recognisers.base import Capabilities, RecogniserOptions, Transcript

DEFAULT_MODEL = "whisper-1"
_BAD_REQUEST = (400, 422)


class OpenAiRecogniser:
    """Sends each utterance as a WAV file; the service decides which model answers."""

    name = "openai"
    capabilities = Capabilities(languages=(), local=False, decodes_early=False)

    def __init__(self, options: RecogniserOptions) -> None:
        self._options = options
        self._service: SpeechService | None = None
        # Token probabilities come with verbose_json only, which some models do not offer.
        self._format = "verbose_json"

    def load(self) -> None:
        """Checks the settings only: whether the service answers shows with the first words."""
        options = self._options
        self._service = SpeechService(options.url, options.api_key, options.timeout_s)

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        if self._service is None:
            raise RecogniserError("openai is not loaded: call load() first")
        wav = wav_bytes(to_pcm16(samples), HEARING_RATE_HZ)
        try:
            answer = self._ask(self._service, wav)
        except ServiceError as problem:
            if problem.status not in _BAD_REQUEST or self._format == "json":
                raise RecogniserError(str(problem)) from problem
            self._format = "json"
            return self.transcribe(samples)
        text = answer.get("text")
        if not isinstance(text, str):
            raise RecogniserError("the speech service answered without a text")
        audio_s = len(samples) / HEARING_RATE_HZ
        return Transcript(text.strip(), segments_confidence(answer), audio_s, self.name)

    def _ask(self, service: SpeechService, wav: bytes) -> dict[str, Any]:
        fields = {
            "model": self._options.model or DEFAULT_MODEL,
            "language": self._options.language,
            "response_format": self._format,
            "temperature": "0",
        }
        body, content_type = multipart(fields, "speech.wav", wav)
        try:
            with service.post("/audio/transcriptions", body, content_type) as response:
                answer = json.loads(response.read())
        except (ValueError, OSError, http.client.HTTPException) as problem:
            raise RecogniserError(f"the speech service's answer is broken: {problem}") from problem
        if not isinstance(answer, dict):
            raise RecogniserError("the speech service answered with something that is no object")
        return answer


def segments_confidence(answer: dict[str, Any]) -> float | None:
    """Mean token probability weighted by segment length, None when there is none."""
    total_s = weighted = 0.0
    try:
        for segment in answer.get("segments") or []:
            length_s = max(0.01, float(segment["end"]) - float(segment["start"]))
            total_s += length_s
            weighted += length_s * math.exp(min(0.0, float(segment["avg_logprob"])))
    except (KeyError, TypeError, ValueError):
        return None
    return weighted / total_s if total_s else None
