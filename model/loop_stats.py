"""What the driving loop counts: times, misses, guard, events, distance and comfort."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import hypot

from model.contract.observation import EgoState
from model.contract.world import TICK_S, WorldEvent
from safety.guard import GuardVerdict
from safety.ladder import Level

#: An hour of ticks; older times make room.
MAX_TIMES = 36_000


@dataclass
class LoopStats:
    """Counters of one drive; `tick_ms` holds the working time of each tick."""

    ticks: int = 0
    #: Plans that came too late, and ticks that took longer than their slot.
    late_plans: int = 0
    overruns: int = 0
    model_errors: int = 0
    guard_rejected: int = 0
    guard_clipped: int = 0
    #: Ticks spent on each level of the fallback ladder, and checks that rejected a plan.
    levels: Counter[str] = field(default_factory=Counter)
    rejected_by: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    tick_ms: list[float] = field(default_factory=list)
    progress_m: float = 0.0
    max_accel_mps2: float = 0.0
    max_decel_mps2: float = 0.0
    max_lateral_mps2: float = 0.0
    max_jerk_mps3: float = 0.0
    standing_s: float = 0.0
    _last: EgoState | None = None

    @property
    def deadline_misses(self) -> int:
        return self.late_plans + self.overruns

    def timed(self, tick_ms: float) -> None:
        if len(self.tick_ms) >= MAX_TIMES:
            del self.tick_ms[: MAX_TIMES // 10]
        self.tick_ms.append(tick_ms)

    def judged(self, level: Level, verdict: GuardVerdict | None) -> None:
        self.levels[level.value] += 1
        if verdict is None:
            return
        self.guard_rejected += verdict.verdict == "rejected"
        self.guard_clipped += verdict.verdict == "clipped"
        if not verdict.ok:
            self.rejected_by.update({check.id for check in verdict.failed if check.hard})

    def happened(self, events: tuple[WorldEvent, ...]) -> None:
        self.events.update(event.kind for event in events)

    def moved(self, ego: EgoState) -> None:
        """Distance and comfort from one tick to the next."""
        last, self._last = self._last, ego
        self.ticks += 1
        self.standing_s += TICK_S if ego.speed_mps < 0.1 else 0.0
        self.max_accel_mps2 = max(self.max_accel_mps2, ego.accel_mps2)
        self.max_decel_mps2 = max(self.max_decel_mps2, -ego.accel_mps2)
        lateral = ego.speed_mps**2 * abs(ego.curvature_1pm)
        self.max_lateral_mps2 = max(self.max_lateral_mps2, lateral)
        if last is not None:
            self.progress_m += hypot(ego.x - last.x, ego.y - last.y)
            jerk = abs(ego.accel_mps2 - last.accel_mps2) / TICK_S
            self.max_jerk_mps3 = max(self.max_jerk_mps3, jerk)


def percentiles(values: list[float]) -> dict[str, float]:
    """p50, p90, p99 and max of a list; zeros for an empty one."""
    if not values:
        return {"p50": 0.0, "p90": 0.0, "p99": 0.0, "max": 0.0}
    ordered = sorted(values)

    def at(part: float) -> float:
        return round(ordered[min(int(part * len(ordered)), len(ordered) - 1)], 3)

    return {"p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "max": round(ordered[-1], 3)}
