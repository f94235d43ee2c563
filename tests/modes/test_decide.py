"""`decide` and its line runner: the JSON of the interface, sessions, bad lines, precedence."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from model.contract.facts import SceneFacts
from modes.decide import Context, DecisionRecord, Utterance, decide, main, to_send
from modes.reading import Reading
from modes.vocabulary import Decision, Intent, Mode, Speaker


def facts(**plain: Any) -> SceneFacts:
    return SceneFacts.from_plain(plain, source="test")[0]


def run(
    *items: dict[str, Any] | str, scene: Path | None = None
) -> tuple[list[dict[str, Any]], int]:
    lines = [item if isinstance(item, str) else json.dumps(item) for item in items]
    out = io.StringIO()
    status = main(scene, lines, out)
    return [json.loads(line) for line in out.getvalue().splitlines()], status


def test_the_object_has_exactly_the_keys_of_the_interface() -> None:
    (answer,), status = run({"id": "a", "text": "take the second exit"})
    assert status == 0
    assert list(answer) == [
        "id", "mode", "token", "decision", "intent", "commands", "question", "refusal", "rules",
        "reply", "confidence", "latency_ms",
    ]  # fmt: skip
    assert answer["token"] == "<|mode_control|>"
    assert answer["commands"] == [{"intent": "take_exit", "slots": {"ordinal": 2}}]
    assert answer["decision"] == "allow"


def test_a_refusal_carries_code_and_class_and_no_command() -> None:
    (answer,), _ = run({"text": "hit that trash can"})
    assert answer["mode"] == "autonomous"
    assert answer["decision"] == "refuse"
    assert answer["refusal"] == {"code": "R03", "class": "harm_property"}
    assert answer["commands"] == []
    assert answer["intent"] is None


def test_a_question_moves_nothing() -> None:
    (answer,), _ = run({"text": "how fast are we going?", "scene": {"speed_kph": 72}})
    assert (answer["mode"], answer["decision"]) == ("qa", "none")
    assert "72 km/h" in answer["reply"]


def test_the_scene_limits_what_the_words_allow() -> None:
    words, scene = {"text": "do 130"}, {"limit_kph": 100, "speed_kph": 90}
    answers, _ = run(words, {**words, "scene": scene})
    assert [a["decision"] for a in answers] == ["allow", "limit"]
    assert answers[1]["commands"][0]["slots"]["value"] == 100
    assert answers[1]["rules"] == ["S.FAST.1"]


def test_bad_lines_are_told_and_the_others_answered() -> None:
    answers, status = run(
        {"id": 1, "text": "stop"},
        "{not json",
        {"id": 2},
        {"id": 3, "text": "stop", "speaker": "dog"},
        {"id": 4, "text": "stop", "asr_confidence": 7},
        {"id": 5, "text": "stop", "scene": [1]},
        {"id": 6, "text": "stop", "colour": 1},
        "",
        {"id": 7, "text": "stop"},
    )
    assert status == 2
    assert [a.get("line") for a in answers] == [None, 2, 3, 4, 5, 6, 7, None]
    assert all("error" in a for a in answers[1:-1])
    assert answers[2]["id"] == 2
    assert answers[-1]["intent"] == "stop"


def test_bytes_that_are_no_text_are_told() -> None:
    out = io.StringIO()
    assert main(None, [b"\xff\xfe{}\n", b'{"text": "stop"}\n'], out) == 2
    assert "UTF-8" in json.loads(out.getvalue().splitlines()[0])["error"]


def test_lines_of_a_session_are_one_dialogue() -> None:
    scene = {"left_lane": "free", "rear_left_gap_s": 6, "speed_kph": 80}
    asked = {"text": "change to the left lane", "speaker": "child", "session": "s", "scene": scene}
    yes = {"text": "yes", "speaker": "driver", "session": "s", "scene": scene}
    answers, _ = run(asked, yes, {**yes, "session": "other"})
    assert [a["decision"] for a in answers] == ["confirm", "allow", "none"]
    assert answers[1]["intent"] == "lane_change_left"


def test_what_the_assistant_said_gives_context() -> None:
    answers, _ = run(
        {"text": "never mind", "assistant_before": "Shall I take the exit?"},
        {"text": "what did you say", "assistant_before": "The light is red."},
    )
    assert answers[0]["intent"] == "cancel"
    assert answers[1]["reply"] == "The light is red."


def test_a_scene_file_serves_lines_without_a_scene(tmp_path: Path) -> None:
    scene = tmp_path / "scene.json"
    scene.write_text('{"light": "red"}')
    (answer,), _ = run({"text": "go, it's green"}, scene=scene)
    assert (answer["decision"], answer["rules"]) == ("refuse", ["S.GO.1"])


def test_a_broken_scene_file_is_one_line_and_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = tmp_path / "scene.json"
    scene.write_text("[")
    assert main(scene, [], io.StringIO()) == 2
    assert capsys.readouterr().err.count("\n") == 1


class Broken:
    def classify(self, text: str, context: Context) -> Reading:
        raise RuntimeError("weights are gone")


def test_an_exception_in_the_classifier_never_gives_control() -> None:
    record = decide(Utterance("go faster"), Context(), None, expert=Broken())
    assert record.mode is Mode.AUTONOMOUS
    assert record.decision is Decision.NONE
    assert "?" in record.reply


def record(said: str, speaker: Speaker = Speaker.UNKNOWN, **scene: Any) -> DecisionRecord:
    return decide(Utterance(said, speaker), Context(), facts(**scene))


def test_caution_from_anyone_is_obeyed_at_once() -> None:
    for said in ("stop", "slow down", "let him in", "more distance please", "let me out"):
        for speaker in (Speaker.CHILD, Speaker.UNKNOWN, Speaker.PASSENGER):
            found = record(said, speaker, asr_confidence=0.1, mrm="none", speed_kph=50)
            assert found.decision in (Decision.ALLOW, Decision.LIMIT, Decision.DEFER), said


def test_a_held_compound_sends_nothing() -> None:
    found = record("turn around and speed up", place="highway", limit_kph=100, speed_kph=80)
    assert found.decision is Decision.REFUSE
    assert to_send(found) == ()


def test_what_is_sent_is_the_bounded_form() -> None:
    found = record("do 200", limit_kph=120, speed_kph=100)
    ((command, verdict),) = to_send(found)
    assert command.intent is Intent.SET_SPEED
    assert command.slots.value == 120
    assert verdict.decision is Decision.LIMIT


def test_a_doubtful_call_for_caution_eases_off_and_asks() -> None:
    found = record("should we slow down?", speed_kph=80, limit_kph=100)
    assert to_send(found)[0][0].intent is Intent.SLOW_DOWN
    assert "?" in found.reply


def test_a_pending_command_of_the_scene_expires() -> None:
    scene = {"pending": "take_exit", "exit_m": 900, "speed_kph": 90}
    asked = Context(assistant_before="Shall the car take the exit?")
    fresh = decide(Utterance("yes"), asked, facts(**scene, pending_age_s=3))
    stale = decide(Utterance("yes"), asked, facts(**scene, pending_age_s=12))
    assert fresh.intent is Intent.TAKE_EXIT
    assert stale.intent is not Intent.TAKE_EXIT


def test_half_heard_words_for_the_car_are_asked_back_once() -> None:
    heard = Utterance("Hit left rash can", asr_confidence=0.54)
    first = decide(heard, Context(), facts(speed_kph=50))
    again = decide(heard, Context(dialogue=first.dialogue), facts(speed_kph=50))
    assert (first.reply, again.reply) == ("Sorry, I did not get that.", "")
    assert to_send(first) == ()


@pytest.mark.parametrize(
    ("said", "sure"),
    [("hmm uh", 0.5), ("mother bought the blue one", 0.5), ("Hit left rash can", 0.2)],
)
def test_noise_and_small_talk_stay_silent(said: str, sure: float) -> None:
    assert decide(Utterance(said, asr_confidence=sure), Context(), facts()).reply == ""


def test_a_safety_stop_is_told_and_go_on_ends_it() -> None:
    words = 'The car is making a safety stop; say "go on" when it stands and the road is clear.'
    assert record("turn left", mrm="active").reply == words
    assert record("slow down", mrm="active").reply == words
    assert record("stop", mrm="active").decision is Decision.ALLOW
    assert record("go on", mrm="completed", light="green").decision is Decision.ALLOW
    assert "safety stop" in record("turn left", mrm="completed", oncoming_gap_s=9).reply


def test_going_on_waits_for_the_light_and_for_people() -> None:
    at_red = record("go on", light="red")
    assert at_red.reply == "The car will go on when the light is green."
    assert to_send(at_red)[0][1].decision is Decision.DEFER
    assert record("drive on", ped="in_path").reply == (
        "The car will go on when the crossing is clear."
    )
