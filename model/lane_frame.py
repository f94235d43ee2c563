"""The road along the ego's lane: one smooth axis, backwards and forwards, to place others on.

`s` is metres along the axis from the ego's rear axle (ahead positive), `d` metres to the left of
the lane's centre. Forwards the axis follows the route through junctions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import EgoState
from model.contract.road import Lane, LaneKind, LaneLink, RoadMap, Turn

F64 = NDArray[np.float64]

AHEAD_M = 400.0
BEHIND_M = 160.0
#: The axis is cut into pieces no longer than this, so that projections stay local, m.
PIECE_M = 5.0


@dataclass(frozen=True)
class OnAxis:
    """A lane on the axis: from where to where, and the link by which it is left."""

    lane: Lane
    from_s: float
    to_s: float
    link: LaneLink | None


@dataclass(frozen=True)
class LaneFrame:
    """The axis itself and the lanes that make it up, the ego's own one first."""

    points: F64  # [N, 2] m
    s: F64  # [N] m, 0 at the ego
    ahead: tuple[OnAxis, ...]

    def place(self, points: F64) -> tuple[F64, F64, F64]:
        """`s`, `d` and the axis heading for points [P, 2]."""
        a, step = self.points[:-1], np.diff(self.points, axis=0)
        rel = points[:, None, :] - a[None]
        length2 = np.maximum((step * step).sum(axis=1), 1e-12)
        t = np.clip((rel * step[None]).sum(axis=2) / length2, 0.0, 1.0)
        gap = rel - t[..., None] * step[None]
        best = (gap * gap).sum(axis=2).argmin(axis=1)
        row = np.arange(len(points))
        side = step[best, 0] * rel[row, best, 1] - step[best, 1] * rel[row, best, 0]
        d = np.hypot(gap[row, best, 0], gap[row, best, 1]) * np.where(side >= 0, 1.0, -1.0)
        along = self.s[best] + t[row, best] * np.sqrt(length2[best])
        return along, d, np.arctan2(step[best, 1], step[best, 0])


class LaneFrames:
    """Builds lane frames for one road map; remembers only which lanes lead where."""

    def __init__(self, road: RoadMap) -> None:
        self.road = road
        self._before: dict[str, list[str]] = defaultdict(list)
        self._link_of_via: dict[str, LaneLink] = {}
        for lane in road.lanes.values():
            for link in lane.links:
                if lane.junction is not None:
                    continue
                chain = (link.from_lane, *link.via, link.to_lane)
                for first, second in pairwise(chain):
                    self._before[second].append(first)
                for via in link.via:
                    self._link_of_via[via] = link

    def at(self, ego: EgoState, route: Sequence[str]) -> LaneFrame | None:
        """The axis through the ego's lane along `route`; None when the ego is on no lane."""
        lane = self.road.lanes.get(ego.lane or "")
        if lane is None:
            return None
        s_ego, _ = lane.project(ego.x, ego.y)
        ahead = self._ahead(lane, s_ego, route)
        parts = [*self._behind(lane, s_ego), *(on.lane for on in ahead)]
        start = -s_ego - sum(p.length_m for p in parts[: len(parts) - len(ahead)])
        points = np.concatenate([part.centre for part in parts])
        step = np.hypot(*np.diff(points, axis=0).T)
        keep = np.concatenate(([True], step > 1e-3))
        raw = np.concatenate(([0.0], np.cumsum(step)))
        points, s = points[keep], raw[keep] + start
        fine = np.unique(np.concatenate((s, np.arange(s[0], s[-1], PIECE_M))))
        fine = fine[(fine > -BEHIND_M) & (fine < AHEAD_M)]
        xy = np.stack([np.interp(fine, s, points[:, k]) for k in (0, 1)], axis=1)
        return LaneFrame(xy, fine, ahead) if len(xy) >= 2 else None

    def _ahead(self, lane: Lane, s_ego: float, route: Sequence[str]) -> tuple[OnAxis, ...]:
        inside = self._link_of_via.get(lane.id)
        at = -s_ego
        found: list[OnAxis] = []
        if inside is not None:
            rest = inside.via[inside.via.index(lane.id) :]
            for via in rest:
                junction_lane = self.road.lanes[via]
                found.append(OnAxis(junction_lane, at, at + junction_lane.length_m, None))
                at += junction_lane.length_m
            lane = self.road.lanes[inside.to_lane]
        while True:
            link = self._link(lane, route)
            end = at + lane.length_m
            found.append(OnAxis(lane, at, end, link))
            at = end
            if link is None or at > AHEAD_M:
                return tuple(found)
            for via in link.via:
                junction_lane = self.road.lanes[via]
                found.append(OnAxis(junction_lane, at, at + junction_lane.length_m, None))
                at += junction_lane.length_m
            lane = self.road.lanes[link.to_lane]

    def _link(self, lane: Lane, route: Sequence[str]) -> LaneLink | None:
        """The link along the route, else straight on."""
        following = dict(pairwise(route)).get(lane.edge)
        links = [k for k in lane.links if self.road.lanes[k.to_lane].edge == following]
        links = links or [k for k in lane.links if k.turn is Turn.STRAIGHT] or list(lane.links)
        if not links:
            return None
        return min(links, key=lambda k: abs(self.road.lanes[k.to_lane].index - lane.index))

    def _behind(self, lane: Lane, s_ego: float) -> list[Lane]:
        """Lanes leading to this one, farthest first."""
        found: list[Lane] = []
        length, current = s_ego, lane
        while length < BEHIND_M:
            before = [self.road.lanes[i] for i in self._before.get(current.id, ())]
            if not before:
                break
            current = min(before, key=lambda b: _bend(b, current))
            if current is lane or current in found:
                break
            found.insert(0, current)
            length += current.length_m
        return found


def _bend(before: Lane, after: Lane) -> float:
    turn = before.pose(before.length_m)[2] - after.pose(0.0)[2]
    return float(abs((turn + np.pi) % (2 * np.pi) - np.pi))


def drive_lanes(road: RoadMap, edge: str) -> tuple[Lane, ...]:
    """Lanes of an edge for ordinary cars, right to left."""
    return tuple(
        lane
        for lane in (road.lanes[i] for i in road.edges.get(edge, ()))
        if lane.kind in (LaneKind.DRIVE, LaneKind.JUNCTION)
    )


def route_ahead(road: RoadMap, route: Sequence[str], s_m: float) -> list[tuple[str, float, float]]:
    """Edges of the route with metres from the ego to their begin and end (junctions left out).

    `s_m` is the ego's place on the first edge; junction lengths are not counted, so that far
    distances are a few metres short per junction.
    """
    found, at = [], -s_m
    for edge in route:
        lanes = road.edges.get(edge)
        if not lanes:
            break
        length = road.lanes[lanes[0]].length_m
        found.append((edge, at, at + length))
        at += length
    return found
