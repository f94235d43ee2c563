"""The recogniser behind an OpenAI-compatible service."""

import numpy as np
import pytest

from speech.audio import read_wav
from speech.errors import RecogniserError
from speech.recognisers import RecogniserOptions
from speech.recognisers.openai import OpenAiRecogniser, segments_confidence

from ..service import Service, running

SOUND = (0.1 * np.sin(np.arange(16000) / 20)).astype(np.float32)


def loaded(service: Service) -> OpenAiRecogniser:
    recogniser = OpenAiRecogniser(RecogniserOptions(url=service.url, model="m", timeout_s=5))
    recogniser.load()
    return recogniser


def test_the_sound_is_sent_as_a_wav_file() -> None:
    with running(Service(answer={"text": "Stop."})) as service:
        transcript = loaded(service).transcribe(SOUND)
    assert (transcript.text, transcript.confidence) == ("Stop.", None)
    assert service.paths == ["/v1/audio/transcriptions"]
    body = service.bodies[0]
    sent = read_wav(body[body.index(b"RIFF") : body.rindex(b"\r\n--")])
    assert sent.rate_hz == 16000
    assert np.allclose(sent.samples, SOUND, atol=1e-4)
    assert b'name="model"\r\n\r\nm\r\n' in body
    assert b'name="language"\r\n\r\nen\r\n' in body


def test_the_confidence_comes_from_the_segments() -> None:
    segments = [
        {"start": 0.0, "end": 3.0, "avg_logprob": -0.1},
        {"start": 3.0, "end": 4.0, "avg_logprob": -1.0},
    ]
    with running(Service(answer={"text": "Stop.", "segments": segments})) as service:
        confidence = loaded(service).transcribe(SOUND).confidence
    assert confidence == pytest.approx((3 * np.exp(-0.1) + np.exp(-1.0)) / 4)


def test_a_model_without_token_probabilities_is_asked_again_and_remembered() -> None:
    with running(Service(answer={"text": "Stop."}, refuse_verbose=True)) as service:
        recogniser = loaded(service)
        assert recogniser.transcribe(SOUND).text == "Stop."
        assert recogniser.transcribe(SOUND).text == "Stop."
    assert [b"verbose_json" in body for body in service.bodies] == [True, False, False]


@pytest.mark.parametrize(
    ("answer", "status", "message"),
    [
        ({"error": {"message": "no such model"}}, 404, "answered 404: no such model"),
        ({"error": {"message": "bad sound"}}, 400, "answered 400: bad sound"),
        (b"not json", 200, "broken"),
        ([1], 200, "no object"),
        ({"words": "x"}, 200, "without a text"),
    ],
)
def test_every_failure_is_one_clear_line(answer: object, status: int, message: str) -> None:
    with (
        running(Service(answer=answer, status=status)) as service,
        pytest.raises(RecogniserError, match=message),
    ):
        loaded(service).transcribe(SOUND)


@pytest.mark.parametrize("segments", [None, [], [{"start": 0}], [{"start": "x"}], ["x"]])
def test_odd_segments_give_no_confidence(segments: object) -> None:
    assert segments_confidence({"segments": segments}) is None
