"""Lane-level route: how far each lane goes, and the corridor that the car follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from model.classical.geometry import F64, Line
from model.classical.index import RoadIndex
from model.classical.settings import AHEAD_M, BEHIND_M
from model.contract.road import Crossing, Lane, LaneKind, LaneLink

#: Lanes are planned this far along the route, m.
LANE_PLAN_M = 4000.0


@dataclass(frozen=True)
class LaneOutlook:
    """What following the route from the start of a lane takes."""

    reach_m: float  # from the lane's start to where the lane must have been left
    changes: int  # lane changes until the route's end or horizon
    first_change: int  # +1 left, -1 right, 0 none: the next one


@dataclass(frozen=True)
class Corridor:
    """A sequence of lanes that can be followed without a lane change, as one curve."""

    lanes: tuple[str, ...]
    starts_m: tuple[float, ...]  # where each lane begins on the curve
    line: Line
    limit_mps: F64  # [P]
    half_width_m: F64  # [P]
    road_bend: F64  # [P] 1/m: how much the road itself bends, without sign
    links: tuple[tuple[float, LaneLink], ...]  # stop line position and link
    crossings: tuple[tuple[float, Crossing], ...]
    end_m: float
    #: Where the corridor leaves the route for want of a lane change; inf when it does not.
    off_route_m: float
    #: The last lane ends and nothing follows.
    dead_end: bool

    def lane_at(self, s_m: float) -> str:
        return self.lanes[self.lane_number(s_m)]

    def lane_number(self, s_m: float) -> int:
        return max(int(np.searchsorted(self.starts_m, s_m, side="right")) - 1, 0)

    def start_of(self, lane_id: str) -> float | None:
        """Where that lane begins on the curve, or None when it is not part of it."""
        return self.starts_m[self.lanes.index(lane_id)] if lane_id in self.lanes else None

    def limit_at(self, s_m: float) -> float:
        return float(self.limit_mps[self.line.index(s_m)])


class LanePlan:
    """Backward dynamic programme over the route's edges: which lane goes how far."""

    def __init__(self, index: RoadIndex, route: Sequence[str]) -> None:
        self._index = index
        self.edges = self._near(tuple(route))
        self._outlook: list[dict[str, LaneOutlook]] = []
        following: dict[str, LaneOutlook] | None = None
        for edge in reversed(self.edges):
            following = self._edge_outlook(edge, following)
            self._outlook.insert(0, following)

    def _near(self, route: tuple[str, ...]) -> tuple[str, ...]:
        road, length = self._index.road, 0.0
        for n, edge in enumerate(route):
            if edge not in road.edges:
                raise ValueError(f"the route names an unknown edge: {edge}")
            length += road.lanes[road.edges[edge][0]].length_m
            if length > LANE_PLAN_M:
                return route[: n + 1]
        return route

    def _edge_outlook(
        self, edge: str, following: Mapping[str, LaneOutlook] | None
    ) -> dict[str, LaneOutlook]:
        lanes = self._index.road.drivable(edge)
        if following is None:
            return {lane.id: LaneOutlook(inf, 0, 0) for lane in lanes}
        through: dict[str, LaneOutlook] = {}
        for lane in lanes:
            onward = [
                (following[k.to_lane], self._index.via_length(k))
                for k in lane.links
                if k.to_lane in following
            ]
            if onward:
                best, via_m = min(onward, key=lambda o: (o[0].changes, -o[0].reach_m))
                through[lane.id] = LaneOutlook(
                    lane.length_m + via_m + best.reach_m, best.changes, best.first_change
                )
        result = dict(through)
        for lane in lanes:
            if lane.id in through or not through:
                continue
            goal = min(
                (other for other in lanes if other.id in through),
                key=lambda o: abs(o.index - lane.index) + through[o.id].changes,
            )
            steps = goal.index - lane.index
            result[lane.id] = LaneOutlook(
                lane.length_m, abs(steps) + through[goal.id].changes, 1 if steps > 0 else -1
            )
        return result

    def position_of(self, edge: str) -> int | None:
        """Of an edge on the route, the first time it comes."""
        return self.edges.index(edge) if edge in self.edges else None

    def outlook(self, lane_id: str) -> LaneOutlook | None:
        """Of a lane on the route's next edges; None off the route or where no lane leads on."""
        n = self.position_of(self._index.road.lanes[lane_id].edge)
        return None if n is None else self._outlook[n].get(lane_id)

    def best_link(self, lane: Lane, position: int | None) -> tuple[LaneLink | None, bool]:
        """The link to follow at the end of `lane` and whether it stays on the route."""
        if position is not None and position + 1 < len(self.edges):
            outlook = self._outlook[position + 1]
            links = [k for k in lane.links if k.to_lane in outlook]
            if links:
                return min(links, key=lambda k: self._rank(lane, k, outlook[k.to_lane])), True
        at_end = position is not None and position + 1 == len(self.edges)
        return self._index.lane_after(lane), at_end

    def _rank(self, lane: Lane, link: LaneLink, outlook: LaneOutlook) -> tuple[float, ...]:
        to = self._index.road.lanes[link.to_lane]
        return outlook.changes, -outlook.reach_m, abs(to.index - lane.index)


def corridor_from(
    index: RoadIndex, plan: LanePlan, lane_id: str, ahead_m: float = AHEAD_M
) -> Corridor:
    """The corridor along the route from a lane (driving lane, junction lane or shoulder)."""
    road = index.road
    lane = road.lanes[lane_id]
    ids = [*index.behind(lane_id, BEHIND_M)]
    first = len(ids)
    ids.append(lane_id)
    length, off_route, dead_end = lane.length_m, inf, False
    link = index.link_of_via.get(lane_id)
    if link is not None:
        rest = [*link.via[link.via.index(lane_id) + 1 :], link.to_lane]
        ids += rest
        length += sum(road.lanes[i].length_m for i in rest)
    position = plan.position_of(road.lanes[ids[-1]].edge)
    while length < ahead_m + lane.length_m:
        onward, on_route = plan.best_link(road.lanes[ids[-1]], position)
        if not on_route and off_route == inf:
            off_route = length
        if onward is None or (onward.to_lane in ids[first:] and len(ids) > 40):
            dead_end = onward is None
            break
        lanes = index.link_lanes(onward)
        ids += lanes
        length += sum(road.lanes[i].length_m for i in lanes)
        position = position + 1 if position is not None and on_route else None
        if position is not None and position >= len(plan.edges):
            position = None
    behind_m = sum(road.lanes[i].length_m for i in ids[:first])
    return _assemble(index, tuple(ids), off_route + behind_m, dead_end)


def _assemble(index: RoadIndex, ids: tuple[str, ...], off_route: float, dead_end: bool) -> Corridor:
    road = index.road
    line = index.line(ids)
    starts = np.concatenate(([0.0], np.cumsum([road.lanes[i].length_m for i in ids])))
    number = np.clip(np.searchsorted(starts, line.s, side="right") - 1, 0, len(ids) - 1)
    limits = np.array([road.lanes[i].limit_mps for i in ids])
    half = np.array([road.lanes[i].width_m / 2 for i in ids])
    links, crossings = [], []
    for n, lane_id in enumerate(ids):
        for s_m, crossing in index.crossings_on.get(lane_id, ()):
            crossings.append((float(starts[n]) + s_m, crossing))
        link = index.link_of_via.get(lane_id)
        if link is not None and n and ids[n - 1] == link.from_lane:
            links.append((float(starts[n]), link))
        elif link is None and n and road.lanes[ids[n - 1]].junction is None:
            direct = [k for k in road.lanes[ids[n - 1]].links if k.to_lane == lane_id]
            links += [(float(starts[n]), k) for k in direct[:1]]
    return Corridor(
        lanes=ids,
        starts_m=tuple(float(s) for s in starts[:-1]),
        line=line,
        limit_mps=limits[number],
        half_width_m=half[number],
        road_bend=np.abs(line.curvature),
        links=tuple(links),
        crossings=tuple(sorted(crossings, key=lambda c: c[0])),
        end_m=float(starts[-1]),
        off_route_m=off_route,
        dead_end=dead_end,
    )


def neighbour(index: RoadIndex, lane_id: str, side: int) -> Lane | None:
    """The driving lane next to a lane on the left (+1) or right (-1), same direction."""
    lane = index.road.lanes[lane_id]
    other = lane.left if side > 0 else lane.right
    if other is None:
        return None
    found = index.road.lanes[other]
    return found if found.kind is LaneKind.DRIVE else None


def line_is_dashed(index: RoadIndex, lane_id: str, side: int, s_m: float) -> bool:
    """May the line on that side be crossed at `s_m` of the lane?"""
    lane = index.road.lanes[lane_id]
    if s_m > lane.length_m - lane.solid_last_m:
        return False
    return lane.left_dashed if side > 0 else lane.right_dashed
