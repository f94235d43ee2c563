"""Everybody who looks at one car: broadcast, and the thread for those who join late."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from server import protocol as p
from server.outbox import Outbox, audio_frame, camera_frame

#: Turns of the conversation that a late joiner is shown.
THREAD_TURNS = 40

Tap = Callable[[p.ToBrowser], None]


class Audience:
    """The browsers of one car. Events are serialised once, whatever the number of browsers."""

    def __init__(self) -> None:
        self._outboxes: set[Outbox] = set()
        #: (turn, what) -> newest event, in order of first appearance.
        self._thread: OrderedDict[tuple[int, str], p.ToBrowser] = OrderedDict()
        self._taps: list[Tap] = []
        self.last_scene: str | None = None
        self.last_why: p.Why | None = None

    def __len__(self) -> int:
        return len(self._outboxes)

    def join(self, outbox: Outbox) -> None:
        """From now on this browser gets everything; what went before is in `thread`."""
        self._outboxes.add(outbox)

    def leave(self, outbox: Outbox) -> None:
        self._outboxes.discard(outbox)

    def tap(self, listener: Tap) -> None:
        """Also gives every event to `listener` (recorder, metrics)."""
        self._taps.append(listener)

    def thread(self) -> list[p.ToBrowser]:
        """The conversation so far, each thing in its newest state."""
        return list(self._thread.values())

    def reply(self, turn: int) -> p.Reply | None:
        """The car's reply of a turn, while it is in the thread."""
        event = self._thread.get((turn, "reply"))
        return event if isinstance(event, p.Reply) else None

    def forget(self) -> None:
        """Another drive begins: nobody is shown the thread of the old one."""
        self._thread.clear()
        self.last_scene = self.last_why = None

    def publish(self, event: p.ToBrowser) -> None:
        """Sends an event to everybody."""
        self._remember(event)
        for tap in self._taps:
            tap(event)
        if isinstance(event, p.Playback) and event.action == "clear":
            for outbox in self._outboxes:
                outbox.drop_audio(event.turn)
        text = event.model_dump_json()
        for outbox in self._outboxes:
            outbox.put(text)

    def scene(self, scene: p.Scene) -> None:
        """Sends the newest scene; browsers that lag are told once in a while."""
        self.last_scene = text = scene.model_dump_json()
        for outbox in self._outboxes:
            if outbox.put_scene(text):
                outbox.put(_CATCHING_UP)

    def audio(self, turn: int, rate_hz: int, pcm: bytes) -> None:
        frame = audio_frame(turn, rate_hz, pcm)
        for outbox in self._outboxes:
            outbox.put_audio(turn, frame)

    def picture(self, camera: int, t_s: float, jpeg: bytes) -> None:
        frame = camera_frame(camera, t_s, jpeg)
        for outbox in self._outboxes:
            outbox.put_picture(camera, frame)

    @property
    def wants_voice(self) -> bool:
        return any(outbox.wants_voice for outbox in self._outboxes)

    @property
    def wants_cameras(self) -> bool:
        return any(outbox.wants_cameras for outbox in self._outboxes)

    def _remember(self, event: p.ToBrowser) -> None:
        match event:
            case p.Why():
                self.last_why = event
                return
            case p.Transcript(final=True, text=text) if text:
                key = (event.turn, "transcript")
            case p.Utterance():
                key = (event.turn, "utterance")
            case p.Reply(final=True):
                key = (event.turn, "reply")
            case p.Card():
                key = (event.turn, f"card {event.id}")
            case _:
                return
        self._thread[key] = event
        turns = {turn for turn, _ in self._thread}
        if len(turns) > THREAD_TURNS:
            oldest = min(turns)
            for stale in [key for key in self._thread if key[0] == oldest]:
                del self._thread[stale]


_CATCHING_UP = p.Alert(
    level="info", title="Catching up", detail="This screen gets fewer pictures for a while."
).model_dump_json()
