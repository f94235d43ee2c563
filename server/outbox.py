"""What one browser still has to be sent: events in order, scenes and pictures latest-only."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from dataclasses import dataclass

from server.protocol import AUDIO_DOWN, CAMERA

#: A browser that lets so many events pile up has stopped reading.
MAX_EVENTS = 2_000
#: So many scenes in a row replaced unsent, and the browser is told that it lags (3 s).
LAG_SCENES = 30
#: Bytes of an audio frame before its samples: kind, turn, rate.
_AUDIO_HEADER = struct.Struct("<BII")
_CAMERA_HEADER = struct.Struct("<BBd")


def audio_frame(turn: int, rate_hz: int, pcm: bytes) -> bytes:
    """A binary frame of speech as `server/protocol.py` lays it out."""
    return _AUDIO_HEADER.pack(AUDIO_DOWN, turn, rate_hz) + pcm


def camera_frame(camera: int, t_s: float, jpeg: bytes) -> bytes:
    """A binary frame of one picture."""
    return _CAMERA_HEADER.pack(CAMERA, camera, t_s) + jpeg


@dataclass(frozen=True)
class _Item:
    payload: str | bytes
    audio_turn: int | None = None


class Overflow(Exception):
    """The browser has stopped reading."""


class Outbox:
    """One connection's queue. The event loop's thread only; `next` waits for something to send.

    Events go first, in order; then the newest scene; then the newest picture of each camera.
    """

    def __init__(self) -> None:
        self._events: deque[_Item] = deque()
        self._scene: str | None = None
        self._pictures: dict[int, bytes] = {}
        self._wake = asyncio.Event()
        self._overflown = False
        self._replaced = 0
        self.wants_cameras = False
        self.wants_voice = True

    def put(self, text: str) -> None:
        """Queues an event."""
        self._append(_Item(text))

    def put_audio(self, turn: int, frame: bytes) -> None:
        """Queues speech behind the events before it."""
        if self.wants_voice:
            self._append(_Item(frame, turn))

    def drop_audio(self, turn: int) -> None:
        """Speech of a turn that was interrupted must not leave any more."""
        self._events = deque(item for item in self._events if item.audio_turn != turn)

    def put_scene(self, text: str) -> bool:
        """Replaces the scene; True when this browser has begun to lag."""
        self._replaced = self._replaced + 1 if self._scene is not None else 0
        self._scene = text
        self._wake.set()
        return self._replaced > 0 and self._replaced % LAG_SCENES == 0

    def put_picture(self, camera: int, frame: bytes) -> None:
        if self.wants_cameras:
            self._pictures[camera] = frame
            self._wake.set()

    async def next(self) -> str | bytes:
        """The next thing to send; raises Overflow when the browser does not keep up at all."""
        while True:
            if self._overflown:
                raise Overflow
            if self._events:
                return self._events.popleft().payload
            if self._scene is not None:
                scene, self._scene = self._scene, None
                return scene
            if self._pictures:
                return self._pictures.pop(min(self._pictures))
            self._wake.clear()
            await self._wake.wait()

    def _append(self, item: _Item) -> None:
        if len(self._events) >= MAX_EVENTS:
            self._overflown = True
            self._events.clear()
        elif not self._overflown:
            self._events.append(item)
        self._wake.set()
