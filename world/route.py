"""Ways through the road map: shortest path, straight on, the next instruction, the line ahead."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import RouteInstruction
from model.contract.road import Lane, LaneKind, LaneLink, RoadClass, RoadMap, Turn

F64 = NDArray[np.float64]

_TURN_KINDS = {Turn.LEFT: "turn_left", Turn.RIGHT: "turn_right", Turn.U_TURN: "u_turn"}


def edge_length_m(road: RoadMap, edge: str) -> float:
    return road.lanes[road.edges[edge][-1]].length_m


def edge_class(road: RoadMap, edge: str) -> RoadClass:
    return road.lanes[road.edges[edge][0]].road


def links_between(road: RoadMap, edge: str, after: str) -> list[LaneLink]:
    """Links from any car lane of `edge` into `after`, from right to left."""
    lanes = (road.lanes[id] for id in road.edges[edge])
    return [link for lane in lanes for link in lane.links if road.lanes[link.to_lane].edge == after]


def shortest_path(road: RoadMap, start: str, end: str, *, round_trip: bool = False) -> list[str]:
    """Edges of the quickest way; with `round_trip` a way back to `start == end` instead of [start].

    Raises `ValueError` when `end` does not exist or cannot be reached.
    """
    for edge in (start, end):
        if edge not in road.following:
            raise ValueError(f"no road called {edge!r} on the map {road.name}")
    queue: list[tuple[float, str, tuple[str, ...]]] = [(0.0, start, (start,))]
    done: set[str] = set()
    while queue:
        cost, edge, path = heapq.heappop(queue)
        if edge == end and (len(path) > 1 or not round_trip):
            return list(path)
        if edge in done:
            continue
        if len(path) > 1 or not round_trip:
            done.add(edge)
        for after in road.following[edge]:
            lane = road.lanes[road.edges[after][-1]]
            heapq.heappush(queue, (cost + lane.length_m / lane.limit_mps, after, (*path, after)))
    raise ValueError(f"no way for a car from {start} to {end} on the map {road.name}")


def straight_on(road: RoadMap, start: str, distance_m: float) -> list[str]:
    """Edges after `start` for a driver who keeps to the road, at least `distance_m` of them.

    Shorter only where the road ends.
    """
    edges: list[str] = []
    edge, left = start, distance_m
    while left > 0 and road.following[edge]:
        edge = min(road.following[edge], key=lambda after: _departure(road, edge, after))
        edges.append(edge)
        left -= edge_length_m(road, edge)
    return edges


def _departure(road: RoadMap, edge: str, after: str) -> tuple[bool, bool, str]:
    """How much going from `edge` to `after` departs from keeping to the road; smaller is less."""
    turn = links_between(road, edge, after)[0].turn
    same_road = edge_class(road, edge) is edge_class(road, after)
    same_name = road.street_names.get(edge) == road.street_names.get(after)
    return not (same_road and same_name), turn is not Turn.STRAIGHT, after


def check_connected(road: RoadMap, edges: Sequence[str]) -> None:
    """Raises `ValueError` naming the first pair of edges that a car cannot go between."""
    for edge in edges:
        if edge not in road.following:
            raise ValueError(f"no road called {edge!r} on the map {road.name}")
    for a, b in itertools.pairwise(edges):
        if b not in road.following[a]:
            raise ValueError(f"the route is not connected: no way from {a} straight into {b}")


def next_instruction(
    road: RoadMap, route: Sequence[str], s_m: float, destination_s_m: float | None
) -> RouteInstruction:
    """What a navigator says next, for a car `s_m` along the first edge of `route`."""
    ahead = -s_m
    for edge, after in itertools.pairwise(route):
        ahead += edge_length_m(road, edge)
        kind = _instruction_kind(road, edge, after)
        if kind:
            return RouteInstruction(kind, max(ahead, 0.0), _onto(road, after))
    if not route:
        return RouteInstruction("continue", 0.0)
    if destination_s_m is None:
        ahead += edge_length_m(road, route[-1])
        return RouteInstruction("continue", max(ahead, 0.0), _onto(road, route[-1]))
    return RouteInstruction("arrive", max(ahead + destination_s_m, 0.0), _onto(road, route[-1]))


def _instruction_kind(road: RoadMap, edge: str, after: str) -> str | None:
    links = links_between(road, edge, after)
    before, then = edge_class(road, edge), edge_class(road, after)
    if before is RoadClass.MOTORWAY and then is RoadClass.RAMP:
        return "take_exit"
    if before is RoadClass.RAMP and then is RoadClass.MOTORWAY:
        return "merge"
    if not links or len(road.following[edge]) < 2:
        return None
    return _TURN_KINDS.get(links[0].turn)


def _onto(road: RoadMap, edge: str) -> str:
    for exit in road.exits:
        if exit.edge == edge:
            return f"{exit.name} {exit.towards}".strip()
    return road.street_names.get(edge, "")


def _link_on(road: RoadMap, lane: Lane, route: Sequence[str]) -> LaneLink | None:
    """The link of `lane` to the first edge of `route` whose target best serves the edge after."""
    fits = [link for link in lane.links if road.lanes[link.to_lane].edge == route[0]]
    if len(route) < 2:
        return fits[0] if fits else None
    onward = [k for k in fits if _leads_to(road, k.to_lane, route[1])]
    return (onward or fits or [None])[0]  # type: ignore[list-item]


def _leads_to(road: RoadMap, lane: str, edge: str) -> bool:
    return any(road.lanes[link.to_lane].edge == edge for link in road.lanes[lane].links)


def _best_lane(road: RoadMap, lane: Lane, after: str) -> Lane:
    """The car lane beside `lane`, or itself, that leads into `after`."""
    fits = [n for n in road.drivable(lane.edge) if _leads_to(road, n.id, after)]
    return min(fits, key=lambda n: abs(n.index - lane.index)) if fits else lane


def lanes_ahead(
    road: RoadMap, lane: Lane, s_m: float, route: Sequence[str], ahead_m: float
) -> list[Lane]:
    """Lanes (junction lanes included) that a car on `lane` passes on its route, about `ahead_m`.

    `route` begins with the lane's own edge, or, inside a junction, with the edge before it.
    """
    onward = list(route[1:])
    if lane.kind is not LaneKind.JUNCTION and lane.kind is not LaneKind.DRIVE:
        drivable = road.drivable(lane.edge)
        lane = min(drivable, key=lambda n: abs(n.index - lane.index)) if drivable else lane
    chain: list[Lane] = []
    left = ahead_m + s_m
    while True:
        if onward and lane.kind is LaneKind.DRIVE:
            lane = _best_lane(road, lane, onward[0])
        chain.append(lane)
        left -= lane.length_m
        if left <= 0 or not onward:
            return chain
        link = _link_on(road, lane, onward) or (lane.links[0] if lane.links else None)
        if link is None:
            return chain
        for via in link.via:
            chain.append(road.lanes[via])
            left -= road.lanes[via].length_m
        lane = road.lanes[link.to_lane]
        onward = onward[onward.index(lane.edge) + 1 :] if lane.edge in onward else []


def line_ahead(
    road: RoadMap, lane: Lane, s_m: float, route: Sequence[str], ahead_m: float = 250.0
) -> F64:
    """[N, 2] m in the map frame: the middle of the way ahead, a point every 5 m."""
    chain = lanes_ahead(road, lane, s_m, route, ahead_m)
    first = chain[0]
    points = [np.array(first.pose(s_m)[:2])[None], first.centre[first.s > s_m + 0.5]]
    points += [each.centre for each in chain[1:]]
    way = np.concatenate(points)
    steps = np.hypot(*np.diff(way, axis=0).T)
    s = np.concatenate(([0.0], np.cumsum(steps)))
    at = np.arange(0.0, min(float(s[-1]), ahead_m), 5.0)
    return np.stack([np.interp(at, s, way[:, k]) for k in (0, 1)], axis=1)
