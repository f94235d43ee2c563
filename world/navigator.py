"""Keeps the ego's route: follows it edge by edge, renews it, and never lets it end by itself."""

from __future__ import annotations

from collections.abc import Sequence

from model.contract.road import LaneKind, RoadMap
from world.lanegrid import Spot
from world.route import check_connected, edge_length_m, shortest_path, straight_on

#: The route always reaches at least this far, unless a destination comes first.
AHEAD_M = 2_000.0
#: The ego counts as arrived when it stands this close to its destination, m and m/s.
ARRIVED_M, STANDING_MPS = 10.0, 0.3


class Navigator:
    """The route from the ego's own edge on; inside a junction it begins with the edge before."""

    def __init__(self, road: RoadMap, start: str, via: Sequence[str]) -> None:
        self._road = road
        self._via, self._next_via = tuple(via), 0
        self.edges: list[str] = [start]
        self.destination_s_m: float | None = None
        self.arrived = False
        self._reach_far()

    def set_route(self, edges: Sequence[str], destination_s_m: float | None) -> None:
        """Takes a passenger's route; `ValueError` when it is not one from here."""
        if not edges:
            raise ValueError("the route is empty: give at least the present edge")
        own = self.edges[0]
        if edges[0] != own:
            if edges[0] not in self._road.following[own]:
                raise ValueError(f"the route begins on {edges[0]}, but the car is on {own}")
            edges = [own, *edges]
        check_connected(self._road, edges)
        if destination_s_m is not None:
            length = edge_length_m(self._road, edges[-1])
            if not 0 <= destination_s_m <= length + 0.5:
                raise ValueError(f"{edges[-1]} is {length:.0f} m long, not {destination_s_m:.0f} m")
        self.edges = list(edges)
        self.destination_s_m = destination_s_m
        self.arrived = False
        self._reach_far()

    def go_on(self) -> None:
        """Drops the destination and takes up the scenario's own way again."""
        self.destination_s_m = None
        self.arrived = False
        self._reach_far()

    def update(self, spot: Spot, speed_mps: float) -> tuple[bool, bool]:
        """Follows the ego to `spot`; tells whether the route changed and whether it arrived."""
        changed = False
        edge = spot.lane.edge
        if spot.lane.kind is not LaneKind.JUNCTION and edge in self._road.following:
            if edge in self.edges[:4]:
                del self.edges[: self.edges.index(edge)]
            elif edge != self.edges[0]:
                self._leave_for(edge)
                changed = True
        arrived = self._check_arrival(spot, speed_mps)
        before = len(self.edges)
        self._reach_far()
        return changed or len(self.edges) != before, arrived

    def reach(self) -> list[str]:
        """The route and some way beyond it, so that traffic at the last junction counts us in."""
        return [*self.edges, *straight_on(self._road, self.edges[-1], 400.0)]

    def _check_arrival(self, spot: Spot, speed_mps: float) -> bool:
        if self.destination_s_m is None or len(self.edges) > 1 or self.arrived:
            return False
        if spot.lane.edge != self.edges[0]:
            return False
        left_m = self.destination_s_m - spot.s_m
        if left_m < -ARRIVED_M:  # driven past: the drive goes on
            self.go_on()
            return True
        self.arrived = abs(left_m) <= ARRIVED_M and speed_mps < STANDING_MPS
        return self.arrived

    def _leave_for(self, edge: str) -> None:
        """The ego left its route: the way back to the destination, or simply on from here."""
        goal = self.edges[-1]
        self.edges = [edge]
        if self.destination_s_m is not None:
            try:
                self.edges = shortest_path(self._road, edge, goal)
            except ValueError:
                self.destination_s_m = None
        elif self._via:
            self._next_via = max(self._next_via - 1, 0)

    def _reach_far(self) -> None:
        """Extends a route without a destination to `AHEAD_M`: by the next via, else straight on."""
        while self.destination_s_m is None and self._length_m() < AHEAD_M:
            more = self._by_via() if self._via else []
            if not more:
                more = straight_on(self._road, self.edges[-1], AHEAD_M)
            if not more:
                return
            self.edges += more

    def _by_via(self) -> list[str]:
        """Edges to the next via; empty when it cannot be reached from here."""
        goal = self._via[self._next_via % len(self._via)]
        self._next_via += 1
        try:
            return shortest_path(self._road, self.edges[-1], goal, round_trip=True)[1:]
        except ValueError:
            return []

    def _length_m(self) -> float:
        return sum(edge_length_m(self._road, edge) for edge in self.edges[1:])
