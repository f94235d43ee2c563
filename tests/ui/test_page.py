"""The page itself: types, unit tests and build, run with the project's own Node tools."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from ui.build import UI, machine_has_node

needs_node = pytest.mark.skipif(
    not machine_has_node() or not (UI / "node_modules").is_dir(),
    reason="needs Node and `npm ci` in ui/",
)


def node(*arguments: str, folder: Path = UI) -> subprocess.CompletedProcess[str]:
    tool, *rest = arguments
    command: Sequence[str] = [str(shutil.which("node")), str(UI / "node_modules" / tool), *rest]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@needs_node
def test_types_and_markup_are_clean() -> None:
    done = node("svelte-check/bin/svelte-check", "--fail-on-warnings", "--output", "machine")
    assert done.returncode == 0, done.stdout


@needs_node
def test_units() -> None:
    done = node("vitest/vitest.mjs", "run", "--reporter=dot")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
def test_the_page_builds_whole(tmp_path: Path) -> None:
    done = node("vite/bin/vite.js", "build", "--outDir", str(tmp_path), "--emptyOutDir")
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "index.html").read_text()
    assert 'src="./assets/' in page
    assets = {path.name for path in (tmp_path / "assets").iterdir()}
    assert {name.split("-")[0] for name in assets} >= {
        "capture.worklet",
        "player.worklet",
        "view.worker",
    }
    # The server's content policy allows no inline script and no data: address.
    assert "<script>" not in page
    assert "data:" not in page


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((UI / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_speech_weights_are_not_bundled() -> None:
    package = json.loads((UI / "package.json").read_text())
    assert package["dependencies"]["@moonshine-ai/moonshine-js"] == "0.1.29"
    sources = [path for path in (UI / "src").rglob("*") if path.suffix in {".ts", ".svelte"}]
    assert sources
    assert not [path for path in sources if "moonshine" in path.read_text(encoding="utf-8")]
