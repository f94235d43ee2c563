"""What the plan does about the active command: waiting for what, or under way."""

from __future__ import annotations

from model.classical.choice import Choice
from model.classical.path import Option
from model.classical.standing import TO_THE_SIDE
from model.classical.tick import Tick
from model.contract.plan import CommandProgress
from model.contract.road import Turn
from modes.vocabulary import ROUTE_INTENTS, Intent, Lateral

_LANE_INTENTS = {Intent.LANE_CHANGE_LEFT: 1, Intent.LANE_CHANGE_RIGHT: -1}
_TURNS = {
    Intent.TURN_LEFT: (Turn.LEFT, "the left turn"),
    Intent.TURN_RIGHT: (Turn.RIGHT, "the right turn"),
    Intent.U_TURN: (Turn.U_TURN, "the U-turn"),
}


def progress_of(tick: Tick, choice: Choice, option: Option) -> CommandProgress | None:
    """Phase of the active command, or None without one."""
    command = tick.request.command
    if command is None:
        return None
    intent = command.intent
    changing = option.lateral in (Lateral.LANE_CHANGE, Lateral.MERGE_OR_SPLIT)
    if intent in TO_THE_SIDE or tick.memory.pull_over is not None:
        if tick.memory.pull_over is None and tick.memory.held_by is None:
            return CommandProgress("waiting", choice.waiting_for or "a safe place to stop")
        if option.lateral is not Lateral.PULL_OVER and tick.memory.held_by is None:
            return CommandProgress("waiting", f"the place to stop in {_place_m(tick, choice)} m")
        return CommandProgress("under_way")
    if intent in _LANE_INTENTS or intent is Intent.OVERTAKE:
        done = tick.memory.commanded == (tick.request.id, intent)
        if changing or done or (intent is Intent.OVERTAKE and not choice.waiting_for):
            return CommandProgress("under_way")
        side = "right" if intent is Intent.LANE_CHANGE_RIGHT else "left"
        return CommandProgress("waiting", choice.waiting_for or f"a gap on the {side}")
    if intent is Intent.TAKE_EXIT:
        return _exit(tick, choice, changing)
    if intent in _TURNS:
        turn, words = _TURNS[intent]
        for s, link in choice.corridor.links:
            ahead = s - choice.s_m - tick.shape.front_ahead_m
            if link.turn is turn and s + tick.index.via_length(link) > choice.s_m:
                if ahead < 30.0:
                    return CommandProgress("under_way")
                return CommandProgress("waiting", f"{words} in {round(ahead, -1):.0f} m")
        return CommandProgress("under_way")
    if intent is Intent.RESUME and choice.waiting_for:
        return CommandProgress("waiting", choice.waiting_for)
    if intent in ROUTE_INTENTS and choice.waiting_for:
        return CommandProgress("waiting", choice.waiting_for)
    return CommandProgress("under_way")


def _place_m(tick: Tick, choice: Choice) -> int:
    place = tick.memory.pull_over
    start = choice.corridor.start_of(place.lane) if place is not None else None
    if place is None or start is None:
        return 0
    return int(round(max(start + place.at_m - choice.s_m - tick.shape.front_ahead_m, 0.0), -1))


def _exit(tick: Tick, choice: Choice, changing: bool) -> CommandProgress:
    metres = exit_ahead_m(tick, choice)
    if changing or metres is None or metres < 60.0:
        return CommandProgress("under_way")
    if choice.waiting_for:
        return CommandProgress("waiting", choice.waiting_for)
    return CommandProgress("waiting", f"the exit in {round(metres, -1):.0f} m")


def exit_ahead_m(tick: Tick, choice: Choice) -> float | None:
    """Metres to the next exit that the route takes, or None when it takes none soon."""
    road = tick.index.road
    exits = {e.edge for e in road.exits}
    corridor = choice.corridor
    metres = -choice.s_m
    last = None
    for start, lane_id in zip(corridor.starts_m, corridor.lanes, strict=True):
        edge = road.lanes[lane_id].edge
        if start > choice.s_m and edge in exits:
            return start - choice.s_m
        if edge in tick.plan.edges:
            metres, last = start - choice.s_m, edge
    if last is None:
        return None
    for edge in tick.plan.edges[tick.plan.edges.index(last) :]:
        if edge in exits:
            return max(metres, 0.0)
        lanes = road.drivable(edge)
        metres += lanes[0].length_m if lanes else 0.0
    return None
