"""A spatial index over lanes: where a pose is, and how far outside the drivable area."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Lane, LaneKind, RoadMap
from world.geometry import inside_polygon

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

    segments: NDArray[np.int64]  # indices into the grid's segment arrays
    polygons: tuple[F64, ...]


class LaneGrid:
    """Built once per map; all queries look at one cell only."""

    def __init__(self, road: RoadMap) -> None:
        self._lanes = [lane for lane in road.lanes.values() if lane.kind in ROADWAY]
        self._number = {lane.id: n for n, lane in enumerate(self._lanes)}
        counts = [len(lane.centre) - 1 for lane in self._lanes]
        self._lane = np.repeat(np.arange(len(self._lanes)), counts)
        self._start = np.concatenate([lane.centre[:-1] for lane in self._lanes])
        self._step = np.concatenate([np.diff(lane.centre, axis=0) for lane in self._lanes])
        self._s = np.concatenate([lane.s[:-1] for lane in self._lanes])
        self._length = np.hypot(*self._step.T)
        self._heading = np.arctan2(self._step[:, 1], self._step[:, 0])
        self._half_width = np.array([lane.width_m / 2 for lane in self._lanes])[self._lane]
        travelled = np.array([lane.kind in _TRAVELLED for lane in self._lanes])
        self._travelled = travelled[self._lane]
        segments: dict[tuple[int, int], list[int]] = defaultdict(list)
        for n, (start, step) in enumerate(zip(self._start, self._step, strict=True)):
            for cell in _cells(np.stack([start, start + step])):
                segments[cell].append(n)
        polygons: dict[tuple[int, int], list[F64]] = defaultdict(list)
        for polygon in road.junctions.values():
            for cell in _cells(polygon):
                polygons[cell].append(polygon)
        self._grid = {
            key: _Cell(np.array(segments.get(key, []), dtype=np.int64), tuple(polygons[key]))
            for key in segments.keys() | polygons.keys()
        }

    def _at(self, x: float, y: float) -> _Cell | None:
        return self._grid.get((int(x // CELL_M), int(y // CELL_M)))

    def _gaps(self, cell: _Cell, x: float, y: float) -> tuple[F64, F64]:
        """Distance to each segment of a cell, m, and the part of it (0 to 1) that is nearest."""
        n = cell.segments
        rel = np.array([x, y]) - self._start[n]
        along = (rel * self._step[n]).sum(axis=1) / np.maximum(self._length[n] ** 2, 1e-12)
        part = np.clip(along, 0.0, 1.0)
        gap = rel - part[:, None] * self._step[n]
        return np.hypot(gap[:, 0], gap[:, 1]), part

    def locate(
        self, x: float, y: float, heading: float, prefer: Collection[str] = ()
    ) -> Spot | None:
        """The lane that a vehicle at this pose drives on; None off the road.

        Lanes that run the vehicle's way win over others; `prefer` decides inside a junction, where
        lanes overlap: name the lanes of the vehicle's route there.
        """
        cell = self._at(x, y)
        if cell is None or not len(cell.segments):
            return None
        n = cell.segments
        gap, part = self._gaps(cell, x, y)
        outside = gap - self._half_width[n]
        turned = np.abs((heading - self._heading[n] + np.pi) % (2 * np.pi) - np.pi)
        cost = np.maximum(outside, 0.0) + gap * 0.2 + turned * 2.0
        cost[~self._travelled[n] | (outside > LEAVES_M)] = np.inf
        for id in prefer:
            lane = self._number.get(id)
            if lane is not None and self._lanes[lane].kind is LaneKind.JUNCTION:
                s = self._s[n] + part * self._length[n]
                within = (s > 0.0) & (s < self._lanes[lane].length_m)  # not before or beyond it
                cost[(self._lane[n] == lane) & within] -= 1.0
        best = int(np.argmin(cost))
        if not np.isfinite(cost[best]):
            return None
        found = self._lanes[int(self._lane[n[best]])]
        return Spot(found, *found.project(x, y))

    def outside_m(self, points: F64) -> float:
        """How far the worst of the [N, 2] points lies outside the roadway, shoulder included, m.

        0 when all are on it; at most `REACH_M`, also where no road is near.
        """
        worst = 0.0
        for x, y in points:
            cell = self._at(float(x), float(y))
            if cell is None:
                return REACH_M
            if any(inside_polygon(np.array([[x, y]]), shape)[0] for shape in cell.polygons):
                continue
            if not len(cell.segments):
                return REACH_M
            gap, _ = self._gaps(cell, float(x), float(y))
            worst = max(worst, float((gap - self._half_width[cell.segments]).min()))
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
