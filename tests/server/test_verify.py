"""A recording's verdicts are reproduced, and a changed one is found."""

import json
from pathlib import Path
from typing import Any

from modes.vocabulary import Speaker
from server import protocol as p
from server.cli import main
from server.mind import Heard, Mind
from server.recording import Recorder
from tests.server.doubles import situation
from tests.server.test_recording import HELLO, no_trouble

WORDS = ("take the next exit", "why are you slowing down?", "hit that trash can", "lovely day")


def record(path: Path, **changed: Any) -> Path:
    """A drive with four utterances, judged by this version unless `changed` says otherwise."""
    recorder, mind = Recorder(path, no_trouble), Mind()
    recorder.model(HELLO)
    recorder.map({"v": 1, "exits": [], "places": []})
    for turn, text in enumerate(WORDS, 1):
        moment = situation(float(turn))
        mind.add(moment)
        recorder.model(moment)
        event = mind.consider_now(Heard(turn, text, "text", Speaker.DRIVER), moment.t_s).event
        if turn == 1 and changed:
            event = event.model_copy(update=changed)
        recorder.model(
            p.Transcript(turn=turn, text=text, final=True, source="text", speaker=Speaker.DRIVER)
        )
        recorder.model(event)
    recorder.close()
    mind.close()
    return path


def test_every_verdict_is_the_same_again(tmp_path: Path, capsys: Any) -> None:
    path = record(tmp_path / "a.mcap")
    assert main(["replay", str(path), "--verify"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["text"] for line in lines] == list(WORDS)
    assert all(line["same"] for line in lines)
    assert lines[2]["recorded"]["refusal_code"] == "R03"


def test_a_verdict_that_differs_is_named(tmp_path: Path, capsys: Any) -> None:
    path = record(tmp_path / "a.mcap", rules=("S.OLD.1",))
    assert main(["replay", str(path), "--verify"]) == 1
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["differs"]["rules"]["recorded"] == ["S.OLD.1"]
