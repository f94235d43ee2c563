"""What every recogniser does, whatever is behind it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from speech.errors import ModelMissing, RecogniserError
from speech.recognisers import RECOGNISERS, Recogniser, RecogniserOptions

from ..service import Service, running

SOUND = (0.1 * np.sin(np.arange(32000) / 20)).astype(np.float32)


class FakeWhisperModel:
    """Takes the arguments of faster-whisper 1.2 and gives its kind of segments."""

    def __init__(
        self,
        model_size_or_path: str,
        device: str = "auto",
        compute_type: str = "default",
        cpu_threads: int = 0,
        local_files_only: bool = False,
    ) -> None:
        if "/" in model_size_or_path and not Path(model_size_or_path).is_dir():
            raise OSError("offline")
        self.settings = (device, compute_type, cpu_threads, local_files_only)

    def transcribe(self, audio: Any, **options: Any) -> tuple[Iterator[Any], None]:
        if not len(audio):
            raise ValueError("no audio")
        assert options["language"] == "en"
        texts = ((" Take the", -0.2), (" next exit.", -0.4))
        return (SimpleNamespace(text=text, avg_logprob=sure) for text, sure in texts), None


@pytest.fixture
def service() -> Iterator[Service]:
    with running(Service(answer={"text": " Take the next exit. ", "segments": []})) as service:
        yield service


@pytest.fixture(params=sorted(RECOGNISERS))
def recogniser(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Recogniser:
    """Each backend, loaded."""
    if request.param == "moonshine":
        return request.getfixturevalue("moonshine")  # type: ignore[no-any-return]
    if request.param == "faster_whisper":
        module = ModuleType("faster_whisper")
        module.WhisperModel = FakeWhisperModel  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "faster_whisper", module)
        for name in ("model.bin", "config.json", "tokenizer.json"):
            (tmp_path / name).touch()
        options = RecogniserOptions(model=str(tmp_path))
    else:
        options = RecogniserOptions(url=request.getfixturevalue("service").url)
    made = RECOGNISERS[request.param](options)
    with pytest.raises(RecogniserError, match="not loaded"):
        made.transcribe(SOUND)
    made.load()
    return made


def test_it_gives_text_confidence_and_length(recogniser: Recogniser) -> None:
    transcript = recogniser.transcribe(SOUND)
    assert transcript.backend == recogniser.name
    assert transcript.audio_s == 2.0
    assert transcript.text == transcript.text.strip()
    assert transcript.confidence is None or 0.0 <= transcript.confidence <= 1.0


def test_loading_twice_and_decoding_twice_gives_the_same(recogniser: Recogniser) -> None:
    first = recogniser.transcribe(SOUND)
    recogniser.load()
    assert recogniser.transcribe(SOUND) == first


def test_a_quick_decode_is_a_transcript_too(recogniser: Recogniser) -> None:
    assert recogniser.transcribe(SOUND, quick=True).audio_s == 2.0


def test_capabilities_say_where_the_sound_goes(recogniser: Recogniser) -> None:
    assert recogniser.capabilities.local == (recogniser.name != "openai")
    assert recogniser.capabilities.decodes_early == (recogniser.name == "moonshine")


@pytest.mark.parametrize("name", sorted(RECOGNISERS))
def test_without_its_parts_it_says_what_is_missing(name: str, tmp_path: Path) -> None:
    options = RecogniserOptions(model_dir=tmp_path)
    with pytest.raises(ModelMissing) as caught:
        RECOGNISERS[name](options).load()
    assert caught.value.what
    assert caught.value.how_to_get
    assert "\n" not in str(caught.value)
