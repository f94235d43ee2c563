"""The state machine of one microphone: who starts speaking, what to decode, when it ends.

Pure: frames and probabilities go in, events come out; the only clock is the number of samples fed.
Each SpeechStarted is followed by exactly one SpeechEnded with the same number.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from speech.audio import Samples
from speech.vad import FRAME_MS, FRAME_S
from speech.words import ends_open, normal


@dataclass(frozen=True)
class ListenerSettings:
    """Times and thresholds; the defaults are those measured in car noise."""

    start_probability: float = 0.5
    stay_probability: float = 0.35  # lower, so that a weak syllable does not end a word
    onset_frames: int = 2
    pre_roll_ms: float = 300.0  # the onset is seen late: keep the first syllable
    short_hangover_ms: float = 250.0  # two decodes agree and the words are a whole request
    long_hangover_ms: float = 700.0
    partial_every_ms: float = 320.0
    speculate_ms: float = 120.0  # silence after which the final words are decoded on trial
    confirm_ms: float = 256.0  # silence after which a trial that nothing confirms is repeated
    least_voiced_ms: float = 120.0  # hands-free: a click or a cough is shorter
    longest_s: float = 15.0


class EndReason(StrEnum):
    SILENCE = "silence"  # hands-free: nobody has spoken for the hangover
    RELEASED = "released"  # the button was let go
    TOO_LONG = "too_long"  # cut at the longest length; the audio is good
    TOO_SHORT = "too_short"  # hands-free: hardly any voice; there is no audio
    NO_SPEECH = "no_speech"  # the button was held but nobody spoke; there is no audio
    CANCELLED = "cancelled"  # switched off in the middle; there is no audio


class DecodeKind(StrEnum):
    PARTIAL = "partial"  # somebody is speaking: good to have, may be skipped
    SPECULATIVE = "speculative"  # somebody paused: probably the final words


@dataclass(frozen=True)
class SpeechStarted:
    utterance: int
    at_s: float
    by_button: bool
    while_car_speaks: bool  # may be a barge-in, or the car hearing itself


@dataclass(frozen=True)
class DecodeDue:
    utterance: int
    kind: DecodeKind
    audio: Samples
    voiced_until_s: float  # the same as SpeechEnded.t1_s if nothing more is said


@dataclass(frozen=True)
class SpeechEnded:
    """`audio` float32 at 16 kHz with pre-roll; t0_s and t1_s are the first and last voice in it."""

    utterance: int
    audio: Samples
    t0_s: float
    t1_s: float
    at_s: float  # when the end was decided
    reason: EndReason


ListenerEvent = SpeechStarted | DecodeDue | SpeechEnded

_TAIL_S = 0.3  # silence kept after the last voice
_NOTHING: Samples = np.zeros(0, dtype=np.float32)


@dataclass
class _Utterance:
    """What is being said now. Frame numbers count from the start of the microphone."""

    number: int
    by_button: bool
    first_frame: int  # of `frames`
    frames: list[Samples]
    first_voiced: int | None = None
    last_voiced: int | None = None
    voiced_frames: int = 0
    last_decode_frame: int = 0
    trials: int = 0  # speculative decodes since the last voice
    partial: str = ""
    partial_before: str = ""

    def agreed(self) -> bool:
        return bool(self.partial) and normal(self.partial) == normal(self.partial_before)


class Listener:
    """One microphone, hands-free or with a button.

    `is_complete` tells whether words are a whole request or question by themselves.
    """

    def __init__(
        self,
        settings: ListenerSettings | None = None,
        is_complete: Callable[[str], bool] = lambda _text: False,
        hands_free: bool = True,
    ) -> None:
        self.settings = settings or ListenerSettings()
        self._is_complete = is_complete
        self._hands_free = hands_free
        self._frame = 0  # number of frames fed so far
        self._count = 0
        self._onset = 0  # voiced frames in a row while nobody speaks yet
        keep = round(self.settings.pre_roll_ms / FRAME_MS) + self.settings.onset_frames
        self._before: deque[Samples] = deque(maxlen=keep)
        self._now: _Utterance | None = None
        self._held = False

    @property
    def now_s(self) -> float:
        """The microphone's clock: seconds of audio fed."""
        return self._frame * FRAME_S

    @property
    def utterance(self) -> int | None:
        """Number of the utterance that is going on."""
        return self._now.number if self._now else None

    def feed(
        self, frame: Samples, probability: float, car_speaks: bool = False
    ) -> list[ListenerEvent]:
        """One float32 [512] frame and its speech probability."""
        self._frame += 1
        now = self._now
        if now is None:
            return self._wait(frame, probability, car_speaks)
        now.frames.append(frame)
        if probability >= self.settings.stay_probability:
            self._voiced(now, self._frame)
        return self._ended_by_time(now) or self._decode_due(now)

    def press(self, car_speaks: bool = False) -> list[ListenerEvent]:
        """The button goes down; something being said already becomes part of it."""
        if self._held:
            return []
        self._held = True
        if self._now is not None:
            self._now.by_button = True
            return []
        return [self._start(by_button=True, car_speaks=car_speaks)]

    def release(self) -> list[ListenerEvent]:
        """The button goes up: the utterance ends now."""
        was_held, self._held = self._held, False
        if not was_held or self._now is None:  # it may have ended at its longest length
            return []
        spoke = self._now.voiced_frames > 0
        return [self._end(self._now, EndReason.RELEASED if spoke else EndReason.NO_SPEECH)]

    def set_hands_free(self, on: bool) -> list[ListenerEvent]:
        """Opens or closes the microphone; closing drops what is being said without the button."""
        self._hands_free = on
        self._onset = 0
        if on or self._now is None or self._now.by_button:
            return []
        return [self._end(self._now, EndReason.CANCELLED)]

    def cancel(self) -> list[ListenerEvent]:
        """Drops what is being said, for example when the microphone goes away."""
        self._held = False
        return [self._end(self._now, EndReason.CANCELLED)] if self._now else []

    def partial(self, utterance: int, text: str) -> None:
        """What a decode gave; one for an utterance that is over is ignored."""
        if self._now is not None and self._now.number == utterance:
            self._now.partial_before, self._now.partial = self._now.partial, text

    def _wait(self, frame: Samples, probability: float, car_speaks: bool) -> list[ListenerEvent]:
        self._before.append(frame)
        if not self._hands_free or self._held:  # held: it was cut at its longest length
            return []
        voiced = probability >= self.settings.start_probability
        self._onset = self._onset + 1 if voiced else 0
        if self._onset < self.settings.onset_frames:
            return []
        started = self._start(by_button=False, car_speaks=car_speaks)
        if self._now is not None:
            for back in range(self.settings.onset_frames - 1, -1, -1):
                self._voiced(self._now, self._frame - back)
        return [started]

    def _start(self, by_button: bool, car_speaks: bool) -> SpeechStarted:
        self._count += 1
        self._onset = 0
        frames = list(self._before)
        self._before.clear()  # what one utterance has is never in the next one too
        first = self._frame - len(frames)
        self._now = _Utterance(self._count, by_button, first, frames, last_decode_frame=self._frame)
        return SpeechStarted(self._count, self.now_s, by_button, car_speaks)

    def _voiced(self, now: _Utterance, frame_number: int) -> None:
        if now.first_voiced is None:
            now.first_voiced = frame_number - 1
        now.last_voiced = frame_number
        now.voiced_frames += 1
        now.trials = 0

    def _ended_by_time(self, now: _Utterance) -> list[ListenerEvent]:
        if len(now.frames) * FRAME_S >= self.settings.longest_s:
            spoke = now.voiced_frames > 0
            return [self._end(now, EndReason.TOO_LONG if spoke else EndReason.NO_SPEECH)]
        if now.by_button or self._silence_ms(now) < self._hangover_ms(now):
            return []
        return [self._end(now, EndReason.TOO_SHORT if self._is_short(now) else EndReason.SILENCE)]

    def _is_short(self, now: _Utterance) -> bool:
        return now.voiced_frames * FRAME_MS < self.settings.least_voiced_ms

    def _hangover_ms(self, now: _Utterance) -> float:
        sure = now.agreed() and not ends_open(now.partial) and self._is_complete(now.partial)
        return self.settings.short_hangover_ms if sure else self.settings.long_hangover_ms

    def _decode_due(self, now: _Utterance) -> list[ListenerEvent]:
        if now.last_voiced is None or self._is_short(now):
            return []
        silence_ms = self._silence_ms(now)
        if silence_ms == 0:
            since_ms = (self._frame - now.last_decode_frame) * FRAME_MS
            due = since_ms >= self.settings.partial_every_ms
            kind = DecodeKind.PARTIAL
        else:
            kind = DecodeKind.SPECULATIVE
            due = (now.trials == 0 and silence_ms >= self.settings.speculate_ms) or (
                # Once more: the same words make the short hangover possible, others may be surer.
                now.trials == 1 and silence_ms >= self.settings.confirm_ms and not now.agreed()
            )
            now.trials += due
        if not due:
            return []
        now.last_decode_frame = self._frame
        audio = np.concatenate(now.frames)
        return [DecodeDue(now.number, kind, audio, now.last_voiced * FRAME_S)]

    def _silence_ms(self, now: _Utterance) -> float:
        return 0.0 if now.last_voiced is None else (self._frame - now.last_voiced) * FRAME_MS

    def _end(self, now: _Utterance, reason: EndReason) -> SpeechEnded:
        self._now = None
        good = reason in (EndReason.SILENCE, EndReason.RELEASED, EndReason.TOO_LONG)
        last = now.last_voiced if now.last_voiced is not None else now.first_frame
        first = now.first_voiced if now.first_voiced is not None else now.first_frame
        kept = last - now.first_frame + round(_TAIL_S / FRAME_S)
        audio = np.concatenate(now.frames[:kept]) if good else _NOTHING
        return SpeechEnded(now.number, audio, first * FRAME_S, last * FRAME_S, self.now_s, reason)
