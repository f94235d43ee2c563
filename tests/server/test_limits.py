"""Buckets refill with time and never above their burst."""

from server.limits import Bucket, ConnectionLimits


def test_a_burst_passes_and_then_the_rate() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(1, 0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.take(1, 0.5)
    assert not bucket.take(1, 0.5)
    assert [bucket.take(1, 100.0) for _ in range(4)] == [True, True, True, False]


def test_an_error_is_told_once_a_second() -> None:
    limits = ConnectionLimits()
    assert limits.tell("too_big", 0.0)
    assert not limits.tell("too_big", 0.9)
    assert limits.tell("bad_message", 0.9)
    assert limits.tell("too_big", 1.1)


def test_a_hundred_refused_messages_at_once_are_enough() -> None:
    limits = ConnectionLimits()
    assert all(limits.strike(0.0) for _ in range(100))
    assert not limits.strike(0.0)
