"""A spatial index over lanes: where a pose is, and how far outside the drivable area."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Lane, LaneKind, RoadMap
from world.geometry import inside_polygon, wrap

F64 = NDArray[np.float64]

CELL_M = 40.0
#: A lane is in a cell when it comes this close to it, so that one cell answers a query.
REACH_M = 12.0
#: Beyond this distance from a lane's edge a vehicle is not on that lane; more than half a lane, so
#: that a car which swings round an obstacle still belongs to its own lane.
LEAVES_M = 4.0
ROADWAY = frozenset(
    {
        LaneKind.DRIVE,
        LaneKind.JUNCTION,
        LaneKind.SHOULDER,
        LaneKind.BUS,
        LaneKind.BIKE,
        LaneKind.PARKING,
    }
)
_TRAVELLED = frozenset({LaneKind.DRIVE, LaneKind.JUNCTION, LaneKind.SHOULDER, LaneKind.PARKING})


@dataclass(frozen=True)
class Spot:
    """A place on a lane: arc length and lateral offset (left positive), m."""

    lane: Lane
    s_m: float
    lateral_m: float


@dataclass(frozen=True)
class _Cell:
    """Lane segments and junction polygons near one square of the grid."""

    start: F64  # [S, 2]
    step: F64  # [S, 2]
    half_width: F64  # [S]
    lanes: tuple[Lane, ...]
    polygons: tuple[F64, ...]


class LaneGrid:
    """Built once per map; all queries look at one cell only."""

    def __init__(self, road: RoadMap) -> None:
        lanes: dict[tuple[int, int], set[str]] = defaultdict(set)
        self._segments: dict[tuple[int, int], list[tuple[F64, F64, float]]] = defaultdict(list)
        polygons: dict[tuple[int, int], list[F64]] = defaultdict(list)
        for lane in road.lanes.values():
            if lane.kind in ROADWAY:
                for a, b in zip(lane.centre[:-1], lane.centre[1:], strict=True):
                    for cell in _cells(np.stack([a, b])):
                        self._segments[cell].append((a, b - a, lane.width_m / 2))
                        lanes[cell].add(lane.id)
        for polygon in road.junctions.values():
            for cell in _cells(polygon):
                polygons[cell].append(polygon)
        self._cells: dict[tuple[int, int], _Cell] = {}
        for key in self._segments.keys() | polygons.keys():
            segments = self._segments.get(key, [])
            self._cells[key] = _Cell(
                start=np.array([s[0] for s in segments]).reshape(-1, 2),
                step=np.array([s[1] for s in segments]).reshape(-1, 2),
                half_width=np.array([s[2] for s in segments]),
                lanes=tuple(road.lanes[id] for id in sorted(lanes.get(key, ()))),
                polygons=tuple(polygons.get(key, ())),
            )
        del self._segments

    def _at(self, x: float, y: float) -> _Cell | None:
        return self._cells.get((int(x // CELL_M), int(y // CELL_M)))

    def locate(
        self, x: float, y: float, heading: float, prefer: Collection[str] = ()
    ) -> Spot | None:
        """The lane that a vehicle at this pose drives on; None off the road.

        Lanes that run the vehicle's way win over others; `prefer` decides inside a junction, where
        lanes overlap: name the lanes of the vehicle's route there.
        """
        cell = self._at(x, y)
        best: tuple[float, Spot] | None = None
        for lane in cell.lanes if cell else ():
            if lane.kind not in _TRAVELLED:
                continue
            s, lateral = lane.project(x, y)
            outside = abs(lateral) - lane.width_m / 2
            if outside > LEAVES_M:
                continue
            turned = abs(wrap(heading - lane.pose(s)[2]))
            cost = max(outside, 0.0) + abs(lateral) * 0.2 + turned * 2.0
            within = 0.0 < s < lane.length_m  # not merely before or beyond it
            cost -= 1.0 if within and lane.kind is LaneKind.JUNCTION and lane.id in prefer else 0.0
            if best is None or cost < best[0]:
                best = cost, Spot(lane, s, lateral)
        return best[1] if best else None

    def outside_m(self, points: F64) -> float:
        """How far the worst of the [N, 2] points lies outside the roadway, shoulder included, m.

        0 when all are on it; at most `REACH_M`, also where no road is near.
        """
        worst = 0.0
        for point in points:
            cell = self._at(float(point[0]), float(point[1]))
            if cell is None:
                return REACH_M
            if any(inside_polygon(point[None], polygon)[0] for polygon in cell.polygons):
                continue
            if not len(cell.start):
                return REACH_M
            length2 = np.maximum((cell.step**2).sum(axis=1), 1e-12)
            t = np.clip(((point - cell.start) * cell.step).sum(axis=1) / length2, 0.0, 1.0)
            gap = np.hypot(*(point - cell.start - t[:, None] * cell.step).T)
            worst = max(worst, float((gap - cell.half_width).min()))
        return min(worst, REACH_M)


def _cells(points: F64) -> list[tuple[int, int]]:
    """Grid cells within reach of the bounding box of some points, a long segment cut in pieces."""
    found: set[tuple[int, int]] = set()
    if len(points) == 2:
        span = float(np.hypot(*(points[1] - points[0])))
        count = max(2, int(span / CELL_M) + 2)
        points = points[0] + np.linspace(0, 1, count)[:, None] * (points[1] - points[0])
        for a, b in itertools.pairwise(points):
            found |= _box_cells(np.minimum(a, b), np.maximum(a, b))
    else:
        found = _box_cells(points.min(axis=0), points.max(axis=0))
    return sorted(found)


def _box_cells(low: F64, high: F64) -> set[tuple[int, int]]:
    first = np.floor((low - REACH_M) / CELL_M).astype(int)
    last = np.floor((high + REACH_M) / CELL_M).astype(int)
    return {
        (i, j)
        for i in range(int(first[0]), int(last[0]) + 1)
        for j in range(int(first[1]), int(last[1]) + 1)
    }
