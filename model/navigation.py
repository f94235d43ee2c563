"""Routes over the road map: to a place, an exit, a turn; pure functions, edges in, edges out.

A route is a sequence of edge ids that begins with the car's own edge. Positions `s_m` are metres
along that first edge. Every error is a `NavigationError` with a reason that can be spoken.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf

from model.contract.observation import RouteInstruction
from model.contract.road import Exit, LaneLink, Place, RoadClass, RoadMap, Turn

#: A route is kept at least this long, m.
AHEAD_M = 3_000.0
#: A turn is only promised where there is this much time to get ready for it, s, and distance, m.
READY_S, READY_M = 3.0, 15.0
LANE_CHANGE_S = 6.0
#: Turning round may lead this far round the block, m.
ROUND_THE_BLOCK_M = 2_500.0
#: What a U-turn or another turn costs when ways are compared, s.
U_TURN_COST_S, TURN_COST_S = 60.0, 4.0

_WORDS = {
    Turn.LEFT: "left",
    Turn.RIGHT: "right",
    Turn.STRAIGHT: "straight on",
    Turn.U_TURN: "back",
}
_KINDS = {Turn.LEFT: "turn_left", Turn.RIGHT: "turn_right", Turn.U_TURN: "u_turn"}


class NavigationError(ValueError):
    """There is no such way; the message is a plain reason."""


@dataclass(frozen=True)
class Way:
    """A new route, where on its last edge it ends (None: it just goes on), and what it is."""

    edges: tuple[str, ...]
    destination_s_m: float | None = None
    label: str = ""


def length_m(road: RoadMap, edge: str) -> float:
    """Length of an edge; 0 for an edge without lanes."""
    lanes = road.edges[edge]
    return road.lanes[lanes[-1]].length_m if lanes else 0.0


def link_between(road: RoadMap, edge: str, after: str) -> LaneLink | None:
    """A link from a car lane of `edge` into `after`, the rightmost one."""
    for lane in road.drivable(edge):
        for link in lane.links:
            if road.lanes[link.to_lane].edge == after:
                return link
    return None


def shortest(road: RoadMap, start: str, goal: str) -> tuple[str, ...]:
    """The quickest edges from `start` to `goal`, both included; `goal` may be behind on `start`.

    Raises `NavigationError` when a car cannot get there.
    """
    _check(road, start)
    _check(road, goal)
    if start == goal:
        return (start,)
    return _search(road, start, goal)


def round_to(road: RoadMap, edge: str) -> tuple[str, ...]:
    """The quickest way from the end of an edge back to its start, the edge at both ends."""
    _check(road, edge)
    return _search(road, edge, edge)


def _search(road: RoadMap, start: str, goal: str) -> tuple[str, ...]:
    best: dict[str, float] = {}
    queue: list[tuple[float, str, tuple[str, ...]]] = [(0.0, start, (start,))]
    while queue:
        cost, edge, path = heapq.heappop(queue)
        if edge == goal and len(path) > 1:
            return path
        if best.get(edge, inf) <= cost and len(path) > 1:
            continue
        if len(path) > 1:
            best[edge] = cost
        for after in road.following.get(edge, ()):
            link = link_between(road, edge, after)
            if link is None:
                continue
            lane = road.lanes[link.to_lane]
            step = length_m(road, after) / max(lane.limit_mps, 1.0) + _turn_cost(link)
            heapq.heappush(queue, (cost + step, after, (*path, after)))
    raise NavigationError("there is no way for a car to get there")


def _turn_cost(link: LaneLink) -> float:
    if link.turn is Turn.U_TURN:
        return U_TURN_COST_S
    return 0.0 if link.turn is Turn.STRAIGHT else TURN_COST_S


def _check(road: RoadMap, edge: str) -> None:
    if edge not in road.following:
        raise NavigationError(f"there is no road called {edge!r} on this map")


def onward(road: RoadMap, edge: str) -> str | None:
    """The edge a driver comes to who keeps to the road; None where the road ends."""
    options = []
    for after in road.following.get(edge, ()):
        link = link_between(road, edge, after)
        if link is None or (link.turn is Turn.U_TURN and len(road.following[edge]) > 1):
            continue
        same_class = _class(road, edge) is _class(road, after)
        same_name = road.street_names.get(edge) == road.street_names.get(after)
        options.append((not same_class, link.turn is not Turn.STRAIGHT, not same_name, after))
    return min(options)[-1] if options else None


def _class(road: RoadMap, edge: str) -> RoadClass:
    return road.lanes[road.edges[edge][0]].road


def extended(road: RoadMap, edges: Sequence[str], ahead_m: float = AHEAD_M) -> tuple[str, ...]:
    """The route made at least `ahead_m` long by keeping to the road, so that it never just ends.

    Shorter only where the road itself ends.
    """
    route = list(edges)
    length = sum(length_m(road, edge) for edge in route[1:])
    while length < ahead_m:
        after = onward(road, route[-1])
        if after is None:
            break
        route.append(after)
        length += length_m(road, after)
    return tuple(route)


def mainline(road: RoadMap, route: Sequence[str], ahead_m: float = 12_000.0) -> tuple[str, ...]:
    """The motorway from the car's edge on, whether or not the route leaves it."""
    edges = [route[0]]
    on_route = list(route[1:])
    length = 0.0
    while length < ahead_m and _class(road, edges[-1]) is RoadClass.MOTORWAY:
        after = on_route.pop(0) if on_route else None
        if after is None or _class(road, after) is not RoadClass.MOTORWAY:
            on_route = []
            after = onward(road, edges[-1])
        if after is None or after in edges:
            break
        edges.append(after)
        length += length_m(road, after)
    return tuple(edges)


def exits_ahead(
    road: RoadMap, route: Sequence[str], s_m: float, lane: str | None = None
) -> list[tuple[Exit, float, int]]:
    """Exits of the motorway ahead: metres to each, and lanes to cross from `lane` to reach it."""
    found = []
    edges = mainline(road, route)
    ahead = -s_m
    for n, edge in enumerate(edges):
        ahead += length_m(road, edge)
        for leaving in road.exits:
            if leaving.from_edge == edge and leaving.edge in road.following.get(edge, ()):
                crossed = _lanes_to_cross(road, edges[: n + 1], leaving.edge, lane)
                found.append((leaving, max(ahead, 0.0), crossed))
    return found


def _lanes_to_cross(road: RoadMap, edges: Sequence[str], leaving: str, lane: str | None) -> int:
    """Lane changes needed along `edges` to get from `lane` into a lane that leads to `leaving`."""
    current = road.lanes.get(lane or "")
    if current is None or current.edge != edges[0]:
        return 0
    crossed = 0
    for n, edge in enumerate(edges):
        goal = edges[n + 1] if n + 1 < len(edges) else leaving
        lanes = [
            other
            for other in road.drivable(edge)
            if any(road.lanes[k.to_lane].edge == goal for k in other.links)
        ]
        if not lanes:
            return crossed
        index = current.index
        near = min(lanes, key=lambda o: abs(o.index - index))
        crossed += abs(near.index - index)
        link = next(k for k in near.links if road.lanes[k.to_lane].edge == goal)
        current = road.lanes[link.to_lane]
    return crossed


def with_exit(
    road: RoadMap,
    route: Sequence[str],
    s_m: float,
    *,
    ordinal: int = 1,
    name: str | None = None,
) -> Way:
    """The route that leaves at the next (second, third …) exit, or at the one so named."""
    exits = exits_ahead(road, route, s_m)
    if not exits:
        raise NavigationError("there is no exit ahead on this road")
    if name is not None:
        named = [e for e, _, _ in exits if _fits(name, f"{e.name} {e.towards}")]
        if not named:
            known = ", ".join(e.name for e, _, _ in exits)
            raise NavigationError(f"there is no exit called {name} ahead; there are {known}")
        leaving = named[0]
    elif ordinal > len(exits):
        raise NavigationError(f"there are only {len(exits)} exits ahead on this road")
    else:
        leaving = exits[ordinal - 1][0]
    edges = mainline(road, route)
    edges = (*edges[: edges.index(leaving.from_edge) + 1], leaving.edge)
    return Way(extended(road, edges), None, leaving.name)


def skip_exit(road: RoadMap, route: Sequence[str], s_m: float) -> Way:
    """The route that stays on the motorway at the exit it would have taken."""
    taken = [e for e, _, _ in exits_ahead(road, route, s_m) if e.edge in route]
    if not taken:
        raise NavigationError("the route takes no exit ahead")
    edges = mainline(road, route)
    edges = edges[: edges.index(taken[0].from_edge) + 1]
    after = onward(road, edges[-1])
    if after is None or after == taken[0].edge:
        raise NavigationError("the road ends at that exit")
    return Way(extended(road, (*edges, after)), None, f"past {taken[0].name}")


def turn(road: RoadMap, route: Sequence[str], s_m: float, way: Turn, speed_mps: float = 0.0) -> Way:
    """The route that turns that way at the next junction where it can and may.

    A junction too close to get ready for is left out, as is one where nothing else is possible.
    """
    if way is Turn.U_TURN:
        return u_turn(road, route, s_m, speed_mps)
    ahead = -s_m
    edges = extended(road, route)
    for n, edge in enumerate(edges):
        ahead += length_m(road, edge)
        options = _turns(road, edge)
        if len(options) < 2 or ahead < READY_M + READY_S * speed_mps:
            continue
        fits = [after for after, link in options if link.turn is way and _leaves(road, edge, after)]
        if fits:
            onto = road.street_names.get(fits[0], "")
            label = f"{_WORDS[way]} into {onto}" if onto else _WORDS[way]
            return Way(extended(road, (*edges[: n + 1], fits[0])), None, label)
    raise NavigationError(f"there is no junction ahead where one may go {_WORDS[way]}")


def _turns(road: RoadMap, edge: str) -> list[tuple[str, LaneLink]]:
    pairs = ((after, link_between(road, edge, after)) for after in road.following.get(edge, ()))
    return [(after, link) for after, link in pairs if link is not None]


def _leaves(road: RoadMap, edge: str, after: str) -> bool:
    """A motorway exit is no turn: it has a command of its own."""
    return not (_class(road, edge) is RoadClass.MOTORWAY and _class(road, after) is RoadClass.RAMP)


def u_turn(road: RoadMap, route: Sequence[str], s_m: float, speed_mps: float = 0.0) -> Way:
    """The route that turns round: where a junction allows it, else round the block."""
    if _class(road, route[0]) in (RoadClass.MOTORWAY, RoadClass.RAMP):
        raise NavigationError("turning round is not allowed on a motorway or its ramps")
    ahead = -s_m
    for n, edge in enumerate(route):
        ahead += length_m(road, edge)
        if ahead > ROUND_THE_BLOCK_M / 2:
            break
        if ahead < READY_M + READY_S * speed_mps:
            continue
        for after, link in _turns(road, edge):
            if link.turn is Turn.U_TURN:
                label = "back where the junction allows it"
                return Way(extended(road, (*route[: n + 1], after)), None, label)
    back = _opposite(road, route[0])
    if back is None:
        raise NavigationError("this road has no other side to turn round to")
    edges = shortest(road, route[0], back)
    if sum(length_m(road, e) for e in edges[1:-1]) > ROUND_THE_BLOCK_M:
        raise NavigationError("there is no legal place to turn round nearby")
    return Way(extended(road, edges), None, "back round the block")


def _opposite(road: RoadMap, edge: str) -> str | None:
    """The edge that runs the other way along the same street, or None."""
    lanes = road.drivable(edge)
    if not lanes:
        return None
    (ax, ay, _), (bx, by, _) = lanes[-1].pose(0.0), lanes[-1].pose(lanes[-1].length_m)
    best: tuple[float, str] | None = None
    for other in road.following:
        theirs = road.drivable(other)
        if other == edge or not theirs or theirs[-1].junction is not None:
            continue
        (cx, cy, _), (dx, dy, _) = theirs[-1].pose(0.0), theirs[-1].pose(theirs[-1].length_m)
        apart = hypot(cx - bx, cy - by) + hypot(dx - ax, dy - ay)
        if apart < 30.0 and (best is None or apart < best[0]):
            best = (apart, other)
    return None if best is None else best[1]


def to_place(road: RoadMap, route: Sequence[str], s_m: float, name: str) -> Way:
    """The quickest route to a named place or street, with the position where it ends."""
    place = _find_place(road, name)
    if place is not None:
        edges = _to_edge(road, route, s_m, place.edge, place.s_m)
        return Way(edges, place.s_m, place.name)
    streets = sorted(e for e, street in road.street_names.items() if _fits(name, street))
    ways = []
    for edge in streets:
        try:
            ways.append(_to_edge(road, route, s_m, edge, length_m(road, edge) / 2))
        except NavigationError:
            continue
    if ways:
        best = min(ways, key=lambda way: sum(length_m(road, e) for e in way))
        return Way(best, length_m(road, best[-1]) / 2, road.street_names[best[-1]])
    known = ", ".join(sorted(p.name for p in road.places)[:6])
    hint = f"; I know {known}" if known else ""
    raise NavigationError(f"I don't know a place called {name} on this map{hint}")


def _to_edge(
    road: RoadMap, route: Sequence[str], s_m: float, edge: str, at_m: float
) -> tuple[str, ...]:
    if edge == route[0] and at_m > s_m + READY_M:
        return (edge,)
    return round_to(road, edge) if edge == route[0] else shortest(road, route[0], edge)


def _find_place(road: RoadMap, name: str) -> Place | None:
    exact = [p for p in road.places if p.name.casefold() == name.casefold().strip()]
    similar = [p for p in road.places if _fits(name, f"{p.name} {p.kind.replace('_', ' ')}")]
    return next(iter(exact + similar), None)


def _fits(wanted: str, text: str) -> bool:
    """Whether every word of what was said stands in a name ("exit two" aside)."""
    said = [w for w in _words(wanted) if w not in _FILLERS]
    return bool(said) and set(said) <= set(_words(text))


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


_FILLERS = frozenset({"the", "a", "to", "at", "exit", "street", "place", "nearest", "towards"})


def next_instruction(
    road: RoadMap, route: Sequence[str], s_m: float, destination_s_m: float | None = None
) -> RouteInstruction:
    """What a navigator says next for a car `s_m` along the first edge of the route."""
    ahead = -s_m
    for edge, after in itertools.pairwise(route):
        ahead += length_m(road, edge)
        link = link_between(road, edge, after)
        kind = None if link is None else _instruction(road, edge, after, link)
        if kind is not None:
            leaving = [e for e in road.exits if e.edge == after]
            onto = leaving[0].name if leaving else road.street_names.get(after, "")
            return RouteInstruction(kind, max(ahead, 0.0), onto)
    onto = road.street_names.get(route[-1], "") if route else ""
    if destination_s_m is not None:
        return RouteInstruction("arrive", max(ahead + destination_s_m, 0.0), onto)
    rest = length_m(road, route[-1]) if route else 0.0
    return RouteInstruction("continue", max(ahead + rest, 0.0), onto)


def _instruction(road: RoadMap, edge: str, after: str, link: LaneLink) -> str | None:
    before, then = _class(road, edge), _class(road, after)
    if then is RoadClass.RAMP and before is RoadClass.MOTORWAY:
        return "take_exit"
    if then is RoadClass.MOTORWAY and before is RoadClass.RAMP:
        return "merge"
    return _KINDS.get(link.turn) if len(road.following.get(edge, ())) > 1 else None
