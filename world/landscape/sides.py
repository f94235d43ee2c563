"""The outer edges of roads as polylines along which scenery is lined up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Lane, LaneKind, RoadClass, RoadMap

F64 = NDArray[np.float64]

TOWN = frozenset({RoadClass.URBAN, RoadClass.RESIDENTIAL})
COUNTRY = frozenset({RoadClass.MOTORWAY, RoadClass.RAMP, RoadClass.RURAL})


def offset(points: F64, by_m: float) -> F64:
    """The polyline shifted to the left of its direction (negative: to the right), [N, 2] m."""
    steps = np.diff(points, axis=0)
    steps /= np.maximum(np.hypot(steps[:, 0], steps[:, 1]), 1e-9)[:, None]
    tangents = np.vstack([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    length = np.maximum(np.hypot(tangents[:, 0], tangents[:, 1]), 1e-9)
    tangents /= length[:, None]
    normals = np.stack([-tangents[:, 1], tangents[:, 0]], axis=1)
    # At a bend the mitre is longer by 1 / cos(half angle); sharp ones are cut.
    stretch = np.ones(len(points))
    stretch[1:-1] = np.minimum(2.0 / np.maximum(length[1:-1], 0.8), 1.6)
    return points + normals * (by_m * stretch)[:, None]


@dataclass(frozen=True)
class Side:
    """One outer edge of a road. `out` is +1 when outwards is left of `line`'s direction."""

    edge: str
    road: RoadClass
    line: F64  # [N, 2] m in driving direction
    out: int
    #: Is the outermost lane a sidewalk, or a shoulder?
    kind: LaneKind

    @cached_property
    def s(self) -> F64:
        return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(self.line, axis=0).T))))

    @property
    def length_m(self) -> float:
        return float(self.s[-1])

    def at(self, s_m: float, out_m: float = 0.0) -> tuple[float, float, float]:
        """Point `out_m` outwards of the side at arc length `s_m`, and the driving direction."""
        i = int(np.clip(np.searchsorted(self.s, s_m, side="right") - 1, 0, len(self.s) - 2))
        a, b = self.line[i], self.line[i + 1]
        span = max(float(self.s[i + 1] - self.s[i]), 1e-9)
        unit = (b - a) / span
        x, y = a + unit * (s_m - float(self.s[i]))
        normal = np.array([-unit[1], unit[0]]) * (out_m * self.out)
        return float(x + normal[0]), float(y + normal[1]), float(np.arctan2(unit[1], unit[0]))

    def points(self, start_m: float, end_m: float, out_m: float, step_m: float) -> F64:
        """[N, 2] points of the shifted side between two arc lengths."""
        line = offset(self.line, out_m * self.out)
        s = np.linspace(start_m, end_m, max(2, round((end_m - start_m) / step_m) + 1))
        return np.stack([np.interp(s, self.s, line[:, i]) for i in (0, 1)], axis=1)

    def inwards(self, direction: float) -> float:
        """Heading that looks from beside the road on to it, rad, for a driving direction."""
        return direction - self.out * np.pi / 2


def sides(road: RoadMap) -> Iterator[Side]:
    """Outer edges of all roads: the right one, and the left one of roads that are one-way."""
    for edge, lanes in outer_lanes(road):
        right, left = lanes[0], lanes[-1]
        yield Side(edge, right.road, offset(right.centre, -right.width_m / 2), -1, right.kind)
        if left.one_way:
            yield Side(edge, left.road, offset(left.centre, left.width_m / 2), 1, left.kind)


def outer_lanes(road: RoadMap) -> Iterator[tuple[str, tuple[Lane, ...]]]:
    """Edges that are roads (not inside a junction) with their lanes from right to left."""
    for edge in sorted(road.edges):
        lanes = tuple(road.lanes[key] for key in road.edges[edge])
        if any(lane.kind is LaneKind.DRIVE for lane in lanes) and lanes[0].junction is None:
            yield edge, lanes
