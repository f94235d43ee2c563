"""The talking side of the socket: an asyncio client that comes back by itself.

Newline-delimited JSON over a Unix-domain socket, the models of `model.contract.situation` both
ways. `LinkServer` is the driving side.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from model.contract.situation import FromDriving, Situation, ToDriving, from_driving
from model.link_server import LinkError, LinkServer

__all__ = ["DrivingLink", "LinkError", "LinkLost", "LinkServer"]

#: A situation with very many actors is far below this.
MAX_LINE_BYTES = 4 * 1024 * 1024
FIRST_RETRY_S, LAST_RETRY_S = 0.05, 1.0
#: Messages kept for a consumer that is slow; the oldest situation goes first.
MAX_KEPT = 256

LinkState = Literal["starting", "ok", "lost"]


class LinkLost(ConnectionError):
    """There is no connection to the driving process at this moment."""


class DrivingLink:
    """A connection to the driving process that is renewed for ever until closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: LinkState = "starting"
        self._writer: asyncio.StreamWriter | None = None
        self._kept: deque[FromDriving] = deque()
        self._news = asyncio.Event()
        self._closed = False
        #: Situations that a slow consumer never saw, and lines that could not be read.
        self.skipped = 0
        self.unreadable = 0

    @property
    def state(self) -> LinkState:
        """`starting` until the first hello, then `ok` or `lost`."""
        return self._state

    async def run(self) -> None:
        """Connects and reads until `close`; run it as a task."""
        retry_s = FIRST_RETRY_S
        while not self._closed:
            try:
                reader, writer = await asyncio.open_unix_connection(
                    str(self._path), limit=MAX_LINE_BYTES
                )
            except OSError:
                await asyncio.sleep(retry_s)
                retry_s = min(retry_s * 2, LAST_RETRY_S)
                continue
            retry_s = FIRST_RETRY_S
            self._writer = writer
            try:
                await self._read(reader)
            finally:
                self._writer = None
                if self._state == "ok":
                    self._state = "lost"
                self._news.set()
                writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await reader.readline()
            except (OSError, ValueError):
                return
            if not line:
                return
            try:
                message = from_driving.validate_json(line)
            except ValidationError:
                self.unreadable += 1
                continue
            if message.type == "hello":
                self._state = "ok"
            self._keep(message)

    def _keep(self, message: FromDriving) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._make_room()
        self._kept.append(message)
        self._news.set()

    def _make_room(self) -> None:
        """Drops the oldest situation; a hello or a notice only when nothing else is left."""
        self.skipped += 1
        for index, kept in enumerate(self._kept):
            if isinstance(kept, Situation):
                del self._kept[index]
                return
        self._kept.popleft()

    async def messages(self) -> AsyncIterator[FromDriving]:
        """Everything that comes, in order, over all connections; ends after `close`."""
        while True:
            while self._kept:
                yield self._kept.popleft()
            if self._closed:
                return
            self._news.clear()
            await self._news.wait()

    async def send(self, message: ToDriving) -> None:
        """Sends one message; raises `LinkLost` when there is no connection."""
        writer = self._writer
        if writer is None or writer.is_closing():
            raise LinkLost("the driving process cannot be reached at this moment")
        try:
            writer.write(message.model_dump_json().encode() + b"\n")
            await writer.drain()
        except OSError as error:
            raise LinkLost("the connection to the driving process broke") from error

    async def close(self) -> None:
        """Ends `run` and `messages`."""
        self._closed = True
        self._news.set()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
