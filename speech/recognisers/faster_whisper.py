"""Whisper models through the optional package faster-whisper (extra `speech`)."""

import math
from pathlib import Path
from typing import Any

from speech.audio import HEARING_RATE_HZ, Samples
from speech.errors import ModelMissing, RecogniserError
from speech.recognisers.base import Capabilities, RecogniserOptions, Transcript

_NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")
_CPU_THREADS = 2


class FasterWhisper:
    """A converted Whisper model from a local folder or, where allowed, from its hub."""

    name = "faster_whisper"

    def __init__(self, options: RecogniserOptions) -> None:
        self._options = options
        self._model: Any = None
        # A 30 s window is encoded for every decode: without a GPU that is too slow to repeat.
        self.capabilities = Capabilities(
            languages=(), local=True, decodes_early=options.device == "cuda"
        )

    def load(self) -> None:
        if self._model is not None:
            return
        model = self._checked_model()
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise ModelMissing(
                "the package faster-whisper", "install the extra `speech` (pip install '.[speech]')"
            ) from None
        try:
            self._model = WhisperModel(
                model,
                device=self._options.device,
                compute_type="default" if self._options.device == "cuda" else "int8",
                cpu_threads=_CPU_THREADS,
                local_files_only=not self._options.allow_download,
            )
        except Exception as problem:  # the hub client raises its own many kinds
            raise ModelMissing(
                f"the Whisper model {model!r}",
                f"give a local folder, or a hub name with downloads allowed ({problem})",
            ) from problem

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        if self._model is None:
            raise RecogniserError("faster_whisper is not loaded: call load() first")
        try:
            found, _ = self._model.transcribe(
                samples,
                language=self._options.language,
                beam_size=1,
                condition_on_previous_text=False,  # utterances are short and unrelated
                without_timestamps=True,
            )
            segments = list(found)  # decoding happens while this is read
        except Exception as problem:  # one bad utterance must not end hearing
            raise RecogniserError(f"faster_whisper failed: {problem}") from problem
        text = " ".join(segment.text.strip() for segment in segments).strip()
        audio_s = len(samples) / HEARING_RATE_HZ
        return Transcript(text, _confidence(segments), audio_s, self.name)

    def _checked_model(self) -> str:
        model = self._options.model
        if not model:
            raise ModelMissing("the Whisper model", "name a local folder or a hub model")
        folder = Path(model)
        if folder.is_dir():
            for name in _NEEDED_FILES:
                # Without tokenizer.json the package would go to its hub for one.
                if not (folder / name).is_file():
                    raise ModelMissing(f"{name} in {folder}", "convert the model again with it")
        return model


def _confidence(segments: list[Any]) -> float:
    if not segments:
        return 0.0
    return math.exp(min(0.0, sum(s.avg_logprob for s in segments) / len(segments)))
