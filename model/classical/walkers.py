"""People on and about to step on to crossings, and people near the path elsewhere."""

from __future__ import annotations

from math import cos, hypot, sin

import numpy as np

from model.classical.constraints import SpeedBound, StopPoint, time_to_cover
from model.classical.naming import actor_reason
from model.classical.overlay import Overlay
from model.classical.path import Path
from model.classical.tick import Tick
from model.contract.observation import Actor, ActorKind
from model.contract.road import Crossing
from modes.vocabulary import Longitudinal

#: A person this near to the kerb and walking or looking our way is about to step out, m.
STEP_OUT_M = 1.8
#: The car keeps this far from a walker's way on a crossing, m.
SWATH_MARGIN_M = 1.1
WALK_MPS = 1.4
#: Somebody who stands at the kerb this long while we stand lets us go, s.
LETS_US_GO_S = 4.0
#: People this close to the end of a zebra, m, slow the car to this speed, m/s.
NEAR_CROSSING_M = 7.0
NEAR_CROSSING_MPS = 4.5
#: Speed past people who walk right beside the path, m/s.
BESIDE_MPS = 7.0


def crossing_rules(tick: Tick, path: Path) -> tuple[list[StopPoint], list[SpeedBound]]:
    """Stop points before crossings that somebody uses or is about to use.

    Where people are near a crossing without using it yet the car comes at a speed from which it
    can still stop for them.
    """
    stops: list[StopPoint] = []
    bounds: list[SpeedBound] = []
    front = path.origin_m + tick.shape.front_ahead_m
    look = max(40.0, tick.ego.speed_mps**2 / 2.6 + 20.0)
    for s_m, crossing in path.option.corridor.crossings:
        begin = path.to_path(s_m)
        if path.origin_m - tick.shape.rear_overhang_m > begin + crossing.width_m:
            continue
        if begin - front > look:
            break
        walker = _walker_first(tick, path, crossing, begin, front)
        if walker is None:
            near = _near(tick, crossing)
            if near is not None:
                reason = actor_reason(near, "is near the crossing", Longitudinal.SPEED_ADAPTATION)
                bounds.append(SpeedBound(begin - 9.0, begin, NEAR_CROSSING_MPS, reason))
            continue
        if tick.stuck and walker.speed_mps < 0.2:
            continue  # we stand in each other's way: the one who stands is crept past
        room = begin - 1.0 - front
        if room < -1.2:  # already on it: standing there helps nobody, the path check decides
            continue
        on_it = "is on the crossing" if _on(crossing, walker) else "is about to cross"
        reason = actor_reason(walker, on_it, Longitudinal.YIELD)
        stops.append(StopPoint(begin - 1.0, reason))
    return stops, bounds


def _near(tick: Tick, crossing: Crossing) -> Actor | None:
    """Somebody close to an end of a zebra who may turn on to it any moment."""
    if not crossing.priority or not _walkers_turn(tick, crossing):
        return None
    ends = (crossing.shape[0], crossing.shape[-1])
    for walker in tick.pedestrians:
        for x, y in ends:
            dx, dy = float(x) - walker.x, float(y) - walker.y
            far = hypot(dx, dy)
            towards = cos(walker.heading) * dx + sin(walker.heading) * dy > -0.5
            if far < NEAR_CROSSING_M and (towards or far < 2.0):
                return walker
    return None


def _axis(crossing: Crossing) -> tuple[float, float, float, float, float]:
    """Start point, direction and length of a crossing's centre line."""
    a, b = crossing.shape[0], crossing.shape[-1]
    length = float(np.hypot(*(b - a)))
    ux, uy = (b - a) / max(length, 1e-6)
    return float(a[0]), float(a[1]), float(ux), float(uy), length


def _on(crossing: Crossing, walker: Actor) -> bool:
    x, y, ux, uy, length = _axis(crossing)
    along = (walker.x - x) * ux + (walker.y - y) * uy
    across = -(walker.x - x) * uy + (walker.y - y) * ux
    return -0.2 < along < length + 0.2 and abs(across) < crossing.width_m / 2 + 1.0


def _walker_first(
    tick: Tick, path: Path, crossing: Crossing, begin: float, front: float
) -> Actor | None:
    """The person whom we would hinder by driving on over the crossing."""
    x0, y0, ux, uy, length = _axis(crossing)
    px, py, _ = path.line.pose(begin + crossing.width_m / 2)
    ours = (px - x0) * ux + (py - y0) * uy
    half = tick.shape.width_m / 2 + SWATH_MARGIN_M
    speed, accel = tick.ego.speed_mps, tick.style.accel_mps2
    top = max(path.option.corridor.limit_at(path.to_corridor(begin)), 4.0)
    enter = time_to_cover(begin - front, speed, top, accel)
    leave = time_to_cover(begin + crossing.width_m + tick.shape.length_m - front, speed, top, accel)
    for walker in tick.pedestrians:
        along = (walker.x - x0) * ux + (walker.y - y0) * uy
        across = -(walker.x - x0) * uy + (walker.y - y0) * ux
        if not -6.0 < along < length + 6.0 or abs(across) > crossing.width_m / 2 + 5.0:
            continue
        rate = walker.speed_mps * (cos(walker.heading) * ux + sin(walker.heading) * uy)
        drift = walker.speed_mps * (-cos(walker.heading) * uy + sin(walker.heading) * ux)
        if not _uses(tick, crossing, walker, along, across, rate, drift, length):
            continue
        gap = ours - along
        if rate * gap <= 0 and abs(gap) > half and walker.speed_mps > 0.3:
            continue  # past us and walking away
        pace = max(abs(rate), WALK_MPS if walker.speed_mps < 0.3 else 0.7)
        comes = max(abs(gap) - half, 0.0) / pace
        gone = (abs(gap) + half) / pace
        if leave + 1.5 >= comes and gone + 0.6 >= enter:
            return walker
    return None


def _uses(
    tick: Tick,
    crossing: Crossing,
    walker: Actor,
    along: float,
    across: float,
    rate: float,
    drift: float,
    length: float,
) -> bool:
    """On the crossing now, or about to be in about a second."""
    side = crossing.width_m / 2 + 1.0
    if 0.0 <= along <= length and abs(across) < side:
        return True
    if not _walkers_turn(tick, crossing):
        return False
    inwards = rate if along < 0 else -rate if along > length else 0.0
    outside = max(-along, along - length, 0.0)
    if walker.speed_mps < 0.3:
        waits = outside < STEP_OUT_M and abs(across) < side
        patience = tick.stood_for_s(walker) > LETS_US_GO_S and tick.ego.speed_mps < 1.0
        return waits and crossing.priority and not patience
    soon = abs(across + drift * 1.0) < side
    return inwards > 0.25 and outside < STEP_OUT_M + inwards * 1.2 and soon


def _walkers_turn(tick: Tick, crossing: Crossing) -> bool:
    if crossing.light is None:
        return True
    states = tick.lights.get(crossing.light, "")
    if not 0 <= crossing.light_index < len(states):
        return True
    return states[crossing.light_index] in "gG"


def beside_rules(tick: Tick, path: Path, seen: Overlay) -> list[SpeedBound]:
    """Slower past people and cyclists who are close to the path without being in it."""
    bounds = []
    front = path.origin_m + tick.shape.front_ahead_m
    for n, actor in enumerate(seen.prediction.actors):
        if actor.kind is not ActorKind.PEDESTRIAN:
            continue
        gap, at = float(seen.side_gap[n, 0]), float(seen.rear[n, 0])
        if not 0.3 < gap < 1.15 or not front - 6.0 < at < front + 60.0:
            continue
        reason = actor_reason(actor, "is close to our way", Longitudinal.SPEED_ADAPTATION)
        bounds.append(SpeedBound(at - 3.0, at + 3.0, BESIDE_MPS, reason))
    return bounds
