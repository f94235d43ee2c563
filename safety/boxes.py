"""Oriented boxes in the plane: how far apart two bodies are, for many pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import VehicleShape

F64 = NDArray[np.float64]


def separation(
    x: F64, y: F64, heading: F64, half_length: F64 | float, half_width: F64 | float,
    other_x: F64, other_y: F64, other_heading: F64,
    other_half_length: F64, other_half_width: F64,
) -> F64:  # fmt: skip
    """Largest gap over the four face normals of two boxes, m; negative where they overlap.

    All arguments broadcast. The gap never exceeds the true distance (it is equal where a face
    looks at the other body), so a margin checked with it errs towards caution.
    """
    dx, dy = other_x - x, other_y - y
    turn = other_heading - heading
    c, s = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    ch, sh = np.cos(heading), np.sin(heading)
    co, so = np.cos(other_heading), np.sin(other_heading)
    along = np.abs(dx * ch + dy * sh) - half_length - other_half_length * c - other_half_width * s
    aside = np.abs(dy * ch - dx * sh) - half_width - other_half_length * s - other_half_width * c
    along_other = np.abs(dx * co + dy * so) - other_half_length - half_length * c - half_width * s
    aside_other = np.abs(dy * co - dx * so) - other_half_width - half_length * s - half_width * c
    own = np.maximum(along, aside)
    return np.asarray(np.maximum(own, np.maximum(along_other, aside_other)))


def body_points(x: F64, y: F64, heading: F64, shape: VehicleShape) -> F64:
    """Corners and the middles of both sides of the ego's body, [P, 6, 2] m, from rear axles [P]."""
    front, rear, side = shape.front_ahead_m, -shape.rear_overhang_m, shape.width_m / 2
    ahead = np.array([front, front, rear, rear, shape.centre_ahead_m, shape.centre_ahead_m])
    left = np.array([side, -side, side, -side, side, -side])
    c, s = np.cos(heading)[:, None], np.sin(heading)[:, None]
    return np.stack((x[:, None] + ahead * c - left * s, y[:, None] + ahead * s + left * c), axis=-1)
