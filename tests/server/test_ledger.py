"""The ledger keeps what was heard."""

import pytest

from server.ledger import Ledger

TEXT = "The car is slowing. A cyclist is merging ahead."
FIRST = len("The car is slowing.")


def speaking() -> Ledger:
    ledger = Ledger()
    ledger.said(1, "why are you slowing down")
    ledger.shown(1, TEXT)
    ledger.speaking(1, TEXT)
    ledger.voiced(1, FIRST, 1_000)
    ledger.voiced(1, len(TEXT), 3_000)
    return ledger


@pytest.mark.parametrize(
    ("played_ms", "heard"),
    [
        (0, ""),
        (500, "The car"),
        (1_000, "The car is slowing."),
        (2_000, "The car is slowing. A cyclist is"),
        (3_000, TEXT),
        (9_000, TEXT),
    ],
)
def test_cut_off_speech_keeps_whole_words_that_were_played(played_ms: int, heard: str) -> None:
    ledger = speaking()
    ledger.played(1, played_ms)
    assert ledger.cut(1) == len(heard)
    assert ledger.lines[-1].heard == heard


def test_a_reply_played_to_its_end_is_whole() -> None:
    ledger = speaking()
    ledger.finish(1)
    assert ledger.cut(1) is None
    assert ledger.last_heard_reply() == TEXT


def test_with_several_loudspeakers_the_furthest_counts() -> None:
    ledger = speaking()
    ledger.played(1, 1_000)
    ledger.played(1, 200)
    assert ledger.cut(1) == FIRST


def test_a_reply_of_which_nothing_was_heard_is_no_last_reply() -> None:
    ledger = speaking()
    ledger.shown(2, "Okay.")
    ledger.speaking(2, "Okay.")
    ledger.cut(2)
    assert ledger.last_heard_reply() == TEXT


def test_a_clause_that_is_still_being_made_is_estimated() -> None:
    ledger = Ledger()
    ledger.shown(1, TEXT)
    ledger.speaking(1, TEXT)
    ledger.played(1, 500)
    assert ledger.cut(1) == len("The car")
