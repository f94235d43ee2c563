"""The static road: lanes, their links and junctions, as plain data with a few geometric queries.

Map frame: x east, y north, metres; headings in radians, counter-clockwise from +x. The world
builds a `RoadMap` from its own source (a SUMO net); planner, guard and web cabin only read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


class LaneKind(StrEnum):
    DRIVE = "drive"
    SHOULDER = "shoulder"
    BUS = "bus"
    BIKE = "bike"
    PARKING = "parking"
    SIDEWALK = "sidewalk"
    CROSSING = "crossing"
    #: Inside a junction, between two DRIVE lanes.
    JUNCTION = "junction"
    OTHER = "other"


class RoadClass(StrEnum):
    MOTORWAY = "motorway"
    RAMP = "ramp"
    RURAL = "rural"
    URBAN = "urban"
    RESIDENTIAL = "residential"
    OTHER = "other"


class Turn(StrEnum):
    STRAIGHT = "straight"
    LEFT = "left"
    RIGHT = "right"
    U_TURN = "u_turn"


class Control(StrEnum):
    """Who decides at a link into or inside a junction."""

    FREE = "free"  # uncontrolled or priority: no need to give way
    YIELD = "yield"
    STOP = "stop"
    ALL_WAY_STOP = "all_way_stop"
    LIGHT = "light"
    ZIPPER = "zipper"


@dataclass(frozen=True)
class LaneLink:
    """A legal way on from the end of one lane, through the junction, into another."""

    from_lane: str
    to_lane: str
    #: Junction lanes passed on the way, in order; empty where lanes touch directly.
    via: tuple[str, ...]
    turn: Turn
    control: Control
    #: Traffic light id and index into its state string; None and -1 without a light.
    light: str | None = None
    light_index: int = -1
    #: First `via` lanes of the links that this one must give way to.
    yields_to: tuple[str, ...] = ()
    #: First `via` lanes of all links whose path crosses or joins this one.
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One lane. `index` counts from the right as SUMO does; 0 is the rightmost."""

    id: str
    edge: str
    index: int
    kind: LaneKind
    road: RoadClass
    centre: F64 = field(repr=False)  # [N, 2] m, in driving direction
    width_m: float = 3.2
    limit_mps: float = 13.9
    #: Neighbours on the same edge and in the same direction, whatever their kind.
    left: str | None = None
    right: str | None = None
    #: May the line to that neighbour be crossed (dashed)?
    left_dashed: bool = False
    right_dashed: bool = False
    #: The last metres before the lane's end on which its lines are solid, whatever they are before.
    solid_last_m: float = 0.0
    links: tuple[LaneLink, ...] = ()
    junction: str | None = None  # for lanes inside a junction, and for crossings
    one_way: bool = True  # False where the next lane to the left carries oncoming traffic

    @cached_property
    def s(self) -> F64:
        """Arc length at each centre point, [N] m."""
        steps = np.hypot(*np.diff(self.centre, axis=0).T)
        return np.concatenate(([0.0], np.cumsum(steps)))

    @property
    def length_m(self) -> float:
        return float(self.s[-1])

    def pose(self, s_m: float) -> tuple[float, float, float]:
        """Point and heading on the centre line at arc length `s_m` (clamped to the lane)."""
        s = min(max(s_m, 0.0), self.length_m)
        i = int(np.clip(np.searchsorted(self.s, s, side="right") - 1, 0, len(self.s) - 2))
        a, b = self.centre[i], self.centre[i + 1]
        span = max(float(self.s[i + 1] - self.s[i]), 1e-9)
        point = a + (b - a) * ((s - float(self.s[i])) / span)
        return float(point[0]), float(point[1]), float(np.arctan2(b[1] - a[1], b[0] - a[0]))

    def project(self, x: float, y: float) -> tuple[float, float]:
        """Arc length and signed lateral offset (left positive) of the nearest centre point, m."""
        a, d = self.centre[:-1], np.diff(self.centre, axis=0)
        rel = np.array([x, y]) - a
        length2 = np.maximum((d * d).sum(axis=1), 1e-12)
        t = np.clip((rel * d).sum(axis=1) / length2, 0.0, 1.0)
        gap = rel - t[:, None] * d
        i = int(np.argmin((gap * gap).sum(axis=1)))
        side = d[i, 0] * rel[i, 1] - d[i, 1] * rel[i, 0]
        lateral = float(np.hypot(gap[i, 0], gap[i, 1])) * (1.0 if side >= 0 else -1.0)
        return float(self.s[i] + t[i] * np.sqrt(length2[i])), lateral


@dataclass(frozen=True)
class Crossing:
    """A pedestrian crossing: its lane, the junction, and the driving lanes it runs across."""

    id: str
    junction: str
    shape: F64 = field(repr=False)  # [M, 2] m centre line, kerb to kerb
    width_m: float
    #: Lane id -> arc length on that lane where the crossing area begins, m.
    crosses: Mapping[str, float]
    priority: bool  # a zebra (walkers first); False where a light decides
    light: str | None = None
    light_index: int = -1


@dataclass(frozen=True)
class Exit:
    """A motorway exit: the edge that leaves, where it leaves, and what its sign says."""

    edge: str
    from_edge: str
    name: str  # "Exit 2"
    towards: str = ""  # "Harbour, Old Town"


@dataclass(frozen=True)
class Place:
    """A named place that can be navigated to."""

    name: str
    edge: str
    s_m: float
    kind: str = "place"  # place, petrol, parking, rest_area, hospital …


@dataclass(frozen=True)
class RoadMap:
    """Everything static that driving needs, loaded once per scenario."""

    name: str
    lanes: Mapping[str, Lane] = field(repr=False)
    #: Edge id -> its lane ids from right (0) to left.
    edges: Mapping[str, tuple[str, ...]] = field(repr=False)
    #: Edge id -> edges that a car may continue on.
    following: Mapping[str, tuple[str, ...]] = field(repr=False)
    crossings: Mapping[str, Crossing] = field(repr=False, default_factory=dict)
    exits: tuple[Exit, ...] = ()
    places: tuple[Place, ...] = ()
    #: Edge id -> street name, and junction id -> polygon [K, 2] m.
    street_names: Mapping[str, str] = field(repr=False, default_factory=dict)
    junctions: Mapping[str, F64] = field(repr=False, default_factory=dict)
    #: Edge id -> bridge, tunnel, work_zone, school_zone …
    zones: Mapping[str, str] = field(repr=False, default_factory=dict)

    def drivable(self, edge: str) -> tuple[Lane, ...]:
        """Lanes of an edge open to cars, right to left."""
        lanes = (self.lanes[i] for i in self.edges[edge])
        return tuple(lane for lane in lanes if lane.kind in (LaneKind.DRIVE, LaneKind.JUNCTION))
