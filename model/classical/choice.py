"""What the rules chose sideways in one tick, and what they wait for."""

from __future__ import annotations

from dataclasses import dataclass, field

from model.classical.constraints import SpeedBound, StopPoint
from model.classical.obstacles import Passing
from model.classical.path import Option
from model.classical.route import Corridor
from model.contract.observation import Actor
from model.contract.road import Lane


@dataclass
class Choice:
    """Options in order of preference, with what bounds each and what is being waited for."""

    lane: Lane
    lane_s_m: float
    corridor: Corridor
    s_m: float
    lateral_m: float
    options: list[Option] = field(default_factory=list)
    bounds: list[SpeedBound] = field(default_factory=list)
    stops: list[StopPoint] = field(default_factory=list)
    waiting_for: str = ""
    passing: Passing | None = None
    siren: Actor | None = None
