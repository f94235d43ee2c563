"""Care for a process that must keep time: priority, garbage collection, end with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import sys
from collections.abc import Iterator

#: A driving process may go before everything else on the machine, when it may.
NICE = -10
_PR_SET_PDEATHSIG = 1
#: Python's default of 5 ms is a twentieth of a tick for every thread in between, s.
SWITCH_S = 0.001
#: Collect young objects every so many ticks, everything every so many, and only with room, s.
YOUNG_EVERY, ALL_EVERY = 10, 600
YOUNG_ROOM_S, ALL_ROOM_S = 0.02, 0.05


def raise_priority() -> bool:
    """Tries to run before others; False where the user may not."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def usual_priority() -> Iterator[None]:
    """What is started in here does not inherit the raised priority."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    if before >= 0:
        yield
        return
    os.setpriority(os.PRIO_PROCESS, 0, 0)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


def die_with_parent() -> None:
    """On Linux: SIGTERM for this process when its parent ends, however that ends."""
    if sys.platform != "linux":
        return
    parent = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it ended while we were asking
        os.kill(os.getpid(), signal.SIGTERM)


def share_finely() -> None:
    """Threads of this process hand over quickly, so that a busy one cannot delay a tick."""
    sys.setswitchinterval(SWITCH_S)


class IdleCollector:
    """Garbage is collected in the idle part of ticks, never in the middle of one."""

    def __init__(self) -> None:
        self._ticks = 0

    def begin(self) -> None:
        """What lives now lives long: take it out of every later collection."""
        gc.collect()
        gc.freeze()
        gc.disable()

    def idle(self, room_s: float) -> None:
        """Called once a tick with the time that is left of it."""
        self._ticks += 1
        if self._ticks % ALL_EVERY == 0 and room_s > ALL_ROOM_S:
            gc.collect(2)
        elif self._ticks % YOUNG_EVERY == 0 and room_s > YOUNG_ROOM_S:
            gc.collect(1)

    def end(self) -> None:
        gc.unfreeze()
        gc.enable()
