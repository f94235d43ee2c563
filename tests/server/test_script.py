"""Scripted words, and what became of them."""

import pytest

from model.contract.situation import RequestView
from modes.vocabulary import Command, Decision, Intent, Mode, RequestState
from server.script import Line, ScriptError, outcome, parse_line


def view(state: RequestState, moved_s: float | None = None) -> RequestView:
    return RequestView(
        id="t1.0", command=Command(intent=Intent.TAKE_EXIT), state=state, text="", since_s=20.0,
        first_motion_s=moved_s,
    )  # fmt: skip


def test_a_line_is_a_moment_and_words() -> None:
    assert parse_line("20.5: take exit 2: the harbour ") == Line(20.5, "take exit 2: the harbour")


@pytest.mark.parametrize("text", ["take the exit", "x:go", "5:", "-1:go", ":go", "1e9:go", ""])
def test_what_is_no_line_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ScriptError, match="T:TEXT"):
        parse_line(text)


@pytest.mark.parametrize(
    ("mode", "decision", "requests", "became"),
    [
        (Mode.QA, Decision.NONE, [], "answered"),
        (Mode.AUTONOMOUS, Decision.REFUSE, [], "refused"),
        (Mode.CONTROL, Decision.REFUSE, [], "refused"),
        (Mode.AUTONOMOUS, Decision.NONE, [], "ignored"),
        (Mode.CONTROL, Decision.ALLOW, [view(RequestState.DONE)], "obeyed"),
        (Mode.CONTROL, Decision.ALLOW, [view(RequestState.UNDER_WAY)], "obeyed"),
        (Mode.CONTROL, Decision.DEFER, [view(RequestState.WAITING)], "deferred"),
        (Mode.CONTROL, Decision.DEFER, [view(RequestState.EXPIRED)], "expired"),
        (Mode.CONTROL, Decision.ALLOW, [view(RequestState.REFUSED)], "refused"),
        (Mode.CONTROL, Decision.ALLOW, [view(RequestState.SUPERSEDED)], "ignored"),
        (Mode.CONTROL, Decision.ALLOW, [view(RequestState.SUPERSEDED, 21.0)], "obeyed"),
        (
            Mode.CONTROL,
            Decision.ALLOW,
            [view(RequestState.DONE), view(RequestState.REFUSED)],
            "refused",
        ),
        (Mode.CONTROL, Decision.CONFIRM, [], "deferred"),
        (Mode.CONTROL, Decision.ALLOW, [], "ignored"),
    ],
)
def test_the_outcome_is_what_the_vehicle_did(mode, decision, requests, became) -> None:
    assert outcome(mode, decision, Intent.TAKE_EXIT, requests) == became
