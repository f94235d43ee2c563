"""The part of the scene facts that is about other road users, placed on the ego's lane axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.contract.facts import FactValue
from model.contract.observation import (
    STATIC_KINDS,
    Actor,
    ActorKind,
    Perception,
    VehicleShape,
)
from model.contract.road import Lane, LaneKind, RoadClass, RoadMap
from model.lane_frame import LaneFrame, drive_lanes

#: The blind spot reaches so far behind the rear bumper and ahead of the front one, m.
BLIND_BEHIND_M, BLIND_AHEAD_M = 6.0, 2.0
#: A time gap is not given below this speed, because it says nothing there, m/s.
GAP_MIN_MPS = 1.0
#: With nobody in sight the gap is at least the sensing range; this is said, s.
FREE_GAP_S = 30.0
LEAD_AHEAD_M = 150.0
OBSTACLE_AHEAD_M = 80.0
PED_AHEAD_M = 80.0
#: Somebody this near to a crossing's end waits there, m.
WAITS_M = 3.0
TRAFFIC_M = 150.0

_LEADS = {
    ActorKind.BICYCLE: "cyclist",
    ActorKind.EMERGENCY: "ambulance",
    ActorKind.UNKNOWN: "car",
}


@dataclass(frozen=True)
class _Placed:
    """An actor on the ego's axis: middle of the body ahead, left, and which way it goes."""

    actor: Actor
    s: float
    d: float
    same_way: bool

    @property
    def rear_s(self) -> float:
        return self.s - self.actor.length_m / 2

    @property
    def front_s(self) -> float:
        return self.s + self.actor.length_m / 2


def traffic_facts(
    seen: Perception, frame: LaneFrame, road: RoadMap, shape: VehicleShape, lane: Lane
) -> dict[str, FactValue]:
    """Neighbours, gaps, walkers, obstacles and sirens around the ego."""
    placed = _placed(seen, frame)
    vehicles = [p for p in placed if _is_vehicle(p.actor)]
    facts: dict[str, FactValue] = {}
    facts |= _own_lane(vehicles, seen, shape, lane)
    for name, neighbour, sign in (("left", lane.left, 1.0), ("right", lane.right, -1.0)):
        other = road.lanes.get(neighbour or "")
        if other is not None and other.kind in (LaneKind.DRIVE, LaneKind.JUNCTION):
            offset = sign * (lane.width_m + other.width_m) / 2
            facts |= _beside(name, vehicles, seen, shape, offset, other.width_m)
    facts |= _oncoming(vehicles, lane, shape)
    facts |= _walkers(placed, road, frame, lane)
    facts |= _obstacle(placed, lane, shape)
    facts |= _sirens(placed)
    facts |= _density(vehicles, road, lane)
    facts |= _kerb(placed, lane)
    return facts


def _placed(seen: Perception, frame: LaneFrame) -> list[_Placed]:
    if not seen.actors:
        return []
    points = np.array([(a.x, a.y) for a in seen.actors])
    s, d, heading = frame.place(points)
    same = np.cos(np.array([a.heading for a in seen.actors]) - heading) > 0.3
    return [
        _Placed(actor, float(si), float(di), bool(ok))
        for actor, si, di, ok in zip(seen.actors, s, d, same, strict=True)
    ]


def _is_vehicle(actor: Actor) -> bool:
    return actor.kind is not ActorKind.PEDESTRIAN and actor.kind not in STATIC_KINDS


def _overlaps(placed: _Placed, offset: float, width_m: float) -> bool:
    """Is part of the body inside the strip of that width at that offset?"""
    return abs(placed.d - offset) < width_m / 2 + placed.actor.width_m / 2 - 0.3


def _own_lane(
    vehicles: list[_Placed], seen: Perception, shape: VehicleShape, lane: Lane
) -> dict[str, FactValue]:
    own = seen.ego.speed_mps
    here = [p for p in vehicles if p.same_way and abs(p.d) < lane.width_m / 2]
    facts: dict[str, FactValue] = {}
    ahead = [p for p in here if p.s > shape.centre_ahead_m and p.rear_s < LEAD_AHEAD_M]
    lead = min(ahead, key=lambda p: p.rear_s, default=None)
    facts["lead"] = "none" if lead is None else _LEADS.get(lead.actor.kind, lead.actor.kind.value)
    if lead is not None and own > GAP_MIN_MPS:
        facts["lead_gap_s"] = round(max(lead.rear_s - shape.front_ahead_m, 0.0) / own, 1)
    behind = [p for p in here if p.s < shape.centre_ahead_m]
    follower = max(behind, key=lambda p: p.front_s, default=None)
    if follower is not None:
        gap_m = max(-shape.rear_overhang_m - follower.front_s, 0.0)
        facts["behind"] = _LEADS.get(follower.actor.kind, follower.actor.kind.value)
        facts["behind_m"] = round(gap_m, 0)
        if follower.actor.speed_mps > GAP_MIN_MPS:
            facts["rear_gap_s"] = round(gap_m / follower.actor.speed_mps, 1)
    else:
        facts["behind"] = "none"
        facts["rear_gap_s"] = FREE_GAP_S
    return facts


def _beside(
    name: str,
    vehicles: list[_Placed],
    seen: Perception,
    shape: VehicleShape,
    offset: float,
    width_m: float,
) -> dict[str, FactValue]:
    """One neighbouring lane: beside us, and who comes up from behind."""
    there = [p for p in vehicles if _overlaps(p, offset, width_m) and p.same_way]
    rear, front = -shape.rear_overhang_m, shape.front_ahead_m
    beside = any(
        p.front_s > rear - BLIND_BEHIND_M and p.rear_s < front + BLIND_AHEAD_M for p in there
    )
    word = "occupied" if beside else "free"
    facts: dict[str, FactValue] = {f"{name}_lane": word, f"blind_spot_{name}": word}
    behind = [p for p in there if p.front_s <= rear]
    nearest = max(behind, key=lambda p: p.front_s, default=None)
    if nearest is None:
        facts[f"rear_{name}_gap_s"] = FREE_GAP_S
        facts[f"rear_{name}_closing_kph"] = 0.0
        return facts
    # The gap in the time that the one behind takes to reach our place.
    gap_m = rear - nearest.front_s
    speed = max(nearest.actor.speed_mps, GAP_MIN_MPS)
    closing = (nearest.actor.speed_mps - seen.ego.speed_mps) * 3.6
    facts[f"rear_{name}_gap_s"] = round(gap_m / speed, 1)
    facts[f"rear_{name}_closing_kph"] = round(closing, 0)
    return facts


def _oncoming(vehicles: list[_Placed], lane: Lane, shape: VehicleShape) -> dict[str, FactValue]:
    """Who comes towards us; a divided road has nobody."""
    if lane.road in (RoadClass.MOTORWAY, RoadClass.RAMP):
        return {"oncoming": "none"}
    reach = lane.width_m * 2.5
    against = [
        p
        for p in vehicles
        if not p.same_way
        and 0.0 < p.d < reach
        and p.s > shape.front_ahead_m
        and p.actor.speed_mps > GAP_MIN_MPS
    ]
    first = min(against, key=lambda p: p.rear_s / p.actor.speed_mps, default=None)
    if first is None:
        return {"oncoming": "none"}
    gap_m = max(first.s - first.actor.length_m / 2 - shape.front_ahead_m, 0.0)
    return {
        "oncoming": _LEADS.get(first.actor.kind, first.actor.kind.value),
        "oncoming_gap_s": round(gap_m / first.actor.speed_mps, 1),
    }


def _walkers(
    placed: list[_Placed], road: RoadMap, frame: LaneFrame, lane: Lane
) -> dict[str, FactValue]:
    """The nearest walker who matters: in our path, on a crossing, or waiting at one."""
    order = ("in_path", "crossing", "waiting")
    mine = {on.lane.id for on in frame.ahead}
    ours = [c for c in road.crossings.values() if mine & set(c.crosses)]
    ends = np.array([p for c in ours for p in (c.shape[0], c.shape[-1])]).reshape(-1, 2)
    found: dict[str, float] = {}
    for p in placed:
        if p.actor.kind is not ActorKind.PEDESTRIAN or not -2.0 < p.s < PED_AHEAD_M:
            continue
        on = road.lanes.get(p.actor.lane or "")
        state = ""
        if abs(p.d) < lane.width_m / 2:
            state = "in_path"
        elif on is not None and on.kind is LaneKind.CROSSING:
            state = "crossing" if any(c.id == on.id for c in ours) else ""
        elif len(ends) and np.hypot(ends[:, 0] - p.actor.x, ends[:, 1] - p.actor.y).min() < WAITS_M:
            state = "waiting"
        if state:
            found[state] = min(found.get(state, p.s), p.s)
    for state in order:
        if state in found:
            return {"ped": state, "ped_distance_m": round(max(found[state], 0.0), 0)}
    return {"ped": "none"}


def _obstacle(placed: list[_Placed], lane: Lane, shape: VehicleShape) -> dict[str, FactValue]:
    """Something that stands in our lane and is no queue: a thing, or a vehicle off its lane."""
    near = [
        p
        for p in placed
        if p.rear_s > shape.front_ahead_m
        and p.rear_s < OBSTACLE_AHEAD_M
        and _overlaps(p, 0.0, lane.width_m)
        and (p.actor.kind in STATIC_KINDS or _parked(p))
    ]
    first = min(near, key=lambda p: p.rear_s, default=None)
    return {"obstacle": "none" if first is None else first.actor.kind.value}


def _parked(placed: _Placed) -> bool:
    actor = placed.actor
    off_centre = abs(placed.d) > 0.6 or actor.indicator == "hazard"
    return _is_vehicle(actor) and actor.speed_mps < 0.1 and off_centre


def _sirens(placed: list[_Placed]) -> dict[str, FactValue]:
    loud = [p for p in placed if p.actor.siren]
    if not loud:
        return {"siren": "none"}
    nearest = min(loud, key=lambda p: abs(p.s))
    return {"siren": "behind" if nearest.s < 0 else "ahead"}


def _density(vehicles: list[_Placed], road: RoadMap, lane: Lane) -> dict[str, FactValue]:
    """How full the road is, from the vehicles that go our way."""
    lanes = max(len(drive_lanes(road, lane.edge)), 1)
    near = [p for p in vehicles if p.same_way and abs(p.s) < TRAFFIC_M]
    near = [p for p in near if abs(p.d) < lane.width_m * (lanes + 0.5)]
    per_km = len(near) / lanes / (2 * TRAFFIC_M / 1000)
    moving = [p.actor.speed_mps for p in near]
    if per_km > 25 and np.mean(moving) < 0.3 * lane.limit_mps:
        return {"traffic": "jam"}
    return {"traffic": "dense" if per_km > 15 else "free_flow"}


def _kerb(placed: list[_Placed], lane: Lane) -> dict[str, FactValue]:
    """The kerb beside and just ahead, in town."""
    if lane.road not in (RoadClass.URBAN, RoadClass.RESIDENTIAL) or lane.junction is not None:
        return {}
    taken = any(
        -2.0 < p.s < 15.0
        and p.actor.speed_mps < 0.1
        and -lane.width_m - 2.0 < p.d < -0.3
        and p.actor.kind is not ActorKind.PEDESTRIAN
        for p in placed
    )
    return {"curb": "occupied" if taken else "free"}
