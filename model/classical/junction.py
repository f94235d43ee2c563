"""Lights, signs and right of way at the junctions ahead."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, sqrt

import numpy as np

from model.classical.constraints import Reason, SpeedBound, StopPoint, time_to_cover
from model.classical.naming import actor_reason
from model.classical.overlay import Overlay
from model.classical.path import Path
from model.classical.predict import light_state, must_stop, turn_wish
from model.classical.settings import LINE_GAP_M
from model.classical.tick import Tick
from model.contract.observation import Actor
from model.contract.road import Control, LaneLink, Turn
from modes.vocabulary import Component, Longitudinal

#: Braking above which an amber light is driven through, m/s².
AMBER_BRAKE_MPS2 = 3.0
#: Foes are looked for this far behind their stop line, m.
FOE_REACH_M = 150.0
#: Time between us leaving and a foe reaching the place where the ways meet, s.
CLEAR_AFTER_S = 1.5
CLEAR_BEFORE_S = 0.4
#: Waiting makes us accept less, down to this share of `CLEAR_AFTER_S`.
LEAST_PATIENCE = 0.6


def junction_rules(
    tick: Tick, path: Path, seen: Overlay
) -> tuple[list[StopPoint], list[SpeedBound]]:
    """Stop points and speed bounds of the links ahead; positions on `path`."""
    stops: list[StopPoint] = []
    bounds: list[SpeedBound] = []
    speed = tick.ego.speed_mps
    front = path.origin_m + tick.shape.front_ahead_m
    look = max(75.0, 7.5 * speed + 30.0, speed * speed / 2.4 + 40.0)
    for s_line, link in path.option.corridor.links:
        line_m = path.to_path(s_line)
        end_m = line_m + tick.index.via_length(link)
        if path.origin_m - tick.shape.rear_overhang_m > end_m:
            continue
        if line_m - front > look:
            break
        stop = _at_link(tick, path, seen, link, line_m, front)
        crossed = link.control is Control.YIELD and bool(link.yields_to)
        if crossed and not _is_merge(tick, link) and line_m > front:
            reason = _sign_reason(
                tick, link, "give-way sign", "asks us to be ready", Longitudinal.YIELD
            )
            bounds.append(SpeedBound(line_m - 4.0, line_m + 2.0, 8.0, reason))
        if stop is not None:
            stops.append(stop)
            break
    return stops, bounds


def _at_link(
    tick: Tick, path: Path, seen: Overlay, link: LaneLink, line_m: float, front: float
) -> StopPoint | None:
    key = f"{link.from_lane}>{link.to_lane}"
    room = line_m - front
    state = light_state(link, tick.lights)
    before_line = room > -0.3
    if before_line and state is not None:
        stop = _light(tick, link, key, state, line_m, room)
        if stop is not None:
            return stop
    if before_line and (link.control is Control.STOP or link.control is Control.ALL_WAY_STOP):
        stop = _sign(tick, link, key, line_m, room)
        if stop is not None:
            return stop
    if state in ("G",) and link.light is not None:
        blocker = None
    elif link.control is Control.ALL_WAY_STOP and before_line:
        first_come = _all_way(tick, link, key)
        blocker = None if first_come is None else (first_come, 0.0)
    else:
        blocker = _foe(tick, path, link, line_m, front, key)
    if blocker is not None:
        return _give_way(tick, link, line_m, front, key, *blocker)
    if before_line:
        tick.memory.waiting_since.pop(key, None)
        full = _exit_full(tick, path, seen, link, line_m)
        if full is not None:
            reason = actor_reason(full, "blocks the junction", Longitudinal.YIELD)
            return StopPoint(line_m - LINE_GAP_M, reason)
    return None


def _light(
    tick: Tick, link: LaneLink, key: str, state: str, line_m: float, room: float
) -> StopPoint | None:
    memory = tick.memory
    if state in "rRus":
        memory.committed.pop(key, None)
        return StopPoint(line_m - LINE_GAP_M, _light_reason(tick, link, "red"))
    if state in "yY":
        need = tick.ego.speed_mps**2 / (2 * max(room - 0.3, 0.1))
        if key in memory.committed or need > AMBER_BRAKE_MPS2:
            memory.committed[key] = tick.t_s
            return None
        return StopPoint(line_m - LINE_GAP_M, _light_reason(tick, link, "amber"))
    memory.committed.pop(key, None)
    return None


def _light_reason(tick: Tick, link: LaneLink, colour: str) -> Reason:
    return Reason(
        Component.TRAFFIC_LIGHT,
        "light",
        "traffic light",
        f"is {colour}",
        Longitudinal.STOP_STATIC,
        point=tick.index.stop_line(link),
        object_id=link.light,
    )


def _sign(tick: Tick, link: LaneLink, key: str, line_m: float, room: float) -> StopPoint | None:
    """A full stop near the line, once."""
    if key in tick.memory.stopped_at:
        return None
    if tick.ego.speed_mps < 0.15 and room < 3.0:
        tick.memory.stopped_at[key] = tick.t_s
        return None
    label = "stop sign" if link.control is Control.STOP else "all-way stop"
    reason = _sign_reason(tick, link, label, "asks us to stop", Longitudinal.STOP_STATIC)
    return StopPoint(line_m - LINE_GAP_M, reason)


def _sign_reason(
    tick: Tick, link: LaneLink, label: str, does: str, decision: Longitudinal
) -> Reason:
    return Reason(
        Component.STOP_OR_YIELD,
        "stop_sign" if "stop" in label else "yield_sign",
        label,
        does,
        decision,
        point=tick.index.stop_line(link),
        object_id=link.via[0] if link.via else link.to_lane,
    )


def _give_way(
    tick: Tick, link: LaneLink, line_m: float, front: float, key: str, foe: Actor, meets_m: float
) -> StopPoint | None:
    """Waits at the line, or inside the junction before the place where the ways meet."""
    tick.memory.waiting_since.setdefault(key, tick.t_s)
    does = "is in the junction" if foe.lane in tick.index.link_of_via else "has priority"
    if link.turn is Turn.LEFT and link.control is Control.LIGHT:
        does = "is coming towards us"
    reason = actor_reason(foe, does, Longitudinal.YIELD)
    wait_m = line_m - LINE_GAP_M
    first = _first_zone_m(tick, link)
    inside = link.control is Control.LIGHT and link.turn is Turn.LEFT and first > 5.0
    if inside:
        wait_m = line_m + first - 1.2
    elif front > line_m - 0.3:
        wait_m = line_m + meets_m - 1.2
    room = wait_m - front
    # Too late to stop short of it: going on is the safer half of the choice.
    if room < -0.8 or tick.ego.speed_mps**2 / (2 * max(room, 0.3)) > 5.0:
        return None
    return StopPoint(wait_m, reason)


def _first_zone_m(tick: Tick, link: LaneLink) -> float:
    """Metres behind the line where the first way that we must give way to crosses ours."""
    starts = [
        zone[0]
        for via in link.yields_to
        if (foe := tick.index.link_of_via.get(via)) is not None
        and (zone := tick.index.zone(link, foe)) is not None
    ]
    return min(starts, default=0.0)


def _is_merge(tick: Tick, link: LaneLink) -> bool:
    """A link that joins traffic going the same way, as at the end of a ramp."""
    return link.turn is Turn.STRAIGHT and tick.index.road.lanes[link.to_lane].limit_mps > 16.0


def _foe(
    tick: Tick, path: Path, link: LaneLink, line_m: float, front: float, key: str
) -> tuple[Actor, float] | None:
    """The first actor that we would get in the way of by driving on, and where, m from the line.

    None when the way is clear.
    """
    speed = tick.ego.speed_mps
    top = _speed_through(tick, path, line_m, line_m + tick.index.via_length(link))
    waited = tick.t_s - tick.memory.waiting_since.get(key, tick.t_s)
    patience = max(LEAST_PATIENCE, 1.0 - waited / 40.0)
    for via in link.yields_to:
        foe = tick.index.link_of_via.get(via)
        zone = tick.index.zone(link, foe) if foe is not None else None
        if foe is None or zone is None or foe.from_lane == link.from_lane:
            continue
        in_m, out_m = line_m + zone[0] - front, line_m + zone[1] + tick.shape.length_m - front
        if out_m < 0 or line_m + zone[0] < front - 1.0:
            continue  # already in it: clearing it is all that is left
        accel = tick.style.accel_mps2
        merges = foe.to_lane == link.to_lane
        enter = time_to_cover(in_m, speed, top, accel)
        leave = time_to_cover(min(out_m, in_m + 12.0) if merges else out_m, speed, top, accel)
        for actor, to_line in _approaching(tick, foe):
            window = _window(tick, actor, to_line, zone, waited)
            if window is None:
                continue
            after = CLEAR_AFTER_S * patience
            if merges:
                exit_speed = min(top, sqrt(speed * speed + 2 * accel * max(out_m, 0.0)))
                after += max(0.0, actor.speed_mps - exit_speed) * 0.45
            if leave + after >= window[0] and window[1] + CLEAR_BEFORE_S >= enter:
                return actor, zone[0]
    return None


def _speed_through(tick: Tick, path: Path, from_m: float, to_m: float) -> float:
    a, b = path.line.index(from_m), path.line.index(to_m) + 1
    bend = float(np.abs(path.line.curvature[a : b + 1]).max())
    limit = path.option.corridor.limit_at(path.to_corridor(from_m) - 1.0)
    return min(limit, sqrt(tick.style.lateral_mps2 / max(bend, 1e-3)))


def _approaching(tick: Tick, foe: LaneLink) -> Iterator[tuple[Actor, float]]:
    """Vehicles that will use the foe link, with metres from their front to its line.

    Negative once they are inside the junction.
    """
    lanes = tick.index.road.lanes
    passed = 0.0
    for via in foe.via:
        for actor in tick.by_lane.get(via, ()):
            yield actor, -(passed + actor.s_m)
        passed += lanes[via].length_m
    for lane_id, behind_m in tick.index.upstream(foe.from_lane, FOE_REACH_M):
        for actor in tick.by_lane.get(lane_id, ()):
            if lane_id == foe.from_lane and not _takes(tick, actor, foe):
                continue
            to_line = lanes[lane_id].length_m - actor.s_m + behind_m
            if to_line < FOE_REACH_M and not _held(tick, actor, foe, to_line):
                yield actor, to_line


def _takes(tick: Tick, actor: Actor, foe: LaneLink) -> bool:
    """Whether somebody on the foe's lane will go the foe's way, by the indicator."""
    wish = turn_wish(tick.index, actor)
    if wish is not None:
        return foe.turn is wish
    lane = tick.index.road.lanes[foe.from_lane]
    straight = any(k.turn is Turn.STRAIGHT for k in lane.links)
    return foe.turn is Turn.STRAIGHT or not straight


def _held(tick: Tick, actor: Actor, foe: LaneLink, to_line: float) -> bool:
    """Whether a red light or a stop sign keeps the foe from coming."""
    if foe.control is Control.STOP and to_line > 6.0:
        return True
    if not must_stop(foe, tick.lights) or foe.control is Control.STOP:
        return False
    return actor.speed_mps**2 / (2 * max(to_line, 0.1)) < 4.5


def _window(
    tick: Tick,
    actor: Actor,
    to_line: float,
    zone: tuple[float, float, float, float],
    waited: float,
) -> tuple[float, float] | None:
    """When the actor is in the place where the ways meet: from and to, s from now."""
    start, end = to_line + zone[2], to_line + zone[3] + actor.length_m
    if end < -0.5:
        return None
    if actor.speed_mps < 0.5:
        if start <= 1.0:  # it stands in our way
            return 0.0, 3.0
        patient = tick.stood_for_s(actor) > 2.5 and waited > 2.5
        if to_line > 12.0 or patient:
            return None
        return sqrt(2 * start / 2.0), sqrt(2 * end / 1.5)
    fast = actor.speed_mps + max(actor.accel_mps2, 0.0) * 0.8
    slow = max(actor.speed_mps * 0.85 + min(actor.accel_mps2, 0.0) * 0.6, 0.8)
    return max(start, 0.0) / fast, max(end, 0.0) / slow


def _all_way(tick: Tick, link: LaneLink, key: str) -> Actor | None:
    """First come, first served; whoever is in the junction goes first."""
    arrived = tick.memory.stopped_at.get(key, tick.t_s)
    waited = tick.t_s - arrived
    for via in link.conflicts:
        foe = tick.index.link_of_via.get(via)
        if foe is None or foe.from_lane == link.from_lane:
            continue
        if tick.index.zone(link, foe) is None:
            continue
        for actor, to_line in _approaching(tick, foe):
            if to_line <= 0.0 and actor.speed_mps > 0.3:
                return actor
            if to_line > 9.0 or actor.speed_mps > 6.0:
                continue
            stood = tick.memory.standing_since.get(actor.id)
            moving_off = actor.speed_mps > 0.5 and to_line < 2.5
            if moving_off or (stood is not None and stood < arrived - 0.1 and waited < 6.0):
                return actor
    return None


def _exit_full(
    tick: Tick, path: Path, seen: Overlay, link: LaneLink, line_m: float
) -> Actor | None:
    """Somebody standing so close behind the junction that we would block it."""
    if len(link.conflicts) == 0 or link.control is Control.ZIPPER:
        return None
    end_m = line_m + tick.index.via_length(link)
    for n, actor in enumerate(seen.prediction.actors):
        if not seen.inside[n, 0] or seen.crosses[n] or actor.speed_mps > 2.0:
            continue
        rear = float(seen.rear[n, 0])
        if line_m + 0.5 < rear < end_m + tick.shape.length_m + 2.0 and seen.speed[n, 0] > -0.5:
            x, y = tick.ego.x, tick.ego.y
            if hypot(actor.x - x, actor.y - y) < 60.0:
                return actor
    return None
