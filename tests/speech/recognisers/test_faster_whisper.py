"""Whisper through faster-whisper: its settings and its files (the package is an extra)."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from speech.errors import ModelMissing, RecogniserError
from speech.recognisers import RecogniserOptions
from speech.recognisers.faster_whisper import FasterWhisper

from .test_contract import SOUND, FakeWhisperModel


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("faster_whisper")
    module.WhisperModel = FakeWhisperModel  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "faster_whisper", module)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.usefixtures("package")
def test_words_and_confidence_of_all_segments(folder: Path) -> None:
    recogniser = FasterWhisper(RecogniserOptions(model=str(folder)))
    recogniser.load()
    transcript = recogniser.transcribe(SOUND)
    assert transcript.text == "Take the next exit."
    assert transcript.confidence == pytest.approx(np.exp(-0.3))
    with pytest.raises(RecogniserError, match="no audio"):
        recogniser.transcribe(SOUND[:0])


@pytest.mark.usefixtures("package")
def test_a_folder_without_its_tokenizer_is_not_completed_from_the_hub(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelMissing, match=r"tokenizer\.json"):
        FasterWhisper(RecogniserOptions(model=str(folder), allow_download=True)).load()


@pytest.mark.usefixtures("package")
def test_a_hub_name_is_not_fetched_unless_allowed() -> None:
    with pytest.raises(ModelMissing, match="downloads allowed"):
        FasterWhisper(RecogniserOptions(model="somebody/some-model")).load()


def test_without_the_package_the_extra_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ModelMissing, match="extra `speech`"):
        FasterWhisper(RecogniserOptions(model=str(folder))).load()


def test_only_a_gpu_decodes_early() -> None:
    assert FasterWhisper(RecogniserOptions(device="cuda")).capabilities.decodes_early
    assert not FasterWhisper(RecogniserOptions(device="cpu")).capabilities.decodes_early
