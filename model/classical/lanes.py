"""Which lane to be in, why, and whether there is room to change into it now."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from model.classical.naming import name_of
from model.classical.route import Corridor, corridor_from, line_is_dashed, neighbour
from model.classical.tick import Tick
from model.contract.observation import STATIC_KINDS, Actor, ActorKind
from model.contract.road import Lane, LaneKind
from modes.vocabulary import Intent

#: A change needed by the route begins at the latest with this much time per lane, s.
ROUTE_TIME_S = 9.0
ROUTE_SPARE_M = 110.0
#: After one change the next one for comfort waits this long, s.
SETTLE_S = 7.0
SETTLE_COMMANDED_S = 40.0
_NO_OVERTAKING = frozenset(
    {Intent.KEEP_LANE, Intent.FOLLOW, Intent.NO_OVERTAKE, Intent.STOP, Intent.WAIT}
)


@dataclass(frozen=True)
class Wish:
    """A lane change that somebody or something wants."""

    side: int  # +1 left, -1 right
    why: str  # command, route, closed, blocked, overtake, keep_right, give_way, pull_over
    #: Metres until it must be done; inf for a comfort change.
    within_m: float = inf
    object_id: str | None = None

    @property
    def urgent(self) -> bool:
        return self.within_m < inf


@dataclass(frozen=True)
class Gap:
    """Whether the neighbouring lane has room, and who takes it when it has not."""

    free: bool
    blocker: Actor | None = None
    behind: bool = False


def lane_wish(
    tick: Tick, lane: Lane, s_m: float, corridor: Corridor, s0: float, blocked: Actor | None
) -> Wish | None:
    """The most important wish for another lane, or None. `s_m` is on `lane`, `s0` on corridor."""
    if lane.kind is not LaneKind.DRIVE:
        return None
    for wish in (
        _commanded(tick),
        _by_route(tick, lane, s_m),
        _closed(tick, lane, corridor, s0),
        _blocked(tick, lane, blocked),
        _for_comfort(tick, lane, s_m, corridor, s0),
    ):
        if wish is not None and neighbour(tick.index, lane.id, wish.side) is not None:
            return wish
    return None


def _commanded(tick: Tick) -> Wish | None:
    command = tick.request.command
    if command is None or tick.memory.commanded == (tick.request.id, command.intent):
        return None
    if command.intent is Intent.LANE_CHANGE_LEFT:
        return Wish(1, "command")
    if command.intent is Intent.LANE_CHANGE_RIGHT:
        return Wish(-1, "command")
    return None


def _by_route(tick: Tick, lane: Lane, s_m: float) -> Wish | None:
    outlook = tick.plan.outlook(lane.id)
    if outlook is None or outlook.first_change == 0:
        return None
    left_m = outlook.reach_m - s_m
    pace = max(tick.ego.speed_mps, 8.0)
    if left_m > outlook.changes * ROUTE_TIME_S * pace + ROUTE_SPARE_M + 3.0 * pace:
        return None
    return Wish(outlook.first_change, "route", left_m)


def _closed(tick: Tick, lane: Lane, corridor: Corridor, s0: float) -> Wish | None:
    closed_m = closed_from(tick, corridor, s0)
    if closed_m is None or closed_m > max(500.0, 15.0 * tick.ego.speed_mps):
        return None
    for side in (1, -1):
        other = neighbour(tick.index, lane.id, side)
        if other is None:
            continue
        beside = corridor_from(tick.index, tick.plan, other.id)
        at, _ = beside.line.project_one(tick.ego.x, tick.ego.y)
        theirs = closed_from(tick, beside, at)
        if theirs is None or theirs > closed_m + 100.0:
            return Wish(side, "closed", closed_m)
    return None


def closed_from(tick: Tick, corridor: Corridor, s0: float) -> float | None:
    """Metres until the corridor runs into a closed lane, or None."""
    if not tick.perception.closed_lanes:
        return None
    found = [
        corridor.starts_m[n] + from_m - s0
        for n, lane_id in enumerate(corridor.lanes)
        if (from_m := tick.perception.closed_lanes.get(lane_id)) is not None
    ]
    ahead = [d for d in found if d > -60.0]
    return min(ahead) if ahead else None


def _blocked(tick: Tick, lane: Lane, blocker: Actor | None) -> Wish | None:
    if blocker is None:
        return None
    for side in (1, -1):
        other = neighbour(tick.index, lane.id, side)
        if other is not None:
            distance = float(np.hypot(blocker.x - tick.ego.x, blocker.y - tick.ego.y))
            return Wish(side, "blocked", distance, blocker.id)
    return None


def _for_comfort(tick: Tick, lane: Lane, s_m: float, corridor: Corridor, s0: float) -> Wish | None:
    """Overtake a slow vehicle, or go back to the right; never where the route would suffer."""
    command = tick.request.command
    asked = command is not None and command.intent is Intent.OVERTAKE
    settle = SETTLE_COMMANDED_S if tick.memory.commanded else SETTLE_S
    since = tick.t_s - tick.memory.last_change_s
    if not asked and (since < SETTLE_S or (command and command.intent in _NO_OVERTAKING)):
        return None
    if tick.memory.held_by is not None or lane.limit_mps < 12.0:
        return None
    top = min(wanted_speed(tick, lane.limit_mps), lane.limit_mps)
    lead, gap_m = lead_in(tick, corridor, s0)
    if lead is not None and (tick.request.overtaking or asked):
        gain = 0.5 if asked else tick.style.overtake_gain_mps
        slow = lead.speed_mps < top - gain and gap_m < max(40.0, 3.5 * tick.ego.speed_mps)
        moving = lead.speed_mps > 3.0 and lead.indicator != "hazard"
        if slow and moving and _useful(tick, lane, s_m, 1, lead.speed_mps + gain):
            return Wish(1, "overtake", object_id=lead.id)
    if asked or since < settle or lane.limit_mps < 16.0 or s_m < 30.0:
        return None
    if tick.ego.speed_mps > 0.6 * lane.limit_mps and _useful(tick, lane, s_m, -1, top - 1.0):
        return Wish(-1, "keep_right")
    return None


def wanted_speed(tick: Tick, limit_mps: float) -> float:
    """Limit, the passenger's wish and cap, the lower one of all."""
    speeds = [limit_mps]
    if tick.request.speed_wish_mps is not None:
        speeds.append(tick.request.speed_wish_mps)
    if tick.request.speed_cap_mps is not None:
        speeds.append(tick.request.speed_cap_mps)
    return min(speeds)


def _useful(tick: Tick, lane: Lane, s_m: float, side: int, pace_mps: float) -> bool:
    """Whether the lane beside goes on far enough and its traffic is at least that fast."""
    other = neighbour(tick.index, lane.id, side)
    if other is None or not line_is_dashed(tick.index, lane.id, side, s_m):
        return False
    outlook = tick.plan.outlook(other.id)
    here = tick.plan.outlook(lane.id)
    v = tick.ego.speed_mps
    if outlook is None or here is None:
        return False
    need = (25.0 if side > 0 else 30.0) * v + 150.0
    if outlook.reach_m - s_m < max(need, outlook.changes * 14.0 * v):
        return False
    beside = corridor_from(tick.index, tick.plan, other.id)
    at, _ = beside.line.project_one(tick.ego.x, tick.ego.y)
    if closed_from(tick, beside, at) is not None:
        return False
    lead, gap_m = lead_in(tick, beside, at)
    reach = 90.0 if side > 0 else max(120.0, 6.0 * v)
    return lead is None or gap_m > reach or lead.speed_mps > pace_mps


def lead_in(tick: Tick, corridor: Corridor, s0: float) -> tuple[Actor | None, float]:
    """The next vehicle ahead in a corridor and the metres to it, bumper to bumper."""
    front = s0 + tick.shape.front_ahead_m
    best, best_m = None, inf
    for actor, rear, _, lateral in _on(tick, corridor):
        gap = rear - front
        if abs(lateral) < 1.6 and -1.0 < gap < best_m:
            best, best_m = actor, gap
    return best, best_m


def _on(tick: Tick, corridor: Corridor) -> list[tuple[Actor, float, float, float]]:
    """Actors with rear, front and sideways position on a corridor."""
    actors = [a for a in tick.actors if a.kind not in (ActorKind.PEDESTRIAN,)]
    if not actors:
        return []
    x, y = np.array([a.x for a in actors]), np.array([a.y for a in actors])
    s, lateral = corridor.line.project(x, y)
    return [
        (a, float(p) - a.length_m / 2, float(p) + a.length_m / 2, float(d))
        for a, p, d in zip(actors, s, lateral, strict=True)
        if abs(d) < 6.0
    ]


def gap_beside(tick: Tick, corridor: Corridor, urgent: bool) -> Gap:
    """Whether the car may move into a corridor now (policy section 3, lane change)."""
    s0, _ = corridor.line.project_one(tick.ego.x, tick.ego.y)
    front, rear = s0 + tick.shape.front_ahead_m, s0 - tick.shape.rear_overhang_m
    v = tick.ego.speed_mps
    half = float(corridor.half_width_m[corridor.line.index(s0)])
    ease = 0.55 if urgent else 1.0
    for actor, their_rear, their_front, lateral in _on(tick, corridor):
        if abs(lateral) > half + 0.4 + max(actor.width_m / 2 - 0.9, 0.0):
            continue
        theirs = actor.speed_mps
        if their_rear > front:
            closing = max(v - theirs, 0.0)
            need = max(1.5 * ease * v - max(theirs - v, 0.0) * 1.5, 4.0)
            need = max(need, 4.0 + 0.5 * v * ease + closing * closing / 4.0)
            if actor.kind in STATIC_KINDS or theirs < 0.3:
                need = max(need, 12.0)
            if their_rear - front < need:
                return Gap(False, actor)
        elif their_front < rear:
            closing = max(theirs - v, 0.0)
            need = closing * 0.4 + closing * closing / 6.0 + theirs * 1.0 * ease
            if rear - their_front < max(need, 3.0):
                return Gap(False, actor, behind=True)
        else:
            return Gap(False, actor, behind=their_front < front)
    return Gap(True)


def gap_words(gap: Gap, side: int) -> str:
    """What the car waits for: "a gap on the left, the white van is beside us"."""
    where = "left" if side > 0 else "right"
    if gap.blocker is None:
        return f"a gap on the {where}"
    return f"a gap on the {where}, the {name_of(gap.blocker)} is there"
