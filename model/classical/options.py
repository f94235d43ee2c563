"""The sideways options of this tick: keep, nudge, change lanes, pull over, make way."""

from __future__ import annotations

from dataclasses import replace
from math import cos, inf, sin

from model.classical.choice import Choice
from model.classical.constraints import SpeedBound
from model.classical.geometry import wrap
from model.classical.lanes import Wish, gap_beside, gap_words, lane_wish
from model.classical.naming import actor_reason
from model.classical.obstacles import Passing, passing
from model.classical.overlay import overlay
from model.classical.path import Option, Path, Shift
from model.classical.route import Corridor, corridor_from, line_is_dashed, neighbour
from model.classical.standing import standing_rules, wants_side
from model.classical.tick import Change, Tick
from model.contract.observation import Actor
from model.contract.road import Lane, Turn
from modes.vocabulary import Direction, Lateral, Longitudinal

#: The indicator is on for this long before a lane change begins, s.
SIGNAL_S = 0.8
#: How far behind a siren makes the car give way, m.
SIREN_M = 110.0


def choose_options(tick: Tick, lane: Lane) -> Choice:
    """What the rules want sideways; the first option is the preferred one."""
    corridor = corridor_from(tick.index, tick.plan, lane.id)
    s0, d0 = corridor.line.project_one(tick.ego.x, tick.ego.y)
    choice = Choice(lane, s0 - (corridor.start_of(lane.id) or 0.0), corridor, s0, d0)
    _make_way(tick, choice)
    plain = _plain_path(corridor, s0)
    choice.passing = _obstacle(tick, plain)
    shifts: list[Shift] = []
    keep = Option(Lateral.KEEP_LANE, corridor)
    if choice.passing is not None:
        keep = _around(choice, choice.passing, keep, plain, shifts)
    keep = standing_rules(tick, choice, keep, plain, shifts)
    if choice.siren is not None and not shifts:
        side = 1.0 if lane.left is None and lane.right is not None and lane.one_way else -1.0
        room = max(lane.width_m / 2 - tick.shape.width_m / 2 - 0.1, 0.0)
        ramp = max(3.5 * tick.ego.speed_mps, 15.0)
        shifts.append(Shift(s0 + 0.4 * ramp, s0 + 400.0, side * room, ramp))
    keep = replace(keep, shifts=tuple(shifts))
    choice.options.append(keep)
    _lane_change(tick, choice)
    return choice


def _plain_path(corridor: Corridor, s0: float) -> Path:
    """The lane centre itself as a path, for looking at what stands on it."""
    keep = Option(Lateral.KEEP_LANE, corridor)
    line = corridor.line
    return Path(keep, line, s0, line.s, 0.0 * line.s)


def _obstacle(tick: Tick, plain: Path) -> Passing | None:
    if tick.memory.pulled_over or tick.memory.pull_over is not None:
        return None
    seen = overlay(plain, tick.prediction, tick.shape)
    return passing(tick, plain, seen)


def _around(choice: Choice, how: Passing, keep: Option, plain: Path, shifts: list[Shift]) -> Option:
    if how.shift is not None:
        shifts.append(how.shift)
    if how.bound is not None:
        choice.bounds.append(
            replace(
                how.bound,
                from_m=plain.to_corridor(how.bound.from_m),
                to_m=plain.to_corridor(how.bound.to_m),
            )
        )
    if how.stop is not None:
        choice.stops.append(replace(how.stop, at_m=plain.to_corridor(how.stop.at_m)))
    if how.lateral is Lateral.KEEP_LANE:
        return keep
    near = how.shift is not None and choice.s_m > how.shift.from_m - how.shift.ramp_m - 15.0
    signal = "left" if how.lateral is Lateral.NUDGE_OUT_OF_LANE and near else "off"
    return replace(
        keep,
        lateral=how.lateral,
        direction=how.direction,
        why="blocked",
        object_id=how.blocker.actor.id,
        indicator=signal,
    )


def _make_way(tick: Tick, choice: Choice) -> None:
    """Finds an emergency vehicle that comes from behind, and slows for it."""
    ego = tick.ego
    for actor in tick.actors:
        if not actor.siren:
            continue
        dx, dy = actor.x - ego.x, actor.y - ego.y
        along = dx * cos(ego.heading) + dy * sin(ego.heading)
        across = -dx * sin(ego.heading) + dy * cos(ego.heading)
        same_way = abs(wrap(actor.heading - ego.heading)) < 0.8
        if same_way and -SIREN_M < along < 6.0 and abs(across) < 8.0:
            choice.siren = actor
            slow = max(0.65 * choice.lane.limit_mps, 4.0)
            reason = actor_reason(actor, "is coming from behind", Longitudinal.YIELD)
            choice.bounds.append(SpeedBound(choice.s_m - 50.0, choice.s_m + 600.0, slow, reason))
            return


def _lane_change(tick: Tick, choice: Choice) -> None:
    """Goes on with a lane change, begins one, or waits for a gap; puts the option first."""
    memory = tick.memory
    if memory.change is not None:
        _go_on(tick, choice, memory.change)
        return
    keep = choice.options[0]
    if memory.held_by is not None or memory.pulled_over or memory.pull_over is not None:
        return
    wish = _wish(tick, choice)
    if wish is None:
        memory.wish_since_s = -1.0
        return
    if memory.wish_since_s < 0:
        memory.wish_since_s = tick.t_s
    side = "left" if wish.side > 0 else "right"
    beside = neighbour(tick.index, choice.lane.id, wish.side)
    if beside is None:
        return
    target = corridor_from(tick.index, tick.plan, beside.id)
    gap = gap_beside(tick, target, wish.urgent)
    needed = wish.why in ("blocked", "closed")  # an obstacle may be passed over a solid line
    dashed = line_is_dashed(tick.index, choice.lane.id, wish.side, choice.lane_s_m)
    if not dashed and not needed:
        choice.waiting_for = f"a dashed line on the {side}"
    elif not needed and not _fits_before_junction(tick, choice):
        choice.waiting_for = "the junction"
    elif not gap.free:
        choice.waiting_for = gap_words(gap, wish.side)
        _search_gap(choice, wish, gap.blocker, gap.behind)
    elif tick.t_s - memory.wish_since_s >= SIGNAL_S - 1e-6:
        _, width = target.line.project_one(*choice.corridor.line.pose(choice.s_m)[:2])
        memory.change = Change(beside.id, wish.side, wish.why, tick.t_s, abs(width), wish.object_id)
        choice.waiting_for = ""
        _go_on(tick, choice, memory.change)
        return
    choice.options[0] = replace(keep, indicator=side) if keep.indicator == "off" else keep


def _wish(tick: Tick, choice: Choice) -> Wish | None:
    """The lane change that matters most now, if any."""
    if wants_side(tick, choice.lane) and neighbour(tick.index, choice.lane.id, -1) is not None:
        return Wish(-1, "pull_over", 600.0)
    passing_by = choice.passing
    blocked = passing_by.blocker.actor if passing_by is not None and passing_by.wants_lane else None
    return _siren_wish(tick, choice) or lane_wish(
        tick, choice.lane, choice.lane_s_m, choice.corridor, choice.s_m, blocked
    )


def _siren_wish(tick: Tick, choice: Choice) -> Wish | None:
    if choice.siren is None or choice.siren.lane is None:
        return None
    same = (
        choice.siren.lane == choice.lane.id
        or abs(choice.corridor.line.project_one(choice.siren.x, choice.siren.y)[1]) < 1.6
    )
    if same and neighbour(tick.index, choice.lane.id, -1) is not None:
        return Wish(-1, "give_way", 200.0, choice.siren.id)
    return None


def _fits_before_junction(tick: Tick, choice: Choice) -> bool:
    need = max(tick.ego.speed_mps * tick.style.lane_change_s * 0.75, 14.0)
    for s, link in choice.corridor.links:
        ahead = s - choice.s_m
        if ahead < 0:
            continue
        real = link.light is not None or bool(link.yields_to) or link.turn is not Turn.STRAIGHT
        if real and ahead < need:
            return False
        if ahead > need:
            break
    return True


def _search_gap(choice: Choice, wish: Wish, blocker: Actor | None, behind: bool) -> None:
    """Falls back a little behind whoever takes the gap, when the change must come soon."""
    if not wish.urgent or blocker is None or behind or blocker.speed_mps < 1.0:
        return
    limit = choice.lane.limit_mps
    slow = max(blocker.speed_mps - 2.5, 0.45 * limit if wish.within_m > 60.0 else 2.0)
    reason = actor_reason(blocker, "takes the gap beside us", Longitudinal.GAP_SEARCH)
    choice.bounds.append(SpeedBound(choice.s_m - 10.0, choice.s_m + 200.0, slow, reason))


def _go_on(tick: Tick, choice: Choice, change: Change) -> None:
    """The option of a change under way, or its end or abort."""
    memory = tick.memory
    corridor = corridor_from(tick.index, tick.plan, change.lane)
    s, lateral = corridor.line.project_one(tick.ego.x, tick.ego.y)
    change.lane = corridor.lane_at(s)
    off = wrap(tick.ego.heading - corridor.line.pose(s)[2])
    if abs(lateral) < 0.3 and abs(off) < 0.05:
        _finish(tick, change)
        choice.lane = tick.index.road.lanes[change.lane]
        choice.corridor, choice.s_m, choice.lateral_m = corridor, s, lateral
        choice.options[0] = Option(Lateral.KEEP_LANE, corridor)
        return
    begun = change.width_m - abs(lateral)
    if begun < 0.5 * change.width_m - tick.shape.width_m / 2 + 0.3:
        urgent = change.why not in ("overtake", "keep_right")
        if not gap_beside(tick, corridor, urgent).free and tick.t_s > change.started_s + 0.15:
            memory.change = None
            memory.last_change_s = tick.t_s - 4.0
            keep = choice.options[0]
            choice.options[0] = replace(
                keep, lateral=Lateral.ABORT if begun > 0.3 else keep.lateral, why=change.why
            )
            return
    elif abs(lateral) < change.width_m / 2 - 0.2:
        memory.lane = change.lane
    direction = Direction.LEFT if change.side > 0 else Direction.RIGHT
    keep = choice.options[0]
    option = Option(
        Lateral.LANE_CHANGE,
        corridor,
        direction,
        change.lane,
        width_m=change.width_m,
        time_s=tick.style.lane_change_s,
        indicator=direction.value,
        why=change.why,
        object_id=change.object_id,
    )
    choice.options[:] = [option] if begun > 0.5 * change.width_m else [option, keep]
    # What bounds the old lane does not bound the new one, except a stop that somebody asked for.
    start = corridor.line.project_one(*choice.corridor.line.pose(choice.s_m)[:2])[0] - choice.s_m
    choice.stops[:] = [
        replace(stop, at_m=stop.at_m + start)
        for stop in choice.stops
        if stop.reason.kind == "command"
    ]
    choice.bounds[:] = [b for b in choice.bounds if b.to_m - b.from_m > 100.0 or b.to_m == inf]


def _finish(tick: Tick, change: Change) -> None:
    memory = tick.memory
    memory.lane, memory.change = change.lane, None
    memory.last_change_s, memory.wish_since_s = tick.t_s, -1.0
    command = tick.request.command
    if change.why == "command" and command is not None:
        memory.commanded = (tick.request.id, command.intent)
    elif change.why != "command":
        memory.commanded = memory.commanded if command is not None else None
