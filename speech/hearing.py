"""From microphone bytes to words: the asynchronous shell around listener and recogniser."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from speech.audio import Samples, from_pcm16, level_db
from speech.errors import SpeechError
from speech.listener import (
    DecodeDue,
    DecodeKind,
    EndReason,
    Listener,
    ListenerEvent,
    ListenerSettings,
    SpeechEnded,
    SpeechStarted,
)
from speech.recognisers.base import Recogniser, Transcript
from speech.vad import FRAME_SAMPLES, VoiceActivityModel
from speech.words import stable_characters, why_discard

_log = logging.getLogger(__name__)

_FRAME_BYTES = 2 * FRAME_SAMPLES
_FRAMES_PER_LEVEL = 3  # about 10 levels a second
_FRAMES_PER_TURN = 8  # then other tasks of the event loop run
_MAX_WAITING_EVENTS = 500  # levels are dropped above; words never are


@dataclass(frozen=True)
class Level:
    """How loud the microphone is, dB of full scale, and whether it sounds like a voice."""

    db: float
    voice: float  # speech probability of the last frame


@dataclass(frozen=True)
class Partial:
    """What has been understood so far; the first `stable_chars` no longer changed."""

    utterance: int
    text: str
    stable_chars: int
    confidence: float | None


@dataclass(frozen=True)
class Latency:
    """Where the time went between the last voiced sample and the final text, in ms."""

    endpoint_ms: float  # silence heard until the end was decided (microphone clock)
    wait_ms: float  # from that decision to the text (wall clock)
    decode_ms: float  # computing time of the decode that gave the text (wall clock)
    speculative: bool  # the text was decoded during the silence and was still right


@dataclass(frozen=True)
class Final:
    """The end of one utterance; empty `text` when nothing was understood, and `reason` says why.

    Reasons for no text: too_short, no_speech, cancelled, failed, and those of `why_discard` (empty,
    invention, repetition, endless).
    Reasons with text: silence, released, too_long. Times are on the microphone's clock.
    """

    utterance: int
    text: str
    confidence: float | None
    reason: str
    t_start_s: float
    t_end_s: float
    by_button: bool
    latency: Latency


HearingEvent = Level | SpeechStarted | Partial | Final


@dataclass(frozen=True)
class _Decoded:
    transcript: Transcript | None  # None: the recogniser failed
    took_ms: float


@dataclass(frozen=True)
class _Early:
    """A decode that was begun before the end, and the last voice that it covers."""

    kind: DecodeKind
    voiced_until_s: float
    result: asyncio.Task[_Decoded]


@dataclass
class _Current:
    """Decodes of the utterance that is going on."""

    by_button: bool = False
    last_partial: str = ""
    early: list[_Early] = field(default_factory=list)


class Hearing:
    """One recogniser in one worker thread, shared by any number of microphones."""

    def __init__(self, recogniser: Recogniser, voice_activity: VoiceActivityModel) -> None:
        """Both are loaded already."""
        self.recogniser = recogniser
        self._voice_activity = voice_activity
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="recogniser")
        self._jobs: set[Future[_Decoded]] = set()
        self._closed = False

    def microphone(
        self,
        *,
        hands_free: bool = False,
        is_complete: Callable[[str], bool] = lambda _text: False,
        settings: ListenerSettings | None = None,
    ) -> "Microphone":
        """A new microphone with a clock of its own; close it when its connection ends."""
        listener = Listener(settings, is_complete, hands_free)
        return Microphone(self, self._voice_activity, listener)

    @property
    def idle(self) -> bool:
        """True when no decode is running or waiting."""
        return not self._jobs

    async def decode(self, audio: Samples, quick: bool = False) -> _Decoded:
        """The words of `audio`; a failure of the recogniser is logged and gives no transcript."""
        if self._closed:
            return _Decoded(None, 0.0)
        job = self._worker.submit(self._decode, audio, quick)
        self._jobs.add(job)  # a job that runs stays in the set even if nobody waits any more
        job.add_done_callback(self._jobs.discard)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if self._closed and job.cancelled():  # close() dropped it: an ordinary end
                return _Decoded(None, 0.0)
            raise

    def _decode(self, audio: Samples, quick: bool) -> _Decoded:
        started_s = time.perf_counter()
        transcript = None
        try:
            transcript = self.recogniser.transcribe(audio, quick)
        except SpeechError as problem:
            _log.warning("%s", problem)
        except Exception:
            _log.exception("the recogniser %s failed", self.recogniser.name)
        return _Decoded(transcript, 1000.0 * (time.perf_counter() - started_s))

    async def close(self) -> None:
        """Drops what is waiting and waits for the decode that is running."""
        self._closed = True
        await asyncio.to_thread(self._worker.shutdown, True, cancel_futures=True)


class Microphone:
    """Audio of one person in, events out.

    `car_speaks` is to be set while the car's voice can be heard; it is copied into SpeechStarted.
    """

    def __init__(
        self, hearing: Hearing, voice_activity: VoiceActivityModel, listener: Listener
    ) -> None:
        self.car_speaks = False
        self._hearing = hearing
        self._voice_activity = voice_activity.stream()
        self._listener = listener
        self._bytes = bytearray()
        self._frames = 0
        self._events: asyncio.Queue[HearingEvent | None] = asyncio.Queue()
        self._current = _Current()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    async def feed(self, pcm: bytes) -> None:
        """Mono 16-bit little-endian samples at 16 kHz, any number of bytes."""
        self._bytes += pcm
        while len(self._bytes) >= _FRAME_BYTES and not self._closed:
            frame = from_pcm16(bytes(self._bytes[:_FRAME_BYTES]))
            del self._bytes[:_FRAME_BYTES]
            self._feed_frame(frame)
            if self._frames % _FRAMES_PER_TURN == 0:
                await asyncio.sleep(0)

    def press(self) -> None:
        """The push-to-talk button goes down."""
        self._handle(self._listener.press(self.car_speaks))

    def release(self) -> None:
        """The push-to-talk button goes up: the utterance ends now."""
        self._handle(self._listener.release())

    def set_hands_free(self, on: bool) -> None:
        """Opens or closes the microphone for speech without the button."""
        self._handle(self._listener.set_hands_free(on))

    def cancel(self) -> None:
        """Drops what is being said; a Final with reason "cancelled" follows."""
        self._handle(self._listener.cancel())

    async def events(self) -> AsyncIterator[HearingEvent]:
        """All events in order, until the microphone is closed and the last one is given."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """Drops what is being said, waits for finals that are under way, ends `events`."""
        if self._closed:
            return
        self.cancel()
        self._closed = True
        await asyncio.gather(*self._tasks)
        self._events.put_nowait(None)

    def _feed_frame(self, frame: Samples) -> None:
        probability = self._voice_activity.probability(frame)
        self._frames += 1
        if self._frames % _FRAMES_PER_LEVEL == 0 and self._events.qsize() < _MAX_WAITING_EVENTS:
            self._events.put_nowait(Level(level_db(frame), probability))
        self._handle(self._listener.feed(frame, probability, self.car_speaks))

    def _handle(self, events: list[ListenerEvent]) -> None:
        for event in events:
            match event:
                case SpeechStarted():
                    self._current = _Current(event.by_button)
                    self._events.put_nowait(event)
                case DecodeDue():
                    self._decode_early(event)
                case SpeechEnded():
                    self._spawn(self._finish(event, self._current))

    def _decode_early(self, due: DecodeDue) -> None:
        if not self._hearing.recogniser.capabilities.decodes_early:
            return
        # A partial is only worth an idle recogniser; a trial may save the wait for the final.
        if due.kind is DecodeKind.PARTIAL and not self._hearing.idle:
            return
        # The first trial is the careful one; another one is only to agree with it.
        again = bool(_covering(self._current.early, due.voiced_until_s))
        quick = due.kind is DecodeKind.PARTIAL or again
        decode = asyncio.create_task(self._hearing.decode(due.audio, quick))
        self._current.early.append(_Early(due.kind, due.voiced_until_s, decode))
        self._spawn(self._show_partial(due.utterance, decode, self._current))

    async def _show_partial(
        self, utterance: int, decode: asyncio.Task[_Decoded], current: _Current
    ) -> None:
        try:
            transcript = (await decode).transcript
        except asyncio.CancelledError:  # the utterance ended otherwise before its turn came
            return
        if transcript is None or utterance != self._listener.utterance:
            return
        if why_discard(transcript.text, transcript.complete):
            return
        self._listener.partial(utterance, transcript.text)
        stable = stable_characters(current.last_partial, transcript.text)
        current.last_partial = transcript.text
        self._events.put_nowait(Partial(utterance, transcript.text, stable, transcript.confidence))

    async def _finish(self, end: SpeechEnded, current: _Current) -> None:
        ended_s = time.perf_counter()
        trials = _covering(current.early, end.t1_s) if len(end.audio) else []
        for early in current.early:
            if early.result not in trials:
                early.result.cancel()
        text, confidence, reason, decode_ms = "", None, str(end.reason), 0.0
        if len(end.audio):
            decoded = await self._final_decode(end, trials)
            decode_ms = decoded.took_ms
            text, confidence, reason = _judged(decoded.transcript, end.reason)
        latency = Latency(
            endpoint_ms=1000.0 * (end.at_s - end.t1_s),
            wait_ms=1000.0 * (time.perf_counter() - ended_s),
            decode_ms=decode_ms,
            speculative=bool(trials),
        )
        self._events.put_nowait(
            Final(
                end.utterance,
                text,
                confidence,
                reason,
                end.t0_s,
                end.t1_s,
                current.by_button,
                latency,
            )
        )

    async def _final_decode(
        self, end: SpeechEnded, trials: list[asyncio.Task[_Decoded]]
    ) -> _Decoded:
        """The surest trial that covers all that was said, else a decode of everything."""
        done = [trial.result() for trial in trials if trial.done()]
        if trials and not done:
            done.append(await trials[0])  # the oldest is done first
        good = [decoded for decoded in done if decoded.transcript is not None]
        # Where all trials failed one more try is worth it: a network may be back.
        return max(good, key=_sureness) if good else await self._hearing.decode(end.audio)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _judged(transcript: Transcript | None, end: EndReason) -> tuple[str, float | None, str]:
    """Text, confidence and reason of a final; noise that was turned into words gives no text."""
    if transcript is None:
        return "", None, "failed"
    if discard := why_discard(transcript.text, transcript.complete):
        return "", transcript.confidence, discard
    return transcript.text, transcript.confidence, str(end)


def _covering(early: list[_Early], t1_s: float) -> list[asyncio.Task[_Decoded]]:
    """The decodes begun in silence after which nobody spoke any more."""
    return [
        one.result
        for one in early
        if one.kind is DecodeKind.SPECULATIVE and one.voiced_until_s == t1_s
    ]


def _sureness(decoded: _Decoded) -> tuple[bool, float]:
    """Real words first, then the confidence."""
    transcript = decoded.transcript
    if transcript is None:
        return False, 0.0
    discarded = why_discard(transcript.text, transcript.complete) is not None
    return not discarded, transcript.confidence or 0.0
