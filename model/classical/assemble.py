"""Everything that bounds the speed along one lateral option, gathered into a case to roll out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from model.classical.constraints import (
    Reason,
    SpeedBound,
    StopPoint,
    allowed_profile,
)
from model.classical.geometry import F64, smoothed
from model.classical.junction import junction_rules
from model.classical.lanes import closed_from
from model.classical.naming import actor_reason
from model.classical.overlay import Overlay, overlay
from model.classical.path import Option, Path, build_path
from model.classical.predict import TIMES_S
from model.classical.rollout import Case, Motion
from model.classical.settings import AHEAD_M
from model.classical.tick import Tick
from model.classical.walkers import beside_rules, crossing_rules
from model.contract.observation import ActorKind
from modes.vocabulary import Component, Longitudinal

Index = NDArray[np.intp]
#: Speed behind which what can be seen no longer suffices to stop (policy section 3), m/s².
SIGHT_BRAKE_MPS2 = 4.0
#: A conflict is waited for this far away from the other's way, m.
CONFLICT_GAP_M = 2.0
#: Speed past what stands very close to the way, m/s, and how far that goes, m.
CREEP_PAST_MPS, CREEP_PAST_M = 1.5, 7.0


@dataclass(frozen=True)
class Labelled:
    """A case together with the labelled constraints that made it."""

    case: Case
    bounds: tuple[SpeedBound, ...]
    stops: tuple[StopPoint, ...]

    def waiting(self, stops: list[StopPoint]) -> Labelled:
        """The same with further stop points."""
        case = replace(self.case, stops=self.case.stops + tuple(stops))
        return Labelled(case, self.bounds, self.stops + tuple(stops))


def assemble(
    tick: Tick,
    option: Option,
    extra_bounds: tuple[SpeedBound, ...] = (),
    extra_stops: tuple[StopPoint, ...] = (),
) -> Labelled:
    """Builds path, overlay and constraints of an option.

    `extra_…` are on the option's corridor (rear-axle or bumper positions as usual).
    """
    path = build_path(option, tick.ego, tick.shape, min(AHEAD_M, _reach_m(tick)))
    seen = overlay(path, tick.prediction, tick.shape, tick.stuck)
    stops, bounds = junction_rules(tick, path, seen)
    walk_stops, walk_bounds = crossing_rules(tick, path)
    stops += walk_stops
    bounds += walk_bounds
    bounds += beside_rules(tick, path, seen)
    stops += [replace(s, at_m=path.to_path(s.at_m)) for s in extra_stops]
    bounds += [
        replace(b, from_m=path.to_path(b.from_m), to_m=path.to_path(b.to_m)) for b in extra_bounds
    ]
    if tick.stuck:
        bounds += _close_by(path, seen)
    bounds += _limits(tick, option, path)
    bounds += _bends(tick, path)
    bounds += _wishes(tick)
    end = _end_of_lane(tick, option)
    if end is not None:
        stops.append(replace(end, at_m=path.to_path(end.at_m)))
    profile = allowed_profile(
        len(path.line.s), _top(tick), tuple(bounds), min(tick.style.brake_mps2, 1.6)
    )
    return Labelled(Case(path, seen, profile, tuple(stops)), tuple(bounds), tuple(stops))


def _close_by(path: Path, seen: Overlay) -> list[SpeedBound]:
    """Very slow along something that stands within half a metre."""
    result = []
    for n, actor in enumerate(seen.prediction.actors):
        ahead = float(seen.front[n, 0]) - path.origin_m
        if actor.speed_mps < 0.3 and 0.0 < seen.side_gap[n, 0] < 0.5 and 0.0 < ahead < 15.0:
            reason = actor_reason(actor, "is very close", Longitudinal.SPEED_ADAPTATION)
            here = path.origin_m
            result.append(SpeedBound(here, here + CREEP_PAST_M, CREEP_PAST_MPS, reason))
    return result


def _reach_m(tick: Tick) -> float:
    v = tick.ego.speed_mps
    return max(110.0, 7.0 * v + 0.35 * v * v * 0.5 + 60.0)


def _top(tick: Tick) -> float:
    sight = tick.perception.visibility_m
    return min(60.0, sqrt(2 * SIGHT_BRAKE_MPS2 * tick.perception.friction * max(sight - 5.0, 4.0)))


def _limits(tick: Tick, option: Option, path: Path) -> list[SpeedBound]:
    corridor = option.corridor
    lanes = tick.index.road.lanes
    s0, _ = corridor.line.project_one(tick.ego.x, tick.ego.y)
    result: list[SpeedBound] = []
    first = corridor.lane_number(s0)
    current = -1.0
    start = 0.0
    for n in range(first, len(corridor.lanes)):
        limit = lanes[corridor.lanes[n]].limit_mps
        at = path.to_path(corridor.starts_m[n]) if n > first else 0.0
        if limit != current:
            if current > 0:
                result.append(_limit_bound(start, at, current))
            current, start = limit, at
    result.append(_limit_bound(start, inf if current < 0 else 1e5, current))
    return result


def _limit_bound(from_m: float, to_m: float, limit_mps: float) -> SpeedBound:
    reason = Reason(
        Component.ODD_LIMIT,
        "limit",
        f"speed limit {round(limit_mps * 3.6)}",
        "applies",
        Longitudinal.SET_SPEED_TRACKING,
    )
    return SpeedBound(from_m, min(to_m, 1e5), limit_mps, reason)


def _bends(tick: Tick, path: Path) -> list[SpeedBound]:
    """Stretches whose curvature asks for less than the limit, one bound every few metres."""
    line = path.line
    grip = min(max(tick.perception.friction, 0.3), 1.0)
    raw = np.abs(line.curvature)
    # Long bends are drawn with corners, tight ones are not: only there the peak itself counts.
    bend = np.maximum(np.where(raw > 0.04, raw, smoothed(raw, 10.0)), 1e-4)
    speed = np.sqrt(tick.style.lateral_mps2 * grip / bend)
    tight = np.flatnonzero(speed < 40.0)
    if not len(tight):
        return []
    along = np.interp(path.corridor_s, path.option.corridor.line.s, path.option.corridor.road_bend)
    result = []
    for group in np.split(tight, np.flatnonzero(np.diff(tight) > 3) + 1):
        reason = _bend_reason(path, group, speed, along)
        for k in range(0, len(group), 3):
            part = group[k : k + 3]
            low = float(speed[part].min())
            result.append(SpeedBound(float(part[0]), float(part[-1]), low, reason))
    return result


def _bend_reason(path: Path, group: Index, speed: F64, along: F64) -> Reason:
    """A bend of the road, or one that only our own moving over makes."""
    line = path.line
    worst = int(group[np.argmin(speed[group])])
    needs = "needs a lower speed"
    if along[group].max() < 0.4 * float(np.abs(line.curvature[group]).max()):
        return Reason(Component.LANE, "blend", "way over", needs, Longitudinal.SPEED_ADAPTATION)
    side = "left" if line.curvature[worst] > 0 else "right"
    return Reason(
        Component.LANE,
        "curve",
        f"{side}-hand bend",
        needs,
        Longitudinal.SPEED_ADAPTATION,
        point=(float(line.xy[worst, 0]), float(line.xy[worst, 1])),
    )


def _wishes(tick: Tick) -> list[SpeedBound]:
    """Speed cap and wish of the passenger; a wish above the limit changes nothing."""
    result = []
    for speed, word in (
        (tick.request.speed_cap_mps, "no more than"),
        (tick.request.speed_wish_mps, "to drive"),
    ):
        if speed is not None:
            does = f"asked {word} {round(speed * 3.6)} km/h"
            result.append(SpeedBound(0.0, 1e5, max(speed, 0.0), passenger_reason(does)))
    return result


def passenger_reason(does: str, decision: Longitudinal = Longitudinal.SPEED_ADAPTATION) -> Reason:
    return Reason(Component.PASSENGER_COMMAND, "command", "passenger", does, decision)


def _end_of_lane(tick: Tick, option: Option) -> StopPoint | None:
    """Where the lane is closed or ends with nothing behind it."""
    corridor = option.corridor
    s0, _ = corridor.line.project_one(tick.ego.x, tick.ego.y)
    closed = closed_from(tick, corridor, s0)
    if closed is not None and option.target_lane is None:
        reason = Reason(
            Component.ROAD_EVENT,
            "closed_lane",
            "closed lane",
            "ends our lane",
            Longitudinal.STOP_STATIC,
            point=_point(option, s0 + closed),
        )
        return StopPoint(s0 + closed - 6.0, reason)
    if corridor.dead_end:
        reason = Reason(
            Component.LANE,
            "lane_end",
            "lane",
            "ends here",
            Longitudinal.STOP_STATIC,
            point=_point(option, corridor.end_m),
        )
        return StopPoint(corridor.end_m - 3.0, reason)
    return None


def _point(option: Option, s_m: float) -> tuple[float, float]:
    x, y, _ = option.corridor.line.pose(s_m)
    return x, y


def conflict_stops(tick: Tick, labelled: Labelled, motion: Motion, row: int) -> list[StopPoint]:
    """Stop points before the ways of those whom the rolled-out motion would meet crosswise."""
    seen = labelled.case.overlay
    steps = seen.rear.shape[1]
    if not len(seen.rear):
        return []
    front = motion.position[row, ::2][:steps] + tick.shape.front_ahead_m
    rear = motion.position[row, ::2][:steps] - tick.shape.rear_overhang_m
    result = []
    for n in np.flatnonzero(seen.crosses & seen.inside.any(axis=1)):
        actor = seen.prediction.actors[n]
        walks = actor.kind in (ActorKind.PEDESTRIAN, ActorKind.BICYCLE)
        early, late = (1.4, 0.6) if walks else (0.8, 0.4)
        times = np.flatnonzero(seen.inside[n])
        low, high = float(seen.rear[n, times].min()), float(seen.front[n, times].max())
        if high < rear[0] or low - front[0] > 90.0:
            continue
        # Do we come to where it is then, from a little before to a little after?
        meets = (front[None, :] > seen.rear[n, times][:, None] - 0.5) & (
            rear[None, :] < seen.front[n, times][:, None] + 0.5
        )
        later = TIMES_S[None, :] - TIMES_S[times][:, None]
        if not (meets & (later > -early) & (later < late)).any():
            continue
        leave = float(TIMES_S[times[-1]]) + late
        at = low - CONFLICT_GAP_M
        room = at - float(front[0])
        if room < 0.3:
            at, room = low - 0.7, low - 0.7 - float(front[0])
        need = tick.ego.speed_mps**2 / (2 * max(room, 0.2))
        if room < -0.2 or need > 7.5:
            continue
        reason = actor_reason(actor, "is crossing our way", Longitudinal.YIELD)
        result.append(StopPoint(at, reason, 0.0, max(leave, 0.2)))
    return result
