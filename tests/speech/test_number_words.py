"""Numbers in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.number_words import number_in_words, road_number_in_words


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "zero"),
        (13, "thirteen"),
        (20, "twenty"),
        (95, "ninety-five"),
        (100, "one hundred"),
        (204, "two hundred four"),
        (9999, "nine thousand nine hundred ninety-nine"),
    ],
)
def test_numbers(number: int, text: str) -> None:
    assert number_in_words(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3, "three"),
        (95, "ninety-five"),
        (100, "one hundred"),
        (101, "one oh one"),
        (112, "one twelve"),
        (204, "two oh four"),
        (1604, "sixteen oh four"),
        (12345, "1 2 3 4 5"),
    ],
)
def test_roads(number: int, text: str) -> None:
    assert road_number_in_words(number) == text


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_different_numbers_sound_different(one: int, other: int) -> None:
    assert (number_in_words(one) == number_in_words(other)) == (one == other)
    assert (road_number_in_words(one) == road_number_in_words(other)) == (one == other)


@pytest.mark.parametrize("number", [-1, 10000])
def test_outside_is_an_error(number: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        number_in_words(number)
