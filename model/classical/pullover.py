"""Where the car can stop at the side of the road."""

from __future__ import annotations

from model.classical.path import Path, Shift
from model.classical.route import Corridor
from model.classical.tick import PullOver, Tick
from model.contract.road import Lane, LaneKind

FORBIDDEN_ZONES = frozenset({"bridge", "tunnel", "work_zone", "rail_crossing"})
#: Clear of junctions and crossings by this much, m.
CLEAR_OF_JUNCTION_M = 10.0
SEARCH_M = 900.0
SEARCH_STEP_M = 6.0
KERB_GAP_M = 0.35
#: Room kept ahead of the standing car, so that it can drive out again, m.
DRIVE_OUT_M = 9.0
ENTRY_MPS = 17.0


def find_place(tick: Tick, corridor: Corridor, s0: float, brake_mps2: float) -> PullOver | None:
    """The first place along the corridor where the car can stand at the side, or None."""
    front = s0 + tick.shape.front_ahead_m
    v = tick.ego.speed_mps
    at = front + v * v / (2 * brake_mps2) + max(2.0 * v, 14.0)
    last = min(at + SEARCH_M, corridor.line.length_m - 5.0)
    while at < last:
        place = place_at(tick, corridor, at)
        if place is not None:
            return place
        at += SEARCH_STEP_M
    return None


def place_at(tick: Tick, corridor: Corridor, at: float) -> PullOver | None:
    """The side of the road at one position of the corridor, where one may and can stand there."""
    lane = tick.index.road.lanes[corridor.lane_at(at)]
    side, start = _side_of(tick, lane), corridor.start_of(lane.id)
    if side is None or start is None or not _allowed(tick, corridor, lane, at):
        return None
    if not _empty(tick, corridor, at, side[0]):
        return None
    v = min(tick.ego.speed_mps, ENTRY_MPS)
    ramp = max(v * 4.0 * (abs(side[0]) / 3.5) ** 0.5, 14.0)
    return PullOver(lane.id, at - start, side[0], side[1], ramp)


def _side_of(tick: Tick, lane: Lane) -> tuple[float, str | None] | None:
    """Offset of the axle and the side lane's id, or None where one cannot stand."""
    if lane.kind is not LaneKind.DRIVE:
        return None
    right = tick.index.road.lanes.get(lane.right or "")
    body = tick.shape.width_m / 2
    if right is not None and right.kind in (LaneKind.SHOULDER, LaneKind.PARKING):
        if right.width_m < tick.shape.width_m + 0.3:
            return None
        return -(lane.width_m / 2 + right.width_m / 2), right.id
    if right is not None and right.kind in (LaneKind.DRIVE, LaneKind.BUS, LaneKind.BIKE):
        return None
    if lane.limit_mps > 20.0:  # a fast road without a shoulder is no place to stand
        return None
    return -(lane.width_m / 2 - body - KERB_GAP_M), None


def _allowed(tick: Tick, corridor: Corridor, lane: Lane, at: float) -> bool:
    road = tick.index.road
    back = at - tick.shape.length_m
    for s in (at, back):
        if road.zones.get(road.lanes[corridor.lane_at(s)].edge, "") in FORBIDDEN_ZONES:
            return False
        if tick.index.link_of_via.get(corridor.lane_at(s)) is not None:
            return False
    # On a motorway the lanes join without a real junction, so only others need a distance.
    clear = CLEAR_OF_JUNCTION_M if lane.limit_mps < 20.0 else 2.0
    for s, link in corridor.links:
        end = s + tick.index.via_length(link)
        if back - clear < end and s < at + clear:
            return False
    crossings = (s for s, _ in corridor.crossings)
    return all(not (back - 8.0 < s < at + CLEAR_OF_JUNCTION_M) for s in crossings)


def _empty(tick: Tick, corridor: Corridor, at: float, offset: float) -> bool:
    """Nothing stands where the car would stand or roll in."""
    for actor in tick.actors:
        if actor.speed_mps > 1.0:
            continue
        s, lateral = corridor.line.project_one(actor.x, actor.y)
        if not at - 26.0 < s < at + actor.length_m / 2 + DRIVE_OUT_M:
            continue
        if abs(lateral - offset) < actor.width_m / 2 + tick.shape.width_m / 2 + 0.4:
            return False
    return True


def shift_to(tick: Tick, path: Path, place: PullOver) -> tuple[Shift, float] | None:
    """The shift to the side and the stop position (both on the corridor), or None when lost."""
    start = path.option.corridor.start_of(place.lane)
    if start is None:
        return None
    at = start + place.at_m
    axle = at - tick.shape.front_ahead_m
    # On a shoulder the braking is done there, out of the traffic's way.
    straight = 3.0 if abs(place.offset_m) < 1.5 else place.ramp_m * 0.5
    return Shift(axle - straight, axle + 200.0, place.offset_m, place.ramp_m), at
