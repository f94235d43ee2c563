"""Stop words: what stops the car, and what only sounds like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modes.stopwords import StopWord, stop_word

STOPS = """stop|stop!|stop the car|halt|brake|break|whoa stop|stop stop|please stop|stop now
stop right here|stop here please|hey car stop|can you stop the car|no stop|oh my god stop
mommy stop|stop driving|bring the car to a stop|could you stop please|i said stop|freeze|stop it
stop! there's a kid|i want you to stop the car|STOP THE CAR NOW|stop the vehicle|stop this thing"""
HARD = """emergency stop|brake hard|slam on the brakes|stop stop stop|stop immediately
hit the brakes|full brakes|emergency brake"""
NOT = """don't stop|bus stop|is there a stop sign ahead?|stop talking|non-stop|when you stop
why did you stop|do not stop here|drive nonstop|stop the music|where is the next stop
are you going to stop|did you stop for the bus|how do you brake|stop tailgating|never stop
we don't need to stop|what happens when you stop|i can't stop laughing|it never stops
keep going don't stop|the bus stopped|take a break|let's have a lunch break|take the second stop
if you stop now i'll be late|brake lights|will you stop for pedestrians|stop hitting your sister
she said he stopped|the car stops|||stopover in rome|nothing"""


def rows(text: str) -> list[str]:
    return [item.strip() for line in text.splitlines() for item in line.split("|")]


@pytest.mark.parametrize("said", rows(STOPS))
def test_these_stop_the_car(said: str) -> None:
    assert stop_word(said) is StopWord.STOP


@pytest.mark.parametrize("said", rows(HARD))
def test_these_brake_hard(said: str) -> None:
    assert stop_word(said) is StopWord.HARD


@pytest.mark.parametrize("said", rows(NOT))
def test_these_do_not(said: str) -> None:
    assert stop_word(said) is None


@pytest.mark.parametrize("partial", ["sto", "st", "why did you", "the next"])
def test_partials_do_not_stop_early(partial: str) -> None:
    assert stop_word(partial) is None


@given(st.text(max_size=500))
def test_it_never_raises(text: str) -> None:
    assert stop_word(text) in (None, StopWord.STOP, StopWord.HARD)
