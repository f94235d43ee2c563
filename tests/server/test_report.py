"""The report counts what happened."""

import pytest

from model.contract.situation import EventView, GuardView
from server.report import Tally, drive_report, percentile
from tests.server.doubles import situation


def test_a_drive_is_summed_up() -> None:
    tally = Tally()
    for tick in range(11):
        moment = situation(tick / 10)
        if tick == 5:
            happened = (
                EventView(kind="collision", t_s=0.5, object_id="van1"),
                EventView(kind="red_light", t_s=0.5),
            )
            guard = GuardView(level="F4", verdict="rejected")
            moment = moment.model_copy(update={"events": happened, "guard": guard})
        tally.add(moment)
    report = drive_report("double", "classical", tally, [10.0, 30.0, 20.0], [])
    assert report["ticks"] == 11
    assert report["progress_m"] == pytest.approx(25.0)
    assert (report["collisions"], report["red_lights"], report["offroad"]) == (1, 1, 0)
    assert report["guard"] == {"rejected": 1, "fallbacks": {"F4": 1}}
    assert report["tick_ms"] == {"p50": 20.0, "p90": 30.0, "p99": 30.0, "max": 30.0}
    assert report["comfort"]["max_decel_mps2"] == 1.5
    assert set(report) == {
        "scenario", "model", "seconds", "ticks", "deadline_misses", "tick_ms", "collisions",
        "offroad", "red_lights", "progress_m", "comfort", "guard", "utterances",
    }  # fmt: skip


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)])
def test_percentiles_are_values_that_were_measured(percent: int, value: int) -> None:
    assert percentile(list(range(1, 11)), percent) == value


def test_nothing_measured_is_zero() -> None:
    assert percentile([], 99) == 0.0
