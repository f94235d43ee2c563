"""Small decisions of the conversation as pure functions: stop words, recordings, cards."""

from __future__ import annotations

from collections.abc import Sequence

from model.contract.situation import SendCommand, ToDriving
from modes.handlers import CardText, Effects
from modes.vocabulary import Command, Decision, Intent, Mode, RequestState
from server import protocol as p

#: Said when a stop word acted and the whole sentence then meant something else.
STOPPED_BY_WORD = "The car is stopping because I heard “stop”. Say “go on” to continue."
STOP_RULE, REPLAY_RULE = "P2.STOP_WORD", "REPLAY"
NOT_STEERABLE = "This is a recording, so the car cannot be steered. You can ask me about it."


def stop_event(turn: int, text: str) -> p.Utterance:
    """The decision of the stop-word path, before the sentence has ended."""
    return p.Utterance(
        turn=turn,
        text=text,
        mode=Mode.CONTROL,
        token=Mode.CONTROL.token,
        decision=Decision.ALLOW,
        intent=Intent.STOP,
        commands=(Command(intent=Intent.STOP),),
        rules=(STOP_RULE,),
        confidence=1.0,
        fast_path=True,
    )


def stop_card(turn: int, request_id: str) -> p.Card:
    """The card of a stop that was sent at once."""
    return p.Card(
        id=request_id, turn=turn, kind="command", state=RequestState.ACCEPTED, title="Stop"
    )


def after_stop(messages: Sequence[ToDriving]) -> list[ToDriving]:
    """What is left to send once the stop-word path has sent the stop."""
    return [
        message
        for message in messages
        if not (isinstance(message, SendCommand) and message.command.intent is Intent.STOP)
    ]


def cannot_steer(event: p.Utterance) -> tuple[p.Utterance, Effects]:
    """A command to a recording: understood, and refused for what it is."""
    refused = event.model_copy(update={"decision": Decision.REFUSE, "rules": (REPLAY_RULE,)})
    return refused, Effects(to_driving=(), reply=NOT_STEERABLE)


def show_card(card: CardText, turn: int, messages: Sequence[ToDriving]) -> p.Card:
    """A handler's card as the protocol shows it; a command's card has the id of its request."""
    sent = next((message.id for message in messages if isinstance(message, SendCommand)), None)
    is_command = card.kind == "command" and sent is not None
    return p.Card(
        id=sent if is_command and sent is not None else f"t{turn}.{card.kind}",
        turn=turn,
        kind=card.kind,
        state=RequestState.ACCEPTED if is_command else None,
        title=card.title,
        detail=card.detail,
        code=card.code,
        options=card.options,
        expires_in_s=card.expires_in_s,
    )
