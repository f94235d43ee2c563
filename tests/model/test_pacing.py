"""The schedule of ticks: absolute, without drift, never a burst."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.pacing import Slot, next_slot

PERIOD_S = 0.1


@pytest.mark.parametrize(
    ("now_s", "at_s", "skipped"),
    [
        (0.03, 0.1, 0),  # in time
        (0.12, 0.1, 0),  # a little late: starts at once, the schedule stays
        (0.199, 0.1, 0),
        (0.21, 0.2, 1),  # one slot went by
        (0.95, 0.9, 8),
    ],
)
def test_the_next_slot(now_s: float, at_s: float, skipped: int) -> None:
    slot = next_slot(Slot(0.0), now_s, PERIOD_S)
    assert slot.at_s == pytest.approx(at_s)
    assert slot.skipped == skipped


@given(st.lists(st.floats(0.001, 0.6), min_size=1, max_size=50))
def test_slots_stay_on_the_grid_and_are_never_two_behind(works_s: list[float]) -> None:
    now_s, slot = 0.0, Slot(0.0)
    for work_s in works_s:
        now_s = max(now_s, slot.at_s) + work_s
        slot = next_slot(slot, now_s, PERIOD_S)
        assert slot.at_s / PERIOD_S == pytest.approx(round(slot.at_s / PERIOD_S), abs=1e-6)
        assert now_s - slot.at_s < PERIOD_S + 1e-9
