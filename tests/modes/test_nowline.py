"""The NOW line fits, and the Why card tells sees, so, does."""

from typing import Any

import pytest

from model.contract.situation import RequestView
from modes.nowline import MAX_CHARS, now_line, why_card
from modes.vocabulary import Command, Intent, Lateral, Longitudinal, RequestState
from tests.modes.situations import LIGHT, VAN, situation

LONG = VAN.model_copy(
    update={"label": "double-parked delivery lorry with a trailer", "does": "x" * 60}
)
WAITING = RequestView(
    id="r1",
    command=Command(intent=Intent.LANE_CHANGE_LEFT),
    state=RequestState.WAITING,
    text="Change to the left lane",
    waiting_for="a gap on the left",
    since_s=1.0,
)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ({"cause": VAN, "accel": -1.0}, "Slowing down: white van is braking"),
        ({"cause": LIGHT, "speed": 0.0}, "Standing for the traffic light that is red"),
        ({"speed": 13.9}, "Free road at 50 km/h"),
        ({"requests": (WAITING,)}, "Waiting for a gap on the left"),
        ({"level": "F4"}, "The car is making a safety stop"),
        ({"lateral": Lateral.PULL_OVER}, "Pulling over"),
        ({"cause": LONG, "accel": -1.0}, None),
    ],
)
def test_now_line(what: dict[str, Any], line: str | None) -> None:
    found = now_line(situation(5.0, **what))
    assert len(found) <= MAX_CHARS
    assert line is None or found == line


def test_why_card() -> None:
    card = why_card(situation(5.0, cause=VAN, accel=-1.0, longitudinal=Longitudinal.LEAD_FOLLOWING))
    assert card.sees == "The white van 22 metres ahead is braking"
    assert card.so == "Keep the distance"
    assert card.does == "Slowing down, 36 km/h"
    assert (card.certain, card.trace) == (True, "tr50")


def test_the_card_is_not_certain_when_a_fallback_drives() -> None:
    assert not why_card(situation(5.0, cause=VAN, level="F3")).certain
