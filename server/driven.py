"""Opens world and driving loop in this process for `ridealong drive`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from model.contract.observation import CAMERAS
from model.contract.situation import Hello
from model.loop import DrivingLoop
from server.camera_feed import CameraFeed
from server.drive import Driven
from server.driving import open_model
from server.mapdoc import map_document
from world.cameras import CameraRig
from world.embedded import EmbeddedWorld
from world.scenario import Scenario
from world.scenery import scenery


@contextmanager
def open_drive(
    scenario: Scenario, *, seed: int | None, model: str, cameras: tuple[int, int] | None
) -> Iterator[Driven]:
    """A deterministic drive, closed at the end; ValueError says what is wrong with a name.

    With `cameras` (width, height) every tick waits for its pictures, so that a recording holds
    them at exactly 10 Hz.
    """
    driver = open_model(model)
    with ExitStack() as stack:
        world = EmbeddedWorld(scenario, seed)
        stack.callback(world.close)
        objects = scenery(world.road)
        film = None
        if cameras is not None:
            folder = stack.enter_context(TemporaryDirectory(prefix="ridealong-drive-"))
            film = Film(CameraRig(world.road, objects, cameras, Path(folder) / "frames", True))
            stack.callback(film.feed.close)
        loop = DrivingLoop(world, driver, cameras=film.feed if film else None, realtime=False)
        stack.callback(loop.close)
        yield Driven(
            loop=loop,
            hello=_hello(world, scenario, driver.name, film is not None),
            map=map_document(world.road, objects),
            exits=tuple(f"{e.name} {e.towards}".strip() for e in world.road.exits),
            places=tuple(place.name for place in world.road.places),
            tick_ms=lambda: loop.stats.tick_ms,
            pictures=film.pictures if film else lambda: iter(()),
        )


class Film:
    """The cameras of a drive in lockstep, and their pictures tick by tick."""

    def __init__(self, rig: CameraRig) -> None:
        self.feed = CameraFeed(rig)
        self._rig = rig
        self._newest = dict.fromkeys(range(len(rig.cameras)), 0)

    def pictures(self) -> Iterator[tuple[str, float, bytes]]:
        """Camera name, scenario time and JPEG of what is new."""
        for index, name in enumerate(self._rig.cameras):
            picture = self._rig.reader.jpeg(index, self._newest[index])
            if picture is not None:
                self._newest[index] = picture.number
                yield name, picture.t_s, picture.data


def _hello(world: EmbeddedWorld, scenario: Scenario, model: str, cameras: bool) -> Hello:
    return Hello(
        pid=os.getpid(),
        scenario=scenario.name,
        title=scenario.title,
        seed=world.seed,
        model=model,
        map_path="",
        frames_path=None,
        cameras=CAMERAS if cameras else (),
        cues=tuple((cue.t_s, cue.text) for cue in world.cues),
    )
