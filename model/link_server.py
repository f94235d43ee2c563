"""The driving side of the socket: never waits for anybody who listens.

One thread serves every client of a Unix-domain socket with newline-delimited JSON. For each client
it keeps the few newest situations only (a stopped reader loses situations, the drive loses
nothing) and a bounded number of notices. A client that sends more than the drive can use is
simply read more slowly; its lines wait in its own socket.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from pydantic import ValidationError

from model.contract.situation import Notice, StopNow, ToDriving, to_driving

#: A command is a few hundred bytes; a longer line is no command.
MAX_LINE_BYTES = 16 * 1024
#: Lines of one client that are read in each window: 1,000 a second. One that cannot be read costs
#: as much as several, because refusing it takes longer than reading a good one.
LINES_PER_WINDOW = 100
BAD_LINE_COST = 10
WINDOW_S = 0.1
#: Messages that wait for the next tick; more than this is dropped with a notice.
MAX_WAITING = 512
MAX_NOTICES = 64
#: Situations kept for a client that is slow: half a second.
MAX_SITUATIONS = 5
MAX_CLIENTS = 16
#: Longest path of a Unix-domain socket on Linux, bytes.
MAX_PATH_BYTES = 107
_READ_BYTES = 64 * 1024
#: Little enough that a reader who comes back is soon at the present.
SEND_BUFFER_BYTES = 64 * 1024


class LinkError(OSError):
    """The socket cannot be opened; the message says why and how to mend it."""


@dataclass
class _Client:
    """One connection: what is on its way out and what came in."""

    sock: socket.socket
    writing: bytes = b""
    newest: deque[bytes] = field(default_factory=lambda: deque(maxlen=MAX_SITUATIONS))
    notices: deque[bytes] = field(default_factory=lambda: deque(maxlen=MAX_NOTICES))
    reading: bytearray = field(default_factory=bytearray)
    #: The rest of a line that was too long is thrown away up to its end.
    skipping: bool = False
    budget: int = LINES_PER_WINDOW
    window_until_s: float = 0.0

    def next_bytes(self) -> bytes:
        if not self.writing:
            if self.notices:
                self.writing = self.notices.popleft()
            elif self.newest:
                self.writing = self.newest.popleft()
        return self.writing


class LinkServer:
    """Serves situations to any number of talking clients and collects what they ask for.

    `hello` gives the first line of every connection. Raises `LinkError`.
    """

    def __init__(self, path: Path, hello: Callable[[], bytes]) -> None:
        self._path, self._hello = path, hello
        self._listener = _listen(path)
        self._selector = selectors.DefaultSelector()
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._lock = threading.Lock()
        self._clients: list[_Client] = []
        self._waiting: deque[ToDriving] = deque()
        self._outgoing: deque[tuple[bytes, bool]] = deque(maxlen=MAX_NOTICES * 2)
        self._overflowed = 0
        #: Situations that a client never got because it did not read.
        self.dropped = 0
        self._closing = False
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._wake_in, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, name="link", daemon=True)
        self._thread.start()

    # -- for the driving loop: none of these waits ---------------------------------------------

    def publish(self, line: bytes) -> None:
        """The newest situation (one JSON line without its end); old unsent ones are dropped."""
        self._enqueue(line, True)

    def notify(self, notice: Notice) -> None:
        """A notice to every client."""
        self._enqueue(notice.model_dump_json().encode(), False)

    def announce(self) -> None:
        """Says hello again to everybody, because another drive begins."""
        self._enqueue(self._hello(), False)

    def take(self) -> list[ToDriving]:
        """What came in since the last call; stop words first, the others in their order."""
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
            lost, self._overflowed = self._overflowed, 0
        if lost:
            message = f"{lost} messages were dropped: more came in one tick than can be meant"
            self.notify(Notice(level="warning", code="too_many", message=message))
        return sorted(waiting, key=lambda message: not isinstance(message, StopNow))

    @property
    def clients(self) -> int:
        return len(self._clients)

    def close(self) -> None:
        """Ends the thread, closes every connection and removes the socket."""
        self._closing = True
        self._wake()
        self._thread.join(timeout=2.0)
        for client in self._clients:
            client.sock.close()
        for sock in (self._listener, self._wake_in, self._wake_out):
            sock.close()
        self._selector.close()
        self._path.unlink(missing_ok=True)

    def _enqueue(self, line: bytes, latest_only: bool) -> None:
        with self._lock:
            self._outgoing.append((line + b"\n", latest_only))
        self._wake()

    def _wake(self) -> None:
        # A full pipe already holds enough to wake the thread.
        with contextlib.suppress(BlockingIOError, OSError):
            self._wake_out.send(b"w")

    # -- the thread ----------------------------------------------------------------------------

    def _serve(self) -> None:
        while not self._closing:
            for key, events in self._selector.select(timeout=WINDOW_S):
                if key.fileobj is self._listener:
                    self._accept()
                elif key.fileobj is self._wake_in:
                    with contextlib.suppress(BlockingIOError):
                        self._wake_in.recv(4096)
                else:
                    client: _Client = key.data
                    if events & selectors.EVENT_READ:
                        self._read(client)
            self._spread()
            for client in list(self._clients):
                self._flush(client)
                self._watch(client)

    def _accept(self) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:
            return
        if len(self._clients) >= MAX_CLIENTS:
            sock.close()
            return
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        client = _Client(sock)
        client.notices.append(self._hello() + b"\n")
        self._clients.append(client)
        self._selector.register(sock, selectors.EVENT_READ, client)

    def _spread(self) -> None:
        with self._lock:
            lines, self._outgoing = list(self._outgoing), deque(maxlen=MAX_NOTICES * 2)
        for line, latest_only in lines:
            for client in self._clients:
                if not latest_only:
                    client.notices.append(line)
                    continue
                self.dropped += len(client.newest) == MAX_SITUATIONS
                client.newest.append(line)

    def _flush(self, client: _Client) -> None:
        """Writes what the socket takes at once, and not a byte more."""
        try:
            while data := client.next_bytes():
                client.writing = data[client.sock.send(data) :]
        except BlockingIOError:
            return
        except OSError:
            self._drop(client)

    def _watch(self, client: _Client) -> None:
        """Looks for room to write only where something waits, and reads only within the budget."""
        if client not in self._clients:
            return
        now = monotonic()
        if now >= client.window_until_s:
            client.budget, client.window_until_s = LINES_PER_WINDOW, now + WINDOW_S
            if client.reading:
                self._split(client)
        events = selectors.EVENT_READ if client.budget > 0 else 0
        if client.writing or client.newest or client.notices:
            events |= selectors.EVENT_WRITE
        registered = client.sock in self._selector.get_map()
        if events and registered:
            self._selector.modify(client.sock, events, client)
        elif events:
            self._selector.register(client.sock, events, client)
        elif registered:
            self._selector.unregister(client.sock)

    def _read(self, client: _Client) -> None:
        try:
            data = client.sock.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EINTR:
                self._drop(client)
            return
        if not data:
            self._drop(client)
            return
        client.reading += data
        self._split(client)

    def _split(self, client: _Client) -> None:
        """Takes whole lines out of the buffer, as many as the budget allows."""
        while client.budget > 0:
            end = client.reading.find(b"\n")
            if end < 0:
                if len(client.reading) > MAX_LINE_BYTES:
                    client.skipping = True
                    client.reading.clear()
                return
            line = bytes(client.reading[:end])
            del client.reading[: end + 1]
            client.budget -= 1
            if client.skipping or end > MAX_LINE_BYTES:
                client.skipping = False
                self._complain(client, f"a line is at most {MAX_LINE_BYTES} bytes long")
            elif line.strip():
                self._parse(client, line)

    def _parse(self, client: _Client, line: bytes) -> None:
        try:
            message = to_driving.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "line"
            self._complain(client, f"{where}: {first['msg']}"[:300])
            return
        with self._lock:
            if isinstance(message, StopNow):
                self._waiting.appendleft(message)
            elif len(self._waiting) < MAX_WAITING:
                self._waiting.append(message)
            else:
                self._overflowed += 1
                return
            while len(self._waiting) > MAX_WAITING:
                self._waiting.pop()
                self._overflowed += 1

    def _complain(self, client: _Client, message: str) -> None:
        client.budget -= BAD_LINE_COST
        notice = Notice(level="warning", code="bad_message", message=message)
        client.notices.append(notice.model_dump_json().encode() + b"\n")

    def _drop(self, client: _Client) -> None:
        if client in self._clients:
            self._clients.remove(client)
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(client.sock)
        client.sock.close()


def _listen(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise LinkError(f"the run folder's path is too long for a socket: {path}")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists():
            _remove_stale(path)
        sock.bind(str(path))
        path.chmod(0o600)
        sock.listen(MAX_CLIENTS)
    except OSError as error:
        sock.close()
        if isinstance(error, LinkError):
            raise
        raise LinkError(f"cannot open the driving socket {path}: {error.strerror}") from error
    sock.setblocking(False)
    return sock


def _remove_stale(path: Path) -> None:
    """A socket that nobody serves is left from a process that died."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise LinkError(f"another driving process serves {path}: end it or use another run folder")
