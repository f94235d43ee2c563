"""Things that stand in the way: pass them inside the lane, beside it, or wait behind them."""

from __future__ import annotations

from dataclasses import dataclass

from model.classical.constraints import SpeedBound, StopPoint
from model.classical.naming import actor_reason, doing_of
from model.classical.overlay import Overlay
from model.classical.path import Path, Shift
from model.classical.settings import LEAST_PASSING_GAP_M, PASSING_GAP_M, PEDESTRIAN_GAP_M
from model.classical.tick import Tick
from model.contract.observation import STATIC_KINDS, Actor, ActorKind
from model.contract.road import LaneKind
from modes.vocabulary import Direction, Lateral, Longitudinal

#: Stop this far behind something that we want to drive around, so that there is room to turn, m.
STAND_BACK_M = 8.0
#: Standing this long without a reason ahead counts as parked, s.
PARKED_S = 5.0
#: Vehicles that wait in a queue stand no farther apart than this, and from the line, m.
QUEUE_GAP_M = 9.0
PASSING_MPS = 7.0
LOOK_M = 90.0


@dataclass(frozen=True)
class Blocker:
    """A group of standing things that narrows the lane; positions on the plain path."""

    actor: Actor
    rear_m: float
    front_m: float
    left_m: float  # its left edge, from the path
    right_m: float


@dataclass(frozen=True)
class Passing:
    """How to get past: an offset with its stretch, or a place to wait."""

    blocker: Blocker
    shift: Shift | None
    lateral: Lateral
    direction: Direction | None
    bound: SpeedBound | None
    stop: StopPoint | None
    #: The lane is blocked so far that changing lanes would be the right answer.
    wants_lane: bool = False


def find_blocker(tick: Tick, path: Path, seen: Overlay) -> Blocker | None:
    """The nearest standing thing that the unshifted path would touch or pass too closely."""
    front = path.origin_m + tick.shape.front_ahead_m
    found: list[Blocker] = []
    for n, actor in enumerate(seen.prediction.actors):
        rear, end = float(seen.rear[n, 0]), float(seen.front[n, 0])
        strolls = _strolls(seen, n)
        if actor.speed_mps > 0.3 and not strolls:
            continue
        if end < path.origin_m - 1.5 or rear > front + (40.0 if strolls else LOOK_M):
            continue
        gap = float(seen.side_gap[n, 0])
        if gap > _wanted_gap(actor) or not _stays(tick, path, seen, n):
            continue
        middle = float(seen.lateral[n, 0])
        if strolls:  # who walks is passed somewhere on a stretch
            rear, end = rear - 6.0, end + 6.0
        half = abs(middle) - gap - tick.shape.width_m / 2
        found.append(Blocker(actor, rear, end, middle + half, middle - half))
    if not found:
        return None
    found.sort(key=lambda b: b.rear_m)
    first = found[0]
    # Things in one row are passed in one go.
    for other in found[1:]:
        if other.rear_m > first.front_m + 14.0:
            break
        first = Blocker(
            first.actor,
            first.rear_m,
            max(first.front_m, other.front_m),
            max(first.left_m, other.left_m),
            min(first.right_m, other.right_m),
        )
    return first


def _strolls(seen: Overlay, n: int) -> bool:
    """Somebody who walks along the road at its edge."""
    actor = seen.prediction.actors[n]
    along = abs(float(seen.speed[n, 0])) > 0.9 * actor.speed_mps
    return actor.kind is ActorKind.PEDESTRIAN and actor.speed_mps > 0.3 and along


def _wanted_gap(actor: Actor) -> float:
    return PEDESTRIAN_GAP_M if actor.kind is ActorKind.PEDESTRIAN else PASSING_GAP_M


def _stays(tick: Tick, path: Path, seen: Overlay, n: int) -> bool:
    """Whether something that stands will go on standing: an object, or parked, not queueing."""
    actor = seen.prediction.actors[n]
    if actor.kind in STATIC_KINDS or actor.kind is ActorKind.UNKNOWN:
        return True
    if actor.kind is ActorKind.PEDESTRIAN:
        settled = actor.speed_mps > 0.3 or tick.stood_for_s(actor) > 1.0
        return float(seen.side_gap[n, 0]) > -0.2 and settled
    if actor.indicator == "hazard" or actor.id in tick.memory.passing:
        return True
    corridor = path.option.corridor
    s = path.to_corridor(float(seen.rear[n, 0]))
    lane = tick.index.road.lanes[corridor.lane_at(s)]
    # Well out of the lane's middle: at the kerb, not in the queue.
    aside = abs(float(seen.lateral[n, 0])) > 0.35 * lane.width_m and actor.lane != lane.id
    if aside and tick.stood_for_s(actor) > 0.4:
        return True
    if tick.stood_for_s(actor) < PARKED_S:
        return False
    return not _has_reason(path, seen, n)


def _has_reason(path: Path, seen: Overlay, n: int) -> bool:
    """Whether a stop line or a crossing explains why it stands, by way of a queue or at once."""
    front = float(seen.front[n, 0])
    standing = sorted(
        (float(seen.rear[m, 0]), float(seen.front[m, 0]))
        for m, other in enumerate(seen.prediction.actors)
        if m != n and seen.inside[m, 0] and other.kind not in STATIC_KINDS
    )
    for rear, end in standing:
        if front - 1.0 < rear < front + QUEUE_GAP_M:
            front = end
    corridor = path.option.corridor
    places = [path.to_path(s) for s, _ in corridor.links]
    places += [path.to_path(s) for s, _ in corridor.crossings]
    return any(-3.0 < place - front < QUEUE_GAP_M for place in places)


def passing(tick: Tick, path: Path, seen: Overlay) -> Passing | None:
    """What to do about the nearest blocker on the unshifted path of the followed lane."""
    blocker = find_blocker(tick, path, seen)
    if blocker is None:
        tick.memory.passing.clear()
        return None
    half = tick.shape.width_m / 2
    s = path.to_corridor(blocker.rear_m)
    corridor = path.option.corridor
    lane = tick.index.road.lanes[corridor.lane_at(s)]
    inside = max(lane.width_m / 2 - half - 0.05, 0.0)
    wanted = _wanted_gap(blocker.actor)
    left, right = blocker.left_m + wanted + half, blocker.right_m - wanted - half
    tight = wanted - LEAST_PASSING_GAP_M
    options = []
    if right > -inside - tight and blocker.right_m > 0.3:
        options.append(max(right, -inside))
    if left < inside + tight:
        options.append(min(left, inside))
    if options:
        offset = min(options, key=abs)
        close = offset not in (left, right)
        return _in_lane(tick, path, blocker, offset, close)
    return _out_of_lane(tick, path, seen, blocker, left, lane.id)


def _shift(tick: Tick, path: Path, blocker: Blocker, offset: float) -> Shift:
    """The offset held from before the blocker's rear to behind its front."""
    start = blocker.rear_m - tick.shape.front_ahead_m - 0.8
    if abs(offset) > 1.0:  # the nose swings out first, so the axle may follow a little later
        start += 1.6
    end = blocker.front_m + tick.shape.rear_overhang_m + 0.8
    v = min(tick.ego.speed_mps, PASSING_MPS + 3.0)
    ramp = tick.memory.ramps.get(blocker.actor.id, 0.0)
    # Once the way round has begun its shape stays, or slowing down would steer us back.
    if path.origin_m < start - ramp or not ramp:
        ramp = max(v * 1.6 * max(abs(offset), 0.3) ** 0.5, 9.0)
        tick.memory.ramps = {blocker.actor.id: ramp}
    return Shift(path.to_corridor(start), path.to_corridor(end), offset, ramp)


def _in_lane(tick: Tick, path: Path, blocker: Blocker, offset: float, close: bool) -> Passing:
    direction = Direction.LEFT if offset > 0 else Direction.RIGHT
    reason = actor_reason(blocker.actor, "narrows our lane", Longitudinal.SPEED_ADAPTATION)
    bound = None
    if close or blocker.actor.kind is ActorKind.PEDESTRIAN:
        bound = SpeedBound(blocker.rear_m - 3.0, blocker.front_m + 2.0, PASSING_MPS, reason)
    shift = _shift(tick, path, blocker, offset)
    return Passing(blocker, shift, Lateral.NUDGE_IN_LANE, direction, bound, None)


def _out_of_lane(
    tick: Tick, path: Path, seen: Overlay, blocker: Blocker, left: float, lane_id: str
) -> Passing | None:
    reason = actor_reason(blocker.actor, doing_of(blocker.actor), Longitudinal.STOP_STATIC)
    lane = tick.index.road.lanes[lane_id]
    beside = tick.index.road.lanes.get(lane.left or "")
    same_way = beside is not None and beside.kind is LaneKind.DRIVE
    front = path.origin_m + tick.shape.front_ahead_m
    beside_it = blocker.rear_m < front and _clear_of(tick, path, blocker)
    if lane.junction is not None and not beside_it:
        return None  # no place to drive around anything: following keeps the distance
    back = STAND_BACK_M if blocker.rear_m - STAND_BACK_M > front else 3.0
    wait = StopPoint(blocker.rear_m - back, reason)
    near = blocker.rear_m - front < max(25.0, tick.ego.speed_mps * 3.0)
    if not same_way and lane.one_way:
        wait = StopPoint(blocker.rear_m - 3.0, reason)
        return Passing(blocker, None, Lateral.KEEP_LANE, None, None, wait)
    committed = blocker.actor.id in tick.memory.passing or beside_it
    if (same_way and not committed and tick.ego.speed_mps > 2.0) or (not near and not committed):
        return Passing(blocker, None, Lateral.KEEP_LANE, None, None, wait, wants_lane=same_way)
    shift = _shift(tick, path, blocker, min(left, lane.width_m))
    foe = _in_the_way_beside(tick, path, seen, blocker, shift)
    begun = beside_it or (committed and tick.ego.lateral_m > 0.9)
    if foe is not None and not begun:
        does = "is coming towards us" if not same_way else "is beside us"
        waits = actor_reason(foe, does, Longitudinal.YIELD)
        room = blocker.rear_m - STAND_BACK_M - front
        stop = StopPoint(blocker.rear_m - (STAND_BACK_M if room > 0 else 3.0), waits)
        tick.memory.passing.pop(blocker.actor.id, None)
        return Passing(blocker, None, Lateral.KEEP_LANE, None, None, stop, wants_lane=same_way)
    tick.memory.passing[blocker.actor.id] = shift.offset_m
    around = actor_reason(blocker.actor, "blocks our lane", Longitudinal.SPEED_ADAPTATION)
    bound = SpeedBound(blocker.rear_m - 12.0, blocker.front_m + 3.0, PASSING_MPS, around)
    return Passing(blocker, shift, Lateral.NUDGE_OUT_OF_LANE, Direction.LEFT, bound, None)


def _clear_of(tick: Tick, path: Path, blocker: Blocker) -> bool:
    """Whether the car is already beside the blocker, so that going on past it is the way out."""
    _, lateral = path.line.project_one(tick.ego.x, tick.ego.y)
    return lateral > blocker.left_m + tick.shape.width_m / 2 - 0.4


def _in_the_way_beside(
    tick: Tick, path: Path, seen: Overlay, blocker: Blocker, shift: Shift
) -> Actor | None:
    """Somebody who is, or soon comes, where we would drive around the blocker."""
    begin = path.to_path(shift.from_m) - shift.ramp_m
    end = path.to_path(shift.to_m) + shift.ramp_m + tick.shape.length_m
    pace = max(min(tick.ego.speed_mps, PASSING_MPS), 3.5)
    time = max(end - path.origin_m, 0.0) / pace + 1.5
    for n, actor in enumerate(seen.prediction.actors):
        if actor.id == blocker.actor.id:
            continue
        side = abs(float(seen.lateral[n, 0]) - shift.offset_m)
        width = actor.width_m / 2 + tick.shape.width_m / 2 + 0.5
        if side > width:
            continue
        near, far = float(seen.rear[n, 0]), float(seen.front[n, 0])
        along = float(seen.speed[n, 0])
        if along < -0.3:
            if far > begin and near + along * time < end + 8.0 and far > path.origin_m:
                return actor
        elif along > 0.5:  # same way, in the lane beside us: may not be next to or behind us
            closing = along - tick.ego.speed_mps
            if path.origin_m - 8.0 - max(closing, 0.0) * 3.0 < far and near < end - 10.0:
                return actor
        elif far > path.origin_m - 1.0 and near < end:
            overlaps = blocker.rear_m - 6.0 < far and near < blocker.front_m + 10.0
            if overlaps:
                return actor
    return None
