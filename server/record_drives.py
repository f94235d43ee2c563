"""Records every drive of a car into a folder: a new file whenever another drive begins."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from model.contract.situation import Hello, Situation
from server import protocol as p
from server.car import Car
from server.recording import Recorder


class DriveRecorder:
    """Follows a car; a recording that fails is told of once and the drive goes on."""

    def __init__(self, car: Car, folder: Path) -> None:
        self._car, self._folder = car, folder
        self._recorder: Recorder | None = None
        self._hello: Hello | None = None
        self._map: Mapping[str, Any] | None = None
        self._t_s = -1.0
        car.listen(self.take)
        car.audience.tap(self.event)
        car.pictures.tap(self.picture)

    def take(self, message: object) -> None:
        """A message of the drive, or its map document."""
        if isinstance(message, Mapping):  # comes with each hello that the car has taken in
            self._map, self._hello = message, self._car.drive
            self._begin()
        elif isinstance(message, Situation):
            if message.t_s < self._t_s - 0.05:  # the same scenario from its beginning
                self._begin()
            self._t_s = message.t_s
            self._put(message)

    def event(self, event: p.ToBrowser) -> None:
        self._put(event)

    def picture(self, camera: str, t_s: float, jpeg: bytes) -> None:
        if self._recorder is not None:
            self._recorder.picture(camera, t_s, jpeg)

    async def close(self) -> None:
        """Finishes the file."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            await asyncio.to_thread(recorder.close)

    def _put(self, content: BaseModel) -> None:
        if self._recorder is not None:
            self._recorder.model(content)

    def _begin(self) -> None:
        old, self._recorder = self._recorder, None
        if old is not None:
            self._in_background(old)
        self._t_s = -1.0
        if self._hello is None or self._map is None:
            return
        loop = asyncio.get_running_loop()
        path = _free_path(self._folder, self._hello.scenario)

        def tell(line: str) -> None:  # from the writer's thread
            loop.call_soon_threadsafe(self._trouble, line)

        try:
            recorder = Recorder(path, tell)
        except OSError as problem:
            reason = (problem.strerror or str(problem)).lower()
            self._trouble(f"this drive cannot be recorded into {self._folder} ({reason})")
            return
        recorder.model(self._hello)
        recorder.map(self._map)
        self._recorder = recorder

    def _in_background(self, recorder: Recorder) -> None:
        task = asyncio.get_running_loop().run_in_executor(None, recorder.close)
        task.add_done_callback(lambda done: done.exception())

    def _trouble(self, line: str) -> None:
        self._recorder = None
        self._car.audience.publish(p.Alert(level="warning", title="Not recording", detail=line))


def record_drives(car: Car, folder: Path) -> DriveRecorder:
    """Begins to record a car; the recorder is closed with it."""
    recorder = DriveRecorder(car, folder)
    car.on_close(recorder.close)
    return recorder


def _free_path(folder: Path, scenario: str) -> Path:
    stem = re.sub(r"[^\w-]+", "-", Path(scenario).stem)[:60]
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for number in itertools.count():
        suffix = f"-{number}" if number else ""
        path = folder / f"{stem}-{stamp}{suffix}.mcap"
        if not path.exists():
            return path
    raise AssertionError("unreachable")
