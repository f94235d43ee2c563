"""Judging words: open endings, stable beginnings, invented text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.words import ends_open, normal, stable_characters, why_discard, words


def test_signs_and_case_do_not_matter() -> None:
    assert normal(" Stop, PLEASE! ") == normal("stop please") == "stop please"
    assert words("Don't take exit 12-B") == ["don't", "take", "exit", "12", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "Turn left at the",
        "Take the next exit and",
        "stop before",
        "turn left...",
        "I want to",
        "um",
    ],
)
def test_who_stops_here_will_go_on(text: str) -> None:
    assert ends_open(text)


@pytest.mark.parametrize(
    "text",
    [
        "Stop.",
        "hit that trash can",
        "Why did you do that?",
        "pull over",
        "slow down",
        "turn left",
        "",
    ],
)
def test_these_are_whole(text: str) -> None:
    assert not ends_open(text)


@pytest.mark.parametrize(
    ("before", "now", "stable"),
    [
        ("", "Take", ""),
        ("Take the", "Take the next", "Take the"),
        ("Take the neck.", "Take the next exit.", "Take the"),
        ("take, the next", "Take the next exit", "Take the next"),
        ("Stop.", "Stop.", "Stop."),
        ("Take the next exit", "Take", "Take"),
    ],
)
def test_stable_is_what_two_decodes_share(before: str, now: str, stable: str) -> None:
    assert now[: stable_characters(before, now)] == stable


@given(st.text(), st.text())
def test_stable_never_exceeds_the_text(before: str, now: str) -> None:
    assert 0 <= stable_characters(before, now) <= len(now)


@pytest.mark.parametrize(
    "text", ["Stop stop stop!", "no no no no, the other left", "take the next exit", "a a a a a"]
)
def test_what_people_say_is_kept(text: str) -> None:
    assert why_discard(text, complete=True) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" ... ", "empty"),
        ("You", "invention"),
        ("\u00a9 transcript Emily Beynon", "invention"),
        ("you you you you you you you", "repetition"),
        ("I am in the I am in the I am in the I am in the", "repetition"),
        ("well thank you thank you thank you thank you", "repetition"),
    ],
)
def test_inventions_are_dropped(text: str, reason: str) -> None:
    assert why_discard(text, complete=True) == reason


def test_a_decoding_without_end_is_dropped() -> None:
    assert why_discard("take the next exit the the", complete=False) == "endless"
