"""The world's own cause of how the car moves, found without the planner's reasoning. Pure.

`ridealong drive` reports it beside the evidence of an answer, so that the two can be compared.
It looks at what the world knows for certain: where everybody is, how fast, what lights and limits
are. Where the stated kind of reason is one that the world cannot see, there is no truth.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from model.contract.observation import VULNERABLE, VehicleShape
from model.contract.situation import ActorView, CauseView, Situation
from modes.vocabulary import OPEN_STATES, Component, Lateral, Mode

_SHAPE = VehicleShape()
#: Half a lane beside the path still counts as in the way, m; people count from further off.
_BESIDE_M, _BESIDE_PEOPLE_M = 1.0, 4.0
#: A gap below this is one that the car wants to open, s.
_WANTED_GAP_S = 2.2
_BEYOND_M = 150.0  # the planned path is looked at as if it went straight on
_STEADY_MPS2 = 0.25
_NEAR_LIMIT = 0.8
_KNOWABLE = frozenset(
    {
        Component.CRITICAL_OBJECT,
        Component.TRAFFIC_LIGHT,
        Component.ODD_LIMIT,
        Component.PASSENGER_COMMAND,
    }
)
_ASIDE = frozenset({Lateral.NUDGE_IN_LANE, Lateral.NUDGE_OUT_OF_LANE, Lateral.LANE_CHANGE})
_PEOPLE = frozenset(kind.value for kind in VULNERABLE)


@dataclass(frozen=True)
class _InTheWay:
    actor: ActorView
    gap_m: float
    demand_mps2: float  # deceleration that it asks for


def truth_of(situation: Situation) -> dict[str, Any] | None:
    """Motion and cause as the world knows them; `agrees` with the stated cause or not.

    None where the stated cause is of a kind that the world does not know (a wish for a lane).
    A cause of None beside a stated one means that the world finds nothing of the kind.
    """
    stated = situation.trace.cause
    component = stated.component if stated is not None else Component.CRITICAL_OBJECT
    if component not in _KNOWABLE or _about_going(situation, component):
        return None
    cause = _cause(situation, stated, component)
    if cause is None and stated is None:
        return None
    same = (
        cause is not None
        and stated is not None
        and all(getattr(stated, key) == cause[key] for key in ("component", "kind", "object_id"))
    )
    return {"t_s": situation.t_s, "motion": _motion(situation), "cause": cause, "agrees": same}


def _about_going(situation: Situation, component: Component) -> bool:
    """Reasons to go are that something is not there any more: the world has no record of that."""
    going = _motion(situation) == "speeding up"
    if component is Component.TRAFFIC_LIGHT:
        return going and "light" not in situation.facts
    return going and component is Component.CRITICAL_OBJECT


def _cause(
    situation: Situation, stated: CauseView | None, component: Component
) -> dict[str, Any] | None:
    if stated is None or component is Component.CRITICAL_OBJECT:
        return _object(situation)
    if component is Component.PASSENGER_COMMAND:
        open_ones = [r.id for r in situation.requests if r.state in OPEN_STATES]
        held = situation.mode is Mode.CONTROL  # a stop is held after its request is done
        return _known(stated, requests=open_ones) if open_ones or held else None
    if component is Component.TRAFFIC_LIGHT:
        light = situation.facts.get("light")
        shows = isinstance(light, str) and light in stated.does
        there = stated.object_id in situation.lights
        return _known(stated, light=light) if shows and there else None
    limit_kph = situation.facts.get("limit_kph")
    if stated.kind != "limit" or not isinstance(limit_kph, float):
        return None
    meant = re.search(r"\d+", stated.label)  # it may be the one ahead
    meant_kph = float(meant[0]) if meant else limit_kph
    near = situation.ego.speed_mps * 3.6 >= _NEAR_LIMIT * meant_kph
    explains = near or situation.ego.accel_mps2 > _STEADY_MPS2  # a limit stops nobody
    return _known(stated, limit_kph=limit_kph) if explains else None


def _known(stated: CauseView, **facts: object) -> dict[str, Any]:
    """The stated cause, which the world bears out, with what the world knows of it."""
    named = {"kind": stated.kind, "object_id": stated.object_id}
    return {"component": stated.component.value, **named, **facts}


def _object(situation: Situation) -> dict[str, Any] | None:
    """Whoever in the way asks for the strongest braking.

    Of everything that drives only the nearest counts: what is beyond it slows it, not us.
    """
    found = sorted(_in_the_way(situation), key=lambda it: it.gap_m)
    people = [it for it in found if it.actor.kind in _PEOPLE]
    others = [it for it in found if it.actor.kind not in _PEOPLE]
    strongest = max((*people, *others[:1]), key=lambda it: it.demand_mps2, default=None)
    if strongest is None:
        return None
    return {
        "component": Component.CRITICAL_OBJECT.value,
        "kind": strongest.actor.kind,
        "object_id": strongest.actor.id,
        "distance_m": round(strongest.gap_m, 1),
        "speed_mps": round(strongest.actor.speed_mps, 1),
    }


def _in_the_way(situation: Situation) -> Iterator[_InTheWay]:
    path = _path(situation)
    speed = situation.ego.speed_mps
    stated = situation.trace.cause
    at_crossing = situation.facts.get("ped") not in (None, "none")  # the world's own fact
    awaited = stated.object_id if stated is not None and at_crossing else None
    for actor in situation.actors:
        along_m, beside_m = _project(path, actor.x, actor.y)
        people = actor.kind in _PEOPLE
        reach_m = (_SHAPE.width_m + actor.width_m) / 2
        reach_m += _BESIDE_PEOPLE_M if people else _BESIDE_M - _SHAPE.width_m / 2
        if people and actor.id == awaited:
            reach_m += _BESIDE_PEOPLE_M
        gap_m = along_m - _SHAPE.front_ahead_m - actor.length_m / 2
        if beside_m > reach_m or gap_m < 0:
            continue
        turned = math.cos(actor.heading - situation.ego.heading)
        closing = speed - actor.speed_mps * (0.0 if people else turned)
        braking = max(0.0, closing) ** 2 / (2 * max(gap_m - 2.0, 0.5))
        short_s = max(0.0, _WANTED_GAP_S - gap_m / max(speed, 1.0))
        yield _InTheWay(actor, gap_m, braking + short_s)


def _path(situation: Situation) -> list[tuple[float, float]]:
    """Where the car goes: from its rear axle along the plan and on beyond it."""
    ego = situation.ego
    points = [(ego.x, ego.y)]
    aside = situation.trace.lateral in _ASIDE  # what it moves aside for is straight ahead
    for point in () if aside else situation.plan.xy:
        if math.dist(points[-1], point) > 0.5:
            points.append(point)
    heading = ego.heading
    if len(points) > 1:
        (ax, ay), (bx, by) = points[-2:]
        heading = math.atan2(by - ay, bx - ax)
    x, y = points[-1]
    return [*points, (x + _BEYOND_M * math.cos(heading), y + _BEYOND_M * math.sin(heading))]


def _project(path: Iterable[tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    """Metres along the path to its point nearest to (x, y), and metres beside it."""
    best, along_m = (math.inf, 0.0), 0.0
    for (ax, ay), (bx, by) in itertools.pairwise(path):
        length = math.hypot(bx - ax, by - ay)
        if length == 0:
            continue
        share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2
        # Behind the rear axle is negative, so that followers are not in the way.
        share = min(1.0, share if along_m == 0.0 else max(0.0, share))
        beside = math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay))
        best = min(best, (beside, along_m + share * length))
        along_m += length
    return best[1], best[0]


def _motion(situation: Situation) -> str:
    if situation.ego.speed_mps < 0.3:
        return "standing"
    if abs(situation.ego.accel_mps2) < _STEADY_MPS2:
        return "steady"
    return "speeding up" if situation.ego.accel_mps2 > 0 else "slowing down"
