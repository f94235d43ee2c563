"""A real uvicorn around the real app in this process, and a small WebSocket client."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server import protocol as p
from server.limits import TRANSPORT_MAX_BYTES

PATIENCE_S = 10.0


class Client:
    """One browser: sends events, keeps everything that comes, and can wait for something."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.events: list[p.ToBrowser] = []
        self.binary: list[bytes] = []
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"type": kind, **fields}))

    async def say(self, text: str, **fields: Any) -> None:
        await self.send("say", text=text, **fields)

    async def until(
        self,
        kind: type[p.BaseModel],
        fits: Callable[[Any], bool] = lambda _event: True,
        patience_s: float = PATIENCE_S,
    ) -> Any:
        """The first event of this kind that fits, come or to come."""

        def found() -> Any:
            return next((e for e in self.events if isinstance(e, kind) and fits(e)), None)

        async with asyncio.timeout(patience_s):
            async with self._news:
                await self._news.wait_for(lambda: found() is not None or self._reading.done())
        event = found()
        assert event is not None, f"closed before {kind.__name__}; got {self.kinds()}"
        return event

    async def until_binary(self, kind: int) -> bytes:
        async with asyncio.timeout(PATIENCE_S):
            async with self._news:
                await self._news.wait_for(lambda: any(b[0] == kind for b in self.binary))
        return next(b for b in self.binary if b[0] == kind)

    async def closed(self) -> tuple[int, str]:
        """Close code and reason, once the service has ended the connection."""
        async with asyncio.timeout(PATIENCE_S):
            await self.socket.wait_closed()
            await self._reading
        return self.socket.close_code or 0, self.socket.close_reason or ""

    def all(self, kind: type[p.BaseModel]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def kinds(self) -> list[str]:
        return [event.type for event in self.events]

    def forget(self) -> None:
        self.events.clear()
        self.binary.clear()

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self.socket:
                async with self._news:
                    if isinstance(message, bytes):
                        self.binary.append(message)
                    else:
                        self.events.append(p.to_browser.validate_json(message))
                    self._news.notify_all()
        async with self._news:
            self._news.notify_all()

    async def close(self) -> None:
        await self.socket.close()
        await self._reading


class Service:
    """A running app and how to reach it."""

    def __init__(self, app: FastAPI, port: int) -> None:
        self.app = app
        self.car = app.state.car
        self.address = f"127.0.0.1:{port}"
        self._clients: list[Client] = []

    async def browser(self, path: str = "/v1/cabin", **options: Any) -> Client:
        client = Client(await connect(f"ws://{self.address}{path}", max_size=None, **options))
        self._clients.append(client)
        return client

    async def close_clients(self) -> None:
        for client in self._clients:
            await client.close()


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[Service]:
    """Serves on a free port as the talking process does."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="warning", ws_max_size=TRANSPORT_MAX_BYTES, ws_per_message_deflate=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([listening]))
    async with asyncio.timeout(PATIENCE_S):
        while not server.started:  # noqa: ASYNC110 (uvicorn tells nobody)
            await asyncio.sleep(0.01)
    service = Service(app, listening.getsockname()[1])
    try:
        yield service
    finally:
        await service.close_clients()
        server.should_exit = True
        await running
        listening.close()


def built_page(folder: Path) -> Path:
    """A page as the build leaves it, in small."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>cabin</title>")
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    return folder
