"""The embedded world's camera process as the driving loop's `Cameras`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from model.contract.observation import Observation, Perception
from world.cameras import CameraRig
from world.render.snapshot import Snapshot


class CameraFeed:
    """Submits every moment and gives back what was seen, and the pictures where a model looks.

    A lockstep rig is waited for, so that the same drive shows the same pictures; with any other
    nothing here waits.
    """

    def __init__(self, rig: CameraRig, *, images: bool = False) -> None:
        self._rig, self._images = rig, images

    @property
    def frames_path(self) -> Path:
        return self._rig.frames_path

    @property
    def error(self) -> str:
        """Why there are no pictures, in one line; empty while all is well."""
        return self._rig.error

    def look(self, observation: Observation) -> Observation:
        seen = observation.perception
        if seen is None:
            return observation
        self._rig.submit(Snapshot.of(seen))
        if self._rig.lockstep:
            self._rig.wait(seen.t_s)
        visible = self._rig.visible(seen.t_s)
        if visible is not None:
            observation = replace(observation, perception=_with_sight(seen, visible))
        if self._images:
            t_s = seen.t_s if self._rig.lockstep else None
            observation = replace(observation, cameras=self._rig.history(t_s))
        return observation

    def close(self) -> None:
        self._rig.close()


def _with_sight(seen: Perception, visible: Mapping[str, tuple[str, ...]]) -> Perception:
    """Every actor with the cameras that show it; none means that they all looked past it."""
    actors = tuple(replace(a, visible_in=visible.get(a.id, ())) for a in seen.actors)
    return replace(seen, actors=actors)
