"""The link: nobody who listens, floods or talks nonsense can make the driving side wait."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from model.contract.situation import (
    Hello,
    Notice,
    SendMode,
    Situation,
    StopNow,
    ToDriving,
    from_driving,
)
from model.link import DrivingLink, LinkError, LinkLost, LinkServer
from model.link_server import MAX_LINE_BYTES, MAX_WAITING
from model.loop import DrivingLoop
from modes.vocabulary import Mode
from tests.model.straight import CruiseModel, StraightWorld

HELLO = Hello(
    pid=1,
    scenario="straight",
    title="Straight on",
    seed=1,
    model="test",
    map_path="",
    frames_path=None,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "driving.sock"


@pytest.fixture
def server(path: Path) -> Iterator[LinkServer]:
    server = LinkServer(path, lambda: HELLO.model_dump_json().encode())
    yield server
    server.close()


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    """Situations of a real loop, as they are sent."""
    loop = DrivingLoop(StraightWorld(), CruiseModel())
    return [loop.tick().model_dump_json().encode() for _ in range(20)]


class Plain:
    """A client with a plain blocking socket, to do what a well-behaved one never would."""

    def __init__(self, path: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5.0)
        self.sock.connect(str(path))
        self.rest = b""

    def line(self) -> bytes:
        while b"\n" not in self.rest:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError
            self.rest += data
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def message(self) -> Hello | Situation | Notice:
        return from_driving.validate_json(self.line())

    def close(self) -> None:
        self.sock.close()


@pytest.fixture
def client(path: Path, server: LinkServer) -> Iterator[Plain]:
    client = Plain(path)
    assert client.message() == HELLO
    yield client
    client.close()


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.005)


def taken(server: LinkServer, count: int) -> list[ToDriving]:
    found: list[ToDriving] = []

    def enough() -> bool:
        found.extend(server.take())
        return len(found) >= count

    wait_for(enough)
    return found


def test_a_client_hears_hello_and_then_situations(
    server: LinkServer, client: Plain, lines: list[bytes]
) -> None:
    server.publish(lines[3])
    message = client.message()
    assert isinstance(message, Situation)
    assert message.seq == 3


def test_a_reader_that_stops_reading_loses_situations_but_no_notices(
    server: LinkServer, client: Plain, lines: list[bytes]
) -> None:
    for k in range(3000):
        server.publish(lines[k % 20])
        if k % 300 == 0:
            server.notify(Notice(level="info", code="n", message=str(k)))
        if k % 20 == 0:
            time.sleep(0.001)  # lets the serving thread take its turn, as 10 Hz would
    server.publish(lines[19])
    notices, situations = [], 0
    while len(notices) < 10:
        message = client.message()
        if isinstance(message, Notice):
            notices.append(message.message)
        else:
            situations += 1
    assert notices == [str(k) for k in range(0, 3000, 300)]
    assert situations < 3000  # what did not fit was dropped, nothing waited for it


def test_after_a_pause_a_reader_comes_to_the_newest_situation(
    server: LinkServer, client: Plain, lines: list[bytes]
) -> None:
    filler = json.loads(lines[0])
    filler["events"] = [{"kind": "k", "t_s": 0.0, "detail": "x" * 200_000}]
    big = json.dumps(filler).encode()
    for _ in range(10):  # fills the socket's own buffer
        server.publish(big)
        time.sleep(0.01)
    for line in lines:
        server.publish(line)
        time.sleep(0.005)
    last = None
    with suppress(TimeoutError):
        client.sock.settimeout(0.5)
        while True:
            last = client.message()
    assert isinstance(last, Situation)
    assert last.seq == 19


def test_messages_arrive_in_order_and_stop_words_first(server: LinkServer, client: Plain) -> None:
    sent = [SendMode(id=f"m{k}", mode=Mode.QA) for k in range(5)]
    for message in sent:
        client.sock.sendall(message.model_dump_json().encode() + b"\n")
    client.sock.sendall(StopNow(id="now").model_dump_json().encode() + b"\n")
    # Only what one take sees together is put in order, so wait until all of it is there.
    wait_for(lambda: len(server._waiting) == 6)
    assert server.take() == [StopNow(id="now"), *sent]


@pytest.mark.parametrize(
    "garbage",
    [
        b"nonsense",
        b'{"type": "command"}',
        b'{"type": "warp", "id": "x"}',
        b'{"type": "mode", "id": "x", "mode": "qa", "more": 1}',
        b"\xff\xfe\x00",
        b"[" * 5000,
        b'{"type": "mode", "id": "' + b"x" * 70 + b'", "mode": "qa"}',
        b"x" * (MAX_LINE_BYTES + 10),
        b"x" * (20 * MAX_LINE_BYTES),
    ],
)
def test_nonsense_is_answered_and_dropped_and_the_next_line_counts(
    server: LinkServer, client: Plain, garbage: bytes
) -> None:
    client.sock.sendall(garbage + b"\n")
    notice = client.message()
    assert isinstance(notice, Notice)
    assert notice.code == "bad_message"
    client.sock.sendall(SendMode(id="ok", mode=Mode.QA).model_dump_json().encode() + b"\n")
    assert taken(server, 1) == [SendMode(id="ok", mode=Mode.QA)]


def test_a_flood_is_bounded_and_told(server: LinkServer, client: Plain) -> None:
    flood = b"".join(
        SendMode(id=str(k), mode=Mode.QA).model_dump_json().encode() + b"\n" for k in range(1200)
    )
    client.sock.sendall(flood)
    wait_for(lambda: server._overflowed > 0)
    assert len(server.take()) <= MAX_WAITING
    message = client.message()
    assert isinstance(message, Notice)
    assert message.code == "too_many"


def test_a_client_that_vanishes_disturbs_nobody(
    path: Path, server: LinkServer, client: Plain, lines: list[bytes]
) -> None:
    other = Plain(path)
    wait_for(lambda: server.clients == 2)
    other.close()
    for line in lines:
        server.publish(line)
    wait_for(lambda: server.clients == 1)
    assert isinstance(client.message(), Situation)


def test_a_path_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match="too long"):
        LinkServer(tmp_path / ("x" * 120), lambda: b"{}")


def test_a_socket_in_use_is_said_and_a_left_over_one_is_replaced(
    path: Path, server: LinkServer
) -> None:
    with pytest.raises(LinkError, match="another driving process"):
        LinkServer(path, lambda: b"{}")
    left = path.with_name("left.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(left))
    again = LinkServer(left, lambda: b"{}")
    again.close()
    assert not left.exists()


def test_the_socket_is_for_this_user_only(path: Path, server: LinkServer) -> None:
    assert path.stat().st_mode & 0o077 == 0


# -- the talking side --------------------------------------------------------------------------


async def test_the_link_comes_back_after_the_driving_side_did(
    path: Path, lines: list[bytes]
) -> None:
    link = DrivingLink(path)
    task = asyncio.create_task(link.run())
    messages = link.messages()
    assert link.state == "starting"
    with pytest.raises(LinkLost):
        await link.send(SendMode(id="early", mode=Mode.QA))

    server = LinkServer(path, lambda: HELLO.model_dump_json().encode())
    assert await anext(messages) == HELLO
    assert link.state == "ok"
    await link.send(SendMode(id="a", mode=Mode.QA))
    assert await asyncio.to_thread(taken, server, 1) == [SendMode(id="a", mode=Mode.QA)]
    await asyncio.to_thread(server.close)
    await _until(lambda: link.state == "lost")
    with pytest.raises(LinkLost):
        await link.send(SendMode(id="b", mode=Mode.QA))

    server = LinkServer(path, lambda: HELLO.model_dump_json().encode())
    assert await anext(messages) == HELLO
    assert link.state == "ok"
    server.publish(lines[7])
    situation = await anext(messages)
    assert isinstance(situation, Situation)
    assert situation.seq == 7
    await link.close()
    await asyncio.wait_for(task, 5.0)
    assert [m async for m in messages] == []
    await asyncio.to_thread(server.close)


async def test_a_slow_consumer_keeps_hello_and_notices(path: Path, lines: list[bytes]) -> None:
    server = LinkServer(path, lambda: HELLO.model_dump_json().encode())
    link = DrivingLink(path)
    task = asyncio.create_task(link.run())
    await _until(lambda: link.state == "ok")
    server.notify(Notice(level="info", code="first", message="kept"))
    for k in range(600):
        server.publish(lines[k % 20])
        await asyncio.sleep(0.001)
    await _until(lambda: link.skipped > 0)
    await link.close()
    kept = [message async for message in link.messages()]
    assert kept[0] == HELLO
    assert [m.code for m in kept if isinstance(m, Notice)] == ["first"]
    assert len(kept) <= 256
    await asyncio.wait_for(task, 5.0)
    await asyncio.to_thread(server.close)


async def _until(condition: Callable[[], bool]) -> None:
    await asyncio.to_thread(wait_for, condition)
