"""The road as the trajectory guard measures it: drivable area, limits, stop lines, ways ahead.

Built once per map from the contract's `RoadMap`; every query is vectorised over points.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Control, Lane, LaneKind, LaneLink, RoadMap, Turn

F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

#: Where a car's wheels may be; bike lanes and parking strips are crossed when pulling over.
DRIVABLE = frozenset(
    {
        LaneKind.DRIVE,
        LaneKind.SHOULDER,
        LaneKind.BUS,
        LaneKind.BIKE,
        LaneKind.PARKING,
        LaneKind.JUNCTION,
    }
)
#: Neighbouring lanes touch only as exactly as their widths were rounded, m.
SEAM_M = 0.05
#: Clearance that stands for "well inside a junction area", m.
INSIDE_M = 1.0
#: Lanes count as driven along when the heading fits to this, rad (60°).
ALONG_RAD = np.pi / 3
#: A limit belongs to a point when the lane's centre is no farther away than this, m.
ON_LANE_M = 1.2
SEARCH_PAD_M = 4.0
NO_LIMIT_MPS = 1e3


@dataclass(frozen=True)
class StopLine:
    """The end of a lane where a light or a sign may hold a car."""

    lane: str
    x: float
    y: float
    heading: float
    half_width_m: float
    links: tuple[LaneLink, ...]


@dataclass(frozen=True)
class WayAhead:
    """The natural way on from a lane: centre line, heading and where each stop line lies on it."""

    s: F64  # [N] m
    xy: F64  # [N, 2] m
    heading: F64  # [N] rad, unwrapped
    #: Each link into a junction on the way, and the arc length of its stop line, m.
    links: tuple[tuple[float, LaneLink], ...]

    def at(self, s: F64, lateral_m: F64 | float) -> tuple[F64, F64, F64]:
        """x, y, heading at arc lengths `s`; straight on beyond either end."""
        over = np.maximum(s - self.s[-1], 0.0) + np.minimum(s, 0.0)
        h = np.interp(s, self.s, self.heading)
        x = np.interp(s, self.s, self.xy[:, 0]) + over * np.cos(h) - lateral_m * np.sin(h)
        y = np.interp(s, self.s, self.xy[:, 1]) + over * np.sin(h) + lateral_m * np.cos(h)
        return x, y, h


class Roadway:
    """Vectorised queries over one road map."""

    def __init__(self, road: RoadMap) -> None:
        self.road = road
        self._ways: dict[str, WayAhead] = {}
        self._link_of_via = {
            via: link
            for lane in road.lanes.values()
            if lane.junction is None
            for link in lane.links
            for via in link.via
        }
        lanes = [lane for lane in road.lanes.values() if lane.kind in DRIVABLE]
        counts = [len(lane.centre) - 1 for lane in lanes]
        empty = np.zeros((0, 2))
        self._a = np.concatenate([lane.centre[:-1] for lane in lanes] or [empty])
        self._d = np.concatenate([np.diff(lane.centre, axis=0) for lane in lanes] or [empty])
        self._half = np.repeat([lane.width_m / 2 + SEAM_M for lane in lanes], counts)
        self._limit = np.repeat([lane.limit_mps for lane in lanes], counts)
        self._lane = np.repeat(np.arange(len(lanes)), counts)
        self._lane_ids = [lane.id for lane in lanes]
        self._low = np.minimum(self._a, self._a + self._d)
        self._high = np.maximum(self._a, self._a + self._d)
        self._junctions = [
            (shape, shape.min(axis=0), shape.max(axis=0))
            for shape in road.junctions.values()
            if len(shape) >= 3
        ]

    def clearance(self, points: F64) -> F64:
        """Distance of each point [P, 2] to the edge of the drivable area, m; negative outside."""
        near = self._near(points)
        if len(near):
            gap, _ = self._gaps(points, near)
            result: F64 = (self._half[near][None, :] - gap).max(axis=1)
        else:
            result = np.full(len(points), -np.inf)
        doubtful = np.flatnonzero(result < INSIDE_M)
        if len(doubtful):
            inside = self._in_junction(points[doubtful])
            result[doubtful[inside]] = INSIDE_M
        return result

    def limits(self, points: F64, heading: F64) -> F64:
        """Speed limit at each point [P, 2] for a car heading that way, m/s.

        Where several lanes overlap in a junction the highest limit counts; off every lane there
        is none (`NO_LIMIT_MPS`), the drivable area is another check.
        """
        near = self._near(points)
        if not len(near):
            return np.full(len(points), NO_LIMIT_MPS)
        gap, _ = self._gaps(points, near)
        along = np.arctan2(self._d[near, 1], self._d[near, 0])
        turn = np.abs(wrapped(heading[:, None] - along[None, :]))
        on = (gap < ON_LANE_M) & (turn < ALONG_RAD)
        limit = np.where(on, self._limit[near][None, :], -1.0).max(axis=1)
        return np.where(limit < 0, NO_LIMIT_MPS, limit)

    def lanes_at(self, points: F64, heading: F64) -> list[str | None]:
        """The lane whose centre is nearest to each point and runs the same way."""
        near = self._near(points)
        if not len(near):
            return [None] * len(points)
        gap, _ = self._gaps(points, near)
        along = np.arctan2(self._d[near, 1], self._d[near, 0])
        turn = np.abs(wrapped(heading[:, None] - along[None, :]))
        gap = np.where(turn < ALONG_RAD, gap, np.inf)
        best = gap.argmin(axis=1)
        found = gap[np.arange(len(points)), best] <= self._half[near][best]
        lanes = self._lane[near][best]
        return [self._lane_ids[i] if ok else None for i, ok in zip(lanes, found, strict=True)]

    def _near(self, points: F64) -> NDArray[np.intp]:
        low, high = points.min(axis=0) - SEARCH_PAD_M, points.max(axis=0) + SEARCH_PAD_M
        hit = ((self._low <= high) & (self._high >= low)).all(axis=1)
        return np.flatnonzero(hit)

    def _gaps(self, points: F64, near: NDArray[np.intp]) -> tuple[F64, F64]:
        """Distance [P, K] of points to segments, and the part of the segment, 0 to 1."""
        a, d = self._a[near], self._d[near]
        rel_x, rel_y = points[:, :1] - a[:, 0], points[:, 1:] - a[:, 1]
        length2 = np.maximum((d * d).sum(axis=1), 1e-12)
        t = np.clip((rel_x * d[:, 0] + rel_y * d[:, 1]) / length2, 0.0, 1.0)
        return np.hypot(rel_x - t * d[:, 0], rel_y - t * d[:, 1]), t

    def _in_junction(self, points: F64) -> Bool:
        inside = np.zeros(len(points), bool)
        low, high = points.min(axis=0), points.max(axis=0)
        for shape, shape_low, shape_high in self._junctions:
            if (shape_low <= high).all() and (shape_high >= low).all():
                inside |= in_polygon(points, shape)
        return inside

    @cached_property
    def stop_lines(self) -> tuple[StopLine, ...]:
        """Every lane end where a light or a stop sign holds."""
        lines = []
        for lane in self.road.lanes.values():
            links = tuple(
                k
                for k in lane.links
                if k.control in (Control.LIGHT, Control.STOP, Control.ALL_WAY_STOP)
            )
            if links and lane.junction is None:
                x, y, heading = lane.pose(lane.length_m)
                lines.append(StopLine(lane.id, x, y, heading, lane.width_m / 2, lane.links))
        return tuple(lines)

    @cached_property
    def stop_line_xy(self) -> F64:
        """[L, 2] m, in the order of `stop_lines`."""
        return np.array([(line.x, line.y) for line in self.stop_lines]).reshape(-1, 2)

    def way_ahead(self, lane_id: str) -> WayAhead:
        """The way a road user on this lane most naturally takes, at least 200 m of it."""
        way = self._ways.get(lane_id)
        if way is None:
            way = _way_ahead(self.road, lane_id, self._link_of_via.get(lane_id))
            self._ways[lane_id] = way
        return way


def _way_ahead(
    road: RoadMap, lane_id: str, inside: LaneLink | None, reach_m: float = 200.0
) -> WayAhead:
    lane = road.lanes[lane_id]
    parts, length = [lane.centre], lane.length_m
    links: list[tuple[float, LaneLink]] = []
    if inside is not None:  # on the way through a junction: its end is known
        rest = (*inside.via[inside.via.index(lane_id) + 1 :], inside.to_lane)
        parts += [road.lanes[i].centre for i in rest]
        length += sum(road.lanes[i].length_m for i in rest)
        lane = road.lanes[inside.to_lane]
    seen = {lane.id}
    start_m = length
    while length < start_m + reach_m:
        link = natural_link(lane)
        if link is None or link.to_lane in seen:
            break
        if lane.junction is None:
            links.append((length, link))
        for following in (*link.via, link.to_lane):
            parts.append(road.lanes[following].centre)
            length += road.lanes[following].length_m
        seen.add(link.to_lane)
        lane = road.lanes[link.to_lane]
    xy = np.concatenate(parts)
    keep = np.concatenate(([True], np.hypot(*np.diff(xy, axis=0).T) > 1e-3))
    xy = xy[keep]
    step = np.diff(xy, axis=0)
    s = np.concatenate(([0.0], np.cumsum(np.hypot(step[:, 0], step[:, 1]))))
    heading = np.unwrap(np.arctan2(step[:, 1], step[:, 0]))
    return WayAhead(s, xy, np.append(heading, heading[-1]), tuple(links))


def natural_link(lane: Lane) -> LaneLink | None:
    """Straight on where that is possible, else the first way that is no U-turn."""
    order = {Turn.STRAIGHT: 0, Turn.RIGHT: 1, Turn.LEFT: 2, Turn.U_TURN: 3}
    return min(lane.links, key=lambda link: order[link.turn], default=None)


def in_polygon(points: F64, shape: F64) -> Bool:
    """Even-odd test of points [P, 2] against a polygon [K, 2]."""
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = shape[:, 0], shape[:, 1]
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    crosses = (y0 > y) != (y1 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at_x = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
    return np.asarray((crosses & (x < at_x)).sum(axis=1) % 2 == 1)


def wrapped(angle: F64) -> F64:
    """Angles in [-pi, pi)."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)
