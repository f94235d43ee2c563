"""The Mode Expert: one utterance, one mode; commands with slots; never control by default."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modes.dialogue import Dialogue, Pending
from modes.expert import Context, GrammarExpert, Reading, default_expert
from modes.vocabulary import Command, Intent, Mode, Question, Refusal, Slots, Speaker, Unit

EXPERT = GrammarExpert()


def read(said: str, **context: Any) -> Reading:
    return EXPERT.classify(said, Context(**context))


@pytest.mark.parametrize(
    ("said", "intent", "slots"),
    [
        ("could you go a bit faster", Intent.SPEED_UP, {"degree": "slight"}),
        ("take the second exit", Intent.TAKE_EXIT, {"ordinal": 2}),
        ("take exit 12", Intent.TAKE_EXIT, {"name": "Exit 12"}),
        ("do 130", Intent.SET_SPEED, {"value": 130.0, "unit": "kph"}),
        ("sixty five miles per hour please", Intent.SET_SPEED, {"value": 65.0, "unit": "mph"}),
        ("slow down to fifty", Intent.SET_SPEED, {"value": 50.0}),
        ("slow down by 10", Intent.SLOW_DOWN, {"value": 10.0}),
        ("don't stop here", Intent.RESUME, {}),
        ("don't overtake", Intent.NO_OVERTAKE, {}),
        ("don't take the exit", Intent.SKIP_EXIT, {}),
        ("don't change lanes", Intent.KEEP_LANE, {}),
        ("watch out, you'll hit that!", Intent.SLOW_DOWN, {"kind": "warning"}),
        ("pull over at the next safe place", Intent.PULL_OVER, {"place": "next_safe"}),
        (
            "overtake the white van",
            Intent.OVERTAKE,
            {"target": {"object": "van", "colour": "white"}},
        ),
        ("keep three seconds of distance", Intent.SET_GAP, {"value": 3.0, "unit": "s"}),
        ("get a bit closer to the car ahead", Intent.SET_GAP, {"kind": "closer"}),
        ("call an ambulance", Intent.EMERGENCY, {"kind": "medical"}),
        ("my mom is right there on the corner", Intent.PULL_OVER, {}),
        ("I feel sick", Intent.STYLE_GENTLE, {}),
        ("I'm late", Intent.SPEED_UP, {}),
        (
            "after the truck, move to the right lane",
            Intent.LANE_CHANGE_RIGHT,
            {"after": {"kind": "object_passed", "target": {"object": "truck"}}},
        ),
        ("go when the light turns green", Intent.RESUME, {"after": {"kind": "light_green"}}),
    ],
)
def test_commands_with_their_slots(said: str, intent: Intent, slots: dict[str, Any]) -> None:
    reading = read(said)
    assert reading.mode is Mode.CONTROL
    assert reading.commands[0].intent is intent
    got = reading.commands[0].slots.model_dump(mode="json", exclude_none=True)
    for key, wanted in slots.items():
        if isinstance(wanted, dict):
            assert wanted.items() <= got[key].items()
        else:
            assert got[key] == wanted


@pytest.mark.parametrize(
    ("said", "intents"),
    [
        ("turn around and park", [Intent.U_TURN, Intent.PARK]),
        ("turn off the radio and take the next exit", [Intent.TAKE_EXIT]),
        ("change to the left lane and then speed up", [Intent.LANE_CHANGE_LEFT, Intent.SPEED_UP]),
    ],
)
def test_compounds_keep_their_order(said: str, intents: list[Intent]) -> None:
    assert [c.intent for c in read(said).commands] == intents


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("why are you slowing down", Question.WHY),
        ("why are you breaking", Question.WHY),
        ("what are you doing", Question.DOING),
        ("is there a cyclist?", Question.EXISTENCE),
        ("how fast are we going", Question.OWN_SPEED),
        ("what's the speed limit", Question.SPEED_LIMIT),
        ("are we there yet", Question.ETA_OR_DISTANCE),
        ("would you ever run a red light", Question.HYPOTHETICAL),
        ("are we allowed to park here", Question.PERMISSION),
        ("can you drive in the snow", Question.CAPABILITY),
        ("did you see that cyclist", Question.MEMORY),
        ("is the light red", Question.LIGHT_OR_SIGN),
    ],
)
def test_questions(said: str, kind: Question) -> None:
    reading = read(said)
    assert (reading.mode, reading.question) == (Mode.QA, kind)
    assert not reading.commands


@pytest.mark.parametrize(
    "said",
    ["play some jazz", "what's for dinner", "he told me to turn left", "yes", "sdfk wer", "", "?!"],
)
def test_talk_that_is_not_for_the_car(said: str) -> None:
    reading = read(said)
    assert reading.mode is Mode.AUTONOMOUS
    assert not reading.commands
    assert not reading.unclear


def test_somebody_who_spoke_to_the_car_is_asked_back() -> None:
    reading = read("hey car do the thing with the frobnicator")
    assert (reading.mode, reading.unclear) == (Mode.AUTONOMOUS, True)


def test_a_loudspeaker_commands_nothing() -> None:
    assert read("stop the car", speaker=Speaker.LOUDSPEAKER).mode is Mode.AUTONOMOUS


@pytest.mark.parametrize("said", ["should we slow down?", "slow... uh?"])
def test_a_doubtful_call_for_caution_eases_off(said: str) -> None:
    reading = read(said)
    assert reading.doubtful
    assert reading.commands[0].intent is Intent.SLOW_DOWN


LAST = Dialogue(
    last_commands=(Command(intent=Intent.TAKE_EXIT, slots=Slots(ordinal=1)),), last_reply="Okay."
)


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Command(intent=Intent.TURN_LEFT), "no, the other left", Intent.TURN_RIGHT),
        (Command(intent=Intent.LANE_CHANGE_LEFT), "i meant right", Intent.LANE_CHANGE_RIGHT),
        (Command(intent=Intent.SET_SPEED, slots=Slots(value=90)), "make it 80", Intent.SET_SPEED),
        (
            Command(intent=Intent.TAKE_EXIT, slots=Slots(ordinal=1)),
            "no the second one",
            Intent.TAKE_EXIT,
        ),
    ],
)
def test_corrections_replace(before: Command, said: str, after: Intent) -> None:
    reading = read(said, dialogue=replace(LAST, last_commands=(before,)))
    assert reading.commands[0].intent is after
    assert reading.commands[0] != before


def test_yes_counts_only_where_something_was_asked() -> None:
    pending = Pending(LAST.last_commands, "Which?", Speaker.PASSENGER, 0.0, 8.0)
    asked = replace(LAST, pending=pending)
    assert read("yes", dialogue=asked, now_s=5.0).commands[0].intent is Intent.CONFIRM
    assert read("yes", dialogue=asked, now_s=9.0).mode is Mode.AUTONOMOUS
    assert read("yes", assistant_before="Shall I?").commands[0].intent is Intent.CONFIRM


def test_insisting_on_a_refused_request_is_refused_again() -> None:
    after = Dialogue(last_refusal=Refusal.HARM_PROPERTY)
    assert read("do it anyway", dialogue=after).refusal is Refusal.HARM_PROPERTY


def test_names_of_the_road_win_over_free_words() -> None:
    reading = read("take the harbour exit", exits=("Exit 2 Harbour",))
    assert reading.commands[0].slots.name == "Exit 2 Harbour"


def test_the_unit_of_the_cabin_is_used_where_none_is_said() -> None:
    assert read("do 55", unit=Unit.MPH).commands[0].slots.unit is Unit.MPH


@given(st.text(max_size=300))
def test_any_text_gives_exactly_one_mode(text: str) -> None:
    reading = default_expert().classify(text, Context())
    assert reading.mode in Mode
    assert (reading.mode is Mode.CONTROL) == bool(reading.commands)
    assert reading.refusal is None or reading.mode is Mode.AUTONOMOUS
    assert (reading.question is not None) <= (reading.mode is Mode.QA)


@pytest.mark.parametrize("said", ["x" * 10_000, "go " * 4_000, "\x00\x01\u202e", "\ud800"])
def test_strange_input_never_moves_the_car_by_accident(said: str) -> None:
    reading = default_expert().classify(said, Context())
    assert reading.mode is not Mode.CONTROL or "go" in said
