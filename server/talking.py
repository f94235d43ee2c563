"""The talking process: `python -m server.talking`, started by the supervisor or by `replay`."""

from __future__ import annotations

import argparse
import errno
import hashlib
import logging
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from model.link import DrivingLink
from server.app import create_app
from server.car import Car
from server.limits import TRANSPORT_MAX_BYTES
from server.record_drives import record_drives
from server.recording_reader import Recording, RecordingError
from server.replay import ReplayLink
from server.settings import Settings, SettingsError, load_settings

#: Turn numbers of each start begin here, so that browsers that stay open never see one twice.
TURNS_PER_START = 10_000


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 2 with one line when it cannot serve: bad settings, port in use, broken file."""
    parser = argparse.ArgumentParser(prog="python -m server.talking", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--run-dir", type=Path, help="where the driving process listens")
    where.add_argument("--replay", type=Path, metavar="FILE", help="a recorded drive instead")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    arguments = parser.parse_args(argv)
    try:
        settings = load_settings(open_browser=False if arguments.no_open else None)
        recording = Recording(arguments.replay) if arguments.replay is not None else None
        listening = listen(settings)
    except (SettingsError, RecordingError) as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    if recording is not None:
        app = replay_app(settings, recording, arguments.replay)
    else:
        app = live_app(settings, arguments.run_dir)
        if app.state.car.conversation.turns.first > 1:  # not the first start: it is open already
            settings = settings.model_copy(update={"open_browser": False})
    return serve(app, settings, listening)


def listen(settings: Settings) -> socket.socket:
    """The bound socket; SettingsError when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host.strip("[]"), settings.port))
    except OSError as problem:
        listening.close()
        if problem.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"port {settings.port} is in use: stop what uses it, or choose another with --port"
            ) from None
        reason = (problem.strerror or str(problem)).lower()
        raise SettingsError(
            f"cannot listen on {settings.host}:{settings.port} ({reason}): try --host 127.0.0.1"
        ) from None
    return listening


def live_app(settings: Settings, run_dir: Path) -> FastAPI:
    """The app around the driving process of a run directory."""

    def prepare(car: Car) -> None:
        if settings.record is not None:
            record_drives(car, settings.record)

    return create_app(
        settings,
        link=DrivingLink(run_dir / "driving.sock"),
        session=hashlib.sha256(str(run_dir).encode()).hexdigest()[:12],
        first_turn=_starts_before(run_dir) * TURNS_PER_START + 1,
        on_car=prepare,
    )


def replay_app(settings: Settings, recording: Recording, file: Path) -> FastAPI:
    """The app around a recording; it is closed with the app."""
    link = ReplayLink(recording)
    return create_app(
        settings,
        link=link,
        open_frames=lambda _path: link.frames,
        session=hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12],
        first_turn=recording.last_turn() + 1,
    )


def serve(app: FastAPI, settings: Settings, listening: socket.socket) -> int:
    """Serves until told to stop; 0, or 1 when the service failed."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    config = uvicorn.Config(
        app,
        log_level=settings.log_level,
        ws_max_size=TRANSPORT_MAX_BYTES,
        ws_per_message_deflate=False,  # costs a core's share and gains nothing on the local link
        ws_ping_interval=10,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=2,
        server_header=False,
        access_log=settings.log_level == "debug",
    )
    server = _Server(config, lambda: _invite(app, settings, listening))
    try:
        server.run([listening])
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """Says where it is once it listens, not before."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()


def _invite(app: FastAPI, settings: Settings, listening: socket.socket) -> None:
    """Prints the address, with the one-time link where a token is needed."""
    host = "localhost" if settings.loopback or settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{host}:{listening.getsockname()[1]}/"
    token = app.state.access.link_token
    link = f"{address}?token={token}" if token else address
    print(f"ridealong: open {link}", file=sys.stderr, flush=True)
    if settings.open_browser and _has_screen():
        webbrowser.open(link)


def _has_screen() -> bool:
    """Without one, `webbrowser` would start a text browser in this terminal."""
    if sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _starts_before(run_dir: Path) -> int:
    """How often the talking process began in this run directory."""
    counter = run_dir / "talking-starts"
    try:
        before = int(counter.read_text())
    except (OSError, ValueError):
        before = 0
    counter.write_text(str(before + 1))
    return before


if __name__ == "__main__":
    raise SystemExit(main())
