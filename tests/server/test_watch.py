"""Alerts: what people should know, once."""

from model.contract.situation import EventView
from server.watch import Watch
from tests.server.doubles import situation


def titles(watch: Watch, *moments) -> list[str]:
    return [alert.title for moment in moments for alert, _ in watch.look(moment)]


def test_a_safe_stop_is_told_and_taken_away() -> None:
    watch = Watch()
    assert titles(
        watch, situation(1.0), situation(1.1, level="F4"), situation(1.2, level="F4")
    ) == ["Stopping safely"]
    assert titles(watch, situation(3.0)) == [""]


def test_small_corrections_are_nobodys_business() -> None:
    watch = Watch()
    levels = ("F0", "F1", "F0", "F2", "F0")
    assert titles(watch, *(situation(1 + i / 10, level=f) for i, f in enumerate(levels))) == []


def test_a_level_that_flickers_is_told_once() -> None:
    watch = Watch()
    levels = ("F4", "F0", "F4", "F0", "F4")
    told = titles(watch, *(situation(1 + i / 10, level=f) for i, f in enumerate(levels)))
    assert told.count("Stopping safely") == 1


def test_contact_is_the_loudest_alert() -> None:
    hit = EventView(kind="collision", t_s=2.0, object_id="van1", detail="white van")
    ((alert, _),) = Watch().look(situation(2.0).model_copy(update={"events": (hit,)}))
    assert (alert.level, alert.detail) == ("takeover", "white van")
