"""Our own contact test: oriented boxes of the ego and the others."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from model.contract.observation import Actor, VehicleShape
from world.ego import EgoBody
from world.geometry import box, boxes_overlap

#: No two bodies reach each other over more than this between their middles, m.
_FARTHEST_M = 14.0


def touched(ego: EgoBody, shape: VehicleShape, actors: Iterable[Actor]) -> list[Actor]:
    """Actors whose box overlaps the ego's."""
    x, y = ego.centre(shape)
    near = [a for a in actors if np.hypot(a.x - x, a.y - y) < _FARTHEST_M]
    if not near:
        return []
    own = box(x, y, ego.heading, shape.length_m, shape.width_m)
    return [a for a in near if boxes_overlap(own, box(a.x, a.y, a.heading, a.length_m, a.width_m))]
