"""Puts the embedded recogniser's files in place from an npm folder (standard library only).

The packages are `@moonshine-ai/moonshine-js` 0.1.29 (the two ONNX files) and `llama-tokenizer-js`
1.2.2 (the vocabulary that Moonshine was trained with); both are MIT. Only data files are used, so
`ui/package.json` should replace the first one's own dependencies by something tiny: as published
they are 549 MB, and one of them downloads from elsewhere in an install script:

    "overrides": {"@moonshine-ai/moonshine-js": {
        "@huggingface/transformers": "npm:llama-tokenizer-js@1.2.2",
        "@ricky0123/vad-web": "npm:llama-tokenizer-js@1.2.2",
        "onnxruntime-web": "npm:llama-tokenizer-js@1.2.2"}}
"""

import base64
import hashlib
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MOONSHINE_PACKAGE = "@moonshine-ai/moonshine-js"
VOCABULARY_PACKAGE = "llama-tokenizer-js"
MOONSHINE_DIR = Path(__file__).parent / "weights" / "moonshine-tiny"
_MODEL = f"{MOONSHINE_PACKAGE}/dist/model/tiny/quantized"


class WeightsError(Exception):
    """The npm folder lacks a file or holds another version than the one that was checked."""


@dataclass(frozen=True)
class _File:
    """One installed file: its name, where it comes from below node_modules, and its checksum."""

    name: str
    source: str
    sha256: str
    derive: Callable[[Path, Path], object] = shutil.copyfile


def _write_vocabulary(source: Path, target: Path) -> None:
    """Takes the base64 table out of the script: UTF-8, one token a line, line number = id."""
    table = re.search(r'llama_vocab_base64 = "([A-Za-z0-9+/=]+)"', source.read_text("utf-8"))
    if table is None:
        raise WeightsError(f"{source} holds no vocabulary: {VOCABULARY_PACKAGE} 1.2.2 is needed")
    target.write_bytes(base64.b64decode(table.group(1)))


FILES = (
    _File(
        "encoder_model.onnx",
        f"{_MODEL}/encoder_model.onnx",
        "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
    ),
    _File(
        "decoder_model_merged.onnx",
        f"{_MODEL}/decoder_model_merged.onnx",
        "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
    ),
    _File(
        "vocabulary.txt",
        f"{VOCABULARY_PACKAGE}/llama-tokenizer.js",
        "0f97b4337921e6e7e9b4620fc73338ee570aecd3c16038bc23870a887e995045",
        _write_vocabulary,
    ),
    _File(
        "LICENSE.moonshine",
        f"{MOONSHINE_PACKAGE}/LICENSE",
        "37fc5d9a86547a0dd64a07cff439ba2a6b79cc8f6555a05121fed32866591159",
    ),
    _File(
        "LICENSE.vocabulary",
        f"{VOCABULARY_PACKAGE}/LICENSE.md",
        "3653278f58b6808e43039ae8242808c6bfd68c00cc80ee30858347acb99f6ed6",
    ),
)


def install(node_modules: Path, target: Path = MOONSHINE_DIR) -> list[Path]:
    """Copies or derives all files of FILES from `node_modules` into `target`; returns their paths.

    Files that are already right are left alone, and a file appears only when it is whole. Raises
    WeightsError when a source is missing or a checksum differs.
    """
    target.mkdir(parents=True, exist_ok=True)
    return [_install_one(file, node_modules, target / file.name) for file in FILES]


def missing(target: Path = MOONSHINE_DIR) -> list[str]:
    """Names of the files of FILES that are absent from `target` (checksums are not read)."""
    return [file.name for file in FILES if not (target / file.name).is_file()]


def _install_one(file: _File, node_modules: Path, path: Path) -> Path:
    if path.is_file() and _sha256(path) == file.sha256:
        return path
    source = node_modules / file.source
    if not source.is_file():
        raise WeightsError(f"{source} does not exist: run `npm ci` in the ui folder first")
    partial = path.with_name(f".{path.name}.partial")
    try:
        file.derive(source, partial)
        found = _sha256(partial)
        if found != file.sha256:
            raise WeightsError(
                f"{file.source} gives {path.name} with sha256 {found}, expected {file.sha256}: "
                "install the package version named in speech/fetch_weights.py"
            )
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def main(arguments: list[str]) -> int:
    """Command line: `python speech/fetch_weights.py NODE_MODULES [TARGET]`."""
    if len(arguments) not in (1, 2):
        print("usage: python speech/fetch_weights.py NODE_MODULES [TARGET]", file=sys.stderr)
        return 2
    try:
        paths = install(*map(Path, arguments))
    except WeightsError as problem:
        print(problem, file=sys.stderr)
        return 1
    for path in paths:
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
