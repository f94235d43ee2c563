"""Derived look-ups of a road map: predecessors, links by junction lane, conflict areas."""

from __future__ import annotations

import itertools
from collections import defaultdict
from functools import lru_cache
from math import cos, floor, pi, sin

import numpy as np

from model.classical.geometry import F64, Line, line_through, wrap
from model.contract.road import Crossing, Lane, LaneKind, LaneLink, RoadMap, Turn

CELL_M = 20.0
#: Two vehicles whose paths come closer than this get in each other's way, m.
CONFLICT_M = 2.5
#: How far behind a junction two merging paths still count as one place, m.
MERGE_M = 14.0

Zone = tuple[float, float, float, float]


class RoadIndex:
    """Read-only look-ups, built once per road map; the caches hold geometry only."""

    def __init__(self, road: RoadMap) -> None:
        self.road = road
        self.link_of_via: dict[str, LaneLink] = {}
        self.into: dict[str, list[LaneLink]] = defaultdict(list)
        self.before: dict[str, list[str]] = defaultdict(list)
        self.crossings_on: dict[str, list[tuple[float, Crossing]]] = defaultdict(list)
        self._cells: dict[tuple[int, int], set[str]] = defaultdict(set)
        for lane in road.lanes.values():
            for link in lane.links:
                if lane.junction is None:
                    self._add_link(link)
            if lane.kind in _CAR_KINDS:
                self._add_cells(lane)
        for crossing in road.crossings.values():
            for lane_id, s_m in crossing.crosses.items():
                self.crossings_on[lane_id].append((s_m, crossing))
        self.zone = lru_cache(maxsize=4096)(self._zone)
        self.upstream = lru_cache(maxsize=1024)(self._upstream)
        self.line = lru_cache(maxsize=512)(self._line)
        self.run_out = lru_cache(maxsize=2048)(self._run_out)

    def _add_link(self, link: LaneLink) -> None:
        chain = (link.from_lane, *link.via, link.to_lane)
        for via in link.via:
            self.link_of_via[via] = link
        self.into[link.to_lane].append(link)
        for a, b in itertools.pairwise(chain):
            if a not in self.before[b]:
                self.before[b].append(a)

    def _add_cells(self, lane: Lane) -> None:
        count = max(int(lane.length_m / (CELL_M / 4)), 1)
        s = np.linspace(0.0, lane.length_m, count + 1)
        for x, y in zip(
            np.interp(s, lane.s, lane.centre[:, 0]),
            np.interp(s, lane.s, lane.centre[:, 1]),
            strict=True,
        ):
            i, j = floor(x / CELL_M), floor(y / CELL_M)
            for di in (-1, 0, 1):
                for dj in (-1, 0, 1):
                    self._cells[i + di, j + dj].add(lane.id)

    def lanes_near(self, x: float, y: float) -> list[Lane]:
        """Lanes for vehicles within about 20 m, in the order of their ids."""
        ids = self._cells.get((floor(x / CELL_M), floor(y / CELL_M)), ())
        return [self.road.lanes[i] for i in sorted(ids)]

    def lane_after(self, lane: Lane, turn: Turn | None = None) -> LaneLink | None:
        """The link a vehicle most likely takes at the end of `lane`: straight on, if it can."""
        links = [k for k in lane.links if k.turn is turn] if turn else []
        links = links or [k for k in lane.links if k.turn is Turn.STRAIGHT]
        links = links or [k for k in lane.links if k.turn is not Turn.U_TURN] or list(lane.links)
        if not links:
            return None
        return min(links, key=lambda k: abs(self.road.lanes[k.to_lane].index - lane.index))

    def link_lanes(self, link: LaneLink) -> tuple[str, ...]:
        return (*link.via, link.to_lane)

    def via_length(self, link: LaneLink) -> float:
        return sum(self.road.lanes[v].length_m for v in link.via)

    def _line(self, lanes: tuple[str, ...]) -> Line:
        parts = [self.road.lanes[i] for i in lanes]
        ends = np.cumsum([lane.length_m for lane in parts])
        limits = np.array([lane.limit_mps for lane in parts])
        return line_through(np.concatenate([lane.centre for lane in parts]), ends, limits)

    def _run_out(self, lane_id: str, turn: Turn | None) -> tuple[Line, tuple[str, ...]]:
        """The way a vehicle on this lane will go for 200 m, and the lanes that make it up."""
        lane = self.road.lanes[lane_id]
        link = self.link_of_via.get(lane_id)
        ids = [lane_id]
        if link is not None:
            ids += [*link.via[link.via.index(lane_id) + 1 :], link.to_lane]
        else:
            # A vehicle at the start of its lane still has its tail on the one before.
            ids = [*self._straightest_before(lane_id), lane_id]
        first_turn = turn if link is None else None
        length = sum(self.road.lanes[i].length_m for i in ids)
        while length < lane.length_m + 200.0:
            onward = self.lane_after(self.road.lanes[ids[-1]], first_turn)
            if onward is None or onward.to_lane in ids:
                break
            first_turn = None
            ids += self.link_lanes(onward)
            length = sum(self.road.lanes[i].length_m for i in ids)
        return self.line(tuple(ids)), tuple(ids)

    def _straightest_before(self, lane_id: str) -> tuple[str, ...]:
        heading = self.road.lanes[lane_id].pose(0.0)[2]

        def bend(before: str) -> float:
            lane = self.road.lanes[before]
            return abs(wrap(lane.pose(lane.length_m)[2] - heading))

        options = sorted(self.before.get(lane_id, ()))
        return (min(options, key=bend),) if options else ()

    def behind(self, lane_id: str, reach_m: float) -> tuple[str, ...]:
        """Lanes that lead into this one from behind, farthest first, for at least `reach_m`."""
        ids: list[str] = []
        length, current = 0.0, lane_id
        while length < reach_m:
            before = self._straightest_before(current)
            if not before or before[0] in ids or before[0] == lane_id:
                break
            current = before[0]
            ids.insert(0, current)
            length += self.road.lanes[current].length_m
        return tuple(ids)

    def _upstream(self, lane_id: str, reach_m: float) -> tuple[tuple[str, float], ...]:
        """Every lane leading to the end of this one, with metres from its end to that end."""
        found = {lane_id: 0.0}
        queue = [lane_id]
        while queue:
            current = queue.pop(0)
            offset = found[current] + self.road.lanes[current].length_m
            if offset > reach_m:
                continue
            for before in self.before.get(current, ()):
                if before not in found:
                    found[before] = offset
                    queue.append(before)
        return tuple(found.items())

    def _zone(self, own: LaneLink, other: LaneLink) -> Zone | None:
        """Where two ways through a junction meet: from and to on each, m from its stop line.

        None when they do not meet. The stop line is the end of each link's `from_lane`.
        """
        a, b = self._link_path(own), self._link_path(other)
        gap = np.hypot(a[:, None, 0] - b[None, :, 0], a[:, None, 1] - b[None, :, 1])
        near = gap < CONFLICT_M
        if not near.any():
            return None
        on_a, on_b = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
        step = 0.5
        return (on_a[0] * step, on_a[-1] * step, on_b[0] * step, on_b[-1] * step)

    def _link_path(self, link: LaneLink) -> F64:
        """Points every half metre from the stop line to `MERGE_M` behind the junction."""
        lanes = [self.road.lanes[i] for i in self.link_lanes(link)]
        points = np.concatenate([lane.centre for lane in lanes])
        raw = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
        s = np.arange(0.0, min(self.via_length(link) + MERGE_M, raw[-1]), 0.5)
        return np.stack([np.interp(s, raw, points[:, k]) for k in (0, 1)], axis=1)

    def stop_line(self, link: LaneLink) -> tuple[float, float]:
        """The point where the link's own lane ends."""
        x, y, _ = self.road.lanes[link.from_lane].pose(self.road.lanes[link.from_lane].length_m)
        return x, y


_CAR_KINDS = (LaneKind.DRIVE, LaneKind.JUNCTION, LaneKind.SHOULDER, LaneKind.PARKING, LaneKind.BUS)


def locate(
    index: RoadIndex, x: float, y: float, heading: float, hint: str | None, liked: frozenset[str]
) -> tuple[Lane, float, float]:
    """Lane, arc length and lateral offset that fit a pose best; `liked` edges win ties.

    Raises `ValueError` when there is no lane within about 12 m.
    """
    best: tuple[float, Lane, float, float] | None = None
    for lane in index.lanes_near(x, y):
        s, lateral = lane.project(x, y)
        if abs(lateral) > 12.0:
            continue
        px, py, h = lane.pose(s)
        # Past an end the projection clamps: count the overshoot as distance too.
        along = abs((x - px) * cos(h) + (y - py) * sin(h))
        turn = abs(wrap(heading - h))
        cost = abs(lateral) + along + 3.0 * turn + (20.0 if turn > pi / 2 else 0.0)
        if lane.id == hint:
            cost -= 0.4
        if not _liked(index, lane, liked):
            cost += 1.5
        if lane.kind not in (LaneKind.DRIVE, LaneKind.JUNCTION):
            cost += 0.8
        if best is None or cost < best[0]:
            best = (cost, lane, s, lateral)
    if best is None:
        raise ValueError("the car is not on any road of the map")
    return best[1:]


def _liked(index: RoadIndex, lane: Lane, liked: frozenset[str]) -> bool:
    link = index.link_of_via.get(lane.id)
    if link is None:
        return lane.edge in liked
    lanes = index.road.lanes
    return lanes[link.from_lane].edge in liked and lanes[link.to_lane].edge in liked
