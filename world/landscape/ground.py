"""Which ground is taken: a raster of lanes, junctions, crossings and what was already placed."""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from model.contract.road import LaneKind, RoadMap

F64 = NDArray[np.float64]

#: Bits of a cell.
ROAD, SOLID, FIELD = 1, 2, 4

_CELL_M = 0.5
#: A map of a whole region gets coarser cells rather than gigabytes; memory is touched lazily.
_MOST_CELLS = 150_000_000
_MARGIN_M = 200.0


@dataclass(frozen=True)
class Box:
    """An upright footprint: middle, half sizes, and the direction of its first half size."""

    x: float
    y: float
    half_l: float
    half_w: float
    h: float = 0.0

    @property
    def middle(self) -> F64:
        return np.array([self.x, self.y])

    def grown(self, by_m: float) -> Box:
        return Box(self.x, self.y, self.half_l + by_m, self.half_w + by_m, self.h)

    def corners(self) -> F64:
        """[4, 2] m, counter-clockwise."""
        cos, sin = math.cos(self.h), math.sin(self.h)
        a = np.array([cos, sin]) * self.half_l
        b = np.array([-sin, cos]) * self.half_w
        return np.array([a + b, b - a, -a - b, a - b]) + self.middle


def segment_boxes(points: F64, half_w: float) -> list[Box]:
    """Boxes that together cover a polyline of this half width, its ends and its bends."""
    boxes = []
    for (ax, ay), (bx, by) in pairwise(points):
        length = math.hypot(bx - ax, by - ay)
        pieces = max(1, math.ceil(length / 50.0))  # long diagonals test huge squares
        half = length / pieces / 2
        for i in range(pieces):
            t = (i + 0.5) / pieces
            at = (ax + (bx - ax) * t, ay + (by - ay) * t)
            overlap = min(half_w, 2.0)
            boxes.append(Box(*at, half + overlap, half_w, math.atan2(by - ay, bx - ax)))
    return boxes


class Ground:
    """Free and taken ground around the roads of one map."""

    def __init__(self, road: RoadMap) -> None:
        every = [lane.centre for lane in road.lanes.values()]
        points = np.concatenate(every) if every else np.zeros((1, 2))
        self.low: F64 = points.min(axis=0) - _MARGIN_M
        self.high: F64 = points.max(axis=0) + _MARGIN_M
        area = float(np.prod(self.high - self.low))
        self._cell_m = max(_CELL_M, math.sqrt(area / _MOST_CELLS))
        shape = np.ceil((self.high - self.low) / self._cell_m).astype(int) + 1
        self._cells = np.zeros((int(shape[0]), int(shape[1])), np.uint8)
        for lane in road.lanes.values():
            if lane.kind is not LaneKind.CROSSING:
                self.take_line(lane.centre, lane.width_m / 2, ROAD)
        for crossing in road.crossings.values():
            self.take_line(crossing.shape, crossing.width_m / 2, ROAD)
        for polygon in road.junctions.values():
            self._take_polygon(polygon, ROAD)

    def coarser(self, times: int) -> Ground:
        """A copy with cells so many times larger, taken where any cell below is taken."""
        made = copy(self)
        made._cell_m = self._cell_m * times
        blocks = [-(-n // times) for n in self._cells.shape]
        grown = np.zeros((blocks[0] * times, blocks[1] * times), np.uint8)
        grown[: self._cells.shape[0], : self._cells.shape[1]] = self._cells
        made._cells = np.bitwise_or.reduce(
            grown.reshape(blocks[0], times, blocks[1], times), (1, 3)
        )
        return made

    def free(self, box: Box, bits: int = ROAD | SOLID, gap_m: float = 0.0) -> bool:
        """Is no cell under `box`, grown by `gap_m`, taken by anything of `bits`?"""
        at = self._samples(box.grown(gap_m))
        return at is not None and not bool((self._cells[at[0], at[1]] & bits).any())

    def free_points(self, points: F64, bits: int = ROAD | SOLID) -> NDArray[np.bool_]:
        """For each of [N, 2] points: inside the map and free?"""
        index = ((points - self.low) / self._cell_m).astype(int)
        inside: NDArray[np.bool_] = np.all((index >= 0) & (index < self._cells.shape), axis=1)
        index = np.where(inside[:, None], index, 0)
        taken = (self._cells[index[:, 0], index[:, 1]] & bits) != 0
        free: NDArray[np.bool_] = np.logical_and(inside, ~taken)
        return free

    def free_line(self, points: F64, half_w: float, bits: int = ROAD | SOLID) -> bool:
        return all(self.free(box, bits) for box in segment_boxes(points, half_w))

    def take(self, box: Box, bits: int = SOLID) -> None:
        """Marks every cell that `box` touches."""
        reach = np.abs(box.corners() - box.middle).max(axis=0) + self._cell_m
        low = np.maximum((box.middle - reach - self.low) / self._cell_m, 0).astype(int)
        high = (box.middle + reach - self.low) / self._cell_m
        view = self._cells[low[0] : int(high[0]) + 1, low[1] : int(high[1]) + 1]
        if not view.size:
            return
        from_low = self.low - box.middle
        dx = ((np.arange(view.shape[0]) + low[0] + 0.5) * self._cell_m + from_low[0])[:, None]
        dy = ((np.arange(view.shape[1]) + low[1] + 0.5) * self._cell_m + from_low[1])[None]
        cos, sin = math.cos(box.h), math.sin(box.h)
        half_cell = 0.71 * self._cell_m
        inside = np.abs(dx * cos + dy * sin) <= box.half_l + half_cell
        inside &= np.abs(dy * cos - dx * sin) <= box.half_w + half_cell
        view[inside] |= bits

    def take_points(self, points: F64, bits: int) -> None:
        """Marks the cells under [N, 2] points."""
        index = ((points - self.low) / self._cell_m).astype(int)
        inside = np.all((index >= 0) & (index < self._cells.shape), axis=1)
        self._cells[index[inside, 0], index[inside, 1]] |= np.uint8(bits)

    def take_line(self, points: F64, half_w: float, bits: int = SOLID) -> None:
        for box in segment_boxes(points, half_w):
            self.take(box, bits)

    def place(self, box: Box, gap_m: float = 0.0) -> bool:
        """Takes the box for something solid if it is free, and says whether it was."""
        if not self.free(box, gap_m=gap_m):
            return False
        self.take(box)
        return True

    def _samples(self, box: Box) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """Cells under points of a lattice over the box, None when it leaves the map."""
        along = np.linspace(-box.half_l, box.half_l, _count(box.half_l, self._cell_m))[:, None]
        across = np.linspace(-box.half_w, box.half_w, _count(box.half_w, self._cell_m))[None]
        cos, sin = math.cos(box.h), math.sin(box.h)
        x = ((box.x + along * cos - across * sin - self.low[0]) / self._cell_m).astype(np.int64)
        y = ((box.y + along * sin + across * cos - self.low[1]) / self._cell_m).astype(np.int64)
        if x.min() < 0 or y.min() < 0:
            return None
        if x.max() >= self._cells.shape[0] or y.max() >= self._cells.shape[1]:
            return None
        return x, y

    def _take_polygon(self, polygon: F64, bits: int) -> None:
        if len(polygon) < 3:
            return
        closed = np.vstack([polygon, polygon[:1]])
        self.take_line(closed, self._cell_m / 2, bits)
        low = ((polygon.min(axis=0) - self.low) / self._cell_m).astype(int)
        high = ((polygon.max(axis=0) - self.low) / self._cell_m).astype(int) + 1
        x = ((np.arange(low[0], high[0]) + 0.5) * self._cell_m + self.low[0])[:, None]
        y = ((np.arange(low[1], high[1]) + 0.5) * self._cell_m + self.low[1])[None]
        inside = np.zeros((high[0] - low[0], high[1] - low[1]), bool)
        for (ax, ay), (bx, by) in pairwise(closed):
            if ay != by:
                inside ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
        self._cells[low[0] : high[0], low[1] : high[1]][inside] |= bits


def _count(half_m: float, cell_m: float) -> int:
    return max(2, math.ceil(2 * half_m / cell_m) + 1)
