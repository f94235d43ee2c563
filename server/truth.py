"""The world's own cause of how the car moves, found without the planner's reasoning. Pure.

`ridealong drive` reports it beside the evidence of an answer, so that the two can be compared.
It looks at what the world knows for certain: where everybody is, how fast, what lights and limits
are. Where the stated kind of reason is one that the world cannot see, there is no truth.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from model.contract.observation import VULNERABLE, VehicleShape
from model.contract.situation import ActorView, Situation
from modes.vocabulary import OPEN_STATES, Component

_SHAPE = VehicleShape()
#: Half a lane beside the path still counts as in the way, m; people count from further off.
_BESIDE_M, _BESIDE_PEOPLE_M = 1.0, 4.0
#: A gap below this is one that the car wants to open, s.
_WANTED_GAP_S = 2.2
_BEYOND_M = 150.0  # the planned path is looked at as if it went straight on
_STEADY_MPS2 = 0.25
_PEOPLE = frozenset(kind.value for kind in VULNERABLE)


@dataclass(frozen=True)
class _InTheWay:
    actor: ActorView
    gap_m: float
    demand_mps2: float  # deceleration that it asks for


def truth_of(situation: Situation) -> dict[str, Any] | None:
    """Motion and cause as the world knows them; `agrees` with the stated cause or not.

    None where the stated cause is of a kind that the world does not know (a wish for a lane).
    """
    cause = _cause(situation)
    if cause is None:
        return None
    stated = situation.trace.cause
    same = stated is not None and all(
        getattr(stated, key) == cause[key] for key in ("component", "kind", "object_id")
    )
    return {"t_s": situation.t_s, "motion": _motion(situation), "cause": cause, "agrees": same}


def _cause(situation: Situation) -> dict[str, Any] | None:
    stated, facts = situation.trace.cause, situation.facts
    component = stated.component if stated is not None else Component.CRITICAL_OBJECT
    kind = stated.kind if stated is not None else None
    match component:
        case Component.CRITICAL_OBJECT:
            return _object(situation)
        case Component.TRAFFIC_LIGHT if facts.get("light") is not None:
            return _known(component, kind, light=facts["light"])
        case Component.ODD_LIMIT if kind == "limit" and "limit_kph" in facts:
            return _known(component, kind, limit_kph=facts["limit_kph"])
        case Component.PASSENGER_COMMAND:
            open_ones = [r.id for r in situation.requests if r.state in OPEN_STATES]
            return _known(component, kind, requests=open_ones) if open_ones else None
        case _:
            return None


def _known(component: Component, kind: str | None, **facts: object) -> dict[str, Any]:
    return {"component": component.value, "kind": kind, "object_id": None, **facts}


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
    for actor in situation.actors:
        along_m, beside_m = _project(path, actor.x, actor.y)
        people = actor.kind in _PEOPLE
        reach_m = (_SHAPE.width_m + actor.width_m) / 2
        reach_m += _BESIDE_PEOPLE_M if people else _BESIDE_M - _SHAPE.width_m / 2
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
    for point in situation.plan.xy:
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
