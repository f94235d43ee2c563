"""One microphone of one browser: its sound becomes turns of the conversation."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from modes.vocabulary import Speaker
from server import protocol as p
from server.conversation import Conversation
from server.echo import is_echo
from server.limits import MAX_UTTERANCE_S
from speech.hearing import Final, Hearing, HearingEvent, Level, Microphone, Partial
from speech.listener import ListenerSettings, SpeechStarted

_log = logging.getLogger(__name__)

#: Speech over the car's voice counts as an interruption after so many level reports in a row that
#: sound like a voice (96 ms each; with the onset that is about 200 ms).
BARGE_IN_LEVELS = 2
VOICE = 0.5
#: The meter's range: quieter than this is an empty meter.
FLOOR_DB = -60.0

Notify = Callable[[p.ToBrowser], None]


class AudioSession:
    """Feeds one microphone and follows what it hears; closed with its connection."""

    def __init__(
        self,
        hearing: Hearing,
        conversation: Conversation,
        notify: Notify,
        is_complete: Callable[[str], bool],
    ) -> None:
        """`notify` reaches this browser only (levels, errors)."""
        self._conversation, self._notify = conversation, notify
        self._microphone: Microphone = hearing.microphone(
            is_complete=is_complete, settings=ListenerSettings(longest_s=MAX_UTTERANCE_S)
        )
        self._finals: dict[int, int] = {}  # utterance -> turn
        self._utterance: int | None = None
        self._voiced_levels = 0
        self._last_sequence = -1
        self.hands_free = False
        self.speaker = Speaker.PASSENGER
        self._task = asyncio.create_task(self._listen())

    async def feed(self, sequence: int, pcm: bytes) -> None:
        """A microphone frame; one that comes twice or too late is dropped."""
        if sequence <= self._last_sequence:
            return
        self._last_sequence = sequence
        self._microphone.car_speaks = self._conversation.mouth.busy
        await self._microphone.feed(pcm)

    def talk(self, action: str) -> None:
        """Push to talk: start, stop or cancel."""
        self._microphone.car_speaks = self._conversation.mouth.busy
        if action == "start":
            self._microphone.press()
        elif action == "stop":
            self._microphone.release()
        else:
            self._microphone.cancel()

    def set_hands_free(self, on: bool) -> None:
        self.hands_free = on
        self._microphone.set_hands_free(on)

    async def close(self) -> None:
        await self._microphone.close()
        await self._task

    async def _listen(self) -> None:
        async for event in self._microphone.events():
            try:
                await self._take(event)
            except Exception:
                _log.exception("an utterance failed")

    async def _take(self, event: HearingEvent) -> None:
        match event:
            case Level():
                self._level(event)
            case SpeechStarted():
                self._utterance, self._voiced_levels = event.utterance, 0
                if event.by_button or not event.while_car_speaks:
                    self._open_turn(event.utterance)
            case Partial():
                await self._partial(event)
            case Final():
                self._final(event)

    def _level(self, event: Level) -> None:
        level = min(1.0, max(0.0, 1.0 - event.db / FLOOR_DB))
        self._notify(p.Level(level=round(level, 3), speech=event.voice >= VOICE))
        voiced = event.voice >= VOICE
        self._voiced_levels = self._voiced_levels + 1 if voiced else 0
        if self._utterance is not None and self._voiced_levels >= BARGE_IN_LEVELS:
            self._open_turn(self._utterance)

    async def _partial(self, event: Partial) -> None:
        turn = self._finals.get(event.utterance)
        words = self._conversation.mouth.words
        if turn is None and words and not is_echo(event.text, words):
            turn = self._open_turn(event.utterance)
        if turn is not None:
            await self._conversation.partial(turn, event.text, event.stable_chars, self.speaker)

    def _final(self, event: Final) -> None:
        self._utterance = None
        turn = self._finals.pop(event.utterance, None)
        if turn is None:
            # It began while the car spoke and never became an interruption.
            if not event.text or is_echo(event.text, self._conversation.mouth.words):
                return
            turn = self._conversation.listening()
        if not event.text:
            self._conversation.nothing(turn, cancelled=event.reason == "cancelled")
            return
        if event.reason == "too_long":
            self._notify(
                p.Error(
                    code="audio_too_long",
                    message=f"only the first {MAX_UTTERANCE_S:.0f} s of that were heard",
                    hint="speak in shorter sentences, or let the button go in between",
                )
            )
        parts = {
            "endpoint": round(event.latency.endpoint_ms, 1),
            "transcript": round(event.latency.wait_ms, 1),
        }
        self._conversation.heard(turn, event.text, self.speaker, event.confidence, parts)

    def _open_turn(self, utterance: int) -> int:
        if utterance not in self._finals:
            self._finals[utterance] = self._conversation.listening()
        return self._finals[utterance]
