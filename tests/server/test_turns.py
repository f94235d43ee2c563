"""Turns end exactly once, and stale speech is known."""

from hypothesis import given
from hypothesis import strategies as st

from server.turns import Ending, Phase, Turns


def test_a_spoken_turn_goes_through_its_phases() -> None:
    turns = Turns()
    turn = turns.open("voice")
    assert turns.shown() == ("listening", turn.number)
    assert turns.advance(turn.number, Phase.THINKING)
    assert turns.shown() == ("thinking", turn.number)
    assert turns.advance(turn.number, Phase.SPEAKING)
    assert turns.shown() == ("speaking", turn.number)
    assert turns.end(turn.number, Ending.ANSWERED) is turn
    assert turns.shown()[0] == "idle"


def test_typed_words_need_no_listening() -> None:
    assert Turns().open("text").phase is Phase.THINKING


def test_a_turn_ends_exactly_once() -> None:
    turns = Turns()
    number = turns.open("text").number
    assert turns.end(number, Ending.SILENT)
    assert turns.end(number, Ending.ANSWERED) is None


def test_an_illegal_step_changes_nothing() -> None:
    turns = Turns()
    turn = turns.open("voice")
    assert not turns.advance(turn.number, Phase.SPEAKING)
    assert turn.phase is Phase.LISTENING
    assert not turns.advance(99, Phase.THINKING)


def test_an_interruption_makes_speech_stale_and_names_it() -> None:
    turns = Turns()
    speaking, thinking = turns.open("text"), turns.open("text")
    turns.advance(speaking.number, Phase.SPEAKING)
    assert turns.interrupt() == [speaking.number]
    assert not turns.fresh(speaking)
    assert not turns.fresh(thinking)
    assert turns.fresh(turns.open("text"))


def test_who_spoke_before_the_interruption_but_thinks_after_it_is_fresh() -> None:
    turns = Turns()
    turn = turns.open("voice")
    turns.interrupt()
    turns.advance(turn.number, Phase.THINKING)
    assert turns.fresh(turn)


def test_listening_is_shown_before_anything_else() -> None:
    turns = Turns()
    speaking = turns.open("text")
    turns.advance(speaking.number, Phase.SPEAKING)
    listening = turns.open("voice")
    assert turns.shown() == ("listening", listening.number)


STEPS = st.lists(
    st.tuples(st.sampled_from(["open", "think", "speak", "end", "cut"]), st.integers(1, 6))
)


@given(STEPS)
def test_whatever_happens_each_turn_ends_once_at_most(steps: list[tuple[str, int]]) -> None:
    turns = Turns()
    ended: list[int] = []
    generation = 0
    for step, number in steps:
        match step:
            case "open":
                turns.open("voice")
            case "think":
                turns.advance(number, Phase.THINKING)
            case "speak":
                turns.advance(number, Phase.SPEAKING)
            case "cut":
                turns.interrupt()
                generation += 1
            case _:
                turn = turns.end(number, Ending.ANSWERED)
                if turn is not None:
                    ended.append(turn.number)
    assert len(ended) == len(set(ended))
    assert turns.generation == generation
    assert all(turns.get(number) is None for number in ended)
