"""Where other road users will be: along their lane, or straight on, at constant speed.

Deliberately simple and independent of the planner's own forecasts. Three things are added to
constant speed: whoever brakes now goes on braking for two seconds; whoever has to give way or
faces a red light, and can still stop as drivers do, is expected to stop at the line; and whoever
comes up from behind is expected to brake as much as a lane change may ask of it (UN R79: 3 m/s²
after 0.4 s), but not below the ego's speed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import STATIC_KINDS, Actor, ActorKind, EgoState
from model.contract.road import Control, LaneKind, LaneLink
from safety.roadway import Roadway, wrapped

F64 = NDArray[np.float64]

#: A driver who has to give way is trusted to brake this hard, m/s², or a little harder than now.
YIELD_DECEL_MPS2 = 3.5
BRAKES_ON = 1.25
#: Braking that is seen lasts so long, s; less than this is no braking, m/s².
BRAKING_S, BRAKING_MPS2 = 2.0, -0.7
#: The reaction that a lane change may ask of a follower (policy, lane_change), s and m/s².
FOLLOWER_REACTION_S, FOLLOWER_DECEL_MPS2 = 0.4, 3.0
#: Followers of a lane are close to it and along it; others go straight on.
OFF_LANE_M = 2.5
OFF_LANE_RAD = 0.6
_WALK = frozenset({LaneKind.SIDEWALK, LaneKind.CROSSING})


@dataclass(frozen=True)
class Predicted:
    """Predicted bodies of A road users at T times."""

    actors: tuple[Actor, ...]
    x: F64  # [A, T] m, middle of the body
    y: F64  # [A, T] m
    heading: F64  # [A, T] rad


def predict(
    actors: Sequence[Actor],
    ego: EgoState,
    roadway: Roadway,
    lights: Mapping[str, str],
    times_s: F64,
) -> Predicted:
    """Poses of every actor at `times_s` [T] from now."""
    poses = [_one(actor, ego, roadway, lights, times_s) for actor in actors]
    if not poses:
        nothing = np.zeros((0, len(times_s)))
        return Predicted((), nothing, nothing, nothing)
    x, y, heading = (np.stack(part) for part in zip(*poses, strict=True))
    return Predicted(tuple(actors), x, y, heading)


def _one(
    actor: Actor, ego: EgoState, roadway: Roadway, lights: Mapping[str, str], times_s: F64
) -> tuple[F64, F64, F64]:
    still = actor.kind in STATIC_KINDS or actor.speed_mps < 0.05
    travelled = 0.0 * times_s if still else _travelled(actor, ego, times_s)
    lane = roadway.road.lanes.get(actor.lane or "")
    if not still and lane is not None and lane.kind not in _WALK and _drives(actor):
        way = roadway.way_ahead(lane.id)
        s0, lateral = actor.s_m - actor.length_m / 2, actor.lateral_m
        along = abs(float(wrapped(np.asarray(lane.pose(s0)[2] - actor.heading))))
        if abs(lateral) < OFF_LANE_M and along < OFF_LANE_RAD:
            s = s0 + travelled
            stop = next((at for at, link in way.links if gives_way(link, lights)), None)
            if stop is not None:
                s = _held(s, s0, stop - actor.length_m / 2, actor)
            return way.at(s, lateral)
    x = actor.x + travelled * np.cos(actor.heading)
    y = actor.y + travelled * np.sin(actor.heading)
    return x, y, np.full(len(times_s), actor.heading)


def _travelled(actor: Actor, ego: EgoState, times_s: F64) -> F64:
    """Metres at `times_s`: constant speed, the braking that is seen, or a follower's reaction."""
    if actor.accel_mps2 < BRAKING_MPS2:
        decel = -actor.accel_mps2
        braking_s = np.minimum(times_s, min(BRAKING_S, actor.speed_mps / decel))
        slower = actor.speed_mps - decel * braking_s
        braked = actor.speed_mps * braking_s - decel * braking_s**2 / 2
        return np.asarray(braked + slower * (times_s - braking_s))
    behind = (actor.x - ego.x) * np.cos(ego.heading) + (actor.y - ego.y) * np.sin(ego.heading) < 0
    same_way = np.cos(actor.heading - ego.heading) > 0.7
    surplus = actor.speed_mps - ego.speed_mps
    if not (behind and same_way and surplus > 0):
        return actor.speed_mps * times_s
    braking_s = np.clip(times_s - FOLLOWER_REACTION_S, 0.0, surplus / FOLLOWER_DECEL_MPS2)
    after_s = np.maximum(times_s - FOLLOWER_REACTION_S - braking_s, 0.0)
    lost = FOLLOWER_DECEL_MPS2 * braking_s**2 / 2 + surplus * after_s
    return np.asarray(actor.speed_mps * times_s - lost)


def _drives(actor: Actor) -> bool:
    return actor.kind is not ActorKind.PEDESTRIAN


def gives_way(link: LaneLink, lights: Mapping[str, str]) -> bool:
    """Has whoever takes this link to stop for others, as lights and signs are now?"""
    if link.control is Control.LIGHT and link.light is not None:
        state = lights.get(link.light, "")
        letter = state[link.light_index] if 0 <= link.light_index < len(state) else ""
        # "G" goes first, "g" may go but yields to whoever has priority.
        return letter in ("r", "u", "y") or (letter == "g" and bool(link.yields_to))
    return link.control is not Control.FREE or bool(link.yields_to)


def _held(s: F64, s0: float, stop_m: float, actor: Actor) -> F64:
    """Up to the line, for whoever can still stop there as drivers do."""
    trusted = max(YIELD_DECEL_MPS2, -BRAKES_ON * actor.accel_mps2)
    if stop_m - s0 < actor.speed_mps**2 / (2 * trusted):
        return s  # cannot stop any more, or is past the line: expect it to go
    return np.minimum(s, stop_m)
