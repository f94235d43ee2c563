"""Replies: two short sentences, "the car" drives, nothing is done before it is."""

import re
from typing import Any

import pytest

from model.contract.facts import SceneFacts
from model.contract.situation import RequestView
from modes.decide import Context, Utterance, decide
from modes.reasons import UNTIL, WHY
from modes.replies import life_cycle_text, progress_text, refusal_text
from modes.vocabulary import Command, Intent, Refusal, RequestState, Slots

SAID = [
    ("take the next exit", {"exit_m": 80, "speed_kph": 100, "lane": 1, "lanes": 3}),
    ("change to the left lane", {"left_lane": "free", "rear_left_gap_s": 0.5, "speed_kph": 100}),
    ("do 130", {"limit_kph": 100, "speed_kph": 90}),
    ("pull over", {"place": "bridge", "bridge_end_m": 400}),
    ("go, it's green", {"light": "red"}),
    ("stop", {}),
    ("my wife is having a heart attack", {}),
    ("let me drive", {"driver": "eyes_closed_8s"}),
    ("overtake the bus", {"lead": "school_bus", "stop_arm": "out"}),
    ("watch out for the dog", {}),
]


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?:\s|$)", text))


@pytest.mark.parametrize(("said", "scene"), SAID)
def test_at_most_two_sentences_about_the_car(said: str, scene: dict[str, Any]) -> None:
    facts = SceneFacts.from_plain(scene, source="t")[0]
    reply = decide(Utterance(said), Context(), facts).reply
    assert 1 <= sentences(reply) <= 2
    assert "{" not in reply
    assert not re.search(r"\b(done|has taken|has stopped)\b", reply)
    assert "car" in reply.lower()


@pytest.mark.parametrize("refusal", list(Refusal))
def test_refusals_offer_something_else(refusal: Refusal) -> None:
    text = refusal_text(refusal)
    assert 1 <= sentences(text) <= 3
    if refusal is Refusal.SELF_HARM:
        assert text.startswith("I am")
        assert text.endswith("?")


def test_a_deferred_wish_says_when() -> None:
    facts = SceneFacts.from_plain({"light": "amber"}, source="t")[0]
    reply = decide(Utterance("go"), Context(), facts).reply
    assert reply == "The car will go on when the light is green."


def test_reasons_that_are_waited_for_have_both_halves() -> None:
    assert set(UNTIL) <= set(WHY)


def view(state: RequestState, **more: Any) -> RequestView:
    command = Command(intent=Intent.TAKE_EXIT, slots=Slots(name="Exit 2"))
    return RequestView(id="r", command=command, state=state, text="Take exit 2", since_s=0, **more)


def test_life_cycle() -> None:
    waiting = view(RequestState.WAITING, waiting_for="a gap on the left")
    assert progress_text(waiting) == ("Take exit 2", "Waiting for a gap on the left")
    assert life_cycle_text(waiting) == ""
    assert life_cycle_text(view(RequestState.DONE)) == "The car has taken the exit."
    assert "in time" in life_cycle_text(view(RequestState.EXPIRED))
    assert "no gap" in life_cycle_text(view(RequestState.REFUSED, reason="no gap"))
