"""The last ten minutes of the drive: situations in a ring, and episodes as their index.

An episode is a stretch of time in which the car kept one decision for one cause. "Why did you
stop back there?" looks through a few dozen episodes instead of six thousand situations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from model.contract.situation import Situation, TraceView
from modes.vocabulary import Component, Lateral

KEEP_S = 600.0
_STANDING_MPS = 0.3
#: A drop or rise of speed by this much counts as slowing or speeding up, m/s.
_CHANGE_MPS = 1.5


@dataclass(frozen=True)
class Episode:
    """One decision for one cause, from `start_s` to `end_s` (scenario seconds, m/s)."""

    trace: TraceView
    guard_level: str
    start_s: float
    end_s: float
    start_mps: float
    end_mps: float
    slowest_mps: float
    fastest_mps: float

    @property
    def stopped(self) -> bool:
        """Came to a standstill within this episode."""
        return self.slowest_mps < _STANDING_MPS and self.start_mps >= _STANDING_MPS

    @property
    def stood(self) -> bool:
        return self.slowest_mps < _STANDING_MPS

    @property
    def started(self) -> bool:
        """Began at a standstill and moved off."""
        return self.start_mps < 1.0 and self.end_mps > max(1.0, self.start_mps + 0.5)

    @property
    def slowed(self) -> bool:
        return self.start_mps - self.slowest_mps > _CHANGE_MPS

    @property
    def sped_up(self) -> bool:
        return self.fastest_mps - self.start_mps > _CHANGE_MPS

    def moved(self, lateral: Lateral) -> bool:
        return self.trace.lateral is lateral


class Memory:
    """Situations of the last ten minutes, oldest first, and their episodes."""

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self._keep_s = keep_s
        self._ring: deque[Situation] = deque()
        self._episodes: deque[Episode] = deque()

    def add(self, situation: Situation) -> None:
        """Takes one more tick; time that runs backwards (another drive) empties the memory."""
        if self._ring and situation.t_s < self._ring[-1].t_s:
            self._ring.clear()
            self._episodes.clear()
        self._ring.append(situation)
        self._grow(situation)
        oldest = situation.t_s - self._keep_s
        while self._ring[0].t_s < oldest:
            self._ring.popleft()
        while self._episodes[0].end_s < oldest:
            self._episodes.popleft()

    def _grow(self, situation: Situation) -> None:
        open_one = self._episodes[-1] if self._episodes else None
        if open_one is not None and _same(open_one, situation):
            self._episodes[-1] = _longer(open_one, situation)
        else:
            self._episodes.append(_begun(situation))

    @property
    def latest(self) -> Situation | None:
        return self._ring[-1] if self._ring else None

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """Oldest first; the last one is still going on."""
        return tuple(self._episodes)

    def __len__(self) -> int:
        return len(self._ring)

    def __iter__(self) -> Iterator[Situation]:
        return iter(self._ring)

    def __reversed__(self) -> Iterator[Situation]:
        return reversed(self._ring)


def remembered(situations: Memory | Iterable[Situation]) -> Memory:
    """A memory of these situations; a memory comes back as it is."""
    if isinstance(situations, Memory):
        return situations
    memory = Memory()
    for situation in situations:
        memory.add(situation)
    return memory


def _key(trace: TraceView, level: str) -> tuple[object, ...]:
    cause = trace.cause
    what: tuple[object, ...] | None = None
    if cause is not None:
        change = cause.does if cause.component is Component.TRAFFIC_LIGHT else ""
        what = (cause.component, cause.object_id or cause.label, change)
    return trace.longitudinal, trace.lateral, trace.direction, what, level


def _same(episode: Episode, situation: Situation) -> bool:
    here = _key(situation.trace, situation.guard.level)
    return _key(episode.trace, episode.guard_level) == here


def _begun(situation: Situation) -> Episode:
    v = situation.ego.speed_mps
    return Episode(situation.trace, situation.guard.level, situation.t_s, situation.t_s, v, v, v, v)


def _longer(episode: Episode, situation: Situation) -> Episode:
    v = situation.ego.speed_mps
    return replace(
        episode,
        end_s=situation.t_s,
        end_mps=v,
        slowest_mps=min(episode.slowest_mps, v),
        fastest_mps=max(episode.fastest_mps, v),
    )
