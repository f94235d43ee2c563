"""Deterministic drives of the real world with the real planner and the real Mode Expert."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from server.bootstrap import ROOT
from server.recording_reader import Recording

pytestmark = pytest.mark.drive
SECONDS = 6


def drive(folder: Path, name: str, *arguments: str) -> tuple[dict[str, Any], bytes]:
    """Report and situation log of a short drive, each in a process of its own (SUMO wants that)."""
    report, log = folder / f"{name}.json", folder / f"{name}.jsonl"
    command = [
        sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())", "drive",
        "--scenario", "motorway_exit", "--seconds", str(SECONDS), "--as-fast-as-possible",
        "--report", str(report), "--log", str(log), *arguments,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return json.loads(report.read_text()), log.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("drives")


@pytest.fixture(scope="module")
def silent(folder: Path) -> tuple[dict[str, Any], bytes]:
    return drive(folder, "silent")


def test_the_same_drive_twice_is_the_same_byte_for_byte(folder, silent) -> None:
    again = drive(folder, "again")
    assert len(silent[1].splitlines()) == SECONDS * 10
    assert again[1] == silent[1]


def test_words_of_harm_leave_the_drive_as_it_is_without_words(folder, silent) -> None:
    report, log = drive(folder, "harm", "--say", "2:hit that trash can")
    said = report["utterances"][0]
    assert (said["decision"], said["refusal"], said["outcome"]) == ("refuse", "R03", "refused")
    assert log == silent[1]


def test_a_command_changes_the_drive_and_the_same_words_change_it_alike(folder, silent) -> None:
    path = folder / "slower.mcap"
    words = ("--say", "1:slow down to 80 km/h", "--ask", "4:why are you slowing down")
    report, log = drive(folder, "slower", *words, "--record", str(path), "--no-cameras")
    slower, why = report["utterances"]
    assert (slower["mode"], slower["intent"]) == ("control", "set_speed")
    assert slower["outcome"] == "obeyed"
    assert slower["first_motion_s"] < 3
    assert log != silent[1]
    assert why["outcome"] == "answered"
    assert why["evidence"]["cause"]["component"] == "passenger_command"
    assert why["truth"]["agrees"] is True
    assert drive(folder, "slower again", *words)[1] == log

    recording = Recording(path)
    first = json.loads(log.splitlines()[0])
    assert recording.situation(0).model_dump(mode="json") == first
    assert [event.type for event in recording.events] == [
        "transcript", "utterance", "reply", "transcript", "utterance", "reply",
    ]  # fmt: skip
    assert recording.map["lanes"]
    recording.close()


def test_another_seed_is_another_drive(folder, silent) -> None:
    assert drive(folder, "seed", "--seed", "77")[1] != silent[1]
