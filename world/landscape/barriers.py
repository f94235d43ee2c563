"""Guard rails, noise walls and bridge parapets along roads out of town."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from random import Random

import numpy as np
from numpy.typing import NDArray

from model.contract.road import RoadClass
from world.landscape.ground import Ground
from world.landscape.item import Item, line_item
from world.landscape.sides import TOWN, Side

F64 = NDArray[np.float64]

_STEP_M = 8.0
_SHORTEST_M = 12.0
_RAIL_OUT_M = 1.0


def barriers(
    along: Sequence[Side], zones: Mapping[str, str], ground: Ground, rng: Random
) -> Iterator[Item]:
    """Parapets on bridges, rails in the median and beside most of the motorway, noise walls."""
    for side in along:
        if zones.get(side.edge) == "bridge":
            yield from _line("parapet", side, (0.0, side.length_m), 0.9, 1.0, ground)
    homes = _homes(along)
    for side in along:
        if side.road not in (RoadClass.MOTORWAY, RoadClass.RAMP) or zones.get(side.edge):
            continue
        if side.out > 0 and side.road is RoadClass.MOTORWAY:
            yield from _line("guard_rail", side, (0.0, side.length_m), _RAIL_OUT_M, 0.75, ground)
            continue
        for start in np.arange(0.0, side.length_m, 160.0):
            span = (float(start), min(float(start) + 160.0, side.length_m))
            middle = np.array(side.at((span[0] + span[1]) / 2)[:2])
            near_homes = bool((np.hypot(*(homes - middle).T) < 140.0).any())
            draw = rng.random()
            if side.road is RoadClass.MOTORWAY and (near_homes or draw < 0.1):
                height = rng.choice((3.0, 3.5, 4.0))
                yield from _line("noise_wall", side, span, 4.0, height, ground)
            if near_homes or draw < 0.6:
                yield from _line("guard_rail", side, span, _RAIL_OUT_M, 0.75, ground)


def _homes(along: Sequence[Side]) -> F64:
    points = [side.line.mean(axis=0) for side in along if side.road in TOWN]
    return np.array(points) if points else np.full((1, 2), np.inf)


def _line(
    kind: str, side: Side, span: tuple[float, float], out_m: float, height: float, ground: Ground
) -> Iterator[Item]:
    """The barrier where it is free, in pieces where ramps and other roads cut it."""
    half_w = 0.12
    points = side.points(*span, out_m, _STEP_M)
    clear = _clear(points, half_w, ground)
    run: list[F64] = []
    for (a, b), free in zip(pairwise(points), clear, strict=True):
        if free:
            run = run or [a]
            run.append(b)
            continue
        yield from _piece(kind, run, height, half_w, ground)
        run = []
    yield from _piece(kind, run, height, half_w, ground)


def _clear(points: F64, half_w: float, ground: Ground) -> NDArray[np.bool_]:
    """Which pieces between neighbouring points are free over their whole width, [N - 1]."""
    t = np.linspace(0.0, 1.0, int(_STEP_M / 0.4) + 1)[None, :, None]
    a, b = points[:-1, None], points[1:, None]
    middle = a + (b - a) * t
    d = (b - a) / np.maximum(np.linalg.norm(b - a, axis=-1, keepdims=True), 1e-9)
    normal = np.stack([-d[..., 1], d[..., 0]], axis=-1) * half_w
    wide = np.stack([middle - normal, middle, middle + normal], axis=2)
    free = ground.free_points(wide.reshape(-1, 2)).reshape(len(points) - 1, -1)
    return np.asarray(free.all(axis=1))


def _piece(
    kind: str, run: list[F64], height: float, half_w: float, ground: Ground
) -> Iterator[Item]:
    if len(run) < 2 or float(np.hypot(*(run[-1] - run[0]))) < _SHORTEST_M:
        return
    points = _straightened(np.array(run))
    ground.take_line(np.array(run), half_w)
    yield line_item(kind, points, height=height)


def _straightened(points: F64) -> F64:
    """Without the points on straight stretches, which keep the map document small."""
    keep = [0]
    for i in range(1, len(points) - 1):
        a, b, c = points[keep[-1]], points[i], points[i + 1]
        bend = abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
        if bend > 0.15 * float(np.hypot(*(c - a))) or float(np.hypot(*(c - points[keep[-1]]))) > 60:
            keep.append(i)
    return points[[*keep, len(points) - 1]]
