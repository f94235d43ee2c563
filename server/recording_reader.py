"""Reads a recorded drive back: messages in memory, pictures on demand."""

from __future__ import annotations

import base64
import bisect
import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mcap.reader import NonSeekingReader, SeekingReader
from mcap.writer import Writer

from model.contract.situation import Hello, Situation
from server import protocol as p
from server.recording import CAMERA_TOPICS, MAP_TOPIC, TOPICS

_log = logging.getLogger(__name__)

_EVENT_TOPICS = {topic: model for model, topic in TOPICS.items() if model not in (Hello, Situation)}


class RecordingError(Exception):
    """A file that cannot be replayed; the message is one line."""


@dataclass(frozen=True)
class RecordedPicture:
    """One picture of one camera (index in the order of `Recording.cameras`)."""

    camera: int
    t_s: float
    data: bytes


class Recording:
    """An open recording. Situations and events are kept as JSON and parsed when asked for."""

    def __init__(self, path: Path) -> None:
        """Raises RecordingError when the file is not there, broken, or no drive of Ridealong.

        The end of a file that was cut off (power, crash) is given up; the rest is replayed.
        """
        self._file, self._reader = _open(path)
        self.hello: Hello | None = None
        self.map: dict[str, Any] = {}
        self.times_s: list[float] = []
        self._situations: list[bytes | Situation] = []
        self.event_times_s: list[float] = []
        self.events: list[p.ToBrowser] = []
        self.cameras: tuple[str, ...] = ()
        try:
            self._load()
            if not self.times_s:
                raise RecordingError(f"{path} holds no drive of Ridealong (no /situation messages)")
        except RecordingError:
            self._file.close()
            raise
        except Exception as problem:  # whatever damage leads to in the reader or the models
            self._file.close()
            raise RecordingError(f"{path} is damaged: {_line(problem)}") from None

    @property
    def span_s(self) -> tuple[float, float]:
        """First and last moment, scenario seconds."""
        return self.times_s[0], self.times_s[-1]

    def index(self, t_s: float) -> int:
        """Index of the newest situation at or before `t_s` (the first one before all)."""
        return max(0, bisect.bisect_right(self.times_s, t_s + 1e-6) - 1)

    def situation(self, index: int) -> Situation:
        """Parsed once, then kept."""
        content = self._situations[index]
        if isinstance(content, bytes):
            content = self._situations[index] = Situation.model_validate_json(content)
        return content

    def raw_situations(self) -> Iterator[bytes]:
        """The situations that are not parsed yet, for a quick look."""
        return (
            c if isinstance(c, bytes) else c.model_dump_json().encode() for c in self._situations
        )

    def last_turn(self) -> int:
        """The highest turn number that was used."""
        return max((getattr(event, "turn", 0) for event in self.events), default=0)

    def pictures(self, from_s: float, to_s: float) -> list[RecordedPicture]:
        """Pictures with from_s <= t < to_s, in order. Reads the file: not from two threads."""
        if not self.cameras:
            return []
        topics = [CAMERA_TOPICS + name for name in self.cameras]
        start_ns, end_ns = max(0, round(from_s * 1e9)), round(to_s * 1e9)
        if end_ns <= start_ns:
            return []
        found = []
        for _, channel, message in self._reader.iter_messages(
            topics=topics, starting_at=start_ns, ending_before=end_ns
        ):
            image = json.loads(message.data)
            camera = self.cameras.index(channel.topic.removeprefix(CAMERA_TOPICS))
            data = base64.b64decode(image["data"])
            found.append(RecordedPicture(camera, message.log_time / 1e9, data))
        return found

    def close(self) -> None:
        self._file.close()

    def _load(self) -> None:
        summary = self._reader.get_summary()
        topics = [channel.topic for channel in summary.channels.values()] if summary else []
        wanted = ["/hello", "/situation", MAP_TOPIC, *_EVENT_TOPICS]
        for _, channel, message in self._reader.iter_messages(topics=wanted):
            self._take(channel.topic, message.log_time / 1e9, message.data)
        cameras = {t.removeprefix(CAMERA_TOPICS) for t in topics if t.startswith(CAMERA_TOPICS)}
        order: tuple[str, ...] = self.hello.cameras if self.hello else ()
        known = [name for name in order if name in cameras]
        self.cameras = (*known, *sorted(cameras - set(known)))

    def _take(self, topic: str, t_s: float, data: bytes) -> None:
        if topic == "/situation":
            self.times_s.append(t_s)
            self._situations.append(data)
        elif topic == "/hello":
            self.hello = Hello.model_validate_json(data)
        elif topic == MAP_TOPIC:
            self.map = json.loads(data)
        else:
            event = p.to_browser.validate_json(data)
            self.event_times_s.append(t_s)
            self.events.append(event)


def _open(path: Path) -> tuple[IO[bytes], SeekingReader]:
    try:
        file: IO[bytes] = path.open("rb")
    except OSError as problem:
        reason = (problem.strerror or "cannot be opened").lower()
        raise RecordingError(f"{path}: {reason}; give the path of a .mcap file") from None
    try:
        reader = SeekingReader(file)
        if reader.get_summary() is not None:
            return file, reader
    except Exception:  # cut off, or no MCAP at all: the recovery below tells them apart
        _log.debug("%s is not whole", path, exc_info=True)
    file.close()
    recovered = _recovered(path)
    return recovered, SeekingReader(recovered)


def _recovered(path: Path) -> IO[bytes]:
    """A temporary copy with everything that can be read before the damage."""
    copy: IO[bytes] = tempfile.TemporaryFile(suffix=".mcap")  # noqa: SIM115
    writer = Writer(copy)
    writer.start(profile="ridealong")
    schemas: dict[int, int] = {}
    channels: dict[int, int] = {}
    count = 0
    # The reader raises whatever the damage leads to: struct.error, ZstdError, RuntimeError …
    with path.open("rb") as file, suppress(Exception):
        for schema, channel, message in NonSeekingReader(file).iter_messages(log_time_order=False):
            if channel.id not in channels:
                if schema is not None and schema.id not in schemas:
                    schemas[schema.id] = writer.register_schema(
                        schema.name, schema.encoding, schema.data
                    )
                schema_id = schemas[schema.id] if schema is not None else 0
                channels[channel.id] = writer.register_channel(
                    channel.topic, channel.message_encoding, schema_id
                )
            writer.add_message(
                channels[channel.id], message.log_time, message.data, message.publish_time
            )
            count += 1
    if count == 0:
        copy.close()
        raise RecordingError(f"{path} is no MCAP recording, or damaged from its beginning")
    writer.finish()  # type: ignore[no-untyped-call]
    copy.seek(0)
    return copy


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:160]
