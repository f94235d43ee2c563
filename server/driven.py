"""Opens world and driving loop in this process for `ridealong drive`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from model.contract.observation import CAMERAS
from model.contract.situation import Hello
from model.loop import DrivingLoop
from server.driving import open_model
from server.drive import Driven
from server.mapdoc import map_document
from world.scenario import Scenario, load_scenario
from world.scenery import scenery

if TYPE_CHECKING:
    from world.cameras import CameraRig
    from world.frames import FrameReader


@contextmanager
def open_drive(
    scenario_name: str, *, seed: int | None, model: str, cameras: tuple[int, int] | None
) -> Iterator[tuple[Driven, Scenario]]:
    """A deterministic drive, closed at the end; ValueError says what is wrong with a name.

    With `cameras` (width, height) every tick waits for its pictures, so that a recording holds
    them at exactly 10 Hz.
    """
    from world.embedded import EmbeddedWorld

    scenario = load_scenario(scenario_name)
    driver = open_model(model)
    with TemporaryDirectory(prefix="ridealong-drive-") as folder:
        world = EmbeddedWorld(scenario, seed)
        objects = scenery(world.road)
        rig = _rig(world.road, objects, cameras, Path(folder))
        loop = DrivingLoop(world, driver, cameras=rig, realtime=False)
        try:
            yield (
                Driven(
                    scenario=scenario.name,
                    model=driver.name,
                    loop=loop,
                    exits=tuple(f"{e.name} {e.towards}".strip() for e in world.road.exits),
                    places=tuple(place.name for place in world.road.places),
                    hello=Hello(
                        pid=os.getpid(),
                        scenario=scenario.name,
                        title=scenario.title,
                        seed=world.seed,
                        model=driver.name,
                        map_path="",
                        frames_path=None,
                        cameras=CAMERAS if rig is not None else (),
                        cues=tuple((cue.t_s, cue.text) for cue in world.cues),
                    ),
                    map=map_document(world.road, objects),
                    tick_ms=lambda: loop.stats.tick_ms,
                    pictures=_Pictures(Path(folder)) if rig is not None else _no_pictures,
                ),
                scenario,
            )
        finally:
            loop.close()
            if rig is not None:
                rig.close()
            world.close()
