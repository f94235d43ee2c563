"""Real processes for fault tests: a driving process on the test road, a talking one that listens.

Run as a module (`python -m tests.faults.processes driving|talking …`) it is such a process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from model.contract.situation import Hello, Notice, SendMode, Situation
from model.link import DrivingLink, LinkLost
from modes.vocabulary import Mode
from server.driving import report
from server.driving_run import DrivingRun, Opened
from server.mapdoc import map_document
from server.process_care import IdleCollector, share_finely
from tests.model.straight import CruiseModel, StraightWorld, car

ROOT = Path(__file__).resolve().parents[2]


def drive(run_dir: Path) -> int:
    """A driving process as the product's own, on the straight test road."""

    def prepare(name: str | None, seed: int | None) -> Callable[[], Opened]:
        if name not in ("straight", "other"):
            raise ValueError(f"no scenario {name!r}: there are straight, other")

        def opened() -> Opened:
            world = StraightWorld([car("lead", x=300.0, speed=25.0)], seed=seed or 1)
            world.name = name
            return Opened(world, "Straight on", None, dict(map_document(world.road)))

        return opened

    share_finely()
    # A generous deadline: what is to be found out is whether anybody can make the loop wait, not
    # how fast the machine is that runs the test.
    run = DrivingRun(
        prepare, CruiseModel, run_dir, "straight", None, IdleCollector(), deadline_ms=2000.0
    )

    def end(_signal: int, _frame: FrameType | None) -> None:
        run.stop()

    signal.signal(signal.SIGTERM, end)
    run.run()
    counters = report(run.stats, run.jitter_ms) | {"dropped": run.dropped}
    run.close()
    (run_dir / f"report-{os.getpid()}.json").write_text(json.dumps(counters))
    return 0


def talk(run_dir: Path) -> int:
    """A talking process: notes each hello and how far it has listened, in a file of its own."""

    async def listen() -> None:
        link = DrivingLink(run_dir / "driving.sock")
        task = asyncio.create_task(link.run())
        heard = {"pid": os.getpid(), "driving": 0, "seq": -1, "hellos": 0}
        async for message in link.messages():
            if isinstance(message, Hello):
                heard["driving"], heard["hellos"] = message.pid, heard["hellos"] + 1
            elif isinstance(message, Situation):
                heard["seq"] = message.seq
                if message.seq % 10 == 0:
                    try:
                        await link.send(SendMode(id=f"m{message.seq}", mode=Mode.QA))
                    except LinkLost:
                        continue
            _write(run_dir / "talking.json", heard)
        await task

    asyncio.run(listen())
    return 0


def _write(path: Path, value: dict[str, int]) -> None:
    scratch = path.with_suffix(f".{os.getpid()}")
    scratch.write_text(json.dumps(value))
    scratch.replace(path)


# -- for the tests -----------------------------------------------------------------------------


def argv(role: str, run_dir: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "tests.faults.processes", role, str(run_dir))


@contextmanager
def running(arguments: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone when the block ends, whatever state it is in then."""
    process = subprocess.Popen(arguments, cwd=ROOT)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(10.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.02)


def heard(run_dir: Path) -> dict[str, int]:
    """What the talking process has noted so far."""
    try:
        found: dict[str, int] = json.loads((run_dir / "talking.json").read_text())
    except FileNotFoundError:
        return {"pid": 0, "driving": 0, "seq": -1, "hellos": 0}
    return found


def driving_report(run_dir: Path, pid: int) -> dict[str, object]:
    """Counters that the driving process left when it was told to end."""
    path = run_dir / f"report-{pid}.json"
    wait_for(path.exists, "the driving report")
    found: dict[str, object] = json.loads(path.read_text())
    return found


class Listener:
    """A client in this process that keeps every sequence number and notice."""

    def __init__(self, run_dir: Path) -> None:
        self.link = DrivingLink(run_dir / "driving.sock")
        self.seqs: list[int] = []
        self.notices: list[Notice] = []
        self.hellos: list[Hello] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Listener:
        self._tasks = [
            asyncio.create_task(self.link.run()),
            asyncio.create_task(self._keep()),
        ]
        await self.until(lambda: self.link.state == "ok", "a hello")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self) -> None:
        async for message in self.link.messages():
            if isinstance(message, Situation):
                self.seqs.append(message.seq)
            elif isinstance(message, Notice):
                self.notices.append(message)
            else:
                self.hellos.append(message)

    async def until(self, condition: Callable[[], bool], what: str, seconds: float = 40.0) -> None:
        await asyncio.to_thread(wait_for, condition, what, seconds)


if __name__ == "__main__":
    sys.exit({"driving": drive, "talking": talk}[sys.argv[1]](Path(sys.argv[2])))
