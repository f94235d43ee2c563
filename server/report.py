"""The report of a drive, in the shape of the interfaces. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from model.contract.situation import Situation
from model.contract.world import TICK_S


@dataclass
class Tally:
    """What a report counts over the situations of a drive, fed one by one."""

    ticks: int = 0
    progress_m: float = 0.0
    collisions: int = 0
    offroad: int = 0
    red_lights: int = 0
    rejected: int = 0
    deadline_misses: int = 0
    fallbacks: dict[str, int] = field(default_factory=dict)
    _accel: list[float] = field(default_factory=list)
    _lateral: list[float] = field(default_factory=list)
    _before: Situation | None = None

    def add(self, situation: Situation) -> None:
        ego, before = situation.ego, self._before
        self.ticks += 1
        self.deadline_misses += situation.deadline_missed
        if before is not None:
            self.progress_m += math.hypot(ego.x - before.ego.x, ego.y - before.ego.y)
        for event in situation.events:
            self.collisions += event.kind == "collision"
            self.offroad += event.kind == "offroad"
            self.red_lights += event.kind == "red_light"
        self.rejected += situation.guard.verdict == "rejected"
        level = situation.guard.level
        if level != "F0":
            self.fallbacks[level] = self.fallbacks.get(level, 0) + 1
        self._accel.append(ego.accel_mps2)
        self._lateral.append(abs(ego.curvature_1pm) * ego.speed_mps**2)
        self._before = situation

    def comfort(self) -> dict[str, float]:
        """Extremes and shares, m/s² and m/s³, as the vehicle really moved."""
        jerks = [abs(b - a) / TICK_S for a, b in zip(self._accel, self._accel[1:], strict=False)]
        uneasy = sum(
            accel < -3.5 or accel > 2.0 or lateral > 3.0
            for accel, lateral in zip(self._accel, self._lateral, strict=True)
        )
        return {
            "max_accel_mps2": round(max(self._accel, default=0.0), 2),
            "max_decel_mps2": round(-min(self._accel, default=0.0), 2),
            "max_lateral_mps2": round(max(self._lateral, default=0.0), 2),
            "jerk_p95_mps3": round(percentile(jerks, 95), 2),
            "uncomfortable_share": round(uneasy / max(1, self.ticks), 4),
        }


def drive_report(
    scenario: str,
    model: str,
    tally: Tally,
    tick_ms: Sequence[float],
    utterances: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """JSON-ready report."""
    return {
        "scenario": scenario,
        "model": model,
        "seconds": round(tally.ticks * TICK_S, 1),
        "ticks": tally.ticks,
        "deadline_misses": tally.deadline_misses,
        "tick_ms": {
            "p50": round(percentile(tick_ms, 50), 2),
            "p90": round(percentile(tick_ms, 90), 2),
            "p99": round(percentile(tick_ms, 99), 2),
            "max": round(max(tick_ms, default=0.0), 2),
        },
        "collisions": tally.collisions,
        "offroad": tally.offroad,
        "red_lights": tally.red_lights,
        "progress_m": round(tally.progress_m, 1),
        "comfort": tally.comfort(),
        "guard": {"rejected": tally.rejected, "fallbacks": tally.fallbacks},
        "utterances": list(utterances),
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """Nearest-rank percentile; 0 for no values."""
    if not values:
        return 0.0
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]
