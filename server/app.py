"""The service that people reach: the web cabin, its WebSocket, and the paths for operators."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, WebSocket
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server import protocol as p
from server.access import COOKIE, Access
from server.app_version import product_version
from server.cabin import Cabin
from server.car import Car
from server.limits import CLOSE_FORBIDDEN, CLOSE_TRY_LATER, CLOSE_UNAUTHORISED
from server.pages import NOT_BUILT, NOT_INVITED, page, static_file
from server.pictures import OpenFrames
from server.scenarios import scenario_infos
from server.settings import Settings
from server.sources import DriveLink
from server.speech_room import SpeechRoom

_log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    link: DriveLink,
    speech: SpeechRoom | None = None,
    open_frames: OpenFrames | None = None,
    dist: Path | None = None,
    session: str = "cabin",
    first_turn: int = 1,
    on_car: Any = None,
) -> FastAPI:
    """The application around one drive link; testable in process.

    `session` names the conversation: browsers keep their thread while it stays the same.
    `on_car` is called with the Car before it runs (recorder).
    """
    car = Car(
        settings,
        link,
        session=session,
        product=product_version(),
        speech=speech or SpeechRoom(),
        open_frames=open_frames or _frame_reader,
        scenarios=scenario_infos(),
        first_turn=first_turn,
    )
    if on_car is not None:
        on_car(car)
    access = Access(settings)

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        running = asyncio.create_task(car.run())
        running.add_done_callback(_complain)
        yield
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await car.close()

    app = FastAPI(
        title="Ridealong", version=car.product, lifespan=life, docs_url=None, redoc_url=None,
        openapi_url=None,
    )  # fmt: skip
    app.state.car, app.state.access = car, access
    _operations(app, car, access)
    _cabin(app, car, access)
    _pages(app, access, dist if dist is not None else _dist())
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(_Guarded, access=access)
    return app


# ---------------------------------------------------------------------- paths


def _operations(app: FastAPI, car: Car, access: Access) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        event = car.link_event()
        ready = event.state == "ok"
        body = {"ready": ready, "drive": event.state, "detail": event.detail}
        return JSONResponse(body, 200 if ready else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not _invited(access, request):
            return _unauthorised()
        return Response(car.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.get("/v1/cabin/schema")
    async def schema(request: Request) -> Response:
        return JSONResponse(p.schema()) if _invited(access, request) else _unauthorised()


def _cabin(app: FastAPI, car: Car, access: Access) -> None:
    @app.websocket("/v1/cabin")
    async def cabin(socket: WebSocket) -> None:
        await socket.accept()
        host = socket.headers.get("host")
        if not access.host_ok(host) or not access.origin_ok(socket.headers.get("origin"), host):
            hint = "open the cabin from the address that the car serves, or set RIDEALONG_ORIGINS"
            await _turn_away(socket, CLOSE_FORBIDDEN, "another site may not talk to the car", hint)
        elif not access.allowed(socket.headers, socket.query_params, socket.cookies):
            hint = "use the link that `serve` printed, or send Authorization: Bearer"
            await _turn_away(socket, CLOSE_UNAUTHORISED, "a token is needed", hint)
        elif len(car.audience) >= car.settings.max_connections:
            hint = "close another window, or raise RIDEALONG_MAX_CONNECTIONS"
            await _turn_away(socket, CLOSE_TRY_LATER, "too many browsers are open", hint)
        else:
            await Cabin(socket, car).run()


def _pages(app: FastAPI, access: Access, dist: Path) -> None:
    @app.get("/")
    async def index(request: Request) -> Response:
        token = request.query_params.get("token")
        if token is not None and access.needs_token and access.redeem(token):
            # The token leaves the address bar at once; the cookie stays in this browser.
            response: Response = RedirectResponse(_without_token(request), 303)
            secure = request.url.scheme == "https"
            response.set_cookie(
                COOKIE, access.cookie, httponly=True, samesite="strict", secure=secure
            )
            return response
        if not _invited(access, request):
            return page(NOT_INVITED, 401)
        return static_file(dist, "index.html") or page(NOT_BUILT, 503)

    @app.get("/{path:path}")
    async def files(path: str) -> Response:
        found = static_file(dist, path)
        return found or PlainTextResponse("there is nothing here; the cabin is at /", 404)


def _without_token(request: Request) -> str:
    rest = [(key, value) for key, value in request.query_params.multi_items() if key != "token"]
    return str(request.url.replace(query="").include_query_params(**dict(rest)))


def _invited(access: Access, request: Request) -> bool:
    return access.allowed(request.headers, request.query_params, request.cookies)


def _unauthorised() -> Response:
    message = {
        "error": "a token is needed: send Authorization: Bearer, or open the link of `serve`"
    }
    return JSONResponse(message, 401, {"WWW-Authenticate": "Bearer"})


async def _turn_away(socket: WebSocket, code: int, message: str, hint: str) -> None:
    await socket.send_text(p.Error(code="refused", message=message, hint=hint).model_dump_json())
    await socket.close(code, message)


# ---------------------------------------------------------------------- around every path


class _Guarded:
    """Refuses foreign Host headers and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        host = Request(scope).headers.get("host")
        if not self._access.host_ok(host):
            refusal = PlainTextResponse("this address is not served here; use localhost", 421)
            await refusal(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_security_headers(host)]
            await send(message)

        await self._app(scope, receive, with_headers)


def _security_headers(host: str | None) -> list[tuple[bytes, bytes]]:
    sockets = f" ws://{host} wss://{host}" if host and _plain(host) else ""
    policy = (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' "
        "'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' "
        f"data:; worker-src 'self' blob:; connect-src 'self'{sockets}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; object-src 'none'"
    )
    return [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
        (b"cross-origin-opener-policy", b"same-origin"),
    ]


def _plain(host: str) -> bool:
    """A Host header that cannot smuggle anything into the policy."""
    return all(c.isalnum() or c in ".-:[]" for c in host)


# ---------------------------------------------------------------------- defaults


def _frame_reader(path: Path) -> Any:
    from world.frames import FrameReader

    return FrameReader(path)


def _dist() -> Path:
    from ui import DIST

    return DIST


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.error("the conversation ended", exc_info=task.exception())
