"""T8 of the trajectory guard: no contact with anybody's predicted body.

Contacts count only where they would be the ego's own doing: braking is never rejected because
somebody behind is expected to run into it. A contact within two seconds is hard; a later one is
hard when service braking from half a second on would not avoid it any more. Until then the next
plans may still deal with it, and forecasts that far are not sure enough to brake for.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import HORIZON_STEPS, STATIC_KINDS, STEP_S, Actor, ActorKind
from model.contract.road import LaneKind
from safety.boxes import separation
from safety.checks import STANDS_MPS, Case, Check
from safety.motion import TIMES_S, Motion
from safety.prediction import Predicted, predict

F64 = NDArray[np.float64]

#: Against a contact foreseen late the car can drive on for so long and then brake, s.
THINKS_S = 0.5
#: T8 looks this far ahead, s (policy: "any predicted agent to 5 s").
COLLISION_S = 5.0


def collisions(case: Case) -> tuple[list[Check], float]:
    """T8: contact with anybody's predicted body; and how hard the first contact would be, m/s."""
    actors = [a for a in case.perception.actors if _reachable(a, case)]
    count = int(COLLISION_S / STEP_S)
    others = predict(actors, case.ego, case.roadway, case.perception.lights, TIMES_S[:count])
    if not actors:
        return [], 0.0
    sizes = np.array([(a.length_m / 2, a.width_m / 2) for a in actors])
    counts = _own_doing(case, actors)
    gap = np.where(counts, _gaps(case, case.motion, others, sizes), np.inf)
    braked: F64 | None = None
    found: list[Check] = []
    harm = 0.0
    for i, actor in enumerate(actors):
        check = _contact(actor, gap[i], case)
        if check is None:
            continue
        if check.hard and check.at_s > case.bounds.ttc_soft_s:
            if braked is None:
                braked = np.where(counts, _gaps(case, _braked(case), others, sizes), np.inf)
            if bool((braked >= 0.0).all()):
                check = replace(check, hard=False)
        found.append(check)
        if check.hard:
            harm = max(harm, _impact(actor, others.heading[i], check.at_s, case.motion))
    return found, harm


def _gaps(case: Case, path: Motion, others: Predicted, sizes: F64) -> F64:
    """[A, T] distance between the ego's body on `path` and everybody's, m."""
    count, shape = others.x.shape[1], case.shape
    heading = path.heading[1 : count + 1]
    x = path.x[1 : count + 1] + shape.centre_ahead_m * np.cos(heading)
    y = path.y[1 : count + 1] + shape.centre_ahead_m * np.sin(heading)
    return separation(
        x, y, heading, shape.length_m / 2, shape.width_m / 2,
        others.x, others.y, others.heading, sizes[:, :1], sizes[:, 1:],
    )  # fmt: skip


def _braked(case: Case) -> Motion:
    """The planned path, driven as planned for half a second and then braked to a stop."""
    path = case.motion
    steps = int(THINKS_S / STEP_S)
    after = np.arange(1, HORIZON_STEPS - steps + 1) * STEP_S
    begin = float(path.speed[steps - 1])
    speed = np.concatenate(
        (path.speed[:steps], np.maximum(begin + case.bounds.decel_mps2 * after, 0.0))
    )
    speed = np.minimum(speed, path.speed)
    s = np.concatenate(([0.0], np.cumsum(speed * STEP_S)))
    grow = path.s + np.arange(len(path.s)) * 1e-9  # standstill repeats points
    x, y, heading = (np.interp(s, grow, part) for part in (path.x, path.y, path.heading))
    return Motion(x, y, heading, s, speed)


def _reachable(actor: Actor, case: Case) -> bool:
    """Can the two meet within the horizon at all?"""
    path = case.motion
    apart = float(np.hypot(actor.x - path.x[0], actor.y - path.y[0]))
    reach = float(path.s[int(COLLISION_S / STEP_S)]) + actor.speed_mps * COLLISION_S
    return apart < reach + 8.0 + actor.length_m / 2


def _own_doing(case: Case, actors: list[Actor]) -> NDArray[np.bool_]:
    """[A, T] where a contact would be the ego's doing.

    Not while it stands, and not with somebody who follows it now and runs into its back, unless
    the ego changes into that one's lane.
    """
    ego, path = case.ego, case.motion
    count = int(COLLISION_S / STEP_S)
    moves = path.speed[:count] > STANDS_MPS
    c, s = np.cos(ego.heading), np.sin(ego.heading)
    rear = -case.shape.rear_overhang_m
    changes = _changes_lane(case)
    follows = []
    for actor in actors:
        front = (actor.x - ego.x) * c + (actor.y - ego.y) * s + actor.length_m / 2
        behind = front < rear and np.cos(actor.heading - ego.heading) > 0.5
        # Whoever follows in the lane that is left still has to keep its own distance.
        follows.append(behind and (not changes or actor.lane == ego.lane))
    return np.asarray(moves[None, :] & ~np.array(follows, bool)[:, None])


def _changes_lane(case: Case) -> bool:
    """Does the plan leave the ego's lane sideways (and not just through a junction)?"""
    lane = case.roadway.road.lanes.get(case.ego.lane or "")
    if lane is None or lane.kind is LaneKind.JUNCTION:
        return False
    path = case.motion
    pick = np.arange(4, HORIZON_STEPS + 1, 6)
    for name in case.roadway.lanes_at(path.points[pick], path.heading[pick]):
        if name is not None and name != lane.id and case.roadway.road.lanes[name].edge == lane.edge:
            return True
    return False


def _contact(actor: Actor, gap: F64, case: Case) -> Check | None:
    b = case.bounds
    hit = np.flatnonzero(gap < 0.0)
    name = f"{actor.colour} {actor.kind.value}".strip()
    if len(hit):
        at_s = (int(hit[0]) + 1) * STEP_S
        return Check("T8", True, float(gap[hit[0]]), f"meets {name} {actor.id}", at_s)
    soon = gap[: int(b.ttc_soft_s / STEP_S)]
    k = int(soon.argmin())
    margin = float(soon[k]) - _margin_m(actor, case)
    if margin < 0:
        return Check("T8", False, margin, f"passes {name} {actor.id} closely", (k + 1) * STEP_S)
    return None


def _margin_m(actor: Actor, case: Case) -> float:
    lane = case.roadway.road.lanes.get(actor.lane or "")
    if lane is not None and lane.kind is LaneKind.SIDEWALK:
        return case.bounds.margin_static_m  # walks where walkers belong
    if actor.kind is ActorKind.PEDESTRIAN:
        return case.bounds.margin_pedestrian_m
    if actor.kind is ActorKind.BICYCLE:
        return case.bounds.margin_cyclist_m
    return case.bounds.margin_static_m


def _impact(actor: Actor, heading: F64, at_s: float, path: Motion) -> float:
    """Relative speed at contact, m/s; twice that for people without a car around them."""
    k = min(round(at_s / STEP_S), HORIZON_STEPS) - 1
    own = path.speed[k] * np.exp(1j * path.heading[k + 1])
    speed = 0.0 if actor.kind in STATIC_KINDS else actor.speed_mps
    relative = float(abs(own - speed * np.exp(1j * float(heading[k]))))
    soft = actor.kind in (ActorKind.PEDESTRIAN, ActorKind.BICYCLE, ActorKind.MOTORCYCLE)
    return relative * (2.0 if soft else 1.0)
