"""Commands that set a standing wish: speed, gap, style, overtaking. Pure."""

from __future__ import annotations

from dataclasses import replace

from model.request_book import Moment, Wishes
from modes.vocabulary import Command, Degree, Intent, Unit
from safety.policy import Policy

#: A wish for "slower" never becomes a stop, m/s.
SLOWEST_MPS = 10 / 3.6
WISHES = frozenset(
    {
        Intent.SLOW_DOWN,
        Intent.SPEED_UP,
        Intent.SET_SPEED,
        Intent.KEEP_LIMIT,
        Intent.SET_GAP,
        Intent.STYLE_GENTLE,
        Intent.STYLE_SPORTY,
        Intent.NO_OVERTAKE,
    }
)


def wished(
    wishes: Wishes, command: Command, moment: Moment, policy: Policy
) -> tuple[Wishes, float | None]:
    """The wishes with this command in force, and the speed (or gap) that it aims at."""
    match command.intent:
        case Intent.SLOW_DOWN:
            return _slower(wishes, command, moment, policy)
        case Intent.SPEED_UP:
            return _faster(wishes, command, moment, policy)
        case Intent.SET_SPEED:
            speed = command.speed_mps()
            if speed is None:
                return wishes, None
            limit = limit_mps(moment)
            target = speed if limit is None else min(speed, limit)
            return replace(wishes, speed_cap_mps=speed, speed_wish_mps=speed), target
        case Intent.KEEP_LIMIT:
            return replace(wishes, speed_cap_mps=None, speed_wish_mps=None), limit_mps(moment)
        case Intent.SET_GAP:
            gap = _gap_s(wishes, command, moment, policy)
            return replace(wishes, gap_s=gap), gap
        case Intent.STYLE_GENTLE:
            return replace(wishes, style="gentle"), None
        case Intent.STYLE_SPORTY:
            return replace(wishes, style="sporty"), None
        case Intent.NO_OVERTAKE:
            return replace(wishes, overtaking=False), None
    return wishes, None


def limit_mps(moment: Moment) -> float | None:
    limit = moment.facts.number("limit_kph")
    return None if limit is None else limit / 3.6


def _slower(
    wishes: Wishes, command: Command, moment: Moment, policy: Policy
) -> tuple[Wishes, float]:
    speed = moment.ego.speed_mps
    base = min(speed, wishes.speed_cap_mps) if wishes.speed_cap_mps is not None else speed
    step = _step_mps(command, policy)
    target = max(base - step, min(SLOWEST_MPS, base * 0.7))
    return replace(wishes, speed_cap_mps=target, speed_wish_mps=None), target


def _faster(
    wishes: Wishes, command: Command, moment: Moment, policy: Policy
) -> tuple[Wishes, float]:
    cap = wishes.speed_cap_mps
    base = moment.ego.speed_mps if cap is None else max(moment.ego.speed_mps, cap)
    target = base + _step_mps(command, policy)
    limit = limit_mps(moment)
    reaches = limit is not None and target >= limit - 0.5
    # Without a bound the car already drives as fast as it may: only old wishes are lifted.
    new_cap = None if cap is None or reaches else target
    goal = min(target, limit) if limit is not None else target
    return replace(wishes, speed_cap_mps=new_cap, speed_wish_mps=new_cap), goal


def _step_mps(command: Command, policy: Policy) -> float:
    by = command.speed_mps()
    if by is not None:
        return by
    steps = {
        Degree.SLIGHT: policy.speed.slight_step_kph,
        Degree.STRONG: policy.speed.strong_step_kph,
    }
    degree = command.slots.degree
    return (steps.get(degree, policy.speed.step_kph) if degree else policy.speed.step_kph) / 3.6


def _gap_s(wishes: Wishes, command: Command, moment: Moment, policy: Policy) -> float:
    bounds, value = policy.gap, command.slots.value
    if value is not None and command.slots.unit is Unit.METRES:
        wish = value / max(moment.ego.speed_mps, 1.0)
    elif value is not None:
        wish = value
    else:
        step = bounds.step_s * (2.0 if command.slots.degree is Degree.STRONG else 1.0)
        now = wishes.gap_s or moment.facts.number("lead_gap_s") or bounds.floor_s
        wish = now - step if command.slots.kind == "closer" else now + step
    return min(max(wish, bounds.floor_s), bounds.cap_s)
