"""The Mode Expert at work for one car: utterance and situation in, one token and its effects out.

The judging itself is `modes.decide` and `modes.handlers`; this file gives them the dialogue, the
facts and the memory, and bounds the time that they may take. A time-out or an exception becomes
the autonomous token and a question back, never control.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from model.contract.facts import SceneFacts
from model.contract.situation import Situation
from modes.decide import Context, DecisionRecord, Utterance, decide
from modes.dialogue import Dialogue
from modes.handlers import Effects, handle
from modes.memory import Memory, remembered
from modes.vocabulary import Decision, Mode, Speaker, Unit
from server import protocol as p

_log = logging.getLogger(__name__)

ASK_BACK = "Sorry, I did not get that. Could you say it again?"

#: Longest wait for the tables of the Mode Expert, once.
WARM_UP_S = 10.0

Decide = Callable[[Utterance, Context, SceneFacts | None], DecisionRecord]


@dataclass(frozen=True)
class Heard:
    """An utterance on its way to the Mode Expert; `text` is as it was said."""

    turn: int
    text: str
    source: str  # voice, text, script
    speaker: Speaker = Speaker.UNKNOWN
    confidence: float | None = None


@dataclass(frozen=True)
class Considered:
    """What became of an utterance; `failed` when the Mode Expert did not answer in time."""

    event: p.Utterance
    effects: Effects
    took_ms: float
    failed: bool = False


class Mind:
    """Dialogue, memory and names of one car. Not thread-safe; `consider` one at a time."""

    def __init__(
        self, *, timeout_s: float = 0.5, unit: Unit = Unit.KPH, judge: Decide = decide
    ) -> None:
        self.memory = Memory()
        self.dialogue = Dialogue()
        self.exits: tuple[str, ...] = ()
        self.places: tuple[str, ...] = ()
        self._unit = unit
        self._timeout_s = timeout_s
        self._decide = judge
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="mode-expert")
        self._warming: Future[DecisionRecord] | None = None
        self._reading = False
        self._meanwhile: list[Situation] = []

    def begin(self, exits: Sequence[str], places: Sequence[str]) -> None:
        """Another drive begins: nothing that was said or seen before counts any more."""
        self.remember(())
        self.dialogue = Dialogue()
        self.exits, self.places = tuple(exits), tuple(places)

    def remember(self, situations: Sequence[Situation]) -> None:
        """Replaces the memory (a replay jumped)."""
        self.memory = remembered(situations)
        self._meanwhile.clear()

    def add(self, situation: Situation) -> None:
        """One more tick. While the worker reads the memory, the newest ticks wait beside it."""
        if self._reading:
            self._meanwhile.append(situation)
        else:
            self.memory.add(situation)

    def drop_question(self) -> None:
        """The question back was not answered in time."""
        self.dialogue = replace(self.dialogue, pending=None)

    def consider_now(self, heard: Heard, now_s: float) -> Considered:
        """The same in this thread and without a time limit, for deterministic drives."""
        started = time.perf_counter()
        record = self._decide(*self._question(heard, now_s))
        return self._settled(heard, record, started)

    def warm_up(self) -> None:
        """Builds the tables of the Mode Expert now; the first utterance waits for that."""
        utterance, context = Utterance("why are you slowing down", source="script"), Context()
        self._warming = self._worker.submit(self._decide, utterance, context, None)

    async def consider(self, heard: Heard, now_s: float) -> Considered:
        """Judges an utterance in the worker thread; `now_s` is the dialogue's clock."""
        if self._warming is not None:
            await asyncio.wait([asyncio.wrap_future(self._warming)], timeout=WARM_UP_S)
            self._warming = None
        started = time.perf_counter()
        self._reading = True
        job = self._worker.submit(self._decide, *self._question(heard, now_s))
        try:
            record = await asyncio.wait_for(asyncio.wrap_future(job), self._timeout_s)
            return self._settled(heard, record, started)
        except TimeoutError:
            _log.warning("the Mode Expert took longer than %.1f s", self._timeout_s)
            # The thread cannot be stopped: leave it to its fate and go on with a new one.
            self._worker.shutdown(wait=False, cancel_futures=True)
            self._worker = ThreadPoolExecutor(1, thread_name_prefix="mode-expert")
            self.memory = remembered(tuple(self.memory))
        except Exception:
            _log.exception("the Mode Expert failed")
        finally:
            self._reading = False
            for situation in self._meanwhile:
                self.memory.add(situation)
            self._meanwhile.clear()
        return _gave_up(heard, started)

    def close(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _question(self, heard: Heard, now_s: float) -> tuple[Utterance, Context, SceneFacts | None]:
        newest, facts = self.memory.latest, None
        if newest is not None:
            facts, _ = SceneFacts.from_plain(newest.facts, source="situation", t_s=newest.t_s)
        utterance = Utterance(
            heard.text,
            speaker=heard.speaker,
            asr_confidence=heard.confidence,
            source=heard.source,
        )
        context = Context(
            dialogue=self.dialogue,
            now_s=now_s,
            exits=self.exits,
            places=self.places,
            memory=self.memory,
            unit=self._unit,
        )
        return utterance, context, facts

    def _settled(self, heard: Heard, record: DecisionRecord, started: float) -> Considered:
        if record.reading.layer == "error":  # it was caught, and gave autonomous
            _log.error("the Mode Expert failed on an utterance; nothing was passed on")
        effects = handle(record, turn_id=f"t{heard.turn}", speaker=heard.speaker)
        self.dialogue = record.dialogue
        took_ms = (time.perf_counter() - started) * 1e3
        return Considered(utterance_event(heard, record), effects, took_ms)


def utterance_event(heard: Heard, record: DecisionRecord) -> p.Utterance:
    """The protocol's view of a decision."""
    refusal = record.reading.refusal
    return p.Utterance(
        turn=heard.turn,
        text=heard.text,
        mode=record.mode,
        token=record.mode.token,
        decision=record.decision,
        intent=record.intent,
        commands=tuple(record.commands),
        question=record.reading.question,
        refusal_code=refusal.code if refusal else None,
        refusal_class=refusal.value if refusal else None,
        rules=tuple(record.rules),
        confidence=record.confidence,
    )


def _gave_up(heard: Heard, started: float) -> Considered:
    event = p.Utterance(
        turn=heard.turn,
        text=heard.text,
        mode=Mode.AUTONOMOUS,
        token=Mode.AUTONOMOUS.token,
        decision=Decision.NONE,
        confidence=0.0,
    )
    effects = Effects(to_driving=(), reply=ASK_BACK)
    return Considered(event, effects, (time.perf_counter() - started) * 1e3, failed=True)
