"""Ten minutes of situations, and the episodes that index them."""

import tracemalloc

from model.contract.situation import EventView, Situation
from modes.memory import Memory, last_slowing, remembered
from modes.vocabulary import Longitudinal
from tests.modes.situations import LIGHT, LIMIT, VAN, actor, situation


def test_ten_minutes_are_kept() -> None:
    memory = Memory()
    for t in range(1200):
        memory.add(situation(float(t)))
    assert len(memory) == 601
    assert memory.latest is not None
    assert memory.latest.t_s == 1199


def test_an_episode_is_one_decision_for_one_cause() -> None:
    memory = Memory()
    for i in range(5):
        memory.add(situation(i / 10, longitudinal=Longitudinal.LEAD_FOLLOWING, cause=VAN))
    for i in range(5, 9):
        memory.add(situation(i / 10, speed=0.0, longitudinal=Longitudinal.STOP_STATIC, cause=LIGHT))
    first, second = memory.episodes
    assert (first.start_s, first.end_s) == (0.0, 0.4)
    assert second.trace.cause == LIGHT
    assert second.stood


def test_another_drive_empties_the_memory() -> None:
    memory = Memory()
    memory.add(situation(50.0))
    memory.add(situation(0.0))
    assert len(memory) == 1
    assert len(memory.episodes) == 1


def test_a_sequence_of_situations_can_be_remembered() -> None:
    memory = remembered([situation(0.0), situation(0.1)])
    assert len(memory) == 2
    assert remembered(memory) is memory


def test_older_situations_are_thinned_to_what_answers_need() -> None:
    memory = Memory()
    here = (actor("pedestrian", 20, 3), actor("car", 100, 0), actor("van", 9, 0, visible_in=()))
    for i in range(2000):
        cause = LIGHT if i == 803 else None
        events = (EventView(kind="collision", t_s=90.7),) if i == 907 else ()
        memory.add(situation(i / 10, actors=here, events=events, cause=cause))
    old = [s for s in memory if s.t_s < 139.0]
    times = {s.seq for s in old}
    assert len([s for s in memory if s.t_s >= 139.95]) == 600
    assert 270 < len(old) < 300
    assert {803, 804, 907} <= times
    assert [a.kind for a in old[5].actors] == ["pedestrian"]
    assert old[5].facts == {}
    assert [s.t_s for s in memory] == sorted(s.t_s for s in memory)
    assert [s.t_s for s in reversed(memory)] == sorted((s.t_s for s in memory), reverse=True)


def test_ten_minutes_of_a_busy_street_stay_below_60_megabytes() -> None:
    here = [{"kind": "car", "x": 9.5 + i, "y": 1.5, "id": f"c{i}"} for i in range(15)]
    line = situation(0.0, actors=tuple(actor(a.pop("kind"), a.pop("x"), a.pop("y"), **a)  # type: ignore[arg-type]
                                       for a in here)).model_dump_json()  # fmt: skip
    memory = Memory()
    tracemalloc.start()
    for i in range(6000):
        memory.add(Situation.model_validate_json(line.replace('"t_s":0.0', f'"t_s":{i / 10}')))
        if i == 900:  # 60 s whole and 30 s thinned; what follows grows by thinned ones alone
            first = tracemalloc.get_traced_memory()[0]
        if i == 1500:
            break
    then = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert (first + (then - first) * (6000 - 900) / 600) / 1e6 < 60


def test_a_limit_does_not_stop_a_car_and_slows_only_one_that_is_faster() -> None:
    memory = Memory()
    for i in range(20):
        memory.add(situation(i / 10, speed=max(2.0 - i / 5, 0.0), cause=LIMIT))
    assert not memory.episodes[-1].stood
    assert last_slowing(memory.episodes) is None
    fast = remembered([situation(i / 10, speed=40.0 - i / 4, cause=LIMIT) for i in range(20)])
    assert last_slowing(fast.episodes) is fast.episodes[0]


def test_a_surer_tick_of_the_same_decision_stands_for_it() -> None:
    memory = remembered([situation(0.0, cause=VAN, certain=False), situation(0.1, cause=VAN)])
    assert memory.episodes[0].trace.certain
