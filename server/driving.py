"""The driving process: `python -m server.driving`, started by the supervisor.

Composes world, cameras, model and loop, and drives on the wall clock until told to stop. Exit
status: 0 after SIGTERM or the asked-for seconds, 1 when something broke, 2 for bad input.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FrameType

from model.classical.planner import ClassicalPlanner
from model.contract.plan import DrivingModel
from model.link_server import LinkError
from model.loop_stats import LoopStats, percentiles
from server.driving_run import DrivingRun, Opened
from server.mapdoc import map_document
from server.process_care import (
    IdleCollector,
    raise_priority,
    share_finely,
    usual_priority,
)

_MODELS: dict[str, Callable[[], DrivingModel]] = {"classical": ClassicalPlanner}


def open_model(name: str) -> DrivingModel:
    """A driving model by name; `ValueError` names those that there are."""
    return _model_maker(name)()


def _model_maker(name: str) -> Callable[[], DrivingModel]:
    if name not in _MODELS:
        raise ValueError(f"no driving model {name!r}: there are {', '.join(sorted(_MODELS))}")
    return _MODELS[name]


class Scenarios:
    """Opens scenarios of the embedded world, with cameras of one size or none."""

    def __init__(self, run_dir: Path, cameras: tuple[int, int] | None) -> None:
        self._run_dir, self._cameras = run_dir, cameras
        self._count = 0

    def prepare(self, name: str | None, seed: int | None) -> Callable[[], Opened]:
        """Checks the scenario without touching a running world; raises `ValueError`."""
        from world.roadmap import map_path
        from world.scenario import load_scenario

        scenario = load_scenario(name or "")
        map_path(scenario.map)

        def opened() -> Opened:
            from world.embedded import EmbeddedWorld
            from world.scenery import scenery

            world = EmbeddedWorld(scenario, seed)
            objects = scenery(world.road)
            feed = None
            if self._cameras is not None:
                from server.camera_feed import CameraFeed
                from world.cameras import CameraRig

                self._count += 1
                path = self._run_dir / f"frames-{self._count}"
                with usual_priority():
                    feed = CameraFeed(CameraRig(world.road, objects, self._cameras, path))
            return Opened(world, scenario.title, feed, map_document(world.road, objects))

        return opened


def main(argv: Sequence[str] | None = None) -> int:
    """Parses, checks, drives; see the module for the exit status."""
    options = _parser().parse_args(argv)
    raise_priority()
    share_finely()
    try:
        cameras = camera_size(options.cameras)
        maker = _model_maker(options.model)
        scenarios = Scenarios(options.run_dir, cameras)
        scenarios.prepare(options.scenario, options.seed)
        if not options.run_dir.is_dir():
            raise ValueError(f"the run folder {options.run_dir} does not exist: make it first")
        run = DrivingRun(
            scenarios.prepare,
            maker,
            options.run_dir,
            options.scenario,
            options.seed,
            IdleCollector(),
        )
    except (ValueError, LinkError) as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2

    def end(_signal: int, _frame: FrameType | None) -> None:
        run.stop()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        run.run(options.seconds)
    finally:
        run.close()
        if options.report is not None:
            options.report.write_text(json.dumps(report(run.stats, run.jitter_ms)))
    return 0


def report(stats: LoopStats, jitter_ms: Iterable[float]) -> dict[str, object]:
    """Counters of a drive as JSON, with this process's memory."""
    plain = {
        key: dict(value) if isinstance(value, Counter) else value
        for key, value in vars(stats).items()
        if key != "tick_ms" and not key.startswith("_")
    }
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        **plain,
        "deadline_misses": stats.deadline_misses,
        "tick_ms": percentiles(stats.tick_ms),
        "jitter_ms": percentiles(list(jitter_ms)),
        "peak_rss_mb": round(peak_kb / 1024, 1),
        "pid": os.getpid(),
    }


def camera_size(text: str) -> tuple[int, int] | None:
    """Width and height of "320x192", None for "off"; `ValueError` otherwise."""
    if text == "off":
        return None
    width, _, height = text.partition("x")
    if width.isdecimal() and height.isdecimal() and int(width) >= 64 and int(height) >= 48:
        return int(width), int(height)
    raise ValueError(f"cameras are WIDTHxHEIGHT, for example 320x192, or off, not {text!r}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="server.driving", description=__doc__)
    parser.add_argument("--scenario", required=True, help="a name, or the path of a .yaml file")
    parser.add_argument("--seed", type=int, help="default: the scenario's own")
    parser.add_argument("--run-dir", type=Path, required=True, help="private folder for the socket")
    parser.add_argument("--cameras", default="off", help="WIDTHxHEIGHT, or off")
    parser.add_argument("--model", default="classical", help="driving model")
    parser.add_argument("--seconds", type=float, help="end after so many scenario seconds")
    parser.add_argument("--report", type=Path, help="write counters as JSON at the end")
    return parser


if __name__ == "__main__":
    sys.exit(main())
