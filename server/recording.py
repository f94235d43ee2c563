"""Writes a drive as MCAP: situations, words, decisions, replies, cards, the map, the cameras.

Topics carry JSON with the schemas of the pydantic models; pictures are `foxglove.CompressedImage`,
so that ordinary MCAP viewers show them. Times are scenario time in nanoseconds.
"""

from __future__ import annotations

import base64
import json
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mcap.writer import CompressionType, Writer
from pydantic import BaseModel

from model.contract.situation import Hello, Situation
from server import protocol as p

_log = logging.getLogger(__name__)

#: Topic of each recorded model. What is not here (levels, audio, partial words) is not kept.
TOPICS: Mapping[type[BaseModel], str] = {
    Hello: "/hello",
    Situation: "/situation",
    p.Transcript: "/utterance",
    p.Utterance: "/decision",
    p.Reply: "/reply",
    p.Card: "/card",
    p.Why: "/why",
    p.Alert: "/alert",
    p.Latency: "/latency",
}
MAP_TOPIC, CAMERA_TOPICS = "/map", "/camera/"
#: Half a minute of a drive with four cameras; pictures are given up at half of it.
QUEUE_ITEMS = 1_500
_CHUNK_BYTES = 256 * 1024  # a crash loses at most this much
_FLUSH_S = 2.0

_IMAGE_SCHEMA = {
    "title": "foxglove.CompressedImage",
    "type": "object",
    "properties": {
        "timestamp": {
            "type": "object",
            "properties": {"sec": {"type": "integer"}, "nsec": {"type": "integer"}},
        },
        "frame_id": {"type": "string"},
        "data": {"type": "string", "contentEncoding": "base64"},
        "format": {"type": "string"},
    },
}


@dataclass(frozen=True)
class _Item:
    topic: str
    t_s: float
    content: BaseModel | Mapping[str, Any] | bytes


class Recorder:
    """One file. Methods neither block nor raise: a full disk ends the recording, not the drive."""

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        """Opens `path`; raises OSError. `on_trouble` gets one line, in the writer's thread."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.dropped = 0
        self._on_trouble = on_trouble
        self._file = path.open("wb")
        self._items: queue.Queue[_Item | None] = queue.Queue(QUEUE_ITEMS)
        self._broken = threading.Event()
        self._t_s = 0.0
        self._thread = threading.Thread(target=self._write_all, name="recorder", daemon=True)
        self._thread.start()

    def model(self, content: BaseModel) -> None:
        """A message of the drive or an event of the cabin; others than in TOPICS are ignored."""
        topic = TOPICS.get(type(content))
        if topic is None or (isinstance(content, p.Transcript) and not content.final):
            return
        if isinstance(content, Situation):
            self._t_s = content.t_s
        self._put(_Item(topic, self._t_s, content))

    def map(self, document: Mapping[str, Any]) -> None:
        self._put(_Item(MAP_TOPIC, self._t_s, document))

    def picture(self, camera: str, t_s: float, jpeg: bytes) -> None:
        """A camera's JPEG; the first to be given up when the disk is slow."""
        if self._items.qsize() > QUEUE_ITEMS // 2:
            self.dropped += 1
            return
        self._put(_Item(CAMERA_TOPICS + camera, t_s, jpeg))

    def close(self) -> None:
        """Writes what waits and ends the file; returns when that is done, or after 10 s."""
        try:
            self._items.put(None, timeout=5)
        except queue.Full:
            self._broken.set()
        self._thread.join(10)

    def _put(self, item: _Item) -> None:
        if self._broken.is_set():
            return
        try:
            self._items.put_nowait(item)
        except queue.Full:
            self.dropped += 1

    def _write_all(self) -> None:
        try:
            file = _McapFile(self._file)
            while (item := self._items.get()) is not None:
                file.write(item)
            file.finish(self.dropped)
        except (OSError, ValueError) as problem:
            self._broken.set()
            self._on_trouble(f"recording to {self.path.name} stopped: {_plain(problem)}")
        finally:
            try:
                self._file.close()
            except OSError as problem:
                _log.warning("the recording could not be closed: %s", problem)


class _McapFile:
    """The writer with its channels, made as topics appear. One thread only."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._writer = Writer(file, chunk_size=_CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._writer.start(profile="ridealong", library="ridealong")
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._writer.add_metadata("ridealong", {"recorded_at": stamp, "time": "scenario"})
        self._channels: dict[str, int] = {}
        self._sequence = 0
        self._flushed_s = time.monotonic()

    def write(self, item: _Item) -> None:
        channel = self._channels.get(item.topic)
        if channel is None:
            channel = self._channels[item.topic] = self._channel(item)
        time_ns = max(0, round(item.t_s * 1e9))
        self._sequence += 1
        data = _encoded(item)
        self._writer.add_message(channel, time_ns, data, time_ns, self._sequence)
        now_s = time.monotonic()
        if now_s - self._flushed_s > _FLUSH_S:
            self._flushed_s = now_s
            self._file.flush()

    def finish(self, dropped: int) -> None:
        self._writer.add_metadata("ridealong.end", {"dropped": str(dropped)})
        self._writer.finish()  # type: ignore[no-untyped-call]

    def _channel(self, item: _Item) -> int:
        name, schema = _schema(item)
        schema_id = self._writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
        return int(self._writer.register_channel(item.topic, "json", schema_id))


def _schema(item: _Item) -> tuple[str, dict[str, Any]]:
    if isinstance(item.content, BaseModel):
        kind = type(item.content)
        return f"ridealong.{kind.__name__}", kind.model_json_schema(mode="serialization")
    if isinstance(item.content, bytes):
        return "foxglove.CompressedImage", _IMAGE_SCHEMA
    return "ridealong.Map", {"type": "object"}


def _encoded(item: _Item) -> bytes:
    if isinstance(item.content, BaseModel):
        return item.content.model_dump_json().encode()
    if isinstance(item.content, bytes):
        sec, nsec = divmod(round(item.t_s * 1e9), 1_000_000_000)
        image = {
            "timestamp": {"sec": sec, "nsec": nsec},
            "frame_id": item.topic.removeprefix(CAMERA_TOPICS),
            "data": base64.b64encode(item.content).decode(),
            "format": "jpeg",
        }
        return json.dumps(image).encode()
    return json.dumps(item.content, separators=(",", ":")).encode()


def _plain(problem: Exception) -> str:
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.strerror.lower()}; free some space or choose another folder"
    return str(problem)
