"""Paint on the road: lane lines, stop lines, zebras, arrows and parking bays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Control, Crossing, Lane, LaneKind, RoadClass, RoadMap, Turn
from world.landscape.sides import offset, outer_lanes
from world.landscape.signs import approach_control
from world.render.mesh import RGB, Mesh, joined
from world.render.ribbons import along, arc_length, bars, flat_mesh, ribbon, stations

F64 = NDArray[np.float64]

WHITE: RGB = (0.93, 0.93, 0.90)
#: Painted length, period and half width of dashes by road class, m.
_DASHES = {
    RoadClass.MOTORWAY: (6.0, 18.0, 0.09),
    RoadClass.RAMP: (4.0, 12.0, 0.08),
    RoadClass.RURAL: (4.0, 12.0, 0.075),
}
_TOWN_DASH = (3.0, 8.0, 0.07)
_STOPS = frozenset({Control.LIGHT, Control.STOP, Control.ALL_WAY_STOP})


def markings(road: RoadMap) -> Mesh:
    """All paint of a road map as one mesh on the ground."""
    made: list[Mesh] = []
    for _, lanes in outer_lanes(road):
        for lane in lanes:
            made += _left_line(lane, road)
            made += _right_line(lane, road)
            made += _bays(lane)
            made += _through(lane, road)
        made += _stop_line([lane for lane in lanes if lane.kind is LaneKind.DRIVE])
        for lane in lanes:
            made += _arrow(lane, lanes)
    for crossing in road.crossings.values():
        made += _zebra(crossing) if crossing.priority else _ladder(crossing)
    return joined(made)


def _left_line(lane: Lane, road: RoadMap) -> Iterator[Mesh]:
    """The line to the left neighbour, or the edge or middle line of the road."""
    if lane.kind in (LaneKind.SIDEWALK, LaneKind.OTHER):
        return
    dash, period, half = _DASHES.get(lane.road, _TOWN_DASH)
    line = offset(lane.centre, lane.width_m / 2)
    if lane.left is None:
        if lane.one_way:
            yield _solid(offset(line, -0.25), 1.6 * half)
        elif lane.left_dashed:
            yield _dashed(line, dash, period, half)
        else:
            yield _solid(line, half)
        return
    other = road.lanes[lane.left]
    edge = lane.kind is LaneKind.SHOULDER or other.kind is LaneKind.SHOULDER
    if edge:
        yield _solid(offset(line, 0.2), 1.8 * half)
    elif lane.kind is LaneKind.PARKING:
        yield _solid(line, 0.6 * half)
    elif lane.left_dashed:
        yield _dashed(line, dash, period, half)
    else:
        yield _solid(line, half)


def _through(lane: Lane, road: RoadMap) -> Iterator[Mesh]:
    """On fast roads the lines go on where one stretch meets the next."""
    if lane.road not in _DASHES or lane.kind is not LaneKind.DRIVE:
        return
    for link in lane.links:
        if link.turn is Turn.STRAIGHT and link.control is Control.FREE:
            for via in link.via:
                inside = replace(road.lanes[via], left=lane.left, left_dashed=lane.left_dashed,
                                 right=lane.right, kind=LaneKind.DRIVE)  # fmt: skip
                yield from _left_line(inside, road)
                if lane.right is None or road.lanes[lane.right].kind is LaneKind.SHOULDER:
                    yield from _right_line(replace(inside, right=None), road)


def _right_line(lane: Lane, road: RoadMap) -> Iterator[Mesh]:
    """The edge line of roads that end without a kerb."""
    if lane.right is None and lane.kind is LaneKind.DRIVE and lane.road not in _WITHOUT_EDGE:
        half = _DASHES.get(lane.road, _TOWN_DASH)[2]
        yield _solid(offset(lane.centre, -lane.width_m / 2 + 0.25), 1.4 * half)


_WITHOUT_EDGE = frozenset({RoadClass.RESIDENTIAL, RoadClass.OTHER})


def _solid(line: F64, half_w: float) -> Mesh:
    return ribbon(stations(line, 9.0), (-half_w, half_w), (1, 1), WHITE)


def _dashed(line: F64, dash: float, period: float, half_w: float) -> Mesh:
    length = float(arc_length(line)[-1])
    starts = np.arange((period - dash) / 2, max(length - dash, 0.1), period)
    return bars(along(line, starts), along(line, starts + dash), half_w, WHITE)


def _bays(lane: Lane) -> Iterator[Mesh]:
    if lane.kind is LaneKind.PARKING:
        s = np.arange(6.0, max(lane.length_m - 3.0, 6.1), 6.0)
        sides = [along(offset(lane.centre, by), s) for by in (-lane.width_m / 2, lane.width_m / 2)]
        yield bars(sides[0], sides[1], 0.05, WHITE)


def _stop_line(lanes: Sequence[Lane]) -> Iterator[Mesh]:
    control = approach_control([link for lane in lanes for link in lane.links])
    for lane in lanes:
        if control in _STOPS:
            yield _across(lane, lane.length_m - 0.6, (-0.5, 0.5), 0.22)
        elif control is Control.YIELD and lane.road is not RoadClass.MOTORWAY:
            for at in (-0.42, -0.18, 0.06, 0.30):
                yield _across(lane, lane.length_m - 0.6, (at, at + 0.13), 0.22)


def _across(lane: Lane, s_m: float, span: tuple[float, float], half_w: float) -> Mesh:
    """A bar across the lane between two fractions of its width."""
    x, y, h = lane.pose(s_m)
    n = np.array([-np.sin(h), np.cos(h)]) * lane.width_m
    middle = np.array([x, y])
    return bars((middle + n * span[0])[None], (middle + n * span[1])[None], half_w, WHITE)


def _zebra(crossing: Crossing) -> Iterator[Mesh]:
    """Stripes half a metre wide and half a metre apart, along the traffic."""
    length = float(arc_length(crossing.shape)[-1])
    s = np.arange(0.4, length - 0.3, 1.0)
    half = crossing.width_m / 2
    a, b = (along(offset(crossing.shape, by), s) for by in (-half, half))
    yield bars(a, b, 0.26, WHITE)


def _ladder(crossing: Crossing) -> Iterator[Mesh]:
    """Two dashed lines where a light decides."""
    for by in (-crossing.width_m / 2, crossing.width_m / 2):
        yield _dashed(offset(crossing.shape, by), 0.5, 0.9, 0.07)


def _arrow(lane: Lane, lanes: Sequence[Lane]) -> Iterator[Mesh]:
    """Turn arrows where an approach has lanes for different turns."""
    turns = [{link.turn for link in other.links} for other in lanes if other.links]
    if lane.kind is not LaneKind.DRIVE or len(turns) < 2 or lane.length_m < 40.0:
        return
    own = {link.turn for link in lane.links}
    if all(own == other for other in turns) or lane.road is RoadClass.MOTORWAY:
        return
    for back in (9.0, 26.0):
        x, y, h = lane.pose(lane.length_m - back)
        for turn in sorted(own & _SHAPES.keys()):
            points, triangles = _SHAPES[turn]
            cos, sin = np.cos(h), np.sin(h)
            at = points @ np.array([[cos, sin], [-sin, cos]]) + (x, y)
            yield flat_mesh(at, np.broadcast_to(WHITE, (len(at), 3)), triangles)


def _shape(shaft: Sequence[tuple[float, float]], head: Sequence[tuple[float, float]]) -> tuple[
    F64, NDArray[np.int64]
]:  # fmt: skip
    """An arrow of a quad strip (pairs right, left) and a triangle."""
    points = np.array([*shaft, *head], float)
    strip = [t for i in range(0, len(shaft) - 2, 2) for t in ((i, i + 2, i + 3), (i, i + 3, i + 1))]
    return points, np.array([*strip, tuple(range(len(shaft), len(shaft) + 3))])


#: x ahead, y left, m.
_SHAPES = {
    Turn.STRAIGHT: _shape(
        [(0, -0.08), (0, 0.08), (3.2, -0.08), (3.2, 0.08)], [(3.1, -0.38), (4.9, 0), (3.1, 0.38)]
    ),
    Turn.LEFT: _shape(
        [(0, -0.08), (0, 0.08), (2.0, -0.08), (1.9, 0.08), (2.9, 0.45), (2.6, 0.5)],
        [(3.5, 0.3), (3.1, 1.35), (2.1, 0.65)],
    ),
    Turn.RIGHT: _shape(
        [(0, -0.08), (0, 0.08), (1.9, -0.08), (2.0, 0.08), (2.6, -0.5), (2.9, -0.45)],
        [(2.1, -0.65), (3.1, -1.35), (3.5, -0.3)],
    ),
}
