"""One browser on `WS /v1/cabin`: reads its events, writes its outbox, keeps it within limits."""

from __future__ import annotations

import asyncio
import json
import logging
import struct
import time
from collections.abc import MutableMapping
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect
from pydantic import ValidationError

from model.contract.situation import DriveControl
from modes.vocabulary import Speaker, clean_text
from server import protocol as p
from server.audio_session import AudioSession
from server.car import Car
from server.limits import (
    CLOSE_POLICY,
    CLOSE_TRY_LATER,
    MAX_UTTERANCE_S,
    ConnectionLimits,
    too_big,
)
from server.outbox import Outbox, Overflow
from server.scenarios import near_names
from server.understood import is_complete

_log = logging.getLogger(__name__)

_UP_HEADER = struct.Struct("<BId")
#: One microphone frame is 32 ms; anything above this is no frame.
MAX_AUDIO_FRAME_BYTES = 32_000 * int(MAX_UTTERANCE_S) // 15


class _Closing(Exception):
    """The connection has to end, with a close code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Cabin:
    """The shell around one WebSocket; every error becomes an event and everything goes on."""

    def __init__(self, socket: WebSocket, car: Car) -> None:
        self._socket, self._car = socket, car
        self._outbox = Outbox()
        self._limits = ConnectionLimits()
        self._audio: AudioSession | None = None
        self._speaker = Speaker.PASSENGER
        self._hands_free = car.settings.hands_free

    async def run(self) -> None:
        """Serves an accepted WebSocket until one side ends it."""
        for text in self._car.greeting():
            self._outbox.put(text)
        self._car.audience.join(self._outbox)
        self._car.metrics.connections.inc()
        sender = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait((sender, reader), return_when=asyncio.FIRST_COMPLETED)
            for task in (reader, sender):
                if task.done() and isinstance(task.exception(), _Closing):
                    await self._close(task.exception())
        finally:
            self._car.metrics.connections.dec()
            self._car.audience.leave(self._outbox)
            for task in (sender, reader):
                task.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)
            if self._audio is not None:
                await self._audio.close()

    # ------------------------------------------------------------------ out

    async def _write(self) -> None:
        try:
            while True:
                item = await self._outbox.next()
                if isinstance(item, str):
                    await self._socket.send_text(self._own_view(item))
                else:
                    await self._socket.send_bytes(item)
        except Overflow:
            raise _Closing(CLOSE_TRY_LATER, "this browser does not keep up") from None
        except (WebSocketDisconnect, RuntimeError):
            return  # it has gone

    def _own_view(self, text: str) -> str:
        """An idle orb is `armed` where this browser's microphone is open."""
        if self._hands_free and self._audio is not None and text.startswith(_IDLE_TURN):
            return text.replace('"state":"idle"', '"state":"armed"', 1)
        return text

    def _tell(self, event: p.ToBrowser) -> None:
        """An event for this browser only."""
        self._outbox.put(event.model_dump_json())

    async def _close(self, why: BaseException | None) -> None:
        if isinstance(why, _Closing):
            try:
                await self._socket.send_text(
                    p.Error(
                        code="closed", message=why.reason, hint="connect again"
                    ).model_dump_json()
                )
                await self._socket.close(why.code, why.reason)
            except (WebSocketDisconnect, RuntimeError):
                return

    # ------------------------------------------------------------------ in

    async def _read(self) -> None:
        while (message := await self._receive()) is not None:
            try:
                if message.get("bytes") is not None:
                    await self._binary(message["bytes"])
                else:
                    await self._text(message.get("text") or "")
            except _Closing:
                raise
            except Exception:
                _log.exception("a browser's message could not be handled")
                self._refuse("internal", "that went wrong here", "the log of the service says why")

    async def _receive(self) -> MutableMapping[str, Any] | None:
        """The next message, None when the browser has gone."""
        try:
            message = await self._socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return None
        return None if message["type"] == "websocket.disconnect" else message

    async def _text(self, text: str) -> None:
        size = len(text.encode())
        if too_big(size):
            limit_kb = p.MAX_MESSAGE_BYTES // 1024
            self._refuse(
                "too_big",
                f"a message of {size // 1024} kB is too big",
                f"send at most {limit_kb} kB",
            )
            return
        if not self._limits.events.take(1, time.monotonic()):
            self._refuse("too_fast", "too many messages", "send at most 20 a second")
            return
        try:
            event = p.from_browser.validate_json(text)
        except ValidationError as problem:
            self._refuse("bad_message", *explain(text, problem))
            return
        error = await self._act(event)
        if error is not None:
            self._tell(error)

    async def _act(self, event: p.FromBrowser) -> p.Error | None:
        talk = self._car.conversation
        match event:
            case p.Say():
                if not clean_text(event.text):
                    return p.Error(
                        code="no_words", message="there are no words in that text",
                        hint="control characters and markup are taken out: use plain words",
                    )  # fmt: skip
                self._speaker = event.speaker
                talk.say(event.text, event.speaker, event.source)
            case p.Talk():
                self._speaker = event.speaker
                return self._talk(event)
            case p.HandsFree():
                return self._set_hands_free(event.on)
            case p.StopSpeaking():
                talk.interrupt()
            case p.Played():
                talk.mouth.played(event.turn, event.ms, event.done)
            case p.Answer():
                return await talk.answer_card(event.card, event.action, self._speaker)
            case p.Drive():
                return await self._drive(event)
            case p.Settings():
                self._settings(event)
            case p.Seek():
                return self._seek(event)
        return None

    async def _binary(self, frame: bytes) -> None:
        now_s = time.monotonic()
        if len(frame) > MAX_AUDIO_FRAME_BYTES:
            self._refuse(
                "too_big", f"a binary frame of {len(frame) // 1024} kB is too big",
                "send microphone frames of 32 ms",
            )  # fmt: skip
            return
        samples = len(frame) - _UP_HEADER.size
        if samples < 0 or samples % 2 or frame[0] != p.AUDIO_UP:
            self._refuse(
                "bad_frame", "that binary frame is no microphone frame",
                "send 0x01, uint32 sequence, float64 ms, then 16-bit samples at 16 kHz",
            )  # fmt: skip
            return
        if not self._limits.audio.take(len(frame), now_s):
            self._refuse("too_fast", "more sound than real time", "send 16 kHz mono, once")
            return
        audio = self._microphone()
        if audio is None:
            self._refuse("no_hearing", *self._no_hearing())
            return
        _, sequence, _client_ms = _UP_HEADER.unpack_from(frame)
        await audio.feed(sequence, frame[_UP_HEADER.size :])

    # ------------------------------------------------------------------ what it may ask

    def _microphone(self) -> AudioSession | None:
        hearing = self._car.speech.hearing
        if self._audio is None and hearing is not None:
            self._audio = AudioSession(hearing, self._car.conversation, self._tell, is_complete)
            self._audio.set_hands_free(self._hands_free)
        if self._audio is not None:
            self._audio.speaker = self._speaker
        return self._audio

    def _talk(self, event: p.Talk) -> p.Error | None:
        audio = self._microphone()
        if audio is None:
            message, hint = self._no_hearing()
            return p.Error(code="no_hearing", message=message, hint=hint)
        audio.talk(event.action)
        return None

    def _set_hands_free(self, on: bool) -> p.Error | None:
        self._hands_free = on
        audio = self._microphone()
        if audio is None:
            message, hint = self._no_hearing()
            return p.Error(code="no_hearing", message=message, hint=hint) if on else None
        audio.set_hands_free(on)
        state, turn = self._car.conversation.turns.shown()
        self._tell(p.Turn(state=state, turn=turn))
        return None

    def _no_hearing(self) -> tuple[str, str]:
        missing = self._car.speech.status.missing
        return "the car cannot hear you", " ".join((*missing, "Typing works."))

    async def _drive(self, event: p.Drive) -> p.Error | None:
        if self._car.replay is not None:
            return p.Error(
                code="replay", message="this is a recording",
                hint="start `ridealong serve` for a drive that can be changed",
            )  # fmt: skip
        names = [info.name for info in self._car.scenarios]
        if event.action == "start" and names and event.scenario not in names:
            return p.Error(
                code="unknown_scenario",
                message=f"there is no scenario {str(event.scenario)[:60]!r}",
                hint=near_names(event.scenario or "", names),
            )
        control = DriveControl(action=event.action, scenario=event.scenario, seed=event.seed)
        if not await self._car.control(control):
            return p.Error(
                code="link_lost", message="the car cannot be reached right now",
                hint="it is tried again by itself",
            )  # fmt: skip
        return None

    def _settings(self, event: p.Settings) -> None:
        if event.voice is not None:
            self._outbox.wants_voice = event.voice
        if event.cameras is not None:
            self._outbox.wants_cameras = event.cameras
        if event.speaker is not None:
            self._speaker = event.speaker

    def _seek(self, event: p.Seek) -> p.Error | None:
        if self._car.replay is None:
            return p.Error(
                code="live", message="this drive is live and cannot be wound",
                hint="open a recording with `ridealong replay FILE.mcap`",
            )  # fmt: skip
        self._car.replay.control(event)
        return None

    def _refuse(self, code: str, message: str, hint: str) -> None:
        """Tells the browser what was wrong; too much of it ends the connection."""
        now_s = time.monotonic()
        self._car.metrics.refused.labels(code).inc()
        if self._limits.tell(code, now_s):
            self._tell(p.Error(code=code, message=message, hint=hint))
        if not self._limits.strike(now_s):
            raise _Closing(CLOSE_POLICY, "too many messages that cannot be used")


_IDLE_TURN = '{"type":"turn","state":"idle"'


def explain(text: str, problem: ValidationError) -> tuple[str, str]:
    """One line on what is wrong with a message, and one on how to mend it."""
    try:
        shape: Any = json.loads(text)
    except (ValueError, RecursionError):
        return "that is not JSON", "send one JSON object a message, as /v1/cabin/schema says"
    if not isinstance(shape, dict):
        return f"a JSON {type(shape).__name__} is no event", 'send an object with a "type"'
    first = problem.errors()[0]
    kind = str(shape.get("type"))[:40]
    if first["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return f"no event is called {kind!r}", "the types are listed at /v1/cabin/schema"
    where = ".".join(str(part) for part in first["loc"][1:]) or kind
    return f"{kind}: {where}: {first['msg']}"[:200], "the shape is described at /v1/cabin/schema"
