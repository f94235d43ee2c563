"""The conversation of one car: everybody's words in, decisions, replies and cards out.

Several browsers share one conversation. An utterance becomes exactly one token (`server/mind.py`)
and its turn ends exactly once (`server/turns.py`); what was spoken is known (`server/ledger.py`).
All methods belong to the event loop's thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal

from model.contract.situation import (
    CancelCommand,
    Notice,
    SendCommand,
    Situation,
    StopNow,
    ToDriving,
)
from modes.handlers import CardText
from modes.stopwords import stop_word
from modes.vocabulary import Mode, RequestState, Speaker, clean_text
from server import protocol as p
from server.audience import Audience
from server.cards import CardBook
from server.ledger import Ledger
from server.mind import Considered, Heard, Mind
from server.mouth import Mouth
from server.outcome import (
    STOPPED_BY_WORD,
    after_stop,
    cannot_steer,
    show_card,
    stop_card,
    stop_event,
)
from server.turns import Ending, Phase, Turn, Turns

_log = logging.getLogger(__name__)

Send = Callable[[ToDriving], Awaitable[None]]
LOST = "The car cannot be reached right now, so that was not passed on."


class Conversation:
    """One thread of talk with one car."""

    def __init__(
        self,
        audience: Audience,
        mind: Mind,
        send: Send,
        *,
        steerable: bool = True,
        first_turn: int = 1,
    ) -> None:
        """`send` raises ConnectionError when the drive is not there; a replay is not steerable."""
        self.audience, self.mind = audience, mind
        self.turns = Turns(first_turn)
        self.ledger = Ledger()
        self.cards = CardBook(lambda: self.turns.shown()[1])
        self.mouth = Mouth(audience, self.turns, self.ledger, self._end)
        self._send = send
        self._steerable = steerable
        self._in_order = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: dict[int, str] = {}  # turn -> id of the stop sent by the fast path
        self._question_ends: asyncio.TimerHandle | None = None
        self._t_s = 0.0

    # ------------------------------------------------------------------ words

    def say(self, text: str, speaker: Speaker, source: Literal["text", "script"]) -> int:
        """Typed or scripted words; the number of their turn. They interrupt what is spoken."""
        self.interrupt()
        turn = self.turns.open(source)
        self._spawn(self._answer_turn(turn, text, speaker, None, {}))
        return turn.number

    def listening(self) -> int:
        """Somebody begins to speak: a new turn, to be closed by `heard` or `nothing`."""
        self.interrupt()
        turn = self.turns.open("voice")
        self._show_orb()
        return turn.number

    async def partial(self, number: int, text: str, stable_chars: int, speaker: Speaker) -> None:
        """Words so far. A stop word that stays and that the rest does not take back acts now."""
        if self.turns.get(number) is None:
            return
        self.audience.publish(
            p.Transcript(turn=number, text=text, final=False, source="voice", speaker=speaker)
        )
        if stop_word(text[:stable_chars]) and stop_word(text):
            await self._stop_now(number, text)

    def heard(
        self,
        number: int,
        text: str,
        speaker: Speaker,
        confidence: float | None,
        parts_ms: Mapping[str, float],
    ) -> None:
        """The final words of a voice turn; `parts_ms` is where the time went until now."""
        turn = self.turns.get(number)
        if turn is not None:
            self._spawn(self._answer_turn(turn, text, speaker, confidence, parts_ms))

    def nothing(self, number: int, *, cancelled: bool = False) -> None:
        """A voice turn ends without words."""
        if self.turns.get(number) is None:
            return
        self.audience.publish(p.Transcript(turn=number, text="", final=True, source="voice"))
        self._end(number, Ending.CANCELLED if cancelled else Ending.NOTHING_HEARD)

    def interrupt(self) -> None:
        """Silence at once. The history keeps only what was heard."""
        speaking = self.turns.interrupt()
        self.mouth.silence()
        for number in speaking:
            heard = self.ledger.cut(number)
            reply = self.audience.reply(number)
            if reply is not None and heard is not None:
                self.audience.publish(reply.model_copy(update={"heard_chars": heard}))
            self.audience.publish(p.Turn(state="interrupted", turn=number))
            self._end(number, Ending.INTERRUPTED)

    async def answer_card(self, card_id: str, action: str, speaker: Speaker) -> p.Error | None:
        """Yes, No or Cancel on a card; an error when it is not open any more."""
        card = self.cards.get(card_id)
        if action == "cancel" and card is not None and card.kind == "command":
            return await self._cancel(card)
        question = self.cards.open_confirmation()
        if question is None or question.id != card_id or action == "cancel":
            return p.Error(
                code="card_closed",
                message="that card is not open any more",
                hint="say or type what the car should do",
            )
        self.say("yes" if action == "confirm" else "no", speaker, "text")
        return None

    # ------------------------------------------------------------------ the drive

    def follow(self, situation: Situation) -> None:
        """Cards follow what the vehicle does; some changes are spoken, each once."""
        self._t_s = situation.t_s
        for update in self.cards.follow(situation.requests, situation.t_s):
            self.audience.publish(update.card)
            if update.spoken:
                self.announce(update.spoken)

    def at(self, t_s: float) -> None:
        """The moment of a replay."""
        self._t_s = t_s

    def notice(self, notice: Notice) -> None:
        """The driving process says that something was not possible."""
        if notice.request_id and notice.level == "error":
            card = self.cards.fail(notice.request_id, notice.message)
            if card is not None:
                self.audience.publish(card)

    def announce(self, text: str) -> None:
        """The car says something of its own, behind whatever is being spoken."""
        turn = self.turns.open("car")
        self._reply(turn, text, {}, {})

    async def begin(self, exits: Sequence[str], places: Sequence[str]) -> None:
        """Another drive begins."""
        self.interrupt()
        async with self._in_order:
            self.mind.begin(exits, places)
        self._close_question(RequestState.CANCELLED)
        self._stopped.clear()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._question_ends is not None:
            self._question_ends.cancel()
        self.mind.close()

    # ------------------------------------------------------------------ one turn

    async def _answer_turn(
        self,
        turn: Turn,
        text: str,
        speaker: Speaker,
        confidence: float | None,
        parts_ms: Mapping[str, float],
    ) -> None:
        """One utterance from its words to its end, which it reaches whatever fails."""
        try:
            await self._answer(turn, text, speaker, confidence, parts_ms)
        except Exception:
            _log.exception("a turn failed")
            self._end(turn.number, Ending.FAILED)

    async def _answer(
        self,
        turn: Turn,
        text: str,
        speaker: Speaker,
        confidence: float | None,
        parts_ms: Mapping[str, float],
    ) -> None:
        number = turn.number
        source = turn.source if turn.source != "car" else "text"
        shown = clean_text(text)
        if not shown:
            self.nothing(number)
            return
        self.audience.publish(
            p.Transcript(
                turn=number,
                text=shown,
                final=True,
                source=source,
                speaker=speaker,
                confidence=confidence,
            )
        )
        self.ledger.said(number, shown)
        if stop_word(shown):
            await self._stop_now(number, shown)
        if turn.phase is Phase.LISTENING:
            self.turns.advance(number, Phase.THINKING)
        self._show_orb()
        async with self._in_order:  # the dialogue goes in the order of the words
            heard = Heard(number, text, source, speaker, confidence)
            considered = await self.mind.consider(heard, self._t_s)
        await self._act(turn, considered, parts_ms)

    async def _act(self, turn: Turn, considered: Considered, parts_ms: Mapping[str, float]) -> None:
        """Publishes what was decided, passes it on and replies."""
        number, event, effects = turn.number, considered.event, considered.effects
        if not self._steerable and event.mode is Mode.CONTROL:
            event, effects = cannot_steer(event)
        self.audience.publish(event)
        to_driving, card, reply = effects.to_driving, effects.card, effects.reply
        if number in self._stopped:
            to_driving, card, reply = self._after_stop(to_driving, card, reply)
        if self.cards.open_confirmation() is not None:
            # "No" answers the question; what the car is already doing was not meant.
            to_driving = tuple(m for m in to_driving if not _cancels_newest(m))
        self._settle_question(any(isinstance(m, SendCommand) for m in to_driving))
        if not await self._pass_on(to_driving):
            reply = LOST
        elif card is not None:
            self._show_card(show_card(card, number, to_driving))
        if not reply:
            self._end(number, Ending.SILENT)
            return
        parts = {**parts_ms, "decide": round(considered.took_ms, 1)}
        self._reply(turn, reply, effects.evidence, parts)

    def _reply(
        self, turn: Turn, text: str, evidence: Mapping[str, object], parts_ms: Mapping[str, float]
    ) -> None:
        """Shows a reply and speaks it where somebody wants to hear it; ends the turn."""
        number = turn.number

        def latency(**more: float) -> None:
            parts = {**parts_ms, **more}
            if parts_ms:  # what the car says of itself answers nobody
                total_ms = round(sum(parts.values()), 1)
                self.audience.publish(p.Latency(turn=number, parts_ms=parts, total_ms=total_ms))

        spoken = self.turns.fresh(turn) and self.mouth.say(
            turn, text, lambda voice_ms: latency(voice=round(voice_ms, 1))
        )
        self.ledger.shown(number, text)
        self.audience.publish(
            p.Reply(turn=number, text=text, final=True, spoken=spoken, evidence=dict(evidence))
        )
        if not spoken:
            latency()
            self._end(number, Ending.ANSWERED)

    async def _stop_now(self, number: int, text: str) -> None:
        """The stop-word path: no model and no rule in between, once a turn."""
        if number in self._stopped or not self._steerable:
            return
        request_id = f"t{number}-stop"
        self._stopped[number] = request_id
        if not await self._pass_on((StopNow(id=request_id),)):
            return
        self.audience.publish(stop_event(number, text))
        self._show_card(stop_card(number, request_id))

    def _after_stop(
        self, to_driving: Sequence[ToDriving], card: CardText | None, reply: str
    ) -> tuple[tuple[ToDriving, ...], CardText | None, str]:
        """The stop was sent already: send the rest; own up when the words meant another thing."""
        rest = tuple(after_stop(to_driving))
        if len(rest) < len(to_driving):
            return rest, None, reply
        return rest, card, STOPPED_BY_WORD

    async def _pass_on(self, messages: Sequence[ToDriving]) -> bool:
        """False when the drive cannot be reached."""
        try:
            for message in messages:
                await self._send(message)
        except ConnectionError:
            return not any(isinstance(m, SendCommand | StopNow | CancelCommand) for m in messages)
        return True

    # ------------------------------------------------------------------ cards

    def _show_card(self, card: p.Card) -> None:
        self.audience.publish(self.cards.show(card))
        if card.kind == "confirm" and card.expires_in_s is not None:
            loop = asyncio.get_running_loop()
            self._question_ends = loop.call_later(
                card.expires_in_s, self._question_expired, card.id
            )

    def _settle_question(self, accepted: bool) -> None:
        """An utterance came after a question: is the question answered or dropped by it?"""
        if self.mind.dialogue.pending is None:
            self._close_question(RequestState.SUPERSEDED if accepted else RequestState.CANCELLED)

    def _question_expired(self, card_id: str) -> None:
        card = self.cards.open_confirmation()
        if card is not None and card.id == card_id:
            self._close_question(RequestState.EXPIRED)
            self.mind.drop_question()

    def _close_question(self, state: RequestState) -> None:
        if self._question_ends is not None:
            self._question_ends.cancel()
            self._question_ends = None
        card = self.cards.close_confirmation(state)
        if card is not None:
            self.audience.publish(card)

    async def _cancel(self, card: p.Card) -> p.Error | None:
        if not await self._pass_on((CancelCommand(id=card.id),)):
            return p.Error(code="link_lost", message=LOST, hint="it is tried again by itself")
        return None

    # ------------------------------------------------------------------ plumbing

    def _end(self, number: int, ending: Ending) -> None:
        if self.turns.end(number, ending) is None:
            return
        if len(self._stopped) > 50:
            self._stopped.clear()
        self._show_orb()

    def _show_orb(self) -> None:
        state, number = self.turns.shown()
        self.audience.publish(p.Turn(state=state, turn=number))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _cancels_newest(message: ToDriving) -> bool:
    return isinstance(message, CancelCommand) and message.id is None
