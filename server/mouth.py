"""The car's mouth: one reply after the other, paced ahead of real time, silenced at once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass

from server import protocol as p
from server.audience import Audience
from server.ledger import Ledger
from server.turns import Ending, Phase, Turn, Turns
from speech.speaking import Speaking, SpokenChunk

_log = logging.getLogger(__name__)

#: Sound is sent this much before it is due: enough for a hiccup, little enough that an
#: interruption finds hardly anything to throw away.
LEAD_S = 0.4
#: After the last sample should have been heard, so long is waited for the browser to say so.
GRACE_S = 0.8
#: A remark of the car's own that waited longer than this is old news and stays unspoken.
STALE_S = 6.0


@dataclass(frozen=True)
class _Job:
    turn: Turn
    text: str
    queued_s: float
    first_audio: Callable[[float], None]


class Mouth:
    """Speaks replies to everybody who wants to hear them; at most one at a time."""

    def __init__(
        self, audience: Audience, turns: Turns, ledger: Ledger, ended: Callable[[int, Ending], None]
    ) -> None:
        """`ended` is called once for each turn that was given to `say`."""
        self._audience, self._turns, self._ledger, self._ended = audience, turns, ledger, ended
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._now: _Job | None = None
        self._heard_all = asyncio.Event()
        self._stop = asyncio.Event()
        self.speaking: Speaking | None = None

    @property
    def busy(self) -> bool:
        """True while the car's voice can be heard."""
        return self._now is not None

    @property
    def words(self) -> str:
        """What is being spoken now."""
        return self._now.text if self._now else ""

    def say(self, turn: Turn, text: str, first_audio: Callable[[float], None]) -> bool:
        """Queues a reply; False when there is no voice or nobody wants to hear it.

        `first_audio` gets the milliseconds from now to the first sound.
        """
        if self.speaking is None or not self._audience.wants_voice:
            return False
        self._jobs.put_nowait(_Job(turn, text, time.monotonic(), first_audio))
        return True

    def played(self, turn: int, ms: float, done: bool) -> None:
        """A browser reports how much it has played."""
        self._ledger.played(turn, ms)
        if done and self._now is not None and self._now.turn.number == turn:
            self._heard_all.set()

    def silence(self) -> None:
        """Stops what is spoken and drops what waits; the turns' generation was raised before."""
        self._stop.set()
        if self.speaking is not None:
            self.speaking.cancel()
        if self._now is not None:
            self._audience.publish(p.Playback(action="clear", turn=self._now.turn.number))

    async def run(self) -> None:
        """Speaks for ever."""
        while True:
            job = await self._jobs.get()
            ending = Ending.FAILED
            try:
                ending = await self._perform(job)
            except Exception:
                _log.exception("speaking failed")
            finally:
                self._now = None
                self._ended(job.turn.number, ending)

    async def _perform(self, job: _Job) -> Ending:
        number = job.turn.number
        if not self._turns.fresh(job.turn):
            return Ending.INTERRUPTED
        late = time.monotonic() - job.queued_s > STALE_S
        if self.speaking is None or (job.turn.source == "car" and late):
            return Ending.ANSWERED
        self._now = job
        self._stop.clear()
        self._heard_all.clear()
        self._turns.advance(number, Phase.SPEAKING)
        self._audience.publish(p.Turn(state="speaking", turn=number))
        self._ledger.speaking(number, job.text)
        self._audience.publish(p.Playback(action="begin", turn=number))
        sent_s, started_s = await self._play(job, self.speaking)
        if not self._turns.fresh(job.turn):
            return Ending.INTERRUPTED
        self._audience.publish(p.Playback(action="end", turn=number))
        await self._wait_heard(started_s + sent_s - time.monotonic() + GRACE_S)
        if not self._turns.fresh(job.turn):
            return Ending.INTERRUPTED
        self._ledger.finish(number)
        return Ending.ANSWERED

    async def _play(self, job: _Job, speaking: Speaking) -> tuple[float, float]:
        """Sends the sound; seconds sent, and the moment when the first left."""
        chunks: asyncio.Queue[SpokenChunk | None] = asyncio.Queue()
        making = asyncio.create_task(self._make(job, speaking, chunks))
        sent_s, started_s = 0.0, time.monotonic()
        try:
            while (chunk := await chunks.get()) is not None and self._turns.fresh(job.turn):
                if sent_s == 0.0:
                    started_s = time.monotonic()
                    job.first_audio((started_s - job.queued_s) * 1e3)
                await self._pause(started_s + sent_s - LEAD_S - time.monotonic())
                if not self._turns.fresh(job.turn):
                    break
                self._audience.audio(job.turn.number, chunk.rate_hz, chunk.pcm)
                sent_s += _seconds(chunk)
        finally:
            making.cancel()
        return sent_s, started_s

    async def _make(
        self, job: _Job, speaking: Speaking, chunks: asyncio.Queue[SpokenChunk | None]
    ) -> None:
        """Synthesises as fast as the voice can, so that clause lengths are known early."""
        made_ms, at, clause_end = 0.0, 0, 0
        try:
            async with aclosing(speaking.speak(job.text)) as sound:
                async for chunk in sound:
                    if chunk.text:
                        if clause_end:
                            self._ledger.voiced(job.turn.number, clause_end, made_ms)
                        at = max(job.text.find(chunk.text, at), at)
                        clause_end = at = at + len(chunk.text)
                    made_ms += _seconds(chunk) * 1e3
                    chunks.put_nowait(chunk)
            self._ledger.voiced(job.turn.number, clause_end, made_ms)
        finally:
            chunks.put_nowait(None)

    async def _pause(self, seconds: float) -> None:
        """Waits, but not past an interruption."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), seconds)
            except TimeoutError:
                return

    async def _wait_heard(self, at_most_s: float) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._heard_all, self._stop)]
        await asyncio.wait(waits, timeout=max(0.0, at_most_s), return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _seconds(chunk: SpokenChunk) -> float:
    return len(chunk.pcm) / 2 / chunk.rate_hz
