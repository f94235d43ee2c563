"""`ridealong drive`: a drive without a browser, deterministic, with scripted words and a report.

World, driving loop and conversation run in this process, tick by tick: the same scenario, seed
and script give the same drive. Words pass through the same Mode Expert, scene rules and handlers
as in the cabin; what they send reaches the driving loop at the tick after they were said.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from model.contract.situation import Hello, Notice, SendCommand, Situation, StopNow, ToDriving
from model.contract.world import TICK_S
from modes.stopwords import stop_word
from modes.vocabulary import Speaker, Unit
from server import protocol as p
from server.mind import Considered, Heard, Mind
from server.outcome import after_stop
from server.recording import Recorder
from server.report import Tally, drive_report
from server.script import Line, Spoken
from server.truth import truth_of

_log = logging.getLogger(__name__)


class Loop(Protocol):
    """The driving loop as `model.loop.DrivingLoop` offers it."""

    def tick(self, messages: Sequence[ToDriving]) -> Situation: ...
    def take_notices(self) -> Sequence[Notice]: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Driven:
    """What a deterministic drive needs of its world: made by `server.driven.open_drive`."""

    loop: Loop
    hello: Hello
    map: Mapping[str, Any]
    exits: tuple[str, ...]
    places: tuple[str, ...]
    tick_ms: Callable[[], Sequence[float]]
    #: New pictures of the last tick: camera name, scenario s, JPEG.
    pictures: Callable[[], Iterator[tuple[str, float, bytes]]]


@dataclass(frozen=True)
class DriveOptions:
    """What the command line asks for."""

    seconds: float
    lines: tuple[Line, ...] = ()
    fast: bool = False
    log: Path | None = None
    record: Path | None = None
    unit: Unit = Unit.KPH


class Drive:
    """One drive from its first tick to its report."""

    def __init__(self, driven: Driven, options: DriveOptions) -> None:
        self._driven, self._options = driven, options
        self._mind = Mind(unit=options.unit)
        self._mind.begin(driven.exits, driven.places)
        self._waiting = sorted(options.lines, key=lambda line: line.t_s)
        self._spoken: list[Spoken] = []
        self._tally = Tally()
        self._next: list[ToDriving] = []
        self._recorder: Recorder | None = None
        self._log: IO[str] | None = None

    def run(self) -> dict[str, Any]:
        """Drives and gives the report; raises OSError when a file cannot be written."""
        options = self._options
        with ExitStack() as stack:
            stack.callback(self._mind.close)
            if options.log is not None:
                self._log = stack.enter_context(options.log.open("w", encoding="utf-8"))
            if options.record is not None:
                self._recorder = Recorder(options.record, _log.error)
                stack.callback(self._recorder.close)
                self._recorder.model(self._driven.hello)
                self._recorder.map(self._driven.map)
            started_s = time.monotonic()
            for tick in range(round(options.seconds / TICK_S)):
                self._tick()
                if not options.fast:
                    time.sleep(max(0.0, started_s + (tick + 1) * TICK_S - time.monotonic()))
        return drive_report(
            self._driven.hello.scenario,
            self._driven.hello.model,
            self._tally,
            self._driven.tick_ms(),
            [spoken.report() for spoken in self._spoken],
        )

    def _tick(self) -> None:
        messages, self._next = self._next, []
        situation = self._driven.loop.tick(messages)
        for notice in self._driven.loop.take_notices():
            _log.info("%s", notice.message)
        self._tally.add(situation)
        self._mind.add(situation)
        if self._log is not None:
            self._log.write(situation.model_dump_json() + "\n")
        if self._recorder is not None:
            self._recorder.model(situation)
            for camera, t_s, jpeg in self._driven.pictures():
                self._recorder.picture(camera, t_s, jpeg)
        for spoken in self._spoken:
            spoken.follow(situation)
        while self._waiting and self._waiting[0].t_s <= situation.t_s + 1e-6:
            self._hear(self._waiting.pop(0), situation)

    def _hear(self, line: Line, situation: Situation) -> None:
        turn = len(self._spoken) + 1
        heard = Heard(turn, line.text, "script", Speaker.PASSENGER)
        considered = self._mind.consider_now(heard, situation.t_s)
        messages = list(considered.effects.to_driving)
        if stop_word(line.text):
            stop = StopNow(id=f"t{turn}-stop")
            messages = [stop, *after_stop(messages)]
        self._next += messages
        ids = tuple(m.id for m in messages if isinstance(m, SendCommand | StopNow))
        meant = self._moment(considered.effects.evidence.get("t_s"), situation)
        self._spoken.append(Spoken(line, considered, ids, truth_of(meant)))
        self._record_words(turn, line, considered)

    def _moment(self, t_s: object, now: Situation) -> Situation:
        """The situation that an answer speaks of: now, or the moment in its evidence."""
        if not isinstance(t_s, float):
            return now
        return next((s for s in reversed(self._mind.memory) if s.t_s <= t_s + 1e-6), now)

    def _record_words(self, turn: int, line: Line, considered: Considered) -> None:
        if self._recorder is None:
            return
        self._recorder.model(p.Transcript(turn=turn, text=line.text, final=True, source="script"))
        self._recorder.model(considered.event)
        if considered.effects.reply:
            self._recorder.model(
                p.Reply(
                    turn=turn,
                    text=considered.effects.reply,
                    final=True,
                    evidence=dict(considered.effects.evidence),
                )
            )
