"""The frame buffer: newest wins, readers never see half a picture, a killed writer does no harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from world.frames import FrameLayout, FrameReader, FrameWriter, camera_history, create_frames

ROOT = Path(__file__).parents[2]
LAYOUT = FrameLayout(("left", "front"), width=32, height=16, slots=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "frames"
    create_frames(file, LAYOUT)
    return file


def _write(writer: FrameWriter, value: int, visible: Mapping[str, Mapping[str, int]]) -> int:
    rgb = np.full((2, 16, 32, 3), value, np.uint8)
    rgb[1] += 1
    return writer.write(value / 10, rgb, [b"left%d" % value, b"front%d" % value], visible)


def test_a_new_file_has_nothing(path: Path) -> None:
    reader = FrameReader(path)
    assert reader.latest(0) is None
    assert reader.jpeg(1) is None
    assert reader.moments() == []
    assert camera_history(reader) == {}


def test_the_newest_picture_is_read_with_time_and_visible_ids(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    for value in range(1, 8):
        assert _write(writer, value, {"front": {"van": 40 + value}}) == value
    frame = reader.latest(1)
    assert frame is not None
    assert (frame.camera, frame.number, frame.t_s) == ("front", 7, 0.7)
    assert frame.visible == {"van": 47}
    assert frame.rgb.shape == (16, 32, 3)
    assert (frame.rgb == 8).all()
    left = reader.latest(0)
    assert left is not None
    assert (left.rgb == 7).all()
    assert left.visible == {}


def test_a_jpeg_is_given_once_to_a_reader_that_remembers_its_number(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    _write(writer, 1, {})
    first = reader.jpeg(0)
    assert first is not None
    assert (first.number, first.data) == (1, b"left1")
    assert reader.jpeg(0, newer_than=first.number) is None
    _write(writer, 2, {})
    second = reader.jpeg(0, newer_than=first.number)
    assert second is not None
    assert second.data == b"left2"


def test_what_is_too_long_is_left_out_and_the_picture_stays(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    rgb = np.zeros((2, 16, 32, 3), np.uint8)
    many = {"front": {f"actor-{i}": 1 for i in range(5000)}}
    writer.write(0.0, rgb, [b"x" * (LAYOUT.jpeg_bytes + 1), b"ok"], many)
    assert reader.jpeg(0) is None
    assert reader.jpeg(1) is not None
    frame = reader.latest(1)
    assert frame is not None
    assert frame.visible == {}


def test_history_is_oldest_first_and_padded_with_the_oldest(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    _write(writer, 1, {})
    _write(writer, 2, {})
    cameras = camera_history(reader)
    assert list(cameras) == ["left", "front"]
    assert cameras["left"].shape == (4, 16, 32, 3)
    assert cameras["left"][:, 0, 0, 0].tolist() == [1, 1, 1, 2]
    assert cameras["front"][:, 0, 0, 0].tolist() == [2, 2, 2, 3]


def test_history_ends_at_the_asked_time(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    for value in range(1, 7):
        _write(writer, value, {})
    assert [moment.t_s for moment in reader.moments(2, t_s=0.5)] == [0.4, 0.5]


@pytest.mark.parametrize("shape", [(2, 16, 32), (1, 16, 32, 3), (2, 32, 16, 3)])
def test_a_wrong_shape_is_an_error(path: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected 2 pictures of 16x32x3"):
        FrameWriter(path).write(0.0, np.zeros(shape, np.uint8), [b"", b""], {})


def test_a_camera_that_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(ValueError, match="no camera 2; there are 2"):
        FrameReader(path).latest(2)


@pytest.mark.parametrize("content", [b"", b"RAFRAME1", b"RAFRAME1\x02\0\0\0{}", b"GIF89a" * 900])
def test_another_file_is_refused_with_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="is not a frame file of this version"):
        FrameReader(file)


def test_a_cut_file_is_refused(path: Path) -> None:
    os.truncate(path, LAYOUT.file_bytes - 1)
    with pytest.raises(ValueError, match="too short"):
        FrameReader(path)


def test_a_reader_beside_a_racing_writer_never_sees_half_a_picture(path: Path) -> None:
    writer, reader = FrameWriter(path), FrameReader(path)
    _write(writer, 1, {})
    done = threading.Event()

    def race() -> None:
        value = 1
        while not done.is_set():
            value = value % 250 + 1
            _write(writer, value, {"left": {"n": value}})

    thread = threading.Thread(target=race)
    thread.start()
    try:
        for _ in range(500):
            for moment in reader.moments():
                value = round(moment.t_s * 10)
                assert (moment.rgb[0] == value).all()
                assert (moment.rgb[1] == value + 1).all()
                assert value == 1 or moment.visible == {"left": {"n": value}}
    finally:
        done.set()
        thread.join()


DYING_WRITER = """
import os, signal, sys
from pathlib import Path
import numpy as np
from world.frames import FrameWriter

class Dying(FrameWriter):
    stores = 0
    def _store(self, at, data):
        super()._store(at, data)
        self.stores += 1
        if self.stores == 5 + 2:  # a note, two pictures, two JPEGs each: inside the second one
            os.kill(os.getpid(), signal.SIGKILL)

writer = Dying(Path(sys.argv[1]))
for value in (1, 2):
    writer.write(value / 10, np.full((2, 16, 32, 3), value, np.uint8), [b"a", b"b"], {})
"""


def test_a_writer_killed_mid_write_leaves_the_frame_before_and_a_new_one_goes_on(
    path: Path,
) -> None:
    command = [sys.executable, "-c", DYING_WRITER, str(path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    reader = FrameReader(path)
    frame = reader.latest(0)
    assert frame is not None
    assert (frame.number, frame.t_s) == (1, 0.1)
    assert [moment.number for moment in reader.moments()] == [1]
    assert _write(FrameWriter(path), 9, {}) == 3
    after = reader.latest(0)
    assert after is not None
    assert (after.number, after.t_s) == (3, 0.9)
    assert [moment.number for moment in reader.moments()] == [1, 3]
