"""Scores proposals over the horizon: contact, closeness, road edge, progress, comfort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from model.classical.geometry import F64
from model.classical.overlay import Overlay
from model.classical.rollout import Motion, Proposal
from model.contract.observation import ActorKind, VehicleShape

#: Contacts are looked for up to this time, as the guard does (T8), s.
LOOK_S = 5.0
#: A contact this much later costs a third: there is time to look again, s.
FADE_S = 2.5
#: What a metre per second squared of hard braking costs.
HARD_COST = 2.0


@dataclass(frozen=True)
class Score:
    total: float
    #: First time of a predicted contact, s, and with whom; None when there is none.
    contact_s: float | None
    actor: int | None


def score(
    proposals: Sequence[Proposal], motion: Motion, bias: Sequence[float], shape: VehicleShape
) -> list[Score]:
    """A score per proposal, higher is better; `bias` prefers what the rules want."""
    top = max(float((motion.position[:, -1] - motion.position[:, 0]).max()), 1.0)
    result = []
    for k, proposal in enumerate(proposals):
        hit = first_contact(proposal.case.overlay, motion.position[k], motion.speed[k], shape)
        way = float(motion.position[k, -1] - motion.position[k, 0])
        accel = motion.accel[k]
        hard = float(np.maximum(-accel - 3.5, 0.0).max())
        jerk = float(np.abs(np.diff(accel)).max()) * 10
        total = way / top * 5.0 + bias[k] - HARD_COST * hard - 0.02 * max(jerk - 4.0, 0.0)
        if hit is not None:
            time, _, speed = hit
            total -= (40.0 + 2.0 * speed) * exp(-time / FADE_S)
        result.append(Score(total, hit[0] if hit else None, hit[1] if hit else None))
    return result


def first_contact(
    overlay: Overlay, position: F64, speed: F64, shape: VehicleShape
) -> tuple[float, int, float] | None:
    """Time, actor and our speed of the first predicted contact within `LOOK_S`.

    Somebody who drives into us from behind while we keep our lane does not count.
    """
    if not len(overlay.rear):
        return None
    steps = int(LOOK_S / 0.2) + 1
    front = position[: 2 * steps : 2] + shape.front_ahead_m
    rear = position[: 2 * steps : 2] - shape.rear_overhang_m
    margin = _along_margin(overlay)
    meets = (
        (overlay.side_gap[:, :steps] < _side_margin(overlay)[:, None])
        & (front[None, :] + margin[:, None] > overlay.rear[:, :steps])
        & (rear[None, :] - 0.3 < overlay.front[:, :steps])
    )
    behind = overlay.front[:, 0] < rear[0] + 0.5
    meets &= ~(behind & ~overlay.crosses)[:, None] | (overlay.side_gap[:, :1] > 0.0)
    # Contact already there at the start cannot be driven away from by choosing a proposal.
    meets[:, 0] &= overlay.side_gap[:, 0] < 0.0
    hits = meets.any(axis=1)
    if not hits.any():
        return None
    times = np.where(hits, meets.argmax(axis=1), steps)
    actor = int(times.argmin())
    return float(times[actor]) * 0.2, actor, float(speed[2 * int(times[actor])])


def _side_margin(overlay: Overlay) -> F64:
    margins = {ActorKind.PEDESTRIAN: 0.6, ActorKind.BICYCLE: 0.6}
    wanted = np.array([margins.get(a.kind, 0.2) for a in overlay.prediction.actors])
    return np.asarray(np.minimum(wanted, 0.9 * overlay.margin))


def _along_margin(overlay: Overlay) -> F64:
    margins = {ActorKind.PEDESTRIAN: 1.0, ActorKind.BICYCLE: 1.0}
    return np.array([margins.get(a.kind, 0.5) for a in overlay.prediction.actors])
