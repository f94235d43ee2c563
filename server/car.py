"""One car as the talking process knows it: the drive's newest state, and everybody told of it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from model.contract.situation import DriveControl, Hello, Notice, Situation, ToDriving
from modes.nowline import now_line, why_card
from modes.vocabulary import Unit
from server import protocol as p
from server.audience import Audience
from server.conversation import Conversation
from server.metrics import Metrics
from server.mind import Mind
from server.pictures import OpenFrames, Pictures
from server.settings import Settings
from server.sources import DriveLink, FromDrive, LinkState, Replay, Rewound
from server.speech_room import SpeechRoom
from server.watch import Watch

_log = logging.getLogger(__name__)

#: A live drive that says nothing for so long counts as lost.
SILENT_S = 1.0
#: A reason that goes on being true is sent again so often, so that it does not look stale.
WHY_AGAIN_S = 2.0
BEGIN_AGAIN_S = 0.5


class Car:
    """Consumes a drive link, feeds the conversation, tells the audience."""

    def __init__(
        self,
        settings: Settings,
        link: DriveLink,
        *,
        session: str,
        product: str,
        speech: SpeechRoom,
        open_frames: OpenFrames,
        scenarios: tuple[p.ScenarioInfo, ...] = (),
        first_turn: int = 1,
    ) -> None:
        self.settings, self.link, self.speech = settings, link, speech
        self.session, self.product, self.scenarios = session, product, scenarios
        self.metrics = Metrics()
        self.audience = Audience()
        self.audience.tap(self.metrics.observe)
        self.replay: Replay | None = link if isinstance(link, Replay) else None
        mind = Mind(timeout_s=settings.decide_timeout_s, unit=Unit(settings.unit))
        self.conversation = Conversation(
            self.audience, mind, self._send, steerable=self.replay is None, first_turn=first_turn
        )
        self.drive: Hello | None = None
        self.map: dict[str, Any] | None = None
        self.situation: Situation | None = None
        self.paused = False
        self.pictures = Pictures(self.audience, open_frames)
        self._watch = Watch()
        self._seen_s = 0.0
        self._shown_link: p.Link | None = None
        self._why_s = -1e9
        self._why_key: tuple[object, ...] = ()
        self._listeners: list[Callable[[FromDrive | Mapping[str, Any]], None]] = []
        self._closers: list[Callable[[], Awaitable[None]]] = []

    # ------------------------------------------------------------------ for browsers

    def hello(self) -> p.Hello:
        """The first event of every connection; names what was asked until the drive is there."""
        drive = self.drive
        return p.Hello(
            session=self.session,
            product=self.product,
            scenario=drive.scenario if drive else self.settings.scenario,
            title=drive.title if drive else "",
            seed=drive.seed if drive else (self.settings.seed or 0),
            source="replay" if self.replay else "simulated",
            model=drive.model if drive else self.settings.model,
            cameras=drive.cameras if drive else (),
            speech=self.speech.status,
            cues=drive.cues if drive else (),
            unit=self.settings.unit,
        )

    def greeting(self) -> list[str]:
        """Everything that somebody who joins now has to know, serialised, in order."""
        events: list[p.ToBrowser] = [self.hello()]
        if self.map is not None:
            events.append(p.Map(map=self.map))
        events += [p.Scenarios(scenarios=self.scenarios), self.link_event()]
        events += self.audience.thread()
        if self.audience.last_why is not None:
            events.append(self.audience.last_why)
        if self.replay is not None:
            events.append(self.replay.timeline(marks=True))
        texts = [event.model_dump_json() for event in events]
        if self.audience.last_scene is not None:
            texts.append(self.audience.last_scene)
        return texts

    def link_event(self) -> p.Link:
        state, detail = self._link_state()
        return p.Link(state=state, detail=detail, paused=self.paused)

    async def control(self, control: DriveControl) -> bool:
        """Start, pause, resume or restart; False when the drive cannot be reached."""
        try:
            await self._send(control)
        except ConnectionError:
            return False
        if control.action in ("pause", "resume"):
            self.paused = control.action == "pause"
            self._show_link()
        return True

    # ------------------------------------------------------------------ taps

    def listen(self, listener: Callable[[FromDrive | Mapping[str, Any]], None]) -> None:
        """Gives every message of the drive, and each map document, to `listener` (recorder)."""
        self._listeners.append(listener)

    def on_close(self, closer: Callable[[], Awaitable[None]]) -> None:
        """Runs `closer` when the car is closed."""
        self._closers.append(closer)

    # ------------------------------------------------------------------ life

    async def run(self) -> None:
        """Runs until cancelled."""
        self.conversation.mind.warm_up()
        works = (
            self.link.run,
            self._consume,
            self._watch_link,
            self.pictures.run,
            self.conversation.mouth.run,
            self._load_speech,
        )
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(_kept_up(work))

    async def close(self) -> None:
        await self.conversation.close()
        for closer in self._closers:
            await closer()
        await self.link.close()
        await self.speech.close()
        self.pictures.close()

    async def _load_speech(self) -> None:
        await self.speech.load(self.settings)
        self.conversation.mouth.speaking = self.speech.speaking
        self.audience.publish(self.hello())

    async def _consume(self) -> None:
        async for message in self.link.messages():
            try:
                await self._take(message)
            except Exception:  # one strange message must not end the conversation
                _log.exception("a message of the drive could not be used")

    async def _take(self, message: FromDrive) -> None:
        match message:
            case Hello():
                await self._begin(message)
            case Situation():
                self._follow(message)
            case Notice():
                self._notice(message)
            case Rewound():
                self.conversation.mind.remember(message.situations)
            case _:  # a recorded event
                self.audience.publish(message)
        for listener in self._listeners:
            listener(message)

    async def _begin(self, drive: Hello) -> None:
        """A drive is there: the first one, the same one after a lost link, or another one."""
        before, self.drive = self.drive, drive
        self.paused = drive.paused
        self._seen_s = time.monotonic()
        if before is None or before.map_path != drive.map_path or self.map is None:
            self.map = await asyncio.to_thread(_read_map, Path(drive.map_path))
        other = before is None or (before.pid, before.scenario, before.seed, before.map_path) != (
            drive.pid, drive.scenario, drive.seed, drive.map_path
        )  # fmt: skip
        if other:
            await self.conversation.begin(*_names(self.map))
            self.audience.last_scene = self.audience.last_why = None
            self._watch = Watch()
        self.pictures.follow(drive)
        self.audience.publish(self.hello())
        if self.map is not None:
            self.audience.publish(p.Map(map=self.map))
            for listener in self._listeners:
                listener(self.map)
        self._show_link()

    def _follow(self, situation: Situation) -> None:
        self.situation = situation
        self._seen_s = time.monotonic()
        self.conversation.mind.add(situation)
        self.metrics.situations.inc()
        self.metrics.missed.inc(int(situation.deadline_missed))
        self.metrics.guard.labels(situation.guard.verdict).inc()
        self.audience.scene(p.Scene(situation=situation, now_line=now_line(situation)))
        self._show_why(situation)
        if self.replay is None:
            self.conversation.follow(situation)
        else:
            self.conversation.at(situation.t_s)
        for alert, spoken in self._watch.look(situation):
            self.audience.publish(alert)
            if spoken and self.replay is None:
                self.conversation.announce(spoken)

    def _show_why(self, situation: Situation) -> None:
        """Sends the reason when it becomes another one, and again while it holds."""
        card = why_card(situation)
        cause = card.cause
        about = (cause.component, cause.object_id or cause.label, cause.does) if cause else ()
        key = (card.so, card.does.partition(",")[0], card.certain, *about)  # numbers left out
        wait_s = WHY_AGAIN_S if key == self._why_key else 0.3
        if 0 <= situation.t_s - self._why_s < wait_s:
            return
        self._why_key = key
        self._why_s = situation.t_s
        self.audience.publish(
            p.Why(
                t_s=situation.t_s,
                sees=card.sees,
                so=card.so,
                does=card.does,
                certain=card.certain,
                cause=card.cause,
                trace=card.trace,
            )
        )

    def _notice(self, notice: Notice) -> None:
        self.conversation.notice(notice)
        if notice.code == "fallback":
            return  # the situations tell it, with what failed
        if notice.level == "error" and notice.request_id is None:
            self.audience.publish(p.Error(code=notice.code, message=notice.message))
        elif notice.level == "warning":
            self.audience.publish(p.Alert(level="warning", title=notice.message))

    async def _send(self, message: ToDriving) -> None:
        await self.link.send(message)

    # ------------------------------------------------------------------ link and pictures

    def _link_state(self) -> tuple[LinkState, str]:
        if self.link.state != "ok":
            words = "Warming up" if self.link.state == "starting" else "Lost contact with the car"
            return self.link.state, words
        if self.situation is None:
            return "starting", "Warming up"
        silent_s = time.monotonic() - self._seen_s
        if silent_s > SILENT_S and not self.paused and self.replay is None:
            return "lost", "The drive has gone silent"
        return "ok", ""

    def _show_link(self) -> None:
        event = self.link_event()
        self.metrics.link_up.set(int(event.state == "ok"))
        if event != self._shown_link:
            self._shown_link = event
            self.audience.publish(event)

    async def _watch_link(self) -> None:
        while True:
            self._show_link()
            await asyncio.sleep(0.2)


async def _kept_up(work: Callable[[], Awaitable[None]]) -> None:
    """Runs one part of the car's life; a part that fails begins again and pulls nobody down."""
    while True:
        try:
            await work()
            return
        except Exception:
            _log.exception("%s failed and begins again", work.__qualname__)
            await asyncio.sleep(BEGIN_AGAIN_S)


def _read_map(path: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as problem:
        _log.warning("the map document cannot be read: %s", problem)
        return None
    return document if isinstance(document, dict) else None


def _names(document: Mapping[str, Any] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Exit and place names of a map document, as people say them."""
    if document is None:
        return (), ()
    exits = tuple(
        " ".join(filter(None, (item.get("name", ""), item.get("towards", ""))))
        for item in document.get("exits", ())
    )
    places = tuple(str(item.get("name", "")) for item in document.get("places", ()))
    return exits, places
