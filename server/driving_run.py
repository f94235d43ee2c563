"""One drive after another in the driving process: opens, ticks, publishes, switches scenario."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from model.contract.observation import CAMERAS
from model.contract.plan import DrivingModel
from model.contract.situation import DriveControl, Hello, Notice, ToDriving
from model.contract.world import TICK_S, Cameras, World
from model.link_server import LinkServer
from model.loop import DEADLINE_MS, DrivingLoop
from model.loop_stats import MAX_TIMES, LoopStats
from model.pacing import Slot, next_slot
from server.process_care import IdleCollector

#: While paused, clients hear that we live and controls are looked at this often, s.
PAUSED_S = 0.05


@dataclass(frozen=True)
class Opened:
    """A world ready to drive in, and what people are told about it."""

    world: World
    title: str
    cameras: Cameras | None
    map_document: dict[str, object]

    def close(self) -> None:
        if self.cameras is not None:
            self.cameras.close()
        self.world.close()


#: Checks a scenario by name (None: the present one) and gives back what opens it; `ValueError`
#: with one line that says how to mend it. Checking must not disturb a world that is running.
Prepare = Callable[[str | None, int | None], Callable[[], Opened]]


class DrivingRun:
    """The driving process's main loop, on the wall clock."""

    def __init__(
        self,
        prepare: Prepare,
        make_model: Callable[[], DrivingModel],
        run_dir: Path,
        scenario: str,
        seed: int | None,
        collector: IdleCollector | None = None,
        deadline_ms: float = DEADLINE_MS,
    ) -> None:
        self._prepare, self._make_model, self._run_dir = prepare, make_model, run_dir
        self._collector = collector
        self._deadline_ms = deadline_ms
        self._scenario, self._seed = scenario, seed
        self._drives = 0
        self._waiting: list[ToDriving] = []
        self._stop = False
        self._switched = False
        self._camera_trouble = ""
        self.stats = LoopStats()
        #: Delay between each tick's slot and its begin, ms.
        self.jitter_ms: deque[float] = deque(maxlen=MAX_TIMES)
        self._open(prepare(scenario, seed)())
        self._link = LinkServer(run_dir / "driving.sock", self._hello_line)

    @property
    def dropped(self) -> int:
        """Situations that clients never got because they did not read."""
        return self._link.dropped

    def stop(self) -> None:
        """Ends `run` after the present tick; safe in a signal handler."""
        self._stop = True

    def close(self) -> None:
        """Ends the drive and the link."""
        self._link.close()
        self._loop.close()
        self._opened.close()

    def run(self, seconds: float | None = None) -> None:
        """Ticks ten times a second until `stop`, or for so many scenario seconds."""
        if self._collector is not None:
            self._collector.begin()
        slot = Slot(monotonic())
        cycle_ms = 0.0
        while not self._stop and (seconds is None or self._loop.t_s < seconds):
            late_s = monotonic() - slot.at_s
            if late_s < 0:
                sleep(-late_s)
                late_s = monotonic() - slot.at_s
            begun_s = monotonic()
            messages = self._controlled(self._link.take())
            if self._loop.paused:
                self._waiting += messages
                self._tell()
                sleep(PAUSED_S)
                slot = Slot(monotonic())
                continue
            if self._switched:
                slot, self._switched = Slot(monotonic()), False
                late_s = 0.0
            self._tick(messages, {"late": late_s * 1e3, "cycle": cycle_ms})
            self.jitter_ms.append(late_s * 1e3)
            cycle_ms = (monotonic() - begun_s) * 1e3
            slot = self._after(slot)

    # -- one tick ------------------------------------------------------------------------------

    def _tick(self, messages: Sequence[ToDriving], timing: dict[str, float]) -> None:
        waiting, self._waiting = self._waiting, []
        situation = self._loop.tick([*waiting, *messages], timing)
        self._link.publish(situation.model_dump_json().encode())
        self._tell()

    def _after(self, slot: Slot) -> Slot:
        now_s = monotonic()
        following = next_slot(slot, now_s, TICK_S)
        if now_s > slot.at_s + TICK_S:
            self._loop.overran(following.skipped)
        elif self._collector is not None:
            self._collector.idle(following.at_s - now_s)
        return following

    def _tell(self) -> None:
        for notice in self._loop.take_notices():
            self._link.notify(notice)
        cameras = self._opened.cameras
        trouble = cameras.error if cameras is not None else ""
        if trouble and trouble != self._camera_trouble:
            self._link.notify(Notice(level="warning", code="cameras", message=trouble[:500]))
        self._camera_trouble = trouble

    # -- controls ------------------------------------------------------------------------------

    def _controlled(self, messages: list[ToDriving]) -> list[ToDriving]:
        """Takes out what is about the drive as a whole, and does it."""
        rest: list[ToDriving] = []
        for message in messages:
            if not isinstance(message, DriveControl):
                rest.append(message)
            elif message.action in ("pause", "resume"):
                self._pause(message.action == "pause")
            else:
                rest.clear()  # words for the drive that ends here
                self._switch(message)
        return rest

    def _pause(self, paused: bool) -> None:
        if self._loop.paused == paused:
            return
        self._loop.paused = paused
        self._link.announce()
        text = "The drive is paused." if paused else "The drive goes on."
        self._link.notify(Notice(level="info", code="drive", message=text))

    def _switch(self, control: DriveControl) -> None:
        """Starts another scenario, or the same one again; an unusable one changes nothing."""
        again = control.action == "restart"
        name = self._scenario if again or control.scenario is None else control.scenario
        seed = control.seed if control.seed is not None else (self._seed if again else None)
        try:
            opener = self._prepare(name, seed)
        except ValueError as error:
            self._complain(str(error))
            return
        self._waiting = []
        self._loop.close()
        self._opened.close()
        try:
            self._open(opener())
            self._scenario, self._seed = name, seed
        except ValueError as error:
            self._open(self._prepare(self._scenario, self._seed)())
            self._complain(f"{error}; the drive before was started again")
        self._link.announce()

    def _complain(self, message: str) -> None:
        self._link.notify(Notice(level="error", code="scenario", message=message[:500]))

    # -- opening -------------------------------------------------------------------------------

    def _open(self, opened: Opened) -> None:
        self._opened = opened
        self._drives += 1
        self._map_path = self._run_dir / f"map-{self._drives}.json"
        _write_atomically(self._map_path, json.dumps(opened.map_document, separators=(",", ":")))
        old = self._run_dir / f"map-{self._drives - 2}.json"
        with suppress(OSError):  # the one before may still be read by somebody
            old.unlink(missing_ok=True)
        model = self._make_model()
        self._model_name = model.name
        self._loop = DrivingLoop(
            opened.world,
            model,
            cameras=opened.cameras,
            realtime=True,
            deadline_ms=self._deadline_ms,
        )
        self._loop.warm_up()
        self.stats = self._loop.stats
        self._switched = True

    def _hello_line(self) -> bytes:
        world, cameras = self._opened.world, self._opened.cameras
        path = cameras.frames_path if cameras is not None else None
        hello = Hello(
            pid=os.getpid(),
            scenario=world.name,
            title=self._opened.title,
            seed=world.seed,
            model=self._model_name,
            map_path=str(self._map_path),
            frames_path=None if path is None else str(path),
            cameras=() if path is None else CAMERAS,
            cues=tuple((cue.t_s, cue.text) for cue in world.cues),
            paused=self._loop.paused,
        )
        return hello.model_dump_json().encode()


def _write_atomically(path: Path, text: str) -> None:
    scratch = path.with_suffix(".part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
