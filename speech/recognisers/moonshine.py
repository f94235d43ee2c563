"""The embedded recogniser: Moonshine tiny (English) on ONNX Runtime."""

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from speech.audio import HEARING_RATE_HZ, Samples, rms
from speech.errors import ModelMissing, RecogniserError
from speech.fetch_weights import MOONSHINE_DIR, missing
from speech.inference import open_session
from speech.recognisers.base import Capabilities, RecogniserOptions, Transcript
from speech.recognisers.vocabulary import Vocabulary

_START, _END = 1, 2
_TARGET_RMS = 0.15  # the model was trained on near speech; quiet microphones lose words
_MAX_GAIN = 30.0  # do not blow silence up to speech level
# Silence before and after: at bare edges it drops words.
_PADDING_S = (0.5, 0.75)
# Where the first result is doubtful, the same sound a little shifted is decoded as well and the
# surer one taken: 22.1 -> 19.7 % word errors on 180 synthetic clips for a third more computing.
_DOUBTFUL, _SECOND_PADDING_S = 0.7, (0.25, 1.0)
_MAX_S = 30.0
# Greedy decoding can fall into a loop. Fast speech was measured below the rate; the constant
# lets one short word through.
_TOKENS_PER_S, _TOKENS_AT_LEAST = 9.0, 6


class Moonshine:
    """Greedy decoding with cached keys and values; about 0.05 s of one core per second heard."""

    name = "moonshine"
    capabilities = Capabilities(languages=("en",), local=True, decodes_early=True)

    def __init__(self, options: RecogniserOptions) -> None:
        self._dir: Path = options.model_dir or MOONSHINE_DIR
        self._encoder: Any = None

    def load(self) -> None:
        if self._encoder is not None:
            return
        if absent := missing(self._dir):
            raise ModelMissing(
                f"{self._dir.name}/{absent[0]}",
                "build the web cabin (`npm ci` in ui/), then run "
                "`python speech/fetch_weights.py ui/node_modules`",
            )
        self._vocabulary = Vocabulary.read(self._dir / "vocabulary.txt")
        self._decoder = open_session(self._dir / "decoder_model_merged.onnx")
        self._cache_shapes = {
            node.name: (0, node.shape[1], 1, node.shape[3])
            for node in self._decoder.get_inputs()
            if node.name.startswith("past_key_values")
        }
        self._encoder = open_session(self._dir / "encoder_model.onnx")
        self.transcribe(
            np.zeros(HEARING_RATE_HZ, np.float32)
        )  # the first run allocates; do it before somebody waits

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        if self._encoder is None:
            raise RecogniserError("moonshine is not loaded: call load() first")
        audio_s = len(samples) / HEARING_RATE_HZ
        if audio_s > _MAX_S:
            raise RecogniserError(f"{audio_s:.1f} s of audio at once, at most {_MAX_S:.0f} s")
        if not len(samples):
            return Transcript("", 0.0, 0.0, self.name)
        gain = min(_MAX_GAIN, _TARGET_RMS / max(rms(samples), 1e-6))
        loud = samples * np.float32(gain)
        first, sure = self._transcript(loud, _PADDING_S)
        if quick or sure >= _DOUBTFUL:
            return first
        second, surer = self._transcript(loud, _SECOND_PADDING_S)
        return second if surer > sure else first

    def _transcript(
        self, samples: Samples, padding_s: tuple[float, float]
    ) -> tuple[Transcript, float]:
        before, after = (round(seconds * HEARING_RATE_HZ) for seconds in padding_s)
        audio_s = len(samples) / HEARING_RATE_HZ
        limit = _TOKENS_AT_LEAST + math.ceil(audio_s * _TOKENS_PER_S)
        ids, log_probabilities, ended = self._decode(np.pad(samples, (before, after)), limit)
        confidence = math.exp(sum(log_probabilities) / len(log_probabilities))
        text = self._vocabulary.decode(ids)
        return Transcript(text, confidence, audio_s, self.name, ended), confidence

    def _decode(self, padded: Samples, limit: int) -> tuple[list[int], list[float], bool]:
        """Token ids without the end mark, log-probabilities, whether it ended by itself."""
        hidden = self._encoder.run(None, {"input_values": padded[None, :]})[0]
        cache = {name: np.zeros(shape, np.float32) for name, shape in self._cache_shapes.items()}
        ids: list[int] = []
        log_probabilities: list[float] = []
        token = _START
        for step in range(limit):
            feeds = {
                "input_ids": np.array([[token]], dtype=np.int64),
                "encoder_hidden_states": hidden,
                "use_cache_branch": np.array([step > 0]),
                **cache,
            }
            logits, *present = self._decoder.run(None, feeds)
            cache |= {
                name: value
                for name, value in zip(cache, present, strict=True)
                if step == 0 or ".decoder." in name  # the encoder's half never changes
            }
            token, log_probability = _best(logits[0, -1], may_end=step > 0)
            log_probabilities.append(log_probability)
            if token == _END:
                return ids, log_probabilities, True
            ids.append(token)
        return ids, log_probabilities, False


def _best(logits: NDArray[np.float32], may_end: bool) -> tuple[int, float]:
    """The likeliest token and its log-probability.

    The 8-bit model sometimes ends at once on clear speech; whoever calls has heard a voice, so
    the end mark is not allowed as the first token.
    """
    top = float(logits.max())
    total = top + math.log(float(np.exp(logits - top).sum()))
    if not may_end:
        logits = logits.copy()
        logits[_END] = -np.inf
    token = int(logits.argmax())
    return token, float(logits[token]) - total
