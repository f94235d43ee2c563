"""The newest camera frames in a memory-mapped file: one writer that never waits, any readers.

The file is a ring of slots; each holds one moment: RGB and JPEG of every camera, scenario time
and what each camera really saw. A sequence lock guards each slot: the writer stores the frame
number in `begin`, then the content, then the number in `end`; a reader that finds the two unequal
around its copy has a torn read and tries again. A writer that dies half-way leaves one unequal
slot, which readers pass over. (A plain file and not `multiprocessing.shared_memory`, whose
resource tracker unlinks the block as soon as any attached process ends.)
"""

from __future__ import annotations

import json
import mmap
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]

_MAGIC = b"RAFRAME1"
_HEADER_BYTES = 4096
_FIXED = struct.Struct("<QQQdI")  # begin, end, number, t_s, bytes of the note
_NUMBER = struct.Struct("<Q")
_END_AT = 8
#: A torn read means that the writer lapped the reader; more than a few in a row means a broken
#: writer, not a fast one.
_ATTEMPTS = 20


@dataclass(frozen=True)
class FrameLayout:
    """What a frame file holds; fixed for its whole life."""

    cameras: tuple[str, ...]
    width: int
    height: int
    slots: int = 8
    note_bytes: int = 32_768

    def __post_init__(self) -> None:
        if not self.cameras or min(self.width, self.height) < 1 or self.slots < 2:
            raise ValueError("a frame file needs a camera, a size of 1x1 or more and two slots")

    @property
    def rgb_bytes(self) -> int:
        return self.width * self.height * 3

    @property
    def jpeg_bytes(self) -> int:
        """Room for one JPEG: never reached by a picture at sensible quality."""
        return self.rgb_bytes + 2048

    @property
    def slot_bytes(self) -> int:
        each = self.rgb_bytes + self.jpeg_bytes
        return _round_up(self._data_at + self.note_bytes + len(self.cameras) * each, 4096)

    @property
    def file_bytes(self) -> int:
        return _HEADER_BYTES + self.slots * self.slot_bytes

    @property
    def _data_at(self) -> int:
        return _round_up(_FIXED.size + 4 * len(self.cameras), 64)

    def slot_at(self, number: int) -> int:
        return _HEADER_BYTES + (number % self.slots) * self.slot_bytes

    def note_at(self, slot: int) -> int:
        return slot + self._data_at

    def rgb_at(self, slot: int, camera: int) -> int:
        return self.note_at(slot) + self.note_bytes + camera * self.rgb_bytes

    def jpeg_at(self, slot: int, camera: int) -> int:
        return self.rgb_at(slot, len(self.cameras)) + camera * self.jpeg_bytes


@dataclass(frozen=True)
class Frame:
    """One picture of one camera."""

    camera: str
    number: int
    t_s: float  # scenario time
    rgb: U8  # [H, W, 3], read-only
    visible: Mapping[str, int]  # id -> pixels in the instance-id picture


@dataclass(frozen=True)
class Jpeg:
    """One picture of one camera, compressed."""

    number: int
    t_s: float
    data: bytes


@dataclass(frozen=True)
class Moment:
    """All cameras at one instant; `visible` is camera -> id -> pixels."""

    number: int
    t_s: float
    rgb: U8  # [cameras, H, W, 3], read-only
    visible: Mapping[str, Mapping[str, int]]


def create_frames(path: Path, layout: FrameLayout) -> None:
    """Makes an empty frame file, readable by this user only; the pages come as they are used."""
    text = json.dumps(asdict(layout)).encode()
    if len(text) > _HEADER_BYTES - len(_MAGIC) - 4:
        raise ValueError(f"too many or too long camera names for a frame file: {layout.cameras}")
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(scratch, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_MAGIC + struct.pack("<I", len(text)) + text)
        file.truncate(layout.file_bytes)
    scratch.replace(path)


class _FrameFile:
    """The mapping and the layout that writer and reader share."""

    def __init__(self, path: Path, *, writable: bool) -> None:
        with path.open("r+b" if writable else "rb") as file:
            self.layout = _read_layout(file.read(_HEADER_BYTES), path)
            if os.fstat(file.fileno()).st_size < self.layout.file_bytes:
                raise ValueError(f"{path} is too short for a frame file; make it again")
            access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
            self._map = mmap.mmap(file.fileno(), self.layout.file_bytes, access=access)

    def close(self) -> None:
        self._map.close()

    def _ends(self, slot: int) -> tuple[int, int]:
        begin, end = struct.unpack_from("<QQ", self._map, slot)
        return begin, end

    def _slots(self) -> Iterator[int]:
        return (self.layout.slot_at(i) for i in range(self.layout.slots))


class FrameWriter(_FrameFile):
    """The one writer; a new one on the same file goes on after the last number."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, writable=True)
        self._number = max(max(self._ends(slot)) for slot in self._slots())

    def write(
        self,
        t_s: float,
        rgb: Sequence[U8] | U8,
        jpegs: Sequence[bytes],
        visible: Mapping[str, Mapping[str, int]],
    ) -> int:
        """Stores one moment and returns its number, from 1.

        `rgb` is uint8 [cameras, H, W, 3]. Raises `ValueError` when a shape does not fit. A JPEG
        or a list of ids that is too long for its place is left out.
        """
        layout = self.layout
        count = len(layout.cameras)
        shapes = [np.shape(picture) for picture in rgb]
        if shapes != [(layout.height, layout.width, 3)] * count or len(jpegs) != count:
            raise ValueError(
                f"expected {count} pictures of {layout.height}x{layout.width}x3, got {shapes}"
            )
        note = json.dumps(visible, separators=(",", ":")).encode()
        note = note if len(note) <= layout.note_bytes else b"{}"
        data = [jpeg if len(jpeg) <= layout.jpeg_bytes else b"" for jpeg in jpegs]
        self._number += 1
        slot = layout.slot_at(self._number)
        _NUMBER.pack_into(self._map, slot, self._number)
        lengths = [len(jpeg) for jpeg in data]
        fields = (self._number, t_s, len(note), *lengths)
        struct.pack_into(f"<QdI{count}I", self._map, slot + 16, *fields)
        self._store(layout.note_at(slot), note)
        for i, (picture, jpeg) in enumerate(zip(rgb, data, strict=True)):
            self._store(layout.rgb_at(slot, i), np.ascontiguousarray(picture, np.uint8).tobytes())
            self._store(layout.jpeg_at(slot, i), jpeg)
        _NUMBER.pack_into(self._map, slot + _END_AT, self._number)
        return self._number

    def _store(self, at: int, data: bytes) -> None:
        self._map[at : at + len(data)] = data


class FrameReader(_FrameFile):
    """One of any number of readers; none of them can disturb the writer or one another."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, writable=False)

    @property
    def cameras(self) -> tuple[str, ...]:
        return self.layout.cameras

    def latest(self, camera_index: int) -> Frame | None:
        """The newest picture of one camera, None before the first."""
        self._check(camera_index)
        for slot, number, t_s, note in self._newest():
            data = self._read(self.layout.rgb_at(slot, camera_index), self.layout.rgb_bytes)
            if self._whole(slot, number):
                name = self.cameras[camera_index]
                return Frame(name, number, t_s, self._picture(data), _note(note).get(name, {}))
        return None

    def jpeg(self, camera_index: int, newer_than: int = 0) -> Jpeg | None:
        """The newest JPEG of one camera, None when its number is not above `newer_than`."""
        self._check(camera_index)
        for slot, number, t_s, _ in self._newest():
            if number <= newer_than:
                return None
            length = self._jpeg_length(slot, camera_index)
            data = self._read(self.layout.jpeg_at(slot, camera_index), length)
            if self._whole(slot, number):
                return Jpeg(number, t_s, data) if data else None
        return None

    def moments(self, count: int = 4, t_s: float | None = None) -> list[Moment]:
        """Up to `count` newest moments, oldest first; with `t_s` none later than that time."""
        found: list[Moment] = []
        for slot in sorted(self._slots(), key=self._ends, reverse=True):
            moment = self._moment(slot)
            if moment and (t_s is None or moment.t_s <= t_s + 1e-6):
                found.append(moment)
            if len(found) == count:
                break
        return sorted(found, key=lambda moment: moment.number)

    def _moment(self, slot: int) -> Moment | None:
        begin, end = self._ends(slot)
        if begin != end or end == 0:
            return None
        _, _, number, t_s, note_bytes = _FIXED.unpack_from(self._map, slot)
        note = self._read(self.layout.note_at(slot), min(note_bytes, self.layout.note_bytes))
        count = len(self.cameras)
        data = self._read(self.layout.rgb_at(slot, 0), count * self.layout.rgb_bytes)
        if number != end or not self._whole(slot, end):
            return None
        return Moment(number, t_s, self._picture(data, count), _note(note))

    def _newest(self) -> Iterator[tuple[int, int, float, bytes]]:
        """The newest whole slot, looked up again each time that the caller found a torn read."""
        for _ in range(_ATTEMPTS):
            whole = [(e, slot) for slot in self._slots() for b, e in (self._ends(slot),) if b == e]
            number, slot = max(whole, default=(0, 0))
            if number == 0:
                return
            _, _, stored, t_s, length = _FIXED.unpack_from(self._map, slot)
            note = self._read(self.layout.note_at(slot), min(length, self.layout.note_bytes))
            if stored == number:
                yield slot, number, t_s, note

    def _whole(self, slot: int, number: int) -> bool:
        return self._ends(slot) == (number, number)

    def _jpeg_length(self, slot: int, camera: int) -> int:
        (length,) = struct.unpack_from("<I", self._map, slot + _FIXED.size + 4 * camera)
        return min(int(length), self.layout.jpeg_bytes)

    def _read(self, at: int, length: int) -> bytes:
        return self._map[at : at + length]

    def _picture(self, data: bytes, count: int = 0) -> U8:
        shape = (self.layout.height, self.layout.width, 3)
        return np.frombuffer(data, np.uint8).reshape((count, *shape) if count else shape)

    def _check(self, camera_index: int) -> None:
        if not 0 <= camera_index < len(self.cameras):
            raise ValueError(f"no camera {camera_index}; there are {len(self.cameras)}")


def camera_history(reader: FrameReader, count: int = 4, t_s: float | None = None) -> dict[str, U8]:
    """`Observation.cameras`: name -> uint8 [count, H, W, 3], oldest first; empty before a frame.

    Right after the start the oldest picture stands in for those before it, as for a parked car.
    """
    moments = reader.moments(count, t_s)
    if not moments:
        return {}
    moments = [moments[0]] * (count - len(moments)) + moments
    return {
        name: np.stack([moment.rgb[i] for moment in moments])
        for i, name in enumerate(reader.cameras)
    }


def _read_layout(header: bytes, path: Path) -> FrameLayout:
    try:
        if not header.startswith(_MAGIC):
            raise ValueError("unknown start")
        (length,) = struct.unpack_from("<I", header, len(_MAGIC))
        fields: dict[str, Any] = json.loads(header[len(_MAGIC) + 4 :][:length])
        return FrameLayout(**{**fields, "cameras": tuple(fields["cameras"])})
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise ValueError(f"{path} is not a frame file of this version; make it again") from error


def _note(note: bytes) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = json.loads(note or b"{}")
    return result


def _round_up(value: int, step: int) -> int:
    return -(-value // step) * step
