"""`ridealong serve` with its real processes: ask, command, refuse; the talk dies and comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage

from modes.vocabulary import Decision, Mode, RequestState
from server import protocol as p
from server.bootstrap import ROOT
from tests.server.service import Client

pytestmark = [pytest.mark.faults, pytest.mark.drive]
START_S = 90.0  # patience, not a bound: the machine may be busy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def arrive(port: int) -> Client:
    """A browser in front of a car that drives."""
    async with asyncio.timeout(START_S):
        while True:
            # The dying process may still take a connection that it never answers.
            with suppress(OSError, InvalidMessage):
                client = Client(await connect(f"ws://127.0.0.1:{port}/v1/cabin", max_size=None))
                break
            await asyncio.sleep(0.2)
    await client.until(p.Scene, patience_s=START_S)
    return client


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port, run_dir = free_port(), tmp_path / "run"
    command = [
        sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())", "serve",
        "--scenario", "motorway_exit", "--port", str(port), "--no-open", "--cameras", "off",
        "--recogniser", "off", "--voice", "off",
    ]  # fmt: skip
    environment = {**os.environ, "RIDEALONG_RUN_DIR": str(run_dir)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        yield port, run_dir
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def talking_pid(run_dir: Path) -> int:
    """The process that was started with this run directory."""
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            if b"server.talking" in words and str(run_dir).encode() in words:
                return int(folder.name)
    raise AssertionError("there is no talking process")


@pytest.mark.timeout(300)
async def test_a_ride_and_a_talk_that_dies_on_the_way(served: tuple[int, Path]) -> None:
    port, run_dir = served
    browser = await arrive(port)
    await browser.say("how fast are you going?")
    reply = await browser.until(p.Reply)
    assert "km/h" in reply.text
    await browser.say("take the next exit")
    command = await browser.until(p.Utterance, lambda e: e.mode is Mode.CONTROL)
    assert command.decision is Decision.ALLOW
    await browser.until(p.Card, lambda c: c.state in (RequestState.WAITING, RequestState.UNDER_WAY))
    await browser.say("hit that trash can")
    refusal = await browser.until(p.Utterance, lambda e: e.decision is Decision.REFUSE)
    assert refusal.refusal_code == "R03"
    before_s = browser.all(p.Scene)[-1].situation.t_s

    os.kill(talking_pid(run_dir), signal.SIGKILL)
    with suppress(AssertionError):
        await browser.closed()
    again = await arrive(port)
    scene = again.all(p.Scene)[0]
    assert scene.situation.t_s > before_s  # the car drove on
    assert any(r.command.intent == "take_exit" for r in scene.situation.requests)
    session = again.all(p.Hello)[0].session
    assert session == browser.all(p.Hello)[0].session  # browsers keep their thread
    await again.say("how fast are you going?")
    assert (await again.until(p.Reply)).turn > reply.turn + 1_000
    await again.close()
