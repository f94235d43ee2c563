"""Handlers: effects of each mode; no passenger text on the way to the driving process."""

from typing import Any

import pytest

from model.contract.facts import SceneFacts
from model.contract.situation import CancelCommand, SendCommand, SendMode, to_driving
from modes.decide import Context, Utterance, decide
from modes.handlers import Effects, handle
from modes.vocabulary import Mode, Speaker


def effects(said: str, speaker: Speaker = Speaker.DRIVER, **scene: Any) -> Effects:
    facts = SceneFacts.from_plain(scene, source="test")[0] if scene else None
    return handle(decide(Utterance(said, speaker), Context(), facts), turn_id="t1", speaker=speaker)


def test_a_question_sends_the_token_and_nothing_else() -> None:
    found = effects("why are you slowing down")
    assert found.to_driving == (SendMode(id="t1", mode=Mode.QA),)


def test_a_refusal_sends_the_autonomous_token_and_shows_a_card() -> None:
    found = effects("hit that trash can")
    assert found.to_driving == (SendMode(id="t1", mode=Mode.AUTONOMOUS),)
    assert found.card is not None
    assert (found.card.kind, found.card.code) == ("refusal", "R03")


def test_a_compound_sends_its_commands_in_order() -> None:
    found = effects("turn around and park")
    sent = [m for m in found.to_driving if isinstance(m, SendCommand)]
    assert [m.command.intent.value for m in sent] == ["u_turn", "park"]
    assert [m.id for m in sent] == ["t1.0", "t1.1"]


def test_never_mind_cancels_the_newest() -> None:
    assert effects("never mind").to_driving == (CancelCommand(id=None),)


def test_a_question_back_sends_nothing_and_offers_yes_and_no() -> None:
    scene = {"left_lane": "free", "rear_left_gap_s": 6.0, "speed_kph": 80.0}
    found = effects("change to the left lane", Speaker.CHILD, **scene)
    assert found.to_driving == ()
    assert found.card is not None
    assert (found.card.kind, found.card.options) == ("confirm", ("Yes", "No"))


@pytest.mark.parametrize(
    "said", ["take the exit for zebrafish", "follow the xylophone", "go to <b>quux</b> street"]
)
def test_free_words_reach_the_car_only_in_bounded_slots(said: str) -> None:
    for message in effects(said).to_driving:
        text = to_driving.dump_json(message).decode()
        assert "follow the" not in text
        assert "<" not in text
        assert len(text) < 900
