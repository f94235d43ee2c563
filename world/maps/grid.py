"""A town as a grid of named streets: junction rules, crossings and street profiles."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from world.maps.plain import Plain, Point

Cell = tuple[int, int]


@dataclass(frozen=True)
class Profile:
    """What one direction of a street looks like: lanes from right to left, limit, rank."""

    road: str
    lanes: tuple[str, ...]
    limit_kph: float
    priority: int


MAIN = Profile("urban", ("sidewalk", "parking", "drive", "drive"), 50, 9)
MAJOR = Profile("urban", ("sidewalk", "drive"), 50, 7)
MINOR = Profile("urban", ("sidewalk", "drive"), 50, 5)
PARKED = Profile("urban", ("sidewalk", "parking", "drive"), 50, 5)
CYCLED = Profile("urban", ("sidewalk", "bike", "drive"), 50, 5)
QUIET = Profile("residential", ("sidewalk", "parking", "drive"), 30, 3)


@dataclass(frozen=True)
class Street:
    """A street along a row or column; `slug` begins its edge ids, one profile a segment."""

    slug: str
    name: str
    profiles: tuple[Profile, ...]


@dataclass
class Grid:
    """Rows run west to east, columns south to north; cell (column, row) counts from south-west."""

    prefix: str
    origin: Point
    spacing: Point
    rows: Sequence[Street]
    columns: Sequence[Street]
    kinds: Mapping[Cell, str] = field(default_factory=dict)
    #: Cells whose arms (of "nesw") carry a zebra; cells with lights get crossings on every arm.
    zebras: Mapping[Cell, str] = field(default_factory=dict)
    #: Street slugs and segments (from 1) with a zebra half-way.
    midway: frozenset[tuple[str, int]] = frozenset()
    _arms: dict[Cell, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def node(self, cell: Cell) -> str:
        return f"{self.prefix}{cell[0]}{cell[1]}"

    def at(self, cell: Cell) -> Point:
        return (
            self.origin[0] + cell[0] * self.spacing[0],
            self.origin[1] + cell[1] * self.spacing[1],
        )

    def add_to(self, plain: Plain) -> None:
        """Adds nodes, streets and crossings."""
        for i in range(len(self.columns)):
            for j in range(len(self.rows)):
                plain.node(self.node((i, j)), self.at((i, j)), self.kinds.get((i, j), "priority"))
        for j, street in enumerate(self.rows):
            for i, profile in enumerate(street.profiles):
                self._segment(plain, street, profile, i + 1, ((i, j), (i + 1, j)), "ew")
        for i, street in enumerate(self.columns):
            for j, profile in enumerate(street.profiles):
                self._segment(plain, street, profile, j + 1, ((i, j), (i, j + 1)), "ns")
        for cell, arms in self._arms.items():
            lights = self.kinds.get(cell) == "traffic_light"
            for arm, edges in arms.items():
                if lights or arm in self.zebras.get(cell, ""):
                    plain.crossing(self.node(cell), edges, zebra=not lights)

    def _segment(
        self,
        plain: Plain,
        street: Street,
        profile: Profile,
        number: int,
        cells: tuple[Cell, Cell],
        ways: str,
    ) -> None:
        a, b = cells
        stops = [self.node(a), self.node(b)]
        if (street.slug, number) in self.midway:
            middle = f"{street.slug}_{number}_zebra"
            (xa, ya), (xb, yb) = self.at(a), self.at(b)
            plain.node(middle, ((xa + xb) / 2, (ya + yb) / 2))
            stops.insert(1, middle)
        made = []
        for way, route in ((ways[0], stops), (ways[1], stops[::-1])):
            ids = []
            for k, ends in enumerate(itertools.pairwise(route)):
                id = f"{street.slug}_{number}{way}{'' if k == 0 else '2'}"
                plain.edge(
                    id,
                    ends,
                    profile.road,
                    profile.lanes,
                    name=street.name,
                    limit_kph=profile.limit_kph,
                    priority=profile.priority,
                )
                ids.append(id)
            made.append(ids)
        there, back = made
        if len(stops) == 3:
            plain.crossing(stops[1], (there[0], back[1]))
        # An arm is named by where it leads; its edges are the one going out and the one coming in.
        self._arms.setdefault(a, {})[ways[0]] = (there[0], back[-1])
        self._arms.setdefault(b, {})[ways[1]] = (back[0], there[-1])
