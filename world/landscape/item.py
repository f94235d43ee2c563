"""One thing of the scenery as the JSON-ready dict that `world.scenery` describes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Item = dict[str, Any]


def item(kind: str, at: tuple[float, float], h: float, **fields: Any) -> Item:
    """Coordinates and sizes to the centimetre, which keeps the map document small."""
    made: Item = {"kind": kind, "x": round(float(at[0]), 2), "y": round(float(at[1]), 2)}
    made["h"] = round(float(np.arctan2(np.sin(h), np.cos(h))), 4)
    for key, value in fields.items():
        made[key] = round(value, 2) if isinstance(value, float) else value
    return made


def line_item(kind: str, points: NDArray[np.float64], **fields: Any) -> Item:
    """An item along a polyline; `x`, `y` is its first point and `h` its first direction."""
    pts = [[round(float(x), 2), round(float(y), 2)] for x, y in points]
    first = points[1] - points[0]
    at = (float(points[0][0]), float(points[0][1]))
    return item(kind, at, float(np.arctan2(first[1], first[0])), pts=pts, **fields)
