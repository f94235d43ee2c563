"""Dialogue state: expiry, authority, and who may answer."""

import pytest

from modes.dialogue import Dialogue, ask, authority, may_answer, may_replace, pending_now
from modes.vocabulary import Command, Intent, Speaker

EXIT = (Command(intent=Intent.TAKE_EXIT),)
STOP = (Command(intent=Intent.STOP),)


def test_a_question_back_is_dropped_after_eight_seconds() -> None:
    dialogue = ask(Dialogue(), EXIT, "Shall I?", Speaker.PASSENGER, now_s=10.0)
    assert pending_now(dialogue, 18.0) is not None
    assert pending_now(dialogue, 18.1) is None


def test_authority_order() -> None:
    order = [Speaker.DRIVER, Speaker.PASSENGER, Speaker.CHILD, Speaker.UNKNOWN, Speaker.LOUDSPEAKER]
    ranks = [authority(s) for s in order]
    assert ranks == sorted(ranks, reverse=True)
    assert (
        authority(Speaker.DRIVER)
        > authority(Speaker.CHILD, Speaker.CHILD)
        > authority(Speaker.PASSENGER)
    )


@pytest.mark.parametrize(
    ("newer", "older", "commands", "may"),
    [
        (Speaker.DRIVER, Speaker.PASSENGER, EXIT, True),
        (Speaker.PASSENGER, Speaker.PASSENGER, EXIT, True),
        (Speaker.CHILD, Speaker.DRIVER, EXIT, False),
        (Speaker.CHILD, Speaker.DRIVER, STOP, True),
    ],
)
def test_newest_replaces_older_of_equal_or_lower_authority(
    newer: Speaker, older: Speaker, commands: tuple[Command, ...], may: bool
) -> None:
    assert may_replace(newer, older, commands) is may
    first = ask(Dialogue(), (Command(intent=Intent.U_TURN),), "?", older, 0.0)
    second = ask(first, commands, "?", newer, 1.0)
    assert second.pending is not None
    assert (second.pending.commands == commands) is may


def test_a_child_cannot_answer_for_itself() -> None:
    pending = ask(Dialogue(), EXIT, "?", Speaker.CHILD, 0.0).pending
    assert pending is not None
    assert not may_answer(pending, Speaker.CHILD)
    assert may_answer(pending, Speaker.DRIVER)
