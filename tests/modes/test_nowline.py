"""The NOW line fits, and the Why card tells sees, so, does."""

from typing import Any

import pytest

from model.contract.situation import RequestView
from modes.nowline import MAX_CHARS, now_line, why_card
from modes.vocabulary import Command, Intent, Lateral, Longitudinal, RequestState
from tests.modes.situations import BEND, GREEN, LIGHT, LIMIT, VAN, WALKER, situation

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
        ({"cause": VAN, "accel": -1.0}, "Slowing down for the white van ahead"),
        (
            {"cause": LIGHT, "speed": 0.0, "longitudinal": Longitudinal.STOP_STATIC},
            "Waiting at the red light",
        ),
        ({"speed": 13.9}, "Cruising at the limit"),
        ({"speed": 31.4, "cause": LIMIT}, "Cruising at 113 km/h"),
        ({"speed": 33.2, "cause": LIMIT}, "Cruising at the limit"),
        ({"speed": 20.0, "cause": LIMIT, "accel": 1.0}, "Speeding up to 120 km/h"),
        ({"speed": 0.0, "cause": LIMIT}, "About to drive on"),
        ({"speed": 3.0, "cause": GREEN, "accel": 1.0}, "Going: the light turned green"),
        (
            {"cause": BEND, "longitudinal": Longitudinal.SPEED_ADAPTATION},
            "Taking the right-hand bend",
        ),
        (
            {"cause": WALKER, "longitudinal": Longitudinal.SPEED_ADAPTATION},
            "Careful: pedestrian near the crossing",
        ),
        (
            {
                "cause": WALKER,
                "longitudinal": Longitudinal.YIELD,
                "lateral": Lateral.TURN,
                "accel": -1.0,
            },
            "Giving way to the pedestrian",
        ),
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
    assert card.sees == "White van 22 m ahead, braking"
    assert card.so == "sets our speed"
    assert card.does == "drives on, 36 km/h"
    assert (card.certain, card.trace) == (True, "tr50")


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ({"cause": LIMIT, "speed": 33.0},
         ("Speed limit 120 km/h", "the way is free", "keeps its speed, 119 km/h")),
        ({"cause": LIGHT, "speed": 0.0, "longitudinal": Longitudinal.STOP_STATIC},
         ("Traffic light 18 m ahead, red", "must stop before it", "waits")),
        ({}, ("Free road ahead", "the way is free", "keeps its speed, 36 km/h")),
        ({"cause": VAN, "level": "F4"},
         ("White van 22 m ahead, braking", "the car is making a safety stop",
          "brakes to a stop, 36 km/h")),
    ],
)  # fmt: skip
def test_the_card_reads_as_three_short_lines(what: dict[str, Any], lines: tuple[str, ...]) -> None:
    card = why_card(situation(5.0, **what))
    assert (card.sees, card.so, card.does) == lines


def test_a_distance_of_one_metre_reads_well() -> None:
    near = LIGHT.model_copy(update={"distance_m": 1.2})
    assert why_card(situation(5.0, cause=near)).sees == "Traffic light 1 m ahead, red"


def test_the_card_tells_to_what_speed_the_car_slows() -> None:
    here = situation(5.0, cause=VAN, accel=-1.0, longitudinal=Longitudinal.LEAD_FOLLOWING)
    plan = here.plan.model_copy(update={"speed_mps": (10.0, 9.0, 8.0, 7.5)})
    assert why_card(here.model_copy(update={"plan": plan})).does == "slows down, to 27 km/h"


def test_the_card_is_not_certain_when_a_fallback_drives() -> None:
    assert not why_card(situation(5.0, cause=VAN, level="F3")).certain
