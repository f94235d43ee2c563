"""The embedded world's camera process as the driving loop's `Cameras`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from model.contract.observation import Actor, Observation, Perception
from world.frames import FrameReader, camera_history
from world.render.snapshot import Snapshot


class Rig(Protocol):
    """What is needed of `world.cameras.CameraRig`."""

    def submit(self, snapshot: Snapshot) -> None: ...
    def wait(self, t_s: float) -> object: ...
    def visible(self, t_s: float) -> Mapping[str, Mapping[str, int]] | None: ...
    def close(self) -> None: ...


class CameraFeed:
    """Submits every moment and gives back the newest pictures.

    In lockstep it waits for the pictures of this very moment, so that the same drive shows the
    same pictures; otherwise nothing here waits. With `images` False observations stay without
    pictures (no model looks at them) and only what is visible is taken over.
    """

    def __init__(
        self, rig: Rig, frames_path: Path, *, lockstep: bool = False, images: bool = False
    ) -> None:
        self._rig, self._path = rig, frames_path
        self._lockstep, self._images = lockstep, images
        self._reader: FrameReader | None = None

    @property
    def frames_path(self) -> Path:
        return self._path

    def look(self, observation: Observation) -> Observation:
        seen = observation.perception
        if seen is None:
            return observation
        self._rig.submit(Snapshot.of(seen))
        if self._lockstep:
            self._rig.wait(seen.t_s)
        ids = self._rig.visible(seen.t_s)
        if ids is not None:
            observation = replace(observation, perception=_with_sight(seen, ids))
        if self._images and self._path.exists():
            self._reader = self._reader or FrameReader(self._path)
            t_s = seen.t_s if self._lockstep else None
            observation = replace(observation, cameras=camera_history(self._reader, t_s=t_s))
        return observation

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._rig.close()


def _with_sight(seen: Perception, ids: Mapping[str, Mapping[str, int]]) -> Perception:
    """Every actor with the cameras that show it."""

    def shown(actor: Actor) -> Actor:
        cameras = tuple(name for name, visible in ids.items() if actor.id in visible)
        return replace(actor, visible_in=cameras)

    return replace(seen, actors=tuple(shown(actor) for actor in seen.actors))
