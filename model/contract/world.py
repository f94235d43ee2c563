"""The world (or vehicle) as the driving loop sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model.contract.observation import Observation, VehicleShape
from model.contract.plan import Plan
from model.contract.road import RoadMap

#: The loop's tick and the world's own finer step, s.
TICK_S = 0.1
WORLD_STEP_S = 0.05


@dataclass(frozen=True)
class WorldEvent:
    """Something that happened in the world during a tick, as the world itself knows it."""

    kind: str  # collision, offroad, red_light, arrived, spawned, removed, scenario
    t_s: float
    object_id: str | None = None
    detail: str = ""


@dataclass(frozen=True)
class Cue:
    """A line that a scenario's demo says at a moment: `say` moves the car, `ask` does not."""

    t_s: float
    text: str


class World(Protocol):
    """Ten ticks a second of scenario time, whatever the wall clock does."""

    name: str  # scenario name
    seed: int
    road: RoadMap
    shape: VehicleShape
    cues: Sequence[Cue]

    @property
    def t_s(self) -> float:
        """Scenario time, s."""
        ...

    def observe(self) -> Observation:
        """The present moment; cheap to call twice."""
        ...

    def step(self, plan: Plan, age_s: float) -> tuple[WorldEvent, ...]:
        """Moves everything by `TICK_S`; the ego follows `plan`, which was made `age_s` ago."""
        ...

    def set_route(self, edges: Sequence[str], destination_s_m: float | None) -> None:
        """New route from the ego's present edge; raises `ValueError` when not connected."""
        ...

    def close(self) -> None: ...


class Cameras(Protocol):
    """Cameras beside the driving loop; looking never blocks a real-time drive."""

    @property
    def frames_path(self) -> Path | None:
        """The frame buffer that others may read; None where pictures stay in the process."""
        ...

    @property
    def error(self) -> str:
        """Why there are no pictures, in one line; empty while all is well."""
        ...

    def look(self, observation: Observation) -> Observation:
        """Sends this moment to the cameras and gives it back with the newest pictures, and with
        `visible_in` of the actors as the newest look at the scene showed it."""
        ...

    def close(self) -> None: ...
