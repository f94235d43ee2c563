"""Which constraint decides: the one that asks for the lowest acceleration is the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import numpy as np

from model.classical.assemble import Labelled
from model.classical.constraints import Reason, free_law, idm, profile_law, stop_law
from model.classical.geometry import F64
from model.classical.naming import actor_reason, doing_of
from model.classical.overlay import Overlay
from model.classical.tick import Tick
from modes.vocabulary import Longitudinal

#: A plan that brakes soon for something owes its reason to that, not to the present limit, s.
SOON_STEP = 16
SOON_BRAKE_MPS2 = 0.3


@dataclass(frozen=True)
class Binding:
    """The deciding reason, the acceleration it asks for, and whether it slows the car down."""

    reason: Reason | None
    accel_mps2: float
    slows: bool


def binding(tick: Tick, labelled: Labelled, position: F64, speed: F64, accel: F64) -> Binding:
    """What decides now, or very soon where the motion brakes; the limit alone never `slows`.

    `position` and `speed` [65] and `accel` [64] are the chosen motion.
    """
    now = _lowest(tick, labelled, float(position[0]), float(speed[0]), 0)
    limit_only = now is None or now[1].kind in ("limit", "blend")
    if limit_only and float(accel[: SOON_STEP + 8].mean()) < -SOON_BRAKE_MPS2:
        soon = _lowest(
            tick, labelled, float(position[SOON_STEP]), float(speed[SOON_STEP]), SOON_STEP // 2
        )
        if soon is not None and soon[1].kind not in ("limit", "blend"):
            now = soon
    free = tick.style.accel_mps2
    if now is None:
        return Binding(None, free, False)
    return Binding(now[1], now[0], now[1].kind != "limit" and now[0] < free - 0.5)


def _lowest(
    tick: Tick, labelled: Labelled, origin: float, speed: float, k: int
) -> tuple[float, Reason] | None:
    offers = [
        *_of_bounds(tick, labelled, origin, speed),
        *_of_stops(tick, labelled, origin, speed),
        *_of_leads(tick, labelled, origin, speed, k),
    ]
    return min(offers, key=lambda o: o[0]) if offers else None


def _of_bounds(
    tick: Tick, labelled: Labelled, origin: float, speed: float
) -> Iterator[tuple[float, Reason]]:
    v, ahead = np.array(speed), max(speed, 2.0)
    brake = min(tick.style.brake_mps2, 1.6)
    for bound in labelled.bounds:
        if bound.to_m < origin:
            continue
        far = max(bound.from_m - origin, 0.0)
        here = sqrt(bound.speed_mps**2 + 2 * brake * far)
        there = sqrt(bound.speed_mps**2 + 2 * brake * max(far - ahead, 0.0))
        accel = min(
            float(free_law(v, np.array(here), tick.style)),
            float(profile_law(v, np.array(there), np.array(ahead))),
        )
        yield max(accel, -labelled.case.soft_brake_mps2), bound.reason


def _of_stops(
    tick: Tick, labelled: Labelled, origin: float, speed: float
) -> Iterator[tuple[float, Reason]]:
    front = origin + tick.shape.front_ahead_m
    for stop in labelled.stops:
        if stop.from_s <= 0.3:
            room = np.array(stop.at_m - front)
            yield float(stop_law(np.array(speed), room, tick.style)), stop.reason


def _of_leads(
    tick: Tick, labelled: Labelled, origin: float, speed: float, k: int
) -> Iterator[tuple[float, Reason]]:
    seen = labelled.case.overlay
    waited_for = {stop.reason.object_id for stop in labelled.stops}
    front = origin + tick.shape.front_ahead_m
    for n, actor in enumerate(seen.prediction.actors):
        gap = float(seen.rear[n, k]) - front
        if actor.id in waited_for or not seen.followed[n, k]:
            continue
        if gap < -0.55 * tick.shape.length_m:
            continue
        lead = np.maximum(seen.speed[n, k], 0.0)
        accel = float(
            idm(np.array(speed), np.array(gap), lead, seen.accel[n], tick.style, tick.gap_s)
        )
        if accel < tick.style.accel_mps2 - 0.3:
            yield accel, _lead_reason(seen, n, tick.ego.speed_mps)


def _lead_reason(seen: Overlay, n: int, own_mps: float) -> Reason:
    actor = seen.prediction.actors[n]
    if seen.crosses[n]:
        return actor_reason(actor, "is crossing our way", Longitudinal.YIELD)
    if not seen.inside[n, 0]:
        return actor_reason(actor, "is moving into our lane", Longitudinal.LEAD_FOLLOWING)
    return actor_reason(actor, doing_of(actor, own_mps), Longitudinal.LEAD_FOLLOWING)
