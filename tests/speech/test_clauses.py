"""Cutting text into what is spoken in one go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.clauses import ClauseSplitter, split_clauses

REPLY = (
    "I am slowing down because a cyclist merges, e.g. from the left. It is 3.5 m away! Is it OK?"
)


def test_sentences_stay_whole_where_the_voice_is_fast() -> None:
    assert split_clauses(REPLY) == [
        "I am slowing down because a cyclist merges, e.g. from the left.",
        "It is 3.5 m away!",
        "Is it OK?",
    ]


def test_the_first_clause_goes_ahead_where_it_is_slow() -> None:
    assert split_clauses(REPLY, first_clause_early=True) == [
        "I am slowing down",
        "because a cyclist merges, e.g. from the left.",
        "It is 3.5 m away!",
        "Is it OK?",
    ]


def test_a_short_beginning_is_not_cut_off() -> None:
    assert split_clauses("Okay, slowing down.", True) == ["Okay, slowing down."]


def test_a_sentence_is_given_as_soon_as_it_is_known_to_be_over() -> None:
    splitter = ClauseSplitter(first_clause_early=False)
    assert splitter.feed("It is 3.") == []
    assert splitter.feed("5 m away.") == []
    assert splitter.feed(" And") == ["It is 3.5 m away."]
    assert splitter.flush() == ["And"]
    assert splitter.flush() == []


def test_text_without_any_stop_is_cut_at_a_space() -> None:
    pieces = split_clauses("word " * 200)
    assert " ".join(pieces).split() == ["word"] * 200
    assert max(map(len, pieces)) <= 240


def test_text_without_any_space_is_cut_too() -> None:
    assert "".join(split_clauses("x" * 1000)) == "x" * 1000


@pytest.mark.parametrize("early", [True, False])
@given(st.lists(st.text(alphabet="ab .,!;eg\n")))
def test_nothing_is_lost_and_the_cuts_do_not_depend_on_the_portions(
    early: bool, portions: list[str]
) -> None:
    splitter = ClauseSplitter(early)
    pieces = [piece for portion in portions for piece in splitter.feed(portion)]
    pieces += splitter.flush()
    whole = "".join(portions)
    assert "".join("".join(pieces).split()) == "".join(whole.split())
    assert all(piece == piece.strip() and piece for piece in pieces)
