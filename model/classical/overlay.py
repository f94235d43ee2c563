"""The others as seen along one path: where they are on it, and when they are in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.classical.geometry import F64, wrapped
from model.classical.path import Path
from model.classical.predict import TIMES_S, Prediction
from model.contract.observation import Actor, ActorKind, VehicleShape

Mask = NDArray[np.bool_]
#: Somebody who comes into the path within this time is already followed, s.
CUT_IN_S = 1.6
#: Beyond this angle to the path somebody crosses rather than drives along it, rad.
CROSSING_RAD = 0.7
#: Below this sine of the angle to the path a walker walks along it, and counts as in the way
#: only within this distance sideways, m.
STROLL_SIN, STROLL_GAP_M = 0.4, 0.4
STUCK_GAP_M, STUCK_WALKER_GAP_M = 0.25, 0.4
WAITING_GAP_M = 0.15


@dataclass(frozen=True)
class Overlay:
    """Prediction in path coordinates; N actors, T times."""

    prediction: Prediction
    rear: F64  # [N, T] m along the path
    front: F64
    side_gap: F64  # [N, T] m free between the two bodies sideways; negative overlaps
    lateral: F64  # [N, T] m from the path, left positive
    speed: F64  # [N, T] m/s along the path
    accel: F64  # [N] m/s² along the path now
    inside: Mask  # [N, T] in the way at that time
    followed: Mask  # [N, T] in the way then or soon, driving along the path or there already
    crosses: Mask  # [N] moves across rather than along
    margin: F64  # [N] m: closer than this sideways is in the way


def side_margin(actor: Actor) -> float:
    """Distance sideways below which somebody counts as in the way, m."""
    if actor.kind is ActorKind.PEDESTRIAN:
        return 1.05
    if actor.kind is ActorKind.BICYCLE:
        return 0.9
    return 0.4


def overlay(
    path: Path, prediction: Prediction, shape: VehicleShape, stuck: bool = False
) -> Overlay:
    """Projects the predicted boxes onto the path.

    When `stuck`, what stands may be crept past closely, since waiting longer will not help.
    """
    count = len(prediction.actors)
    steps = len(TIMES_S)
    if count == 0:
        empty, none = np.zeros((0, steps)), np.zeros((0, steps), dtype=bool)
        flat = np.zeros(0)
        return Overlay(
            prediction, empty, empty, empty, empty, empty, flat, none, none, flat.astype(bool), flat
        )
    s, lateral = path.line.project(prediction.x, prediction.y)
    i = np.clip(s, 0, len(path.line.s) - 2).astype(np.intp)
    relative = wrapped(prediction.heading - path.line.heading[i])
    sin, cos = np.abs(np.sin(relative)), np.abs(np.cos(relative))
    half_l, half_w = prediction.half_length[:, None], prediction.half_width[:, None]
    along = cos * half_l + sin * half_w
    across = sin * half_l + cos * half_w
    gap = np.abs(lateral) - across - shape.width_m / 2
    walks = np.array([a.kind is ActorKind.PEDESTRIAN for a in prediction.actors])
    strolls = walks & (prediction.speed[:, 0] > 0.3) & (sin[:, 0] < STROLL_SIN)
    margin = _margins(prediction, walks, strolls, stuck)
    # Beyond the end of the path the projection means nothing.
    inside = (gap < margin) & (s < path.line.length_m + 5.0)
    first = np.where(inside.any(axis=1), inside.argmax(axis=1), 0)
    at_entry = np.abs(relative[np.arange(count), first])
    moving = prediction.speed[:, 0] > 0.3
    crosses = moving & (((at_entry > CROSSING_RAD) & (at_entry < np.pi - 0.3)) | (walks & ~strolls))
    soon = inside.copy()
    for k in range(1, round(CUT_IN_S / 0.2) + 1):
        soon[:, :-k] |= inside[:, k:]
    # Whoever crosses is waited for by a stop point (see `conflict_stops`) until he is in the way.
    followed = np.where(crosses[:, None], inside & inside[:, :1], soon)
    accel = np.array([a.accel_mps2 for a in prediction.actors])
    speed = prediction.speed * np.cos(relative)
    return Overlay(
        prediction,
        s - along,
        s + along,
        gap,
        lateral,
        speed,
        np.where(moving, accel, 0.0),
        inside,
        followed,
        crosses,
        margin[:, 0],
    )


def _margins(prediction: Prediction, walks: Mask, strolls: Mask, stuck: bool) -> F64:
    """[N, 1] m: how close sideways everybody may be without being in the way."""
    margin = np.array([side_margin(a) for a in prediction.actors])
    # Somebody who walks along beside us is passed closer than somebody who may step in.
    margin = np.where(strolls, STROLL_GAP_M, margin)
    # Who waits for us inside a junction stands where our ways just do not meet.
    margin = np.where(np.array(prediction.waits_inside), WAITING_GAP_M, margin)
    if stuck:
        stands = prediction.speed[:, 0] < 0.1
        margin = np.where(stands, np.where(walks, STUCK_WALKER_GAP_M, STUCK_GAP_M), margin)
    return np.asarray(margin[:, None])
