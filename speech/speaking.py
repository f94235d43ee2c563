"""From text to sound: the asynchronous shell around a voice."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass

from speech.clauses import ClauseSplitter
from speech.errors import SpeechError
from speech.speakable import speakable
from speech.voices.base import Voice

_log = logging.getLogger(__name__)

_PIECE_S = 0.06
_MAX_CACHED_CHARACTERS = 200


@dataclass(frozen=True)
class SpokenChunk:
    """About 60 ms of mono 16-bit sound.

    `text` is the piece of the reply that begins with this chunk, as it was written, and empty for
    the chunks that go on with it: what was heard can be known from the chunks that were played.
    """

    pcm: bytes
    rate_hz: int
    text: str


class Speaking:
    """One mouth: texts are spoken one after the other, `cancel` silences all of them."""

    def __init__(self, voice: Voice) -> None:
        """The voice is loaded already. Several mouths may share it."""
        self.voice = voice
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._turn = asyncio.Lock()
        self._cancel = threading.Event()
        self._cache: dict[str, tuple[bytes, ...]] = {}

    async def prepare(self, phrases: Iterable[str]) -> None:
        """Makes the sound of fixed acknowledgements now, so that they start without a wait."""
        for phrase in phrases:
            text = speakable(phrase)
            if text and len(text) <= _MAX_CACHED_CHARACTERS:
                pieces = self._synthesise(text, threading.Event())
                async with aclosing(pieces):
                    self._cache[text] = tuple([piece async for piece in pieces])

    async def speak(self, text: str | AsyncIterator[str]) -> AsyncGenerator[SpokenChunk, None]:
        """The sound of a text, or of a text that is still being written, as soon as it can be.

        Waits for its turn; ends early when cancelled. A voice that fails ends the sound, with a
        line in the log: the words are on the screen anyhow.
        """
        cancel = self._cancel
        async with self._turn:
            clauses = _clauses(text, self.voice.first_clause_early)
            async with aclosing(clauses):
                async for clause in clauses:
                    async for chunk in self._speak_clause(clause, cancel):
                        if cancel.is_set():
                            return
                        yield chunk
                    if cancel.is_set():
                        return

    def cancel(self) -> None:
        """Silences what is being spoken and what waits; texts given afterwards are spoken."""
        self._cancel.set()
        self._cancel = threading.Event()

    async def close(self) -> None:
        """Cancels everything. The voice stays loaded: whoever loaded it closes it."""
        self.cancel()
        await asyncio.to_thread(self._worker.shutdown, True, cancel_futures=True)

    async def _speak_clause(
        self, clause: str, cancel: threading.Event
    ) -> AsyncGenerator[SpokenChunk, None]:
        spoken = speakable(clause)
        if not spoken:
            return
        pending = clause
        cached = self._cache.get(spoken)
        if cached is not None:
            for piece in cached:
                yield SpokenChunk(piece, self.voice.rate_hz, pending)
                pending = ""
            return
        try:
            pieces = self._synthesise(spoken, cancel)
            async with aclosing(pieces):
                async for piece in pieces:
                    yield SpokenChunk(piece, self.voice.rate_hz, pending)
                    pending = ""
        except SpeechError as problem:
            _log.warning("the voice %s failed: %s", self.voice.name, problem)

    async def _synthesise(self, text: str, cancel: threading.Event) -> AsyncGenerator[bytes, None]:
        """Runs the voice in the worker thread and passes its pieces on."""
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        abandoned = threading.Event()

        def give(item: bytes | Exception | None) -> None:
            loop.call_soon_threadsafe(pieces.put_nowait, item)

        def run() -> None:
            try:
                for piece in self._pieces(text, _Either(cancel, abandoned)):
                    give(piece)
            except Exception as problem:  # it belongs to whoever waits for the pieces
                give(problem)
            else:
                give(None)

        job = loop.run_in_executor(self._worker, run)
        try:
            while (item := await pieces.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                yield item
        finally:
            abandoned.set()
            await job

    def _pieces(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        """What the voice gives, with long pieces cut to 60 ms so that a stop is immediate."""
        longest = 2 * round(self.voice.rate_hz * _PIECE_S)
        for piece in self.voice.speak(text, cancel):
            for start in range(0, len(piece), longest):
                yield piece[start : start + longest]


class _Either(threading.Event):
    """Set as soon as one of two events is."""

    def __init__(self, one: threading.Event, other: threading.Event) -> None:
        super().__init__()
        self._one, self._other = one, other

    def is_set(self) -> bool:
        return self._one.is_set() or self._other.is_set()


async def _clauses(
    text: str | AsyncIterator[str], first_clause_early: bool
) -> AsyncGenerator[str, None]:
    splitter = ClauseSplitter(first_clause_early)
    if isinstance(text, str):
        for clause in [*splitter.feed(text), *splitter.flush()]:
            yield clause
        return
    async for part in text:
        for clause in splitter.feed(part):
            yield clause
    for clause in splitter.flush():
        yield clause
