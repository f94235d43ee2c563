"""A recorded drive played back through the same web cabin: it is a drive link like the live one."""

from __future__ import annotations

import asyncio
import bisect
import json
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

from model.contract.situation import Hello, Notice, Situation, ToDriving
from modes.vocabulary import Decision, Mode
from server import protocol as p
from server.recording_reader import RecordedPicture, Recording
from server.sources import Frames, FromDrive, LinkState, Rewound

_log = logging.getLogger(__name__)

TICK_S = 0.02
TIMELINE_EVERY_S = 1.0
#: How far back questions can reach after a jump.
MEMORY_S = 600.0
_WINDOW_S = 1.0  # pictures are read so many seconds at a time


class ReplayLink:
    """Plays a recording. It cannot be steered; it can be played, paused, sought, sped up."""

    def __init__(self, recording: Recording, *, playing: bool = True) -> None:
        self._recording = recording
        self.start_s, self.end_s = recording.span_s
        self.t_s = self.start_s
        self.playing, self.speed, self.loop = playing, 1.0, False
        self.frames = ReplayFrames(recording)
        self._out: asyncio.Queue[FromDrive | None] = asyncio.Queue()
        self._next_situation = 0
        self._next_event = 0
        self._memory_job: asyncio.Task[None] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="ridealong-replay-")
        self._map_path = Path(self._folder.name) / "map.json"
        self._map_path.write_text(json.dumps(recording.map))
        self._timeline_s = -1e9
        self._marks = marks(recording)

    @property
    def state(self) -> LinkState:
        return "ok"

    async def messages(self) -> AsyncIterator[FromDrive]:
        while (message := await self._out.get()) is not None:
            yield message

    async def send(self, message: ToDriving) -> None:
        """A recording cannot be steered: everything but the mode token is answered so."""
        if message.type != "mode":
            self._out.put_nowait(
                Notice(
                    level="error",
                    code="replay",
                    message="this is a recording; it cannot be steered",
                )
            )

    async def run(self) -> None:
        """Plays in real time times `speed`, until closed."""
        self._out.put_nowait(self._hello())
        self._show_moment()
        before_s = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now_s = time.monotonic()
            if self.playing:
                self._advance((now_s - before_s) * self.speed)
            before_s = now_s
            await self.frames.follow(self.t_s)

    async def close(self) -> None:
        if self._memory_job is not None:
            self._memory_job.cancel()
        self._out.put_nowait(None)
        self.frames.close()
        self._recording.close()
        self._folder.cleanup()

    # ------------------------------------------------------------------ control

    def control(self, seek: p.Seek) -> None:
        """Play, pause, seek, speed or loop; the timeline follows at once."""
        match seek.action:
            case "play":
                if self.t_s >= self.end_s:
                    self._jump(self.start_s)
                self.playing = True
            case "pause":
                self.playing = False
            case "seek" if seek.t_s is not None:
                self._jump(seek.t_s)
            case "speed" if seek.speed is not None:
                self.speed = seek.speed
            case "loop":
                self.loop = bool(seek.loop) if seek.loop is not None else not self.loop
            case _:
                return
        self._show_timeline()

    def timeline(self, *, marks: bool) -> p.Timeline:
        return p.Timeline(
            start_s=self.start_s,
            end_s=self.end_s,
            t_s=round(self.t_s, 2),
            playing=self.playing,
            speed=self.speed,
            loop=self.loop,
            marks=self._marks if marks else None,
        )

    # ------------------------------------------------------------------ playing

    def _advance(self, seconds: float) -> None:
        self.t_s = min(self.end_s, self.t_s + seconds)
        while (
            self._next_situation < len(self._recording.times_s)
            and self._recording.times_s[self._next_situation] <= self.t_s
        ):
            self._out.put_nowait(self._recording.situation(self._next_situation))
            self._next_situation += 1
        self._emit_events()
        if self.t_s >= self.end_s:
            if self.loop:
                self._jump(self.start_s)
            else:
                self.playing = False
            self._show_timeline()
        elif abs(self.t_s - self._timeline_s) >= TIMELINE_EVERY_S * max(1.0, self.speed):
            self._show_timeline()

    def _jump(self, t_s: float) -> None:
        """Another moment, with a full picture at once; what was said until then stays."""
        self.t_s = min(max(t_s, self.start_s), self.end_s)
        self._show_moment()
        self._emit_events()
        if self._memory_job is not None:
            self._memory_job.cancel()
        self._memory_job = asyncio.create_task(self._rebuild_memory())

    def _show_moment(self) -> None:
        index = self._recording.index(self.t_s)
        self._out.put_nowait(Rewound(()))
        self._out.put_nowait(self._recording.situation(index))
        self._next_situation = index + 1
        events = self._recording.events
        newest = bisect.bisect_right(self._recording.event_times_s, self.t_s)
        for event in reversed(events[:newest]):
            if isinstance(event, p.Why):
                self._out.put_nowait(event)
                return

    def _emit_events(self) -> None:
        """Recorded words up to now; a jump back does not say them again."""
        newest = bisect.bisect_right(self._recording.event_times_s, self.t_s)
        for event in self._recording.events[self._next_event : newest]:
            if not isinstance(event, p.Why):  # the car shows the reason of each moment itself
                self._out.put_nowait(event)
        self._next_event = max(self._next_event, newest)

    async def _rebuild_memory(self) -> None:
        """What can be asked about at this moment: the ten minutes before it."""
        last = self._recording.index(self.t_s)
        first = self._recording.index(self.t_s - MEMORY_S)
        situations: list[Situation] = []
        for index in range(first, last + 1):
            situations.append(self._recording.situation(index))
            if index % 50 == 0:
                await asyncio.sleep(0)
        self._out.put_nowait(Rewound(tuple(situations)))

    def _show_timeline(self) -> None:
        self._timeline_s = self.t_s
        self._out.put_nowait(self.timeline(marks=False))

    def _hello(self) -> Hello:
        recorded = self._recording.hello
        base = recorded or Hello(
            pid=0, scenario="recording", title="Recording", seed=0, model="", map_path="",
            frames_path=None,
        )  # fmt: skip
        return base.model_copy(
            update={
                "map_path": str(self._map_path),
                "frames_path": "recording" if self._recording.cameras else None,
                "cameras": self._recording.cameras,
                "paused": False,
            }
        )


class _Shown:
    """A picture with a number that always grows, also after a jump back."""

    def __init__(self, picture: RecordedPicture, number: int) -> None:
        self.number, self.t_s, self.data = number, picture.t_s, picture.data


class ReplayFrames(Frames):
    """The pictures of the moment; `follow` reads the file a second at a time in a thread."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._window: list[RecordedPicture] = []
        self._from_s, self._to_s = 0.0, -1.0
        self._shown: dict[int, _Shown] = {}
        self._count = 0
        self._closed = False

    async def follow(self, t_s: float) -> None:
        """The moment is now `t_s`."""
        if not self._recording.cameras or self._closed:
            return
        if not self._from_s <= t_s < self._to_s:
            # A little before the moment, so that a jump finds a picture that is already old.
            start = t_s - 0.3
            self._window = await asyncio.to_thread(self._recording.pictures, start, t_s + _WINDOW_S)
            self._from_s, self._to_s = t_s, t_s + _WINDOW_S
        newest = {picture.camera: picture for picture in self._window if picture.t_s <= t_s + 1e-6}
        for camera, picture in newest.items():
            shown = self._shown.get(camera)
            if shown is None or shown.t_s != picture.t_s:
                self._count += 1
                self._shown[camera] = _Shown(picture, self._count)

    def jpeg(self, camera_index: int, newer_than: int = 0) -> _Shown | None:
        shown = self._shown.get(camera_index)
        return shown if shown is not None and shown.number > newer_than else None

    def close(self) -> None:
        self._closed = True


def marks(recording: Recording) -> tuple[p.Mark, ...]:
    """Ticks of the timeline: words, commands, refusals, and what happened in the world."""
    found = [
        p.Mark(t_s=round(t_s, 1), kind=_mark_kind(event), text=event.text[:80])
        for t_s, event in zip(recording.event_times_s, recording.events, strict=True)
        if isinstance(event, p.Utterance)
    ]
    for t_s, raw in zip(recording.times_s, recording.raw_situations(), strict=True):
        if b'"events":[]' in raw:
            continue
        happened = json.loads(raw)["events"]
        found += [
            p.Mark(t_s=round(t_s, 1), kind="event", text=event["kind"].replace("_", " "))
            for event in happened
            if event["kind"] not in ("spawned", "removed")
        ]
    return tuple(sorted(found, key=lambda mark: mark.t_s))


def _mark_kind(event: p.Utterance) -> Literal["utterance", "command", "refusal"]:
    if event.decision is Decision.REFUSE:
        return "refusal"
    return "command" if event.mode is Mode.CONTROL else "utterance"
