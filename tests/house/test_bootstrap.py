"""The bootstrap decides rightly when to install, and says what to do when it cannot."""

import sys
from pathlib import Path

import pytest

from server import bootstrap


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project folder with a finished environment in it, which we run in."""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "ui" / "src").mkdir(parents=True)
    venv = tmp_path / ".venv"
    venv.mkdir()
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(sys, "prefix", str(venv))
    return tmp_path


def stamp(house: Path, *extras: str) -> None:
    (house / ".venv" / "ready").write_text(bootstrap._fingerprint(extras) + "\n")


def test_a_ready_environment_costs_nothing(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp(house, "dev")
    monkeypatch.setattr(bootstrap, "_prepare", lambda extras: pytest.fail("installed again"))
    bootstrap.ready("tests", "dev")


@pytest.mark.parametrize("change", ["pyproject.toml", "ui/src/App.svelte", "requirements.lock"])
def test_a_change_that_matters_installs_again(house: Path, change: str) -> None:
    before = bootstrap._fingerprint(())
    (house / change).write_text("changed")
    assert bootstrap._fingerprint(()) != before


def test_extras_are_remembered_one_by_one(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(bootstrap, "_make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "_install_sumo", lambda: None)
    monkeypatch.setattr(bootstrap, "_pip", lambda *arguments: calls.append(arguments))
    bootstrap._prepare(())
    bootstrap._prepare(("dev",))
    bootstrap._prepare(())
    assert [call[-1] for call in calls] == [".", ".[dev]"]


def test_no_ensurepip_and_no_root_says_what_to_do(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match="apt-get install python3-venv"):
        bootstrap.ready("server")


def test_a_failed_install_leaves_no_stamp(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: str) -> None:
        raise bootstrap.SetupError("no network")

    monkeypatch.setattr(bootstrap, "_make_venv", lambda: None)
    monkeypatch.setattr(bootstrap, "_install_sumo", lambda: None)
    monkeypatch.setattr(bootstrap, "_pip", fail)
    with pytest.raises(SystemExit, match="no network"):
        bootstrap.ready("server")
    assert bootstrap._stamps() == set()
