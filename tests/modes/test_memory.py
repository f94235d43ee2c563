"""Ten minutes of situations, and the episodes that index them."""

from modes.memory import Memory, remembered
from modes.vocabulary import Longitudinal
from tests.modes.situations import LIGHT, VAN, situation


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
