"""Builds the contract's `RoadMap` from a SUMO net and the metadata file beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from model.contract.road import (
    Control,
    Crossing,
    Exit,
    Lane,
    LaneKind,
    LaneLink,
    Place,
    RoadClass,
    RoadMap,
    Turn,
)
from world.geometry import crossing_arc_lengths
from world.net import Net, NetConnection, NetEdge, NetLane, read_net

MAPS = Path(__file__).parent / "maps"
#: Lines are solid on the last metres before a line where cars may have to stop.
SOLID_BEFORE_STOP_M = 30.0

_TURNS = {"s": Turn.STRAIGHT, "t": Turn.U_TURN, "l": Turn.LEFT, "r": Turn.RIGHT}
_TURNS |= {"L": Turn.LEFT, "R": Turn.RIGHT}
_CONTROLS = {"s": Control.STOP, "w": Control.ALL_WAY_STOP, "Z": Control.ZIPPER}
_CONTROLS |= {"m": Control.YIELD, "=": Control.YIELD}
_ROADS = {
    "motorway_link": RoadClass.RAMP,
    "trunk_link": RoadClass.RAMP,
    "ramp": RoadClass.RAMP,
    "motorway": RoadClass.MOTORWAY,
    "trunk": RoadClass.RURAL,
    "rural": RoadClass.RURAL,
    "urban": RoadClass.URBAN,
    "residential": RoadClass.RESIDENTIAL,
    "living_street": RoadClass.RESIDENTIAL,
}


def map_path(name: str) -> Path:
    """The net of a map by its name here, or by path; `ValueError` names those that exist."""
    if name.endswith(".net.xml"):
        return Path(name)
    path = MAPS / f"{name}.net.xml"
    if not path.is_file():
        known = ", ".join(sorted(p.name.removesuffix(".net.xml") for p in MAPS.glob("*.net.xml")))
        raise ValueError(f"no map called {name!r}: there are {known}, or give a .net.xml file")
    return path


def road_class(edge: NetEdge) -> RoadClass:
    """Class by the edge's type (ours or OSM's `highway.*`), else by its speed limit."""
    word = edge.type.removeprefix("highway.")
    if word in _ROADS:
        return _ROADS[word]
    fastest = max((lane.speed_mps for lane in edge.lanes), default=0.0)
    if fastest > 31:
        return RoadClass.MOTORWAY
    if fastest > 17:
        return RoadClass.RURAL
    return RoadClass.URBAN if fastest > 9 else RoadClass.RESIDENTIAL


def lane_kind(lane: NetLane, inside: bool) -> LaneKind:
    """What a lane is for, by whom it permits."""
    if lane.permits("passenger"):
        return LaneKind.JUNCTION if inside else LaneKind.DRIVE
    for vehicle_class, kind in (
        ("bus", LaneKind.BUS),
        ("bicycle", LaneKind.BIKE),
        ("emergency", LaneKind.SHOULDER),
        ("custom1", LaneKind.PARKING),
        ("pedestrian", LaneKind.SIDEWALK),
    ):
        if lane.permits(vehicle_class):
            return LaneKind.OTHER if inside and kind is LaneKind.PARKING else kind
    return LaneKind.OTHER


@dataclass(frozen=True)
class _Builder:
    """One net on its way to lanes, links and crossings."""

    net: Net

    @cached_property
    def edges(self) -> list[NetEdge]:
        """Edges that carry lanes of the road map: roads and the inside of junctions."""
        return [e for e in self.net.edges.values() if e.function in ("normal", "internal")]

    @cached_property
    def lanes(self) -> dict[str, NetLane]:
        return {lane.id: lane for edge in self.net.edges.values() for lane in edge.lanes}

    @cached_property
    def leaving(self) -> dict[str, list[NetConnection]]:
        """Lane id -> its connections, in the order that gives junction link indices."""
        leaving: dict[str, list[NetConnection]] = defaultdict(list)
        for connection in self.net.connections:
            leaving[connection.from_lane].append(connection)
        return leaving

    @cached_property
    def roads(self) -> dict[str, RoadClass]:
        """Road class of every edge; inside a junction that of the edge it leads out of."""
        roads = {e.id: road_class(e) for e in self.edges if e.function == "normal"}
        for connection in self.net.connections:
            source = roads.get(self.lanes[connection.from_lane].edge)
            for via in self.through(connection) if source else ():
                roads.setdefault(self.lanes[via].edge, source or RoadClass.OTHER)
        return roads

    def inside(self, lane: NetLane) -> bool:
        return lane.edge.startswith(":")

    def kind(self, lane: NetLane) -> LaneKind:
        return lane_kind(lane, self.inside(lane))

    def through(self, connection: NetConnection) -> tuple[str, ...]:
        """Junction lanes that a connection passes, in order."""
        passed: list[str] = []
        via = connection.via
        while via is not None and via not in passed:
            passed.append(via)
            via = next((c.via for c in self.leaving[via]), None)
        return tuple(passed)

    def target(self, connection: NetConnection) -> str:
        """The lane beyond the junction."""
        lane = connection.to_lane
        while lane in self.lanes and self.inside(self.lanes[lane]) and self.leaving[lane]:
            lane = self.leaving[lane][0].to_lane
        return lane

    @cached_property
    def foes(self) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
        """id() of a connection -> first lanes of the links it yields to and conflicts with."""
        found: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for junction in self.net.junctions.values():
            links = [
                c for lane in junction.in_lanes for c in self.leaving[lane] if not self._on_foot(c)
            ]
            firsts = {
                i: c.via
                for i, c in enumerate(links)
                if c.via and self.kind(self.lanes[c.from_lane]) is LaneKind.DRIVE
            }
            for i, (response, foes) in enumerate(
                zip(junction.responses, junction.foes, strict=True)
            ):
                if i in firsts:
                    found[id(links[i])] = (
                        tuple(via for j, via in firsts.items() if _bit(response, j)),
                        tuple(via for j, via in firsts.items() if _bit(foes, j)),
                    )
        return found

    def _on_foot(self, connection: NetConnection) -> bool:
        """From or onto a walking area: such connections have no link index."""
        ends = (connection.from_lane, connection.to_lane)
        return any(self.net.edges[self.lanes[e].edge].function == "walkingarea" for e in ends)

    def link(self, connection: NetConnection) -> LaneLink:
        yields, conflicts = self.foes.get(id(connection), ((), ()))
        if connection.light is not None:
            control = Control.LIGHT
        else:
            control = _CONTROLS.get(connection.state, Control.FREE)
        return LaneLink(
            from_lane=connection.from_lane,
            to_lane=self.target(connection),
            via=self.through(connection),
            turn=_TURNS.get(connection.turn, Turn.STRAIGHT),
            control=control,
            light=connection.light,
            light_index=connection.light_index,
            yields_to=yields,
            conflicts=conflicts,
        )

    def links(self, lane: NetLane) -> tuple[LaneLink, ...]:
        """Links for cars; a shoulder or parking lane has none."""
        if self.kind(lane) not in (LaneKind.DRIVE, LaneKind.JUNCTION):
            return ()
        return tuple(
            self.link(c)
            for c in self.leaving[lane.id]
            if self.kind(self.lanes[c.to_lane]) in (LaneKind.DRIVE, LaneKind.JUNCTION)
        )

    def two_way(self, edge: NetEdge) -> bool:
        """Does oncoming traffic run right beside the leftmost lane?"""
        return any(_beside(edge.lanes[-1], other.lanes[-1]) for other in self._opposite(edge))

    def _opposite(self, edge: NetEdge) -> Iterator[NetEdge]:
        return (e for e in self._by_ends.get((edge.end, edge.start), ()) if edge.start)

    @cached_property
    def _by_ends(self) -> dict[tuple[str, str], list[NetEdge]]:
        by_ends: dict[tuple[str, str], list[NetEdge]] = defaultdict(list)
        for edge in self.edges:
            if edge.function == "normal" and edge.lanes:
                by_ends[edge.start, edge.end].append(edge)
        return by_ends

    def lane(self, edge: NetEdge, index: int) -> Lane:
        lane = edge.lanes[index]
        kind = self.kind(lane)
        links = self.links(lane)
        left = edge.lanes[index + 1] if index + 1 < len(edge.lanes) else None
        right = edge.lanes[index - 1] if index else None
        road = self.roads.get(edge.id, RoadClass.OTHER)
        oncoming = left is None and not self.inside(lane) and self.two_way(edge)
        drives = sum(self.kind(each) is LaneKind.DRIVE for each in edge.lanes)
        stops = {Control.LIGHT, Control.STOP, Control.ALL_WAY_STOP, Control.YIELD}
        solid = kind is LaneKind.DRIVE and any(link.control in stops for link in links)
        return Lane(
            id=lane.id,
            edge=edge.id,
            index=index,
            kind=kind,
            road=road,
            centre=lane.shape,
            width_m=lane.width_m,
            limit_mps=lane.speed_mps,
            left=left.id if left else None,
            right=right.id if right else None,
            left_dashed=_dashed(kind, self.kind(left)) if left else oncoming and drives == 1,
            right_dashed=_dashed(kind, self.kind(right)) if right else False,
            solid_last_m=SOLID_BEFORE_STOP_M if solid else 0.0,
            links=links,
            junction=edge.id[1:].rsplit("_", 1)[0] if self.inside(lane) else None,
            one_way=not oncoming,
        )

    def crossings(self, lanes: Mapping[str, Lane]) -> dict[str, Crossing]:
        into = {c.to_lane: c for c in self.net.connections if c.to_lane.startswith(":")}
        by_junction: dict[str, list[Lane]] = defaultdict(list)
        for lane in lanes.values():
            if lane.kind is LaneKind.JUNCTION and lane.junction:
                by_junction[lane.junction].append(lane)
        made = {}
        for edge in self.net.edges.values():
            if edge.function != "crossing" or not edge.lanes:
                continue
            walk = edge.lanes[0]
            junction = edge.id[1:].rsplit("_", 1)[0]
            near = [lanes[lane.id] for e in edge.crossed for lane in self.net.edges[e].lanes]
            near = [lane for lane in near if lane.kind is LaneKind.DRIVE]
            entry = into.get(walk.id)
            light = entry.light if entry else None
            made[edge.id] = Crossing(
                id=edge.id,
                junction=junction,
                shape=walk.shape,
                width_m=walk.width_m,
                crosses=crossing_arc_lengths(
                    walk.shape, walk.width_m, by_junction[junction] + near
                ),
                priority=light is None and entry is not None and entry.state == "M",
                light=light,
                light_index=entry.light_index if entry else -1,
            )
        return made


def _bit(bits: str, index: int) -> bool:
    return index < len(bits) and bits[-1 - index] == "1"


def _dashed(kind: LaneKind, other: LaneKind) -> bool:
    together = {kind, other}
    return len(together) == 1 or together == {LaneKind.DRIVE, LaneKind.PARKING}


def _beside(lane: NetLane, oncoming: NetLane) -> bool:
    middle = lane.shape.mean(axis=0)
    gaps = np.hypot(*(oncoming.shape.mean(axis=0) - middle))
    return bool(gaps < (lane.width_m + oncoming.width_m) / 2 + 1.0)


def _derived_exits(
    roads: Mapping[str, RoadClass],
    following: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> tuple[Exit, ...]:
    """Exits read off the geometry: ramps that leave a motorway, in driving order."""
    motorways = [edge for edge, road in roads.items() if road is RoadClass.MOTORWAY]
    led_to = {after for edge in motorways for after in following.get(edge, ())}
    queue = [edge for edge in motorways if edge not in led_to] + motorways
    seen: dict[str, None] = {}
    while queue:
        edge = queue.pop(0)
        if edge in seen:
            continue
        seen[edge] = None
        onward = [e for e in following.get(edge, ()) if roads.get(e) is RoadClass.MOTORWAY]
        queue[:0] = onward
    pairs = [
        (edge, ramp)
        for edge in seen
        for ramp in following.get(edge, ())
        if roads.get(ramp) is RoadClass.RAMP
    ]
    return tuple(
        Exit(edge=ramp, from_edge=edge, name=f"Exit {n}", towards=names.get(ramp, ""))
        for n, (edge, ramp) in enumerate(pairs, start=1)
    )


def _metadata(path: Path) -> dict[str, Any]:
    beside = path.with_name(path.name.removesuffix(".net.xml") + ".yaml")
    if not beside.is_file():
        return {}
    facts = yaml.safe_load(beside.read_text(encoding="utf-8")) or {}
    if not isinstance(facts, dict) or facts.keys() - {"exits", "places", "zones"}:
        raise ValueError(f"{beside}: only the keys exits, places and zones are known")
    return facts


def load_road_map(name: str) -> RoadMap:
    """The road map of a built-in map or of any `.net.xml` file.

    Raises `ValueError` with one line when there is no such map or the file is damaged.
    """
    path = map_path(name)
    facts = _metadata(path)
    builder = _Builder(read_net(path))
    lanes = {
        lane.id: builder.lane(edge, lane.index) for edge in builder.edges for lane in edge.lanes
    }
    following: dict[str, tuple[str, ...]] = {}
    for edge in builder.edges:
        if edge.function == "normal":
            ahead = (lanes[k.to_lane].edge for e in edge.lanes for k in lanes[e.id].links)
            following[edge.id] = tuple(dict.fromkeys(ahead))
    names = {e.id: e.name for e in builder.edges if e.name}
    exits = tuple(Exit(**exit) for exit in facts.get("exits") or ())
    return RoadMap(
        name=path.name.removesuffix(".net.xml"),
        lanes=lanes,
        edges={edge.id: tuple(lane.id for lane in edge.lanes) for edge in builder.edges},
        following=following,
        crossings=builder.crossings(lanes),
        exits=exits or _derived_exits(builder.roads, following, names),
        places=tuple(Place(**place) for place in facts.get("places") or ()),
        street_names=names,
        junctions={j.id: j.shape for j in builder.net.junctions.values() if len(j.shape) > 2},
        zones=facts.get("zones") or {},
    )
