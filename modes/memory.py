"""The last ten minutes of the drive: situations in a ring, and episodes as their index.

An episode is a stretch of time in which the car kept one decision for one cause. "Why did you
stop back there?" looks through a few dozen episodes instead of six thousand situations.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from math import hypot

from model.contract.situation import Situation, TraceView
from modes.vocabulary import Component, Lateral, Longitudinal

KEEP_S = 600.0
#: Every situation of this long a time is kept; older ones are thinned.
RECENT_S = 60.0
#: Of the older ones, one in this time, and those where the decision changed or something happened.
_OLDER_EVERY_S = 0.5
#: What answers about earlier look at: things this near, m.
SEEN_NEAR_M = 60.0
_STANDING_MPS = 0.3
#: A drop or rise of speed by this much counts as slowing or speeding up, m/s.
_CHANGE_MPS = 1.5
#: Speed may rise by this much within one slowing, m/s.
_WAVER_MPS = 0.5
#: Decisions that move the car: they slow it at most, but none of them makes it stand.
NEVER_HOLD = frozenset(
    {
        Longitudinal.NONE,
        Longitudinal.SET_SPEED_TRACKING,
        Longitudinal.SPEED_ADAPTATION,
        Longitudinal.ACCELERATE_TO_PASS,
    }
)


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
    #: When it was slowest, the first time; a stop ends there.
    slowest_s: float
    #: The largest fall and rise of the speed on the way, m/s, and when the fall ended.
    fall_mps: float = 0.0
    rise_mps: float = 0.0
    fallen_s: float = 0.0

    @property
    def stood(self) -> bool:
        """At a standstill, and for a reason that can hold a car: a limit or a free road cannot."""
        holds = self.trace.longitudinal not in NEVER_HOLD
        return self.slowest_mps < _STANDING_MPS and holds

    @property
    def stopped(self) -> bool:
        """Came to a standstill within this episode."""
        return self.stood and self.start_mps >= _STANDING_MPS

    @property
    def started(self) -> bool:
        """Began at a standstill and moved off."""
        return self.start_mps < 1.0 and self.end_mps > max(1.0, self.start_mps + 0.5)

    @property
    def slowed(self) -> bool:
        return self.fall_mps > _CHANGE_MPS

    @property
    def sped_up(self) -> bool:
        return self.rise_mps > _CHANGE_MPS

    def moved(self, lateral: Lateral) -> bool:
        return self.trace.lateral is lateral


class Memory:
    """Situations of the last ten minutes, oldest first, and their episodes.

    The last minute is kept whole. What is older is thinned to what answers about earlier need.
    """

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self._keep_s = keep_s
        self._recent: deque[Situation] = deque()
        self._older: deque[Situation] = deque()
        self._passed: tuple[object, ...] = ()
        self._episodes: deque[Episode] = deque()

    def add(self, situation: Situation) -> None:
        """Takes one more tick; time that runs backwards (another drive) empties the memory."""
        if self._recent and situation.t_s < self._recent[-1].t_s:
            self._recent.clear()
            self._older.clear()
            self._episodes.clear()
        self._recent.append(situation)
        self._grow(situation)
        while self._recent[0].t_s < situation.t_s - RECENT_S:
            self._thin(self._recent.popleft())
        oldest = situation.t_s - self._keep_s
        while self._older and self._older[0].t_s < oldest:
            self._older.popleft()
        while self._episodes[0].end_s < oldest:
            self._episodes.popleft()

    def _thin(self, situation: Situation) -> None:
        key = _key(situation.trace, situation.guard.level)
        due = not self._older or situation.t_s - self._older[-1].t_s > _OLDER_EVERY_S - 0.05
        if due or key != self._passed or situation.events:
            self._older.append(_slim(situation))
        self._passed = key

    def _grow(self, situation: Situation) -> None:
        open_one = self._episodes[-1] if self._episodes else None
        if open_one is not None and _same(open_one, situation):
            self._episodes[-1] = _longer(open_one, situation)
        else:
            self._episodes.append(_begun(situation))

    @property
    def latest(self) -> Situation | None:
        return self._recent[-1] if self._recent else None

    @property
    def episodes(self) -> tuple[Episode, ...]:
        """Oldest first; the last one is still going on."""
        return tuple(self._episodes)

    def __len__(self) -> int:
        return len(self._older) + len(self._recent)

    def __iter__(self) -> Iterator[Situation]:
        return chain(self._older, self._recent)

    def __reversed__(self) -> Iterator[Situation]:
        return chain(reversed(self._recent), reversed(self._older))


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
    t, v = situation.t_s, situation.ego.speed_mps
    return Episode(
        situation.trace, situation.guard.level, t, t, v, v, v, v, slowest_s=t, fallen_s=t
    )


def _longer(episode: Episode, situation: Situation) -> Episode:
    t, v = situation.t_s, situation.ego.speed_mps
    fastest, slowest = max(episode.fastest_mps, v), min(episode.slowest_mps, v)
    fell = fastest - v > episode.fall_mps + 0.01
    # The first tick of a decision often fails the consistency check that later ones pass.
    surer = situation.trace.certain and not episode.trace.certain
    return replace(
        episode,
        trace=situation.trace if surer else episode.trace,
        end_s=t,
        end_mps=v,
        slowest_mps=slowest,
        fastest_mps=fastest,
        slowest_s=t if v < episode.slowest_mps - 0.01 else episode.slowest_s,
        fall_mps=fastest - v if fell else episode.fall_mps,
        fallen_s=t if fell else episode.fallen_s,
        rise_mps=max(episode.rise_mps, v - slowest),
    )


def _slim(situation: Situation) -> Situation:
    """What answers about earlier read: the decision, what happened, and what was near."""
    ego = situation.ego
    near = tuple(
        actor
        for actor in situation.actors
        if hypot(actor.x - ego.x, actor.y - ego.y) <= SEEN_NEAR_M
        and (actor.visible_in is None or actor.visible_in)
    )
    return situation.model_copy(
        update={
            "actors": near,
            "plan": situation.plan.model_copy(update={"xy": (), "speed_mps": ()}),
            "facts": {},
            "lights": {},
            "requests": (),
            "route": None,
            "route_edges": (),
            "latency_ms": {},
        }
    )


def last_slowing(episodes: Sequence[Episode]) -> Episode | None:
    """The episode that took most of the latest slowing, which may have begun under another cause.

    None when the speed never fell by as much as passengers notice.
    """
    for last in range(len(episodes) - 1, -1, -1):
        first = last
        while first > 0 and _falls(episodes[first - 1]) and _falls(episodes[first]):
            first -= 1
        span = episodes[first : last + 1]
        fall = span[0].start_mps - span[-1].slowest_mps if len(span) > 1 else 0.0
        blamed = [e for e in span if _can_slow(e)]
        if blamed and max(fall, span[-1].fall_mps) > _CHANGE_MPS:
            return max(blamed, key=lambda e: e.fall_mps)
    return None


def _can_slow(episode: Episode) -> bool:
    """A limit slows only a car that is about as fast; a reason to go on slows none."""
    cause = episode.trace.cause
    if episode.trace.longitudinal is not Longitudinal.SET_SPEED_TRACKING or cause is None:
        return True
    limit = cause.label.removeprefix("speed limit ")
    return limit.isdigit() and episode.fastest_mps * 3.6 > float(limit) + 1


def _falls(episode: Episode) -> bool:
    """The speed never rises and does not stay: part of a longer slowing."""
    return episode.rise_mps < _WAVER_MPS and episode.start_mps >= _STANDING_MPS
