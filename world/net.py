"""Reads a SUMO `.net.xml` into plain records, nothing interpreted."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class NetLane:
    id: str
    edge: str
    index: int
    shape: F64 = field(repr=False)
    speed_mps: float
    width_m: float
    allow: str
    disallow: str

    def permits(self, vehicle_class: str) -> bool:
        if self.allow:
            return self.allow == "all" or vehicle_class in self.allow.split()
        return self.disallow != "all" and vehicle_class not in self.disallow.split()


@dataclass(frozen=True)
class NetEdge:
    id: str
    function: str  # normal, internal, crossing, walkingarea, connector
    start: str
    end: str
    type: str
    name: str
    lanes: tuple[NetLane, ...]
    crossed: tuple[str, ...]  # edges that a crossing runs over


@dataclass(frozen=True)
class NetConnection:
    from_lane: str
    to_lane: str
    via: str | None
    light: str | None
    light_index: int
    turn: str
    state: str


@dataclass(frozen=True)
class NetJunction:
    id: str
    type: str
    in_lanes: tuple[str, ...]
    inner_lanes: tuple[str, ...]
    shape: F64 = field(repr=False)
    #: By link index: bit strings whose last character is link 0.
    responses: tuple[str, ...]
    foes: tuple[str, ...]


@dataclass(frozen=True)
class Net:
    edges: Mapping[str, NetEdge]
    junctions: Mapping[str, NetJunction]
    connections: tuple[NetConnection, ...]


def parse_shape(text: str) -> F64:
    """[N, 2] points of a SUMO shape without repeated points; N is at least 2 unless empty."""
    if not text:
        return np.zeros((0, 2))
    points = np.array([pair.split(",")[:2] for pair in text.split()], dtype=np.float64)
    keep = np.ones(len(points), dtype=bool)
    keep[1:] = np.hypot(*np.diff(points, axis=0).T) > 1e-6
    points = points[keep]
    if len(points) == 1:  # a junction lane of no length still needs a direction
        points = np.concatenate([points, points + np.array([0.01, 0.0])])
    return points


def _edge(node: ET.Element) -> NetEdge:
    id = node.get("id", "")
    lanes = tuple(
        NetLane(
            id=lane.get("id", ""),
            edge=id,
            index=int(lane.get("index", "0")),
            shape=parse_shape(lane.get("shape", "")),
            speed_mps=float(lane.get("speed", "13.9")),
            width_m=float(lane.get("width", "3.2")),
            allow=lane.get("allow", ""),
            disallow=lane.get("disallow", ""),
        )
        for lane in node.iter("lane")
    )
    return NetEdge(
        id=id,
        function=node.get("function", "normal"),
        start=node.get("from", ""),
        end=node.get("to", ""),
        type=node.get("type", ""),
        name=node.get("name", ""),
        lanes=lanes,
        crossed=tuple(node.get("crossingEdges", "").split()),
    )


def _connection(node: ET.Element) -> NetConnection:
    return NetConnection(
        from_lane=f"{node.get('from')}_{node.get('fromLane')}",
        to_lane=f"{node.get('to')}_{node.get('toLane')}",
        via=node.get("via"),
        light=node.get("tl"),
        light_index=int(node.get("linkIndex", "-1")),
        turn=node.get("dir", "s"),
        state=node.get("state", "M"),
    )


def _junction(node: ET.Element) -> NetJunction:
    requests = sorted(node.iter("request"), key=lambda request: int(request.get("index", "0")))
    return NetJunction(
        id=node.get("id", ""),
        type=node.get("type", ""),
        in_lanes=tuple(node.get("incLanes", "").split()),
        inner_lanes=tuple(node.get("intLanes", "").split()),
        shape=parse_shape(node.get("shape", "")),
        responses=tuple(request.get("response", "") for request in requests),
        foes=tuple(request.get("foes", "") for request in requests),
    )


def read_net(path: Path) -> Net:
    """Reads a net; raises `ValueError` with one line when the file is not one."""
    try:
        root = ET.parse(path).getroot()
    except FileNotFoundError:
        raise ValueError(f"{path}: no such map file") from None
    except (ET.ParseError, OSError) as error:
        raise ValueError(f"{path}: not readable as a SUMO net ({error})") from None
    if root.tag != "net":
        raise ValueError(
            f"{path}: not a SUMO net but <{root.tag}>; convert it with "
            f"`netconvert --osm-files FILE -o NAME.net.xml` or the like"
        )
    try:
        net = Net(
            edges={edge.id: edge for edge in map(_edge, root.iter("edge"))},
            junctions={j.id: j for j in map(_junction, root.iter("junction"))},
            connections=tuple(map(_connection, root.iter("connection"))),
        )
    except ValueError as error:
        raise ValueError(f"{path}: damaged SUMO net ({error})") from None
    if not any(edge.function == "normal" and edge.lanes for edge in net.edges.values()):
        raise ValueError(f"{path}: this SUMO net has no roads")
    return net
