"""From a route command to a new route, with the edge that will prove it was taken. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from model import navigation
from model.contract.road import LaneKind, RoadMap, Turn
from model.navigation import NavigationError, Way
from model.request_book import Moment, NewRoute, NoRoute
from modes.vocabulary import Command, Intent

_TURNS = {
    Intent.TURN_LEFT: Turn.LEFT,
    Intent.TURN_RIGHT: Turn.RIGHT,
    Intent.GO_STRAIGHT: Turn.STRAIGHT,
    Intent.U_TURN: Turn.U_TURN,
}
#: The other side of the street begins this near to where our side ends, m.
OTHER_SIDE_M = 30.0


def navigate(command: Command, moment: Moment) -> NewRoute:
    """The route that the command asks for; raises `NoRoute` with a plain clause."""
    if not moment.route:
        raise NoRoute("the car is on no road that the map knows")
    try:
        return _navigate(command, moment, _s_on_first(moment))
    except NavigationError as error:
        raise NoRoute(str(error)) from error


def _s_on_first(moment: Moment) -> float:
    """Metres along the route's first edge; inside a junction that edge lies behind."""
    road, first = moment.road, moment.route[0]
    lane = road.lanes.get(moment.ego.lane or "")
    if lane is not None and lane.kind is LaneKind.JUNCTION and lane.edge != first:
        return navigation.length_m(road, first)
    return moment.ego.s_m


def _navigate(command: Command, moment: Moment, s_m: float) -> NewRoute:
    road, route, slots = moment.road, moment.route, command.slots
    match command.intent:
        case Intent.TAKE_EXIT:
            way = navigation.with_exit(
                road, route, s_m, ordinal=slots.ordinal or 1, name=slots.name
            )
            return _leaving(road, way)
        case Intent.SKIP_EXIT:
            return _staying(road, route, s_m)
        case Intent.TURN_LEFT | Intent.TURN_RIGHT | Intent.GO_STRAIGHT | Intent.U_TURN:
            turn = _TURNS[command.intent]
            way = navigation.turn(road, route, s_m, turn, moment.ego.speed_mps)
            return _turning(road, way, turn, s_m, moment.ego.speed_mps)
        case Intent.REROUTE:
            if len(route) < 2:
                raise NoRoute("there is no destination to find another way to")
            return NewRoute(navigation.shortest(road, route[0], route[-1]))
    name = slots.name or (slots.place.value.replace("_", " ") if slots.place else None)
    if name is None:
        raise NoRoute("it is not clear where to")
    way = navigation.to_place(road, route, s_m, name)
    return NewRoute(way.edges, way.destination_s_m, label=way.label)


def _leaving(road: RoadMap, way: Way) -> NewRoute:
    exits = {leaving.edge: leaving for leaving in road.exits}
    edge = next(edge for edge in way.edges if edge in exits)
    return NewRoute(way.edges, None, edge, exits[edge].from_edge, way.label)


def _staying(road: RoadMap, route: Sequence[str], s_m: float) -> NewRoute:
    exits = {leaving.edge: leaving for leaving in road.exits}
    taken = next((exits[edge] for edge in route if edge in exits), None)
    if taken is None:  # the car stays on anyway
        return NewRoute(tuple(route))
    way = navigation.skip_exit(road, route, s_m)
    return NewRoute(way.edges, None, None, taken.from_edge, way.label)


def _turning(road: RoadMap, way: Way, turn: Turn, s_m: float, speed_mps: float) -> NewRoute:
    """The first junction of the way where it turns like that, and a choice exists."""
    ahead = -s_m
    ready = navigation.READY_M + navigation.READY_S * speed_mps
    for edge, after in pairwise(way.edges):
        ahead += navigation.length_m(road, edge)
        link = navigation.link_between(road, edge, after)
        chosen = turn is Turn.U_TURN or len(road.following.get(edge, ())) > 1
        if link is not None and link.turn is turn and chosen and ahead >= ready:
            return NewRoute(way.edges, way.destination_s_m, after, edge, way.label)
    goal = _other_side(road, way.edges)
    return NewRoute(way.edges, way.destination_s_m, goal, None, way.label)


def _other_side(road: RoadMap, edges: Sequence[str]) -> str | None:
    """Round the block: the edge that begins where our own side of the street ends."""
    own = road.drivable(edges[0])
    if not own:
        return None
    x, y, _ = own[-1].pose(own[-1].length_m)
    for edge in edges[2:]:
        theirs = road.drivable(edge)
        if theirs:
            tx, ty, _ = theirs[-1].pose(0.0)
            if hypot(tx - x, ty - y) < OTHER_SIDE_M:
                return edge
    return None
