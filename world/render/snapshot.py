"""What the cameras are told about one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from model.contract.observation import Actor, EgoState, Perception


@dataclass(frozen=True)
class Snapshot:
    """The moving part of the scene at scenario time `t_s`, in the map frame."""

    t_s: float
    ego: EgoState
    actors: tuple[Actor, ...] = ()
    #: Traffic light id -> state string as in `Perception.lights`.
    lights: Mapping[str, str] = field(default_factory=dict)
    weather: str = "clear"
    visibility_m: float = 300.0

    @classmethod
    def of(cls, seen: Perception) -> Snapshot:
        return cls(
            seen.t_s, seen.ego, seen.actors, dict(seen.lights), seen.weather, seen.visibility_m
        )
