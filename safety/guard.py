"""The trajectory guard: every plan is checked before it reaches the actuators.

Pure and deterministic, no learned part. It sees the observation with its own eyes: its own map
queries, its own forecasts, nothing of the planner's. Hard findings reject a plan; soft ones that
slowing can mend clip it (F1) and it is checked again; others are noted.

The bounds are those of the safety policy, section 5. This version does T1, T2, T3, T6, T7, T8
and T10 (limits, red lights, stop signs).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model.contract.observation import Observation
from model.contract.plan import Plan
from model.contract.road import RoadMap
from safety.checks import (
    Case,
    Check,
    Memory,
    drivable_area,
    horizon,
    limits_of_motion,
    shape_and_units,
    start,
)
from safety.contacts import collisions
from safety.motion import slowed
from safety.policy import Policy
from safety.roadway import Roadway
from safety.signals import lights_and_signs, speed_cap, speed_limit

#: Soft findings that driving the same path more slowly mends.
_MENDABLE = ("lateral acceleration", "km/h where")
#: A plan that leaves the road counts as a contact at this speed for each metre, m/s.
OFF_ROAD_HARM_MPS = 6.0
#: Running a line counts as a contact at this speed, m/s.
RUN_LINE_HARM_MPS = 4.0


@dataclass(frozen=True)
class GuardVerdict:
    """What the guard says about one plan.

    `plan` is the plan to drive: as given, or clipped; for a rejected one as given, and `usable`
    says whether it can be driven at all (it may still be the least bad thing to do). `harm`
    compares rejected plans: about the speed of the first contact, m/s.
    """

    verdict: Literal["pass", "clipped", "rejected"]
    plan: Plan
    failed: tuple[Check, ...] = ()
    harm: float = 0.0
    usable: bool = True

    @property
    def ok(self) -> bool:
        return self.verdict != "rejected"


class Guard:
    """The guard of one map; the road is measured once, verdicts depend on arguments only."""

    def __init__(self, road: RoadMap, policy: Policy) -> None:
        self.roadway = Roadway(road)
        self._bounds = policy.trajectory

    def check(self, plan: Plan, observation: Observation, memory: Memory) -> GuardVerdict:
        """The verdict on `plan`, which must be in the ego frame of this very observation."""
        broken = shape_and_units(plan)
        seen = observation.perception
        if seen is None:
            broken.append(Check("T1", True, -1.0, "nothing is known about the scene"))
        if broken or seen is None:
            return GuardVerdict("rejected", plan, tuple(broken), float("inf"), usable=False)
        case = Case(plan, observation, seen, self.roadway, self._bounds, memory)
        first = _judged(case)
        if not _mendable(first.failed):
            return first
        mended = slowed(plan, speed_cap(case), case.speed_now, self._bounds.accel_mps2)
        again = _judged(Case(mended, observation, seen, self.roadway, self._bounds, memory))
        if not again.ok:
            # Slowing broke something else (a merge, say): judge the plan as it came.
            return first
        return GuardVerdict("clipped", mended, first.failed)


def _judged(case: Case) -> GuardVerdict:
    begins = start(case)
    contacts, harm = collisions(case)
    area = drivable_area(case)
    lines = lights_and_signs(case)
    found = (
        *horizon(case),
        *begins,
        *limits_of_motion(case),
        *area,
        *contacts,
        *speed_limit(case),
        *lines,
    )
    harm += sum(OFF_ROAD_HARM_MPS * max(-check.margin, 0.0) for check in area)
    harm += RUN_LINE_HARM_MPS * len(lines)
    hard = any(check.hard for check in found)
    return GuardVerdict("rejected" if hard else "pass", case.plan, found, harm, usable=not begins)


def _mendable(failed: tuple[Check, ...]) -> bool:
    return any(mark in check.detail for check in failed for mark in _MENDABLE)
