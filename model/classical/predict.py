"""Where the others will be: along their lanes at their speed, giving way where they must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, hypot, sin

import numpy as np

from model.classical.geometry import F64, wrap
from model.classical.index import RoadIndex
from model.contract.observation import STATIC_KINDS, Actor, ActorKind, EgoState
from model.contract.road import Control, Lane, LaneLink, Turn

#: Prediction times: 0 to 6.4 s every 0.2 s.
TIMES_S: F64 = np.arange(33, dtype=np.float64) * 0.2
#: A driver who must give way and can do so with this much braking is expected to, m/s².
EXPECTED_BRAKE_MPS2 = 4.0
#: Slower than this in a junction somebody is waiting for the others, m/s.
CREEP_MPS = 1.2
#: The present acceleration is believed for this long, s.
ACCEL_KEPT_S = 1.2
MOST_ACTORS = 48
#: No farther than this do others matter, m.
RANGE_M = 170.0


@dataclass(frozen=True)
class Prediction:
    """Boxes of all relevant actors over `TIMES_S`; N actors, T times."""

    actors: tuple[Actor, ...]
    x: F64  # [N, T] m, box middle
    y: F64
    heading: F64  # [N, T] rad
    speed: F64  # [N, T] m/s
    half_length: F64  # [N] m
    half_width: F64  # [N] m
    #: True where the actor is expected to wait for us inside a junction.
    waits_inside: tuple[bool, ...]

    @cached_property
    def number(self) -> Mapping[str, int]:
        return {actor.id: n for n, actor in enumerate(self.actors)}


def relevant(actors: Sequence[Actor], ego: EgoState) -> list[Actor]:
    """The nearest actors within range, nearest first; what is behind us counts as farther."""

    def distance(actor: Actor) -> float:
        dx, dy = actor.x - ego.x, actor.y - ego.y
        ahead = dx * cos(ego.heading) + dy * sin(ego.heading)
        return hypot(dx, dy) * (1.0 if ahead > -5.0 else 1.6)

    ranked = sorted(((distance(a), a.id, a) for a in actors), key=lambda r: (r[0], r[1]))
    return [actor for far, _, actor in ranked[:MOST_ACTORS] if far < RANGE_M]


def predict(
    index: RoadIndex,
    actors: Sequence[Actor],
    lights: Mapping[str, str],
    own: Sequence[LaneLink],
    inside: LaneLink | None = None,
) -> Prediction:
    """Predicts every actor; `own` are the links ahead of the ego that others may have to obey.

    `inside` is the one it is on now, within a junction: who creeps there lets it go first.
    """
    count, steps = len(actors), len(TIMES_S)
    x, y, h, v = (np.zeros((count, steps)) for _ in range(4))
    giving = []
    own_first = {k.via[0]: k for k in own if k.via}
    for n, actor in enumerate(actors):
        if inside is not None and _lets_us_go(index, actor, inside):
            x[n], y[n], h[n], gives = actor.x, actor.y, actor.heading, True
        else:
            x[n], y[n], h[n], v[n], gives = _one(index, actor, lights, own_first)
        giving.append(gives)
    return Prediction(
        tuple(actors),
        x,
        y,
        h,
        v,
        np.array([a.length_m / 2 for a in actors]),
        np.array([a.width_m / 2 for a in actors]),
        tuple(
            gives and (actor.lane or "") in index.link_of_via
            for gives, actor in zip(giving, actors, strict=True)
        ),
    )


def _lets_us_go(index: RoadIndex, actor: Actor, inside: LaneLink) -> bool:
    """Somebody who creeps in the junction that we are driving through, across our way."""
    link = index.link_of_via.get(actor.lane or "")
    if link is None or link.from_lane == inside.from_lane or not link.via:
        return False
    return actor.speed_mps < CREEP_MPS and link.via[0] in inside.conflicts


Own = Mapping[str, LaneLink]
_Track = tuple[F64 | float, F64 | float, F64 | float, F64 | float, bool]


def _one(index: RoadIndex, actor: Actor, lights: Mapping[str, str], own: Own) -> _Track:
    if actor.kind in STATIC_KINDS or (actor.speed_mps < 0.05 and actor.accel_mps2 <= 0.05):
        return actor.x, actor.y, actor.heading, 0.0, False
    lane = index.road.lanes.get(actor.lane or "")
    if actor.kind is ActorKind.PEDESTRIAN or lane is None or lane.kind not in _FOLLOWED:
        reach = actor.speed_mps * TIMES_S
        x, y = actor.x + reach * cos(actor.heading), actor.y + reach * sin(actor.heading)
        return x, y, actor.heading, actor.speed_mps, False
    line, ids = index.run_out(lane.id, turn_wish(index, actor))
    s0, d0 = line.project_one(actor.x, actor.y)
    off = wrap(actor.heading - line.pose(s0)[2])
    if abs(off) > 1.2 or abs(d0) > 4.0:  # not following this lane at all
        reach = actor.speed_mps * TIMES_S
        x, y = actor.x + reach * cos(actor.heading), actor.y + reach * sin(actor.heading)
        return x, y, actor.heading, actor.speed_mps, False
    reach, speed = _reach(actor)
    room = _room(index, actor, ids, lights, own, s0)
    gives = False
    if room is not None:
        need = actor.speed_mps**2 / (2 * max(room, 0.5))
        if need < EXPECTED_BRAKE_MPS2:
            gives = True
            held = np.minimum(reach, max(room, 0.0))
            speed = np.where(held < reach, 0.0, speed)
            reach = held
    drift = _drift(index, actor, lane, off)
    x, y, h = line.at(s0 + reach, d0 + drift)
    return x, y, h + (off if drift is not _NO_DRIFT else 0.0), speed, gives


def _reach(actor: Actor) -> tuple[F64, F64]:
    """Metres driven and speed over `TIMES_S`; somebody who brakes need not mean to stop."""
    accel = min(max(actor.accel_mps2, -6.0), 1.5)
    kept = ACCEL_KEPT_S
    if accel < -1e-3:
        kept = min(kept, actor.speed_mps / -accel)
    t = np.minimum(TIMES_S, kept)
    speed = np.maximum(actor.speed_mps + accel * t, 0.0)
    reach = actor.speed_mps * t + accel * t * t / 2 + speed * (TIMES_S - t)
    return np.maximum(reach, 0.0), speed


_NO_DRIFT = np.zeros(len(TIMES_S))


def _drift(index: RoadIndex, actor: Actor, lane: Lane, off: float) -> F64:
    """Sideways motion of somebody who changes lanes, at most into the next lane.

    Just behind a junction a heading off the lane is only the end of a turn.
    """
    rate = actor.speed_mps * sin(off)
    side = lane.left if off > 0 else lane.right
    beside = index.road.lanes.get(side or "")
    if beside is None or beside.kind not in _FOLLOWED or abs(off) > 0.25:
        return _NO_DRIFT
    signals = actor.indicator == ("left" if off > 0 else "right")
    if abs(rate) < 0.25 or abs(off) < 0.015 or (actor.s_m < 25.0 and not signals):
        return _NO_DRIFT
    return np.clip(rate * TIMES_S, -lane.width_m, lane.width_m)


def turn_wish(index: RoadIndex, actor: Actor) -> Turn | None:
    """Which way somebody will turn, from the indicator; None where it says nothing."""
    lane = index.road.lanes.get(actor.lane or "")
    if lane is None:
        return None
    turns = {link.turn for link in lane.links}
    if actor.indicator == "left" and Turn.LEFT in turns:
        return Turn.LEFT
    if actor.indicator == "right" and Turn.RIGHT in turns:
        return Turn.RIGHT
    return None


def _room(
    index: RoadIndex,
    actor: Actor,
    ids: tuple[str, ...],
    lights: Mapping[str, str],
    own: Own,
    s0: float,
) -> float | None:
    """Metres until the line where this actor must stop, or None."""
    lane_id = actor.lane or ""
    at = ids.index(lane_id)
    lanes = index.road.lanes
    end = sum(lanes[i].length_m for i in ids[: at + 1])
    front = s0 + actor.length_m / 2
    link = index.link_of_via.get(lane_id)
    if link is not None:
        return _room_inside(index, actor, link, own)
    if at + 1 >= len(ids):
        return None
    onward = index.link_of_via.get(ids[at + 1])
    if onward is None or front > end + 0.5 or end - front > 90.0:
        return None
    if must_stop(onward, lights) or any(via in own for via in onward.yields_to):
        return end - front
    return None


def _room_inside(index: RoadIndex, actor: Actor, link: LaneLink, own: Own) -> float | None:
    """Metres until somebody in a junction reaches our way, when it is he who gives way there."""
    done = actor.s_m
    for via in link.via:
        if via == actor.lane:
            break
        done += index.road.lanes[via].length_m
    rooms = [
        zone[2] - 0.3 - done
        for via in link.yields_to
        if via in own and (zone := index.zone(own[via], link)) is not None
    ]
    room = min(rooms, default=None)
    return room if room is not None and room > -1.5 else None


def must_stop(link: LaneLink, lights: Mapping[str, str]) -> bool:
    """Whether a red or amber light, or a stop sign, holds whoever comes to this link."""
    state = light_state(link, lights)
    if state is not None:
        return state in "rRuyY"
    return link.control in (Control.STOP, Control.ALL_WAY_STOP)


def light_state(link: LaneLink, lights: Mapping[str, str]) -> str | None:
    """The SUMO letter of the link's light, or None where there is none or it is not known."""
    if link.light is None:
        return None
    states = lights.get(link.light, "")
    return states[link.light_index] if 0 <= link.light_index < len(states) else None


_FOLLOWED = frozenset({"drive", "junction", "bus", "shoulder"})
