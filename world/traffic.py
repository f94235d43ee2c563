"""The usual traffic around the ego: kept up by seeded choice, whatever the size of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import ActorKind
from model.contract.road import Lane, LaneKind, RoadClass, RoadMap
from world.kinds import BODIES_OF, colours_of
from world.route import edge_length_m, straight_on
from world.scenario import Traffic
from world.sumo import SumoEngine

F64 = NDArray[np.float64]
Circle = tuple[float, float, float]  # x, y, radius in m

#: Newcomers appear out of sight of the ego, and vanish this much farther out than they appear.
OUT_OF_SIGHT_M, MARGIN_M = 175.0, 150.0
#: Walkers are kept nearer: nobody sees far into a town.
WALKERS_WITHIN_M = 260.0
#: Routes are this long, and are led on when less than a fifth is left.
_ROUTE_M = 2_500.0
_SAMPLE_M = 20.0
#: Places tried a second; most are too near to somebody when traffic is dense.
_TRIES = 10
_SLOW_ROADS = frozenset({RoadClass.URBAN, RoadClass.RESIDENTIAL})
#: Roads that are seen from each other, and the share of newcomers that come on roads like the
#: ego's: from a motorway nobody watches the country road beside it.
_GROUPS = dict.fromkeys(RoadClass, 0) | {
    RoadClass.MOTORWAY: 1,
    RoadClass.RURAL: 2,
    RoadClass.URBAN: 3,
    RoadClass.RESIDENTIAL: 3,
}
_LIKE_OURS = 0.8
_RIGHTMOST_ONLY = frozenset({ActorKind.TRUCK, ActorKind.BUS, ActorKind.BICYCLE})


@dataclass(frozen=True)
class _Samples:
    """Points along lanes, one every `_SAMPLE_M`."""

    xy: F64  # [N, 2]
    s_m: F64  # [N]
    lanes: tuple[Lane, ...]  # N
    group: NDArray[np.int64]  # [N] of `_GROUPS`

    def pick(
        self,
        rng: np.random.Generator,
        x: float,
        y: float,
        reach_m: tuple[float, float],
        road: RoadClass | None = None,
    ) -> int | None:
        """A random sample between two distances of a point, mostly on roads like `road`."""
        distance = np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y)
        fits = (distance >= reach_m[0]) & (distance <= reach_m[1])
        if road is not None and rng.random() < _LIKE_OURS:
            alike = fits & (self.group == _GROUPS[road])
            fits = alike if alike.any() else fits
        found = np.flatnonzero(fits)
        return int(found[rng.integers(len(found))]) if len(found) else None


def _samples(road: RoadMap, kind: LaneKind) -> _Samples:
    xy, arcs, lanes = [], [], []
    for lane in road.lanes.values():
        if lane.kind is kind and lane.length_m > 2 * _SAMPLE_M:
            for s in np.arange(_SAMPLE_M, lane.length_m - _SAMPLE_M / 2, _SAMPLE_M):
                xy.append(lane.pose(float(s))[:2])
                arcs.append(float(s))
                lanes.append(lane)
    group = np.array([_GROUPS[lane.road] for lane in lanes], dtype=np.int64)
    return _Samples(np.array(xy).reshape(-1, 2), np.array(arcs), tuple(lanes), group)


class TrafficKeeper:
    """Keeps the number of vehicles and walkers near the ego at the wished level."""

    def __init__(
        self, engine: SumoEngine, road: RoadMap, wish: Traffic, rng: np.random.Generator
    ) -> None:
        self._engine, self._road, self._wish, self._rng = engine, road, wish, rng
        self._serial = 0
        self._mine: set[str] = set()
        self._drives = _samples(road, LaneKind.DRIVE)
        self._walks = _samples(road, LaneKind.SIDEWALK)
        self._kinds = sorted(kind for kind, weight in wish.mix.items() if weight > 0)
        weights = np.array([wish.mix[kind] for kind in self._kinds], dtype=np.float64)
        self._weights = weights / weights.sum() if len(weights) else weights

    def fill(self, x: float, y: float, road: RoadClass, clear: Sequence[Circle]) -> None:
        """The traffic of the first moment; the circles `clear` stay empty."""
        taken = list(clear)
        for _ in range(self._wish.vehicles * 4):
            if len(self._mine) < self._wish.vehicles:
                self._add_vehicle(x, y, road, 0.0, taken)
        for _ in range(self._wish.pedestrians):
            self._add_walker(x, y, 0.0)

    def keep_up(self, x: float, y: float, road: RoadClass) -> None:
        """Once a second: who is far away goes, others come, and nobody's route ends."""
        here = {id: (vx, vy) for id, vx, vy in self._engine.vehicles()}
        self._mine = {id for id in self._mine if self._engine.has(id)}
        for id in sorted(self._mine & here.keys()):
            if np.hypot(here[id][0] - x, here[id][1] - y) > self._wish.radius_m + MARGIN_M:
                self._engine.remove(id)
                self._mine.discard(id)
            else:
                self.lead_on(id)
        taken = [(vx, vy, 0.0) for vx, vy in here.values()]
        for _ in range(_TRIES):
            if len(self._mine) < self._wish.vehicles:
                self._add_vehicle(x, y, road, OUT_OF_SIGHT_M, taken)
        walkers = list(self._engine.walkers())
        for id, wx, wy in walkers:
            if np.hypot(wx - x, wy - y) > WALKERS_WITHIN_M + MARGIN_M:
                self._engine.remove(id)
        if len(walkers) < self._wish.pedestrians:
            self._add_walker(x, y, OUT_OF_SIGHT_M)

    def lead_on(self, id: str) -> None:
        """Extends a vehicle's route before it ends."""
        left = self._engine.route_left(id)
        if left and sum(edge_length_m(self._road, e) for e in left[1:]) < _ROUTE_M / 5:
            more = self.wander(left[-1], slow_roads=id.startswith(ActorKind.BICYCLE))
            if more:
                self._engine.extend_route(id, [*left, *more])

    def wander(self, edge: str, *, slow_roads: bool = False) -> list[str]:
        """A random way on after `edge`, straight on more often than not."""
        edges: list[str] = []
        left = _ROUTE_M
        while left > 0:
            onward = [e for e in self._road.following[edge] if not slow_roads or self._slow(e)]
            if not onward:
                break
            keep = straight_on(self._road, edge, 1.0)[0]
            turned = onward[int(self._rng.integers(len(onward)))]
            edge = keep if keep in onward and self._rng.random() < 0.6 else turned
            edges.append(edge)
            left -= edge_length_m(self._road, edge)
        return edges

    def _slow(self, edge: str) -> bool:
        return self._road.lanes[self._road.edges[edge][0]].road in _SLOW_ROADS

    def _one_of(self, choices: Sequence[str]) -> str:
        return choices[int(self._rng.integers(len(choices)))]

    def _kind_for(self, lane: Lane) -> ActorKind:
        kind = self._kinds[int(self._rng.choice(len(self._kinds), p=self._weights))]
        rightmost = self._road.drivable(lane.edge)[0] is lane
        if kind in _RIGHTMOST_ONLY and not rightmost:
            return ActorKind.CAR
        if kind is ActorKind.BICYCLE and not self._slow(lane.edge):
            return ActorKind.CAR
        return kind

    def _add_vehicle(
        self, x: float, y: float, road: RoadClass, low_m: float, taken: list[Circle]
    ) -> None:
        """Tries one random place; adds to `taken` what it put there."""
        if not self._kinds:
            return
        chosen = self._drives.pick(self._rng, x, y, (low_m, self._wish.radius_m), road)
        if chosen is None:
            return
        lane = self._drives.lanes[chosen]
        if lane.id in self._engine.closed:
            return
        vx, vy = (float(c) for c in self._drives.xy[chosen])
        kind = self._kind_for(lane)
        name, colour = self._one_of(BODIES_OF[kind]), self._one_of(colours_of(kind))
        gap_m = 10.0 + 0.9 * lane.limit_mps
        if any(np.hypot(vx - cx, vy - cy) < max(gap_m, radius) for cx, cy, radius in taken):
            return
        way = self.wander(lane.edge, slow_roads=kind is ActorKind.BICYCLE)
        self._serial += 1
        id = f"{kind}_{self._serial}"
        self._engine.add_vehicle(
            id,
            name,
            [lane.edge, *way],
            lane=lane.index,
            s_m=float(self._drives.s_m[chosen]),
            speed_mps=None,
            colour=colour,
        )
        self._mine.add(id)
        taken.append((vx, vy, 0.0))

    def _add_walker(self, x: float, y: float, low_m: float) -> None:
        start = self._walks.pick(self._rng, x, y, (low_m, WALKERS_WITHIN_M))
        end = self._walks.pick(self._rng, x, y, (0.0, WALKERS_WITHIN_M))
        if start is None or end is None:
            return
        a, b = ((self._walks.lanes[i].edge, float(self._walks.s_m[i])) for i in (start, end))
        self._serial += 1
        colour = self._one_of(colours_of(ActorKind.PEDESTRIAN))
        self._engine.add_walker(f"walker_{self._serial}", a, b, colour)
