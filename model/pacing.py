"""When the next tick begins: an absolute schedule without drift and without catching up. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """One place in the schedule: when it begins, and how many were left out before it."""

    at_s: float
    skipped: int = 0


def next_slot(begun: Slot, now_s: float, period_s: float) -> Slot:
    """The slot after the one that has just been worked through.

    A tick that ran into its successor lets that one start at once and the schedule stays as it
    is; whole slots that have gone by are left out, so there is never a burst of ticks.
    """
    at_s = begun.at_s + period_s
    behind = now_s - at_s
    if behind < period_s:
        return Slot(at_s)
    skipped = int(behind / period_s)
    return Slot(at_s + skipped * period_s, skipped)
