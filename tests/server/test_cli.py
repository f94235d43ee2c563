"""The command line: exit codes, one-line errors, machine output on stdout only."""

from __future__ import annotations

import io
import json
import socket
from pathlib import Path
from typing import Any

import pytest

from server.cli import main


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def fails(capsys: Any, *arguments: str, code: int = 2) -> str:
    """The one line that a failing command says."""
    assert main(list(arguments)) == code
    out, err = capsys.readouterr()
    assert out == ""
    lines = [line for line in err.splitlines() if line]
    assert len(lines) == 1, err
    assert lines[0].startswith("ridealong: ")
    return lines[0]


def test_version_and_help_are_quick_and_good(capsys) -> None:
    assert main(["--version"]) == 0
    assert "ridealong" in capsys.readouterr().out
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for command in (
        "serve", "decide", "drive", "hear", "speak", "replay", "bench", "doctor", "train",
    ):  # fmt: skip
        assert command in text


def test_an_unknown_command_is_one_line(capsys) -> None:
    assert "fly" in fails(capsys, "fly")


def test_an_unknown_option_goes_to_serve_and_is_one_line(capsys) -> None:
    assert "--nothing" in fails(capsys, "--nothing")


def test_an_unknown_scenario_names_the_nearest(capsys) -> None:
    assert "motorway_exit" in fails(capsys, "drive", "--scenario", "motorway_exti")
    assert "motorway_exit" in fails(capsys, "serve", "--scenario", "motorway_exti", "--no-open")


def test_a_scenario_file_with_an_unknown_key_names_key_and_file(capsys, tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("title: x\ndescription: y\nlength_s: 5\nmap: town\ntrafic: {}\n")
    line = fails(capsys, "drive", "--scenario", str(file))
    assert "mine.yaml" in line
    assert "traffic" in line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--say", "take the exit"), "T:TEXT"),
        (("--ask", "9999:why"), "after the end"),
        (("--seconds", "-5"), "--seconds"),
        (("--seconds", "soon"), "soon"),
        (("--model", "hal9000"), "classical"),
        (("--seconds", "1", "--log", "/nowhere/at/all.jsonl"), "/nowhere/at/all.jsonl"),
    ],
)
def test_a_drive_that_cannot_be_is_one_line(capsys, arguments, says) -> None:
    assert says in fails(capsys, "drive", "--scenario", "motorway_exit", *arguments)


def test_a_port_in_use_is_one_line(capsys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = fails(capsys, "serve", "--port", port, "--no-open")
    assert f"port {port} is in use" in line
    assert "--port" in line


def test_another_address_without_a_token_is_refused(capsys, monkeypatch) -> None:
    monkeypatch.delenv("RIDEALONG_TOKEN", raising=False)
    assert "RIDEALONG_TOKEN" in fails(capsys, "serve", "--host", "0.0.0.0", "--no-open")


def test_a_folder_that_cannot_be_recorded_into_is_one_line(capsys, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    line = fails(capsys, "serve", "--record", str(tmp_path / "file" / "x"), "--no-open")
    assert "recorded" in line


@pytest.mark.parametrize("content", [None, b"", b"not a recording"])
def test_a_broken_recording_is_one_line(capsys, tmp_path, content) -> None:
    file = tmp_path / "drive.mcap"
    if content is not None:
        file.write_bytes(content)
    assert "drive.mcap" in fails(capsys, "replay", str(file), "--no-open", "--port", "0")


def test_decide_answers_every_line_and_ends_with_2_for_a_bad_one(capsys, monkeypatch) -> None:
    lines = '{"id":1,"text":"take the next exit"}\nnonsense\n{"id":3,"text":"hit that dog"}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert main(["decide"]) == 2
    first, bad, harm = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (first["mode"], first["intent"]) == ("control", "take_exit")
    assert "error" in bad
    assert harm["decision"] == "refuse"


class Deaf:
    def transcribe(self, samples: object) -> None:
        raise AssertionError("a file that cannot be read is not transcribed")


def test_hear_names_files_that_are_no_sound(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("server.speech_commands.load_recogniser", lambda *_: Deaf())
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    assert main(["hear", str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]) == 2
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "PCM WAV" in first["error"]
    assert "does not exist" in second["error"]


def test_an_unknown_recogniser_is_one_line(capsys, monkeypatch) -> None:
    monkeypatch.setenv("RIDEALONG_RECOGNISER", "ear")
    assert "moonshine" in fails(capsys, "hear", "x.wav")


def test_an_unknown_voice_is_one_line(capsys, monkeypatch) -> None:
    monkeypatch.setenv("RIDEALONG_VOICE", "parrot")
    assert "espeak" in fails(capsys, "speak", "hello", "-o", "x.wav")


def test_nothing_to_speak_is_one_line(capsys) -> None:
    assert "nothing" in fails(capsys, "speak", "\x00", "-o", "x.wav")


def test_benchmarks_are_listed_and_an_unknown_one_is_one_line(capsys) -> None:
    assert main(["bench"]) == 0
    assert "closed-loop" in capsys.readouterr().out
    assert "closed-loop" in fails(capsys, "bench", "closed-lop")


def test_weights_that_nobody_makes_are_one_line(capsys) -> None:
    assert "gpt" in fails(capsys, "train", "gpt")
