"""The talking process itself: where it listens, what it says, how it counts its starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from server.bootstrap import ROOT
from server.settings import SettingsError, load_settings
from server.talking import TURNS_PER_START, listen, live_app
from tests.server.test_recording import record


def test_a_taken_port_says_how_to_choose_another() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SettingsError, match="--port"):
            listen(load_settings(port=taken.getsockname()[1]))


def test_an_address_of_somebody_else_is_one_line() -> None:
    with pytest.raises(SettingsError, match="cannot listen on"):
        listen(load_settings(host="192.0.2.1", token="a-token-of-sixteen-characters", port=0))


def test_each_start_numbers_its_turns_anew(tmp_path: Path) -> None:
    firsts = []
    for _ in range(3):
        app = live_app(load_settings(recogniser="off", voice="off"), tmp_path)
        turn = app.state.car.conversation.turns.open("text").number
        firsts.append(turn)
    assert firsts == [1, TURNS_PER_START + 1, 2 * TURNS_PER_START + 1]


def wait_ready(url: str) -> None:
    """Until the service has opened its recording; patience, not a bound."""
    for _ in range(200):
        with suppress(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=20).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} never said that it is ready")


@pytest.mark.faults
def test_a_replay_serves_says_where_and_ends_when_told(tmp_path: Path) -> None:
    path = record(tmp_path / "drive.mcap")
    environment = {
        **os.environ, "RIDEALONG_PORT": "0", "RIDEALONG_RECOGNISER": "off",
        "RIDEALONG_VOICE": "off",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "server.talking", "--replay", str(path), "--no-open"],
        cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("ridealong: open http://localhost:")
        try:
            wait_ready(line.split()[-1] + "readyz")
        finally:
            process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(20) in (0, -signal.SIGTERM)
        assert "Traceback" not in rest
