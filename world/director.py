"""Carries out a scenario: watches triggers, does actions, and tells what it did."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from model.contract.observation import Actor, ActorKind
from model.contract.road import Crossing, Lane, LaneKind, RoadMap
from model.contract.world import WorldEvent
from world.kinds import BODIES_OF, colours_of
from world.lanegrid import Spot
from world.props import place
from world.route import edge_length_m, straight_on
from world.scenario import Action, Event, Near, Scenario, Spawn, Trigger, Walk
from world.sumo import SumoEngine

#: Scenario vehicles get a way this long; the traffic keeper leads them on.
_WAY_M = 2_500.0
#: Usual traffic this near to where a scenario vehicle is to appear vanishes, unless the ego is
#: near enough to see it vanish, m.
_ROOM_M, _SEES_M = 150.0, 165.0
#: A vehicle that still finds no room is tried this much farther from the ego in the next tick, m.
_FARTHER_M = 5.0
#: Walkers of a scenario go on this far along the other pavement.
_ONWARD_M = 25.0


@dataclass(frozen=True)
class Moment:
    """What triggers look at."""

    t_s: float
    spot: Spot
    x: float
    y: float
    heading: float
    speed_mps: float
    #: Actor id -> (x, y) of those that exist.
    where: Callable[[str], tuple[float, float] | None]


def check_names(scenario: Scenario, road: RoadMap) -> None:
    """Raises `ValueError` naming the first road, lane or crossing that the map does not have."""
    actions = [*scenario.init, *(action for event in scenario.events for action in event.do)]
    nears = [event.when.ego_near for event in scenario.events if event.when.ego_near]
    edges = [scenario.ego.edge, *scenario.ego.via, *scenario.zones, *scenario.limits_kph]
    edges += [edge for event in scenario.events for edge in event.when.ego_on or ()]
    edges += [a.spawn.edge for a in actions if a.spawn and a.spawn.edge is not None]
    edges += [near.edge for near in nears if near.edge is not None]
    lanes = [lane for a in actions for lane in (a.close_lane, a.open_lane) if lane is not None]
    crossings = [near.crossing for near in nears if near.crossing is not None]
    crossings += [a.walk.crossing for a in actions if a.walk]
    walked = {name for c in road.crossings.values() for name in (c.id, c.junction)}
    for word, names, known in (
        ("road", edges, road.edges.keys()),
        ("lane", lanes, road.lanes.keys()),
        ("crossing", crossings, walked),
    ):
        for name in names:
            if name not in known:
                near_by = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
                hint = f"; did you mean {near_by[0]!r}?" if near_by else ""
                raise ValueError(f"{scenario.name}: no {word} called {name!r} on this map{hint}")


@dataclass
class Director:
    """Scenario events in order of the file, each at most once."""

    scenario: Scenario
    road: RoadMap
    engine: SumoEngine
    rng: np.random.Generator
    #: What actions change beyond the traffic engine.
    props: list[Actor] = field(default_factory=list)
    closed_lanes: dict[str, float] = field(default_factory=dict)
    weather: str = "clear"
    #: Vehicles that the scenario spawned.
    guests: list[str] = field(default_factory=list)
    _done: dict[str, float] = field(default_factory=dict)
    #: Spawns that traffic may still be in the way of; tried again each tick.
    _waiting: list[Spawn] = field(default_factory=list)

    def begin(self, moment: Moment) -> None:
        """The `init` actions, which tell no events."""
        self.weather = self.scenario.weather
        for action in self.scenario.init:
            self._do(action, moment)

    def update(self, moment: Moment) -> list[WorldEvent]:
        """Fires the events whose triggers hold now."""
        told: list[WorldEvent] = []
        self._try_again(moment)
        for event in self.scenario.events:
            if event.name not in self._done and self._holds(event.when, moment):
                self._done[event.name] = moment.t_s
                told += self._fire(event, moment)
        return told

    def _try_again(self, moment: Moment) -> None:
        waiting, self._waiting = self._waiting, []
        for wish in waiting:
            if not self.engine.has(wish.id):
                farther = math.copysign(abs(wish.ahead_m or 0.0) + _FARTHER_M, wish.ahead_m or 0.0)
                moved = {} if wish.ahead_m is None else {"ahead_m": farther}
                self._spawn(wish.model_copy(update=moved), moment)
            elif self.engine.position(wish.id) is None:
                self._waiting.append(wish)

    def _fire(self, event: Event, moment: Moment) -> list[WorldEvent]:
        told = [WorldEvent("scenario", moment.t_s, detail=event.name)]
        for action in event.do:
            for kind, id in self._do(action, moment):
                told.append(WorldEvent(kind, moment.t_s, object_id=id, detail=event.name))
        return told

    def _holds(self, when: Trigger, moment: Moment) -> bool:
        if when.after is not None:
            since = self._done.get(when.after)
            if since is None or moment.t_s < since + when.after_s:
                return False
        return (
            (when.t_gt is None or moment.t_s > when.t_gt)
            and (when.ego_on is None or moment.spot.lane.edge in when.ego_on)
            and (when.speed_gt_mps is None or moment.speed_mps > when.speed_gt_mps)
            and (when.speed_lt_mps is None or moment.speed_mps < when.speed_lt_mps)
            and (when.ego_near is None or self._near(when.ego_near, moment))
        )

    def _near(self, near: Near, moment: Moment) -> bool:
        if near.crossing is not None:
            at: tuple[float, float] | None = _middle(self._crossing(near.crossing))
        elif near.edge is not None:
            at = self.road.lanes[self.road.edges[near.edge][-1]].pose(near.s_m)[:2]
        else:
            at = moment.where(near.actor or "")
        return at is not None and math.dist(at, (moment.x, moment.y)) < near.lt_m

    def _do(self, action: Action, moment: Moment) -> list[tuple[str, str]]:
        """Carries out one action; returns (event kind, actor id) of what came and went."""
        if action.spawn is not None:
            return self._spawn(action.spawn, moment)
        if action.walk is not None:
            return self._walk(action.walk, moment)
        if action.place is not None:
            placed = place(self.road, action.place)
            self.props += placed
            return [("spawned", actor.id) for actor in placed]
        if action.close_lane is not None:
            self.engine.close_lane(action.close_lane)
            self.closed_lanes[action.close_lane] = 0.0
        if action.open_lane is not None:
            self.engine.open_lane(action.open_lane)
            self.closed_lanes.pop(action.open_lane, None)
        if action.change_lane is not None and self.engine.has(action.change_lane.actor):
            self.engine.change_lane(action.change_lane.actor, action.change_lane.lane)
        if action.set_speed is not None and self.engine.has(action.set_speed.actor):
            speed = action.set_speed
            self.engine.set_speed(speed.actor, speed.speed_mps, speed.over_s)
        if action.weather is not None:
            self.weather = action.weather
        return self._remove(action.remove) if action.remove is not None else []

    def _remove(self, id: str) -> list[tuple[str, str]]:
        before = len(self.props)
        self.props[:] = [prop for prop in self.props if prop.id != id]
        known = self.engine.has(id)
        if known:
            self.engine.remove(id)
        return [("removed", id)] if known or len(self.props) < before else []

    def _spawn(self, wish: Spawn, moment: Moment) -> list[tuple[str, str]]:
        if wish.edge is not None:
            edge, s = wish.edge, wish.s_m
        else:
            edge, s = along(self.road, moment.spot, wish.ahead_m or 0.0)
        lanes: Sequence[Lane] = self.road.drivable(edge)
        if wish.ahead_m is not None:
            lanes = _through(self.road, edge, lanes)
        if wish.lane is None and edge == moment.spot.lane.edge:
            lane = next((n for n in lanes if n.id == moment.spot.lane.id), lanes[0])
        else:
            lane = lanes[min(wish.lane or 0, len(lanes) - 1)]
        self._make_room(lane, s, moment)
        names, colours = BODIES_OF[wish.kind], colours_of(wish.kind)
        self.engine.add_vehicle(
            wish.id,
            names[int(self.rng.integers(len(names)))],
            [edge, *straight_on(self.road, edge, _WAY_M)],
            lane=lane.index,
            s_m=s,
            speed_mps=wish.speed_mps,
            colour=wish.colour or colours[int(self.rng.integers(len(colours)))],
            siren=wish.siren,
        )
        if wish.stands:
            self.engine.stand_still(wish.id)
        elif wish.hold_speed:
            self.engine.limit_speed(wish.id, wish.speed_mps)
        if wish.id not in self.guests:
            self.guests.append(wish.id)
        self._waiting.append(wish)
        return [("spawned", wish.id)]

    def _make_room(self, lane: Lane, s_m: float, moment: Moment) -> None:
        at, eye = lane.pose(s_m)[:2], (moment.x, moment.y)
        for id, x, y in list(self.engine.vehicles()):
            unseen = math.dist((x, y), eye) > _SEES_M
            if unseen and id not in self.guests and math.dist((x, y), at) < _ROOM_M:
                self.engine.remove(id)

    def _walk(self, wish: Walk, moment: Moment) -> list[tuple[str, str]]:
        crossing = self._crossing(wish.crossing)
        ends = [crossing.shape[0], crossing.shape[-1]]
        left = np.array([-math.sin(moment.heading), math.cos(moment.heading)])
        ends.sort(key=lambda end: float((end - [moment.x, moment.y]) @ left))
        start, end = ends if wish.side == "right" else ends[::-1]
        colours = colours_of(ActorKind.PEDESTRIAN)
        came = self.engine.add_walker(
            wish.id,
            self._pavement(start, wish.wait_m),
            self._pavement(end, _ONWARD_M),
            colours[int(self.rng.integers(len(colours)))],
        )
        return [("spawned", wish.id)] if came else []

    def _pavement(
        self, point: np.ndarray[tuple[int, ...], np.dtype[np.float64]], away_m: float
    ) -> tuple[str, float]:
        """The pavement place nearest to a crossing's end, `away_m` along from it."""
        best: tuple[float, str, float] | None = None
        for lane in self.road.lanes.values():
            if lane.kind is LaneKind.SIDEWALK and lane.junction is None:
                s, lateral = lane.project(float(point[0]), float(point[1]))
                x, y, _ = lane.pose(s)
                gap = abs(lateral) + 0.001 * math.dist((x, y), (float(point[0]), float(point[1])))
                at = away_m if s < lane.length_m / 2 else lane.length_m - away_m
                if best is None or gap < best[0]:
                    best = gap, lane.edge, min(max(at, 0.5), lane.length_m - 0.5)
        if best is None:
            raise ValueError(f"{self.scenario.name}: the map has no pavements to walk on")
        return best[1], best[2]

    def _crossing(self, name: str) -> Crossing:
        """A crossing by its id, or the first one of a junction by the junction's id."""
        for crossing in self.road.crossings.values():
            if name in (crossing.id, crossing.junction):
                return crossing
        raise KeyError(name)  # `check_names` has seen to it that there is one


def _through(road: RoadMap, edge: str, lanes: Sequence[Lane]) -> Sequence[Lane]:
    """Those of the `lanes` that lead on along the road: no exit lane, no merge lane."""
    onward = straight_on(road, edge, 1.0)
    through = [n for n in lanes if any(road.lanes[k.to_lane].edge in onward for k in n.links)]
    return through or lanes


def _middle(crossing: Crossing) -> tuple[float, float]:
    x, y = crossing.shape.mean(axis=0)
    return float(x), float(y)


def along(road: RoadMap, spot: Spot, ahead_m: float) -> tuple[str, float]:
    """Edge and arc length `ahead_m` from a spot, keeping to the road; negative: behind it."""
    edge, s = spot.lane.edge, spot.s_m + ahead_m
    if edge not in road.following:  # inside a junction: count from the edge that it leads to
        edge = road.lanes[spot.lane.links[0].to_lane].edge
    while s > edge_length_m(road, edge):
        onward = straight_on(road, edge, 1.0)
        if not onward:
            return edge, edge_length_m(road, edge) - 1.0
        s -= edge_length_m(road, edge)
        edge = onward[0]
    before: Mapping[str, Sequence[str]] = road.following
    while s < 5.0:
        sources = [e for e, onward in before.items() if edge in onward]
        keep = [e for e in sources if straight_on(road, e, 1.0)[:1] == [edge]]
        if not sources:
            return edge, 5.0
        edge = (keep or sources)[0]
        s += edge_length_m(road, edge)
    return edge, s
