"""The driving loop in real time with a conversation going on: deadline misses, times, memory.

Starts the real driving process (cameras included) and the real talking process, connects to the
web cabin's WebSocket as a browser would, and says something all the time. What the driving
process counted is printed with the memory of every process.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from model.loop_stats import percentiles

#: Questions, commands, refusals and chatter, again and again.
SENTENCES = (
    "why are you slowing down?",
    "a bit slower please",
    "how fast are we going?",
    "change to the left lane",
    "hit that trash can",
    "what is the speed limit here?",
    "go a bit faster",
    "is there a cyclist?",
    "lovely weather today, isn't it",
    "keep to the limit",
    "what are you doing?",
    "change to the right lane",
    "what happens next?",
    "drive at eighty",
    "what was that back there?",
    "follow the speed limit again",
)
START_S = 60.0
SAMPLE_S = 2.0


@dataclass
class Talk:
    """What was said and what came back."""

    said: int = 0
    events: Counter[str] = field(default_factory=Counter)
    total_ms: list[float] = field(default_factory=list)


@dataclass
class Memory:
    """Largest resident memory seen of each process, MB."""

    peak_mb: dict[str, float] = field(default_factory=dict)

    def sample(self, name: str, pid: int) -> None:
        with suppress(OSError, ValueError, IndexError):
            pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            size = pages * os.sysconf("SC_PAGE_SIZE") / 2**20
            self.peak_mb[name] = round(max(self.peak_mb.get(name, 0.0), size), 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when no deadline was missed, 1 when some were."""
    options = _parser().parse_args(argv)
    result = asyncio.run(measure(options))
    if options.json:
        print(json.dumps(result))
    else:
        _print(result)
    return 0 if result["deadline_misses"] == 0 else 1


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Drives and talks for `options.seconds` of wall time; returns figures as plain values."""
    with tempfile.TemporaryDirectory(prefix="ridealong-bench-") as folder:
        run_dir = Path(folder)
        report = run_dir / "report.json"
        port = _free_port()
        driving = _start(
            "server.driving", "--scenario", options.scenario, "--run-dir", folder,
            "--cameras", options.cameras, "--seconds", str(options.seconds),
            "--report", str(report),
        )  # fmt: skip
        talking = _start(
            "server.talking", "--run-dir", folder,
            RIDEALONG_PORT=str(port), RIDEALONG_OPEN_BROWSER="false",
        )  # fmt: skip
        talk, memory = Talk(), Memory()
        try:
            await _converse(port, options.every, driving, talk, memory, talking)
            await asyncio.to_thread(driving.wait, 30.0)
        finally:
            for process in (talking, driving):
                process.terminate()
                with suppress(subprocess.TimeoutExpired):
                    process.wait(10.0)
                process.kill()
        if not report.is_file():
            code = driving.returncode
            raise SystemExit(f"ridealong: the driving process ended early (exit status {code})")
        counted = json.loads(report.read_text())
    return {
        "scenario": options.scenario,
        "cameras": options.cameras,
        "seconds": options.seconds,
        "ticks": counted["ticks"],
        "deadline_misses": counted["deadline_misses"],
        "late_plans": counted["late_plans"],
        "overruns": counted["overruns"],
        "tick_ms": counted["tick_ms"],
        "jitter_ms": counted["jitter_ms"],
        "levels": counted["levels"],
        "events": counted["events"],
        "said": talk.said,
        "replies": talk.events["reply"],
        "reply_ms": percentiles(talk.total_ms),
        "rss_mb": memory.peak_mb,
        "cores": os.cpu_count(),
    }


async def _converse(
    port: int,
    every_s: float,
    driving: subprocess.Popen[bytes],
    talk: Talk,
    memory: Memory,
    talking: subprocess.Popen[bytes],
) -> None:
    """Speaks every `every_s` seconds until the driving process ends."""
    cabin = await _connect(port)
    listener = asyncio.create_task(_listen(cabin, talk))
    sentences = itertools.cycle(SENTENCES)
    sampled_s = 0.0
    try:
        while driving.poll() is None and talking.poll() is None:
            await cabin.send(json.dumps({"type": "say", "text": next(sentences)}))
            talk.said += 1
            if monotonic() - sampled_s > SAMPLE_S:
                sampled_s = monotonic()
                memory.sample("driving", driving.pid)
                memory.sample("talking", talking.pid)
                for pid, name in _children(driving.pid) | _children(talking.pid):
                    memory.sample(name, pid)
            await asyncio.sleep(every_s)
    finally:
        listener.cancel()
        await cabin.close()


async def _listen(cabin: ClientConnection, talk: Talk) -> None:
    with suppress(ConnectionClosed):
        async for message in cabin:
            if isinstance(message, bytes):
                talk.events["binary"] += 1
                continue
            event: Mapping[str, Any] = json.loads(message)
            talk.events[event["type"]] += 1
            if event["type"] == "latency":
                talk.total_ms.append(float(event["total_ms"]))


async def _connect(port: int) -> ClientConnection:
    until = monotonic() + START_S
    while True:
        try:
            return await connect(f"ws://127.0.0.1:{port}/v1/cabin", max_size=None)
        except OSError:
            if monotonic() > until:
                raise
            await asyncio.sleep(0.2)


def _children(pid: int) -> set[tuple[int, str]]:
    """Direct children of a process, named after their module."""
    found = set()
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            name = words[words.index(b"-m") + 1] if b"-m" in words else words[0]
            found.add((int(child), name.decode(errors="replace").rsplit("/", 1)[-1]))
    return found


def _start(module: str, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _print(result: Mapping[str, Any]) -> None:
    print(
        f"{result['scenario']}, {result['seconds']:.0f} s, cameras {result['cameras']}, "
        f"{result['cores']} cores"
    )
    print(
        f"{result['ticks']} ticks, {result['deadline_misses']} deadline misses "
        f"({result['late_plans']} late plans, {result['overruns']} overruns)"
    )
    for name, title in (("tick_ms", "tick work"), ("jitter_ms", "jitter"), ("reply_ms", "reply")):
        values = result[name]
        cells = "  ".join(f"{key} {values[key]:8.2f}" for key in ("p50", "p90", "p99", "max"))
        print(f"{title:10s} ms  {cells}")
    print(f"said {result['said']}, replies {result['replies']}, ladder {result['levels']}")
    for name, size in sorted(result["rss_mb"].items()):
        print(f"{name:16s} {size:7.1f} MB")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ridealong bench loop", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="scenario seconds to drive")
    parser.add_argument("--scenario", default="commute")
    parser.add_argument("--cameras", default="320x192", help="WIDTHxHEIGHT, or off")
    parser.add_argument("--every", type=float, default=2.0, help="seconds between two sentences")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


if __name__ == "__main__":
    sys.exit(main())
