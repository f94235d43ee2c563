"""Coming to a stand on purpose: stop, wait, pull over, arrive, hold, and driving on again."""

from __future__ import annotations

from dataclasses import replace

from model.classical.assemble import passenger_reason
from model.classical.choice import Choice
from model.classical.constraints import Reason, SpeedBound, StopPoint
from model.classical.lanes import gap_beside, gap_words
from model.classical.naming import actor_reason
from model.classical.path import Option, Path, Shift
from model.classical.pullover import ENTRY_MPS, find_place, place_at, shift_to
from model.classical.tick import PullOver, Tick
from model.contract.road import Lane
from modes.vocabulary import Component, Direction, Intent, Lateral, Longitudinal

STOPPING = frozenset({Intent.STOP, Intent.WAIT, Intent.PULL_OVER, Intent.PARK})
TO_THE_SIDE = frozenset({Intent.PULL_OVER, Intent.PARK})
#: From this far on the place to stop at the destination is chosen, m.
ARRIVING_M = 160.0


def standing_rules(
    tick: Tick, choice: Choice, keep: Option, plain: Path, shifts: list[Shift]
) -> Option:
    """The keep option with what holds or stops the car added to `choice` and `shifts`."""
    memory, command = tick.memory, tick.request.command
    intent = command.intent if command is not None else None
    if memory.held_by is not None:
        return _hold(tick, choice, keep, memory.held_by)
    if wants_side(tick, choice.lane):
        word = intent.value.replace("_", " ") if intent is not None else "stop"
        reason = passenger_reason(f"asked to {word}", Longitudinal.STOP_STATIC)
        if memory.pull_over is None:
            memory.pull_over = find_place(tick, choice.corridor, choice.s_m, 1.6)
        aside = _to_the_side(tick, choice, keep, plain, shifts, memory.pull_over, reason)
        if aside is not None:
            return aside
        memory.pull_over = None
        if intent in TO_THE_SIDE:
            choice.waiting_for = "a safe place to stop"
            return keep
    elif intent not in STOPPING:
        arriving = _arrive(tick, choice, keep, plain, shifts)
        if arriving is not None:
            return arriving
    memory.pull_over = None
    if memory.pulled_over:
        return _rejoin(tick, choice, keep)
    if intent in (Intent.STOP, Intent.WAIT) and command is not None:
        at = _stop_place(tick, choice, bool(command.slots.urgent))
        word = "stop" if intent is Intent.STOP else "wait"
        reason = passenger_reason(f"asked to {word}", Longitudinal.STOP_STATIC)
        choice.stops.append(StopPoint(at, reason, hazard=bool(command.slots.urgent)))
    else:
        memory.stop_at = None
    return keep


def wants_side(tick: Tick, lane: Lane) -> bool:
    """Asked to stand at the side; on a fast road that is where a stop without haste ends too."""
    command = tick.request.command
    if command is None:
        return False
    fast = lane.limit_mps > 20.0 and not command.slots.urgent
    return command.intent in TO_THE_SIDE or (command.intent is Intent.STOP and fast)


def _hold(tick: Tick, choice: Choice, keep: Option, held_by: Intent) -> Option:
    word = held_by.value.replace("_", " ")
    reason = passenger_reason(f"asked to {word}", Longitudinal.STOP_STATIC)
    front = choice.s_m + tick.shape.front_ahead_m
    choice.stops.append(StopPoint(front + 0.1, reason, hazard=False))
    return replace(keep, indicator="off" if held_by is Intent.WAIT else "hazard")


def _to_the_side(
    tick: Tick,
    choice: Choice,
    keep: Option,
    plain: Path,
    shifts: list[Shift],
    place: PullOver | None,
    reason: Reason,
) -> Option | None:
    """The option that ends at a place at the side; None where that place is out of reach."""
    found = shift_to(tick, plain, place) if place is not None else None
    if place is None or found is None:
        return None
    shift, at = found
    choice.stops.append(StopPoint(at, reason, hazard=False))
    start = shift.from_m - shift.ramp_m
    if abs(shift.offset_m) > 1.5:
        choice.bounds.append(SpeedBound(start, at, ENTRY_MPS, reason))
    shifts[:] = [shift]
    near = choice.s_m > start - max(60.0, 3.0 * tick.ego.speed_mps)
    return replace(
        keep,
        lateral=Lateral.PULL_OVER if near else Lateral.KEEP_LANE,
        direction=Direction.RIGHT if near else None,
        target_lane=place.target_lane if choice.s_m > start else None,
        indicator="right" if near else "off",
        why="command",
    )


def _arrive(
    tick: Tick, choice: Choice, keep: Option, plain: Path, shifts: list[Shift]
) -> Option | None:
    """Stops at the route's destination, at the kerb where that is possible."""
    at = _destination(tick, choice)
    if at is None:
        return None
    x, y, _ = choice.corridor.line.pose(at)
    reason = Reason(
        Component.ROUTING_INTENT, "destination", "destination", "is reached",
        Longitudinal.STOP_STATIC, point=(x, y),
    )  # fmt: skip
    memory = tick.memory
    front = choice.s_m + tick.shape.front_ahead_m
    if memory.pull_over is None and at - front > 25.0:
        memory.pull_over = place_at(tick, choice.corridor, at)
    aside = _to_the_side(tick, choice, keep, plain, shifts, memory.pull_over, reason)
    if tick.ego.speed_mps < 0.1 and abs(at - front) < 4.0:
        memory.pulled_over = aside is not None
        return replace(aside or keep, indicator="hazard")
    if aside is None:
        choice.stops.append(StopPoint(at, reason, hazard=False))
    return aside or keep


def _destination(tick: Tick, choice: Choice) -> float | None:
    """Where the front bumper stops at the destination, on the corridor; None when far away."""
    route, wanted = tick.perception.route, tick.perception.destination_s_m
    if wanted is None or not route:
        return None
    edges = [route[0]]
    for start, lane_id in zip(choice.corridor.starts_m, choice.corridor.lanes, strict=True):
        lane = tick.index.road.lanes[lane_id]
        if lane.junction is not None or start + lane.length_m < choice.s_m:
            continue
        if lane.edge != edges[-1]:
            edges.append(lane.edge)
        if lane.edge == route[-1] and len(edges) == len(route):
            at = start + min(wanted + tick.shape.front_ahead_m, lane.length_m - 1.0)
            ahead = at - choice.s_m
            return at if -2.0 < ahead < ARRIVING_M + tick.ego.speed_mps**2 / 2.4 else None
    return None


def _stop_place(tick: Tick, choice: Choice, urgent: bool) -> float:
    """Where a commanded stop in the lane ends: soon, but not in a junction or on a crossing."""
    memory, corridor = tick.memory, choice.corridor
    front = choice.s_m + tick.shape.front_ahead_m
    if memory.stop_at is not None:
        start = corridor.start_of(memory.stop_at[0])
        if start is not None:
            return start + memory.stop_at[1]
    brake = 3.2 if urgent else 2.0
    at = front + tick.ego.speed_mps**2 / (2 * brake) + 0.3 * tick.ego.speed_mps + 1.0
    back = tick.shape.length_m
    for s, link in corridor.links:
        end = s + tick.index.via_length(link)
        if link.conflicts and s < at and at - back < end:
            at = end + back + 1.0
    for s, crossing in corridor.crossings:
        if s - 0.5 < at and at - back < s + crossing.width_m:
            at = s + crossing.width_m + back + 0.5
    lane_id = corridor.lane_at(at)
    memory.stop_at = (lane_id, at - (corridor.start_of(lane_id) or 0.0))
    return at


def _rejoin(tick: Tick, choice: Choice, keep: Option) -> Option:
    """From the side back into the lane, once there is a gap."""
    if abs(choice.lateral_m) < 0.5:
        tick.memory.pulled_over = False
        return keep
    keep = replace(
        keep,
        lateral=Lateral.MERGE_OR_SPLIT,
        direction=Direction.LEFT,
        target_lane=choice.lane.id,
        indicator="left",
        why="rejoin",
    )
    width = choice.lane.width_m
    crossing_in = abs(choice.lateral_m) < width / 2 + tick.shape.width_m / 2 - 0.6
    gap = gap_beside(tick, choice.corridor, urgent=False)
    if gap.free or (crossing_in and tick.ego.speed_mps > 1.0):
        return keep
    blocker = gap.blocker
    reason = passenger_reason("asked to go on", Longitudinal.YIELD)
    if blocker is not None:
        reason = actor_reason(blocker, "is in the lane we join", Longitudinal.YIELD)
    front = choice.s_m + tick.shape.front_ahead_m
    choice.stops.append(StopPoint(front + 0.2, reason))
    choice.waiting_for = gap_words(gap, 1)
    return keep
