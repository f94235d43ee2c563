"""Parent of the driving and the talking process: starts both, restarts whichever dies.

Standard library only. The driving process goes on when the talking one dies, and the other way
round. A child that says "bad usage" (exit status 2) before it ever ran well, or that dies again
and again, ends everything with one clear line.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import FrameType

from server.process_care import die_with_parent

#: A child that lived this long ran well: its earlier deaths are forgotten, s.
RAN_WELL_S = 20.0
#: It is given up after so many deaths without running well.
MAX_DEATHS = 5
FIRST_BACKOFF_S, LAST_BACKOFF_S = 0.2, 5.0
#: Children get this long to end by themselves, s.
GRACE_S = 5.0
POLL_S = 0.05
BAD_USAGE = 2


@dataclass
class Child:
    """One kept-alive process."""

    name: str
    argv: tuple[str, ...]
    #: Ends the whole service with status 0 when this child ends cleanly.
    ends_service: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    deaths: int = 0
    restart_at_s: float = 0.0
    ran_well: bool = False
    pids: list[int] = field(default_factory=list)

    def start(self) -> None:
        # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which then
        # ends both children in order.
        self.process = subprocess.Popen(
            self.argv, start_new_session=True, preexec_fn=die_with_parent
        )
        self.started_s = time.monotonic()
        self.pids.append(self.process.pid)

    def backoff_s(self) -> float:
        return float(min(FIRST_BACKOFF_S * 2 ** max(self.deaths - 1, 0), LAST_BACKOFF_S))


class Supervisor:
    """Runs children until a signal, a clean end, or until one cannot be kept alive."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = list(children)
        self._signal: int | None = None

    def run(self) -> int:
        """Blocks; returns the exit status for the whole service."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            for child in self._children:
                child.start()
            return self._watch()
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signal = number

    def _watch(self) -> int:
        while self._signal is None:
            now_s = time.monotonic()
            for child in self._children:
                status = self._looked_after(child, now_s)
                if status is not None:
                    return status
            time.sleep(POLL_S)
        return 0

    def _looked_after(self, child: Child, now_s: float) -> int | None:
        """Restarts a dead child when its time has come; a status ends the service."""
        if child.process is None:
            if now_s >= child.restart_at_s:
                child.start()
            return None
        status = child.process.poll()
        alive_s = now_s - child.started_s
        if status is None:
            if alive_s > RAN_WELL_S:
                child.ran_well, child.deaths = True, 0
            return None
        child.process = None
        if self._signal is not None:
            return 0
        if status == 0 and child.ends_service:
            return 0
        if status == BAD_USAGE and not child.ran_well:
            return BAD_USAGE  # it has said itself what is wrong
        child.deaths += 1
        if child.deaths > MAX_DEATHS:
            _say(
                f"the {child.name} process cannot be kept alive ({_ended(status)}, "
                f"{child.deaths} times in a row): see its messages above"
            )
            return 1
        child.restart_at_s = now_s + child.backoff_s()
        _say(f"the {child.name} process ended ({_ended(status)}): starting it again")
        return None

    def _end_all(self) -> None:
        """Asks every child to end, waits a little, then insists."""
        running = [c.process for c in self._children if c.process is not None]
        for process in running:
            _send(process, signal.SIGTERM)
        until_s = time.monotonic() + GRACE_S
        for process in running:
            try:
                process.wait(max(until_s - time.monotonic(), 0.05))
            except subprocess.TimeoutExpired:
                _send(process, signal.SIGKILL)
                process.wait()


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _send(process: subprocess.Popen[bytes], number: int) -> None:
    if process.poll() is None:
        # A stopped child would never see it.
        os.kill(process.pid, signal.SIGCONT)
        os.kill(process.pid, number)


def _ended(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def _say(text: str) -> None:
    print(f"ridealong: {text}", file=sys.stderr, flush=True)


def serve(driving_argv: Sequence[str], talking_argv: Sequence[str]) -> int:
    """Runs the service until it is told to stop; returns its exit status."""
    python = sys.executable
    return Supervisor(
        (
            Child("driving", (python, "-m", "server.driving", *driving_argv)),
            Child("talking", (python, "-m", "server.talking", *talking_argv)),
        )
    ).run()
