"""The surfaces of roads, sidewalks and junctions, and the kerbs between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from model.contract.road import Lane, LaneKind, RoadClass, RoadMap
from world.landscape.sides import offset, outer_lanes
from world.render.mesh import RGB, Mesh, joined
from world.render.ribbons import polygon, ribbon, stations, upright

F64 = NDArray[np.float64]

ASPHALT: dict[RoadClass, RGB] = {
    RoadClass.MOTORWAY: (0.37, 0.37, 0.38),
    RoadClass.RAMP: (0.36, 0.36, 0.37),
    RoadClass.RURAL: (0.34, 0.34, 0.34),
    RoadClass.URBAN: (0.31, 0.31, 0.32),
    RoadClass.RESIDENTIAL: (0.36, 0.35, 0.34),
    RoadClass.OTHER: (0.34, 0.34, 0.34),
}
_SIDEWALK: RGB = (0.66, 0.63, 0.59)
_KERB: RGB = (0.78, 0.77, 0.74)
_BIKE: RGB = (0.52, 0.30, 0.26)
_KERB_H, _KERB_W = 0.14, 0.18
#: Neighbouring strips overlap by this much, so that no grass shows through the seam, m.
_SEAM_M = 0.08
#: Darker wheel tracks across a lane, and where they run in lane widths from the middle.
_TRACK_AT = (-0.5, -0.24, 0.0, 0.24, 0.5)
_TRACK_TONE = (1.04, 0.89, 1.03, 0.89, 1.04)


def plates(road: RoadMap) -> Mesh:
    """Asphalt under whole junctions."""
    by_junction = {lane.junction: lane.road for lane in road.lanes.values() if lane.junction}
    return joined([
        polygon(shape, ASPHALT[by_junction.get(key, RoadClass.URBAN)])
        for key, shape in road.junctions.items()
        if len(shape) >= 3
    ])  # fmt: skip


def surfaces(road: RoadMap) -> Mesh:
    """Every lane as a strip, and sidewalks around the corners of junctions."""
    rng = np.random.default_rng(1)
    order = sorted(road.lanes.values(), key=lambda lane: lane.kind is LaneKind.SIDEWALK)
    made = [_lane(lane, rng) for lane in order if lane.kind is not LaneKind.CROSSING]
    made += [ribbon(stations(c, 1.5), (-w / 2, w / 2), (1, 1), _SIDEWALK) for c, w in corners(road)]
    return joined(made)


def _lane(lane: Lane, rng: np.random.Generator) -> Mesh:
    fast = lane.road in (RoadClass.MOTORWAY, RoadClass.RURAL)
    half = lane.width_m / 2 + _SEAM_M
    if lane.kind is LaneKind.SIDEWALK:
        line = stations(lane.centre, 4.0)
        return ribbon(line, (-half, half), (1, 1), _SIDEWALK, rng.uniform(-0.03, 0.03, len(line)))
    asphalt = ASPHALT[lane.road]
    if lane.kind is LaneKind.BIKE:
        return ribbon(stations(lane.centre, 6.0), (-half, half), (1, 1), _BIKE)
    if lane.kind is LaneKind.JUNCTION and not fast:
        return ribbon(stations(lane.centre, 2.5), (-half, 0, half), (1, 1, 1), asphalt)
    line = stations(lane.centre, 9.0 if fast else 7.0)
    noise = _patches(len(line), rng)
    if lane.kind not in (LaneKind.DRIVE, LaneKind.JUNCTION):
        return ribbon(line, (-half, half), (1.06, 1.06), asphalt, 0.5 * noise)
    offsets = [at * 2 * half for at in _TRACK_AT]
    return ribbon(line, offsets, _TRACK_TONE, asphalt, noise)


def _patches(count: int, rng: np.random.Generator) -> F64:
    """Slow changes of tone along a lane, with a repaired, darker stretch here and there."""
    noise = np.convolve(rng.uniform(-0.14, 0.14, count + 1), np.ones(2) / 2, "valid")
    for start in np.flatnonzero(rng.random(count) < 0.02):
        noise[start : start + 3] -= 0.12
    return np.asarray(noise)


def corners(road: RoadMap) -> Iterator[tuple[F64, float]]:
    """Sidewalk centre lines around junction corners, each with its width.

    The road map has no lanes there: walkers cross the corner freely.
    """
    starts: list[tuple[F64, F64, float]] = []
    ends: list[tuple[F64, F64, float]] = []
    for _, lanes in outer_lanes(road):
        walk = lanes[0]
        if walk.kind is LaneKind.SIDEWALK:
            line = walk.centre
            starts.append((line[0], _unit(line[1] - line[0]), walk.width_m))
            ends.append((line[-1], _unit(line[-1] - line[-2]), walk.width_m))
    for end, ahead, width in ends:
        turn = _turns_right(end, ahead, starts)
        if turn is not None:
            start, away, _ = starts[turn]
            yield _bend(end, ahead, start, away), width


def _turns_right(end: F64, ahead: F64, starts: list[tuple[F64, F64, float]]) -> int | None:
    """The nearest start ahead on the right side that does not lead back along the same road."""
    best, chosen = 16.0, None
    for i, (start, away, _) in enumerate(starts):
        gap = start - end
        distance = float(np.hypot(*gap))
        left_of = float(ahead[0] * gap[1] - ahead[1] * gap[0])
        back = float(ahead @ away) < -0.7
        if distance < best and left_of < 1.0 and not back:
            best, chosen = distance, i
    return chosen


def _bend(start: F64, ahead: F64, end: F64, away: F64) -> F64:
    """A curve that leaves along `ahead` and arrives along `away`."""
    reach = float(np.hypot(*(end - start))) * 0.55
    t = np.linspace(0, 1, 7)[:, None]
    a, b = start + ahead * reach, end - away * reach
    return np.asarray(
        (1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * a + 3 * (1 - t) * t**2 * b + t**3 * end
    )


def kerbs(road: RoadMap) -> Mesh:
    """The stone edge of every sidewalk towards the carriageway."""
    made = []
    for _, lanes in outer_lanes(road):
        walk = lanes[0]
        if walk.kind is LaneKind.SIDEWALK:
            made += _kerb(stations(offset(walk.centre, walk.width_m / 2), 8.0))
    for line, width in corners(road):
        made += _kerb(offset(line, width / 2))
    return joined(made)


def _kerb(line: F64) -> list[Mesh]:
    """`line` runs in driving direction with the carriageway on its left."""
    face = upright(line[::-1], 0.0, _KERB_H, _KERB, tone_low=0.75)
    top = ribbon(line, (-_KERB_W, 0.0), (1, 1), _KERB)
    top.points[:, 2] = _KERB_H
    return [face, top]


def _unit(v: F64) -> F64:
    return np.asarray(v / max(float(np.hypot(*v)), 1e-9))
