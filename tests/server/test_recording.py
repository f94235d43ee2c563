"""A drive is written as MCAP and read back; broken and cut-off files are told apart."""

import contextlib
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader

from model.contract.situation import Hello
from modes.vocabulary import Decision, Intent, Mode
from server import protocol as p
from server.recording import Recorder
from server.recording_reader import Recording, RecordingError
from tests.server.doubles import situation

CAMERAS = ("camera_front_wide_120fov", "camera_front_tele_30fov")
HELLO = Hello(
    pid=1, scenario="double", title="A double", seed=1, model="classical", map_path="x",
    frames_path=None, cameras=CAMERAS,
)  # fmt: skip
UTTERANCE = p.Utterance(
    turn=3, text="take the next exit", mode=Mode.CONTROL, token=Mode.CONTROL.token,
    decision=Decision.ALLOW, intent=Intent.TAKE_EXIT, confidence=0.9,
)  # fmt: skip


def no_trouble(line: str) -> None:
    raise AssertionError(line)


def record(path: Path, seconds: float = 3.0) -> Path:
    recorder = Recorder(path, no_trouble)
    recorder.model(HELLO)
    recorder.map({"v": 1, "lanes": []})
    for tick in range(round(seconds * 10)):
        recorder.model(situation(tick / 10))
        for index, camera in enumerate(CAMERAS):
            recorder.picture(camera, tick / 10, bytes([255, 216, index, tick % 256]))
        if tick == 10:
            recorder.model(p.Transcript(turn=3, text="take", final=False, source="text"))
            recorder.model(p.Transcript(turn=3, text="take it", final=True, source="text"))
            recorder.model(UTTERANCE)
    recorder.model(p.Level(level=0.5, speech=False))
    recorder.close()
    return path


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    recording = Recording(record(tmp_path / "a.mcap"))
    assert recording.hello == HELLO
    assert recording.map == {"v": 1, "lanes": []}
    assert recording.span_s == (0.0, 2.9)
    assert recording.situation(recording.index(1.54)) == situation(1.5)
    assert [type(event) for event in recording.events] == [p.Transcript, p.Utterance]
    assert recording.events[1] == UTTERANCE
    assert recording.event_times_s == [1.0, 1.0]
    assert recording.last_turn() == 3
    recording.close()


def test_pictures_come_by_time_and_camera(tmp_path: Path) -> None:
    recording = Recording(record(tmp_path / "a.mcap"))
    assert recording.cameras == CAMERAS
    pictures = recording.pictures(1.0, 1.2)
    assert [(x.camera, x.t_s) for x in pictures] == [(0, 1.0), (1, 1.0), (0, 1.1), (1, 1.1)]
    assert pictures[1].data == bytes([255, 216, 1, 10])
    assert recording.pictures(-5.0, -1.0) == []
    recording.close()


def test_other_viewers_find_schemas_and_pictures(tmp_path: Path) -> None:
    path = record(tmp_path / "a.mcap")
    with path.open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        assert summary is not None
        names = {schema.name for schema in summary.schemas.values()}
        topics = {channel.topic for channel in summary.channels.values()}
        assert {"ridealong.Situation", "foxglove.CompressedImage"} <= names
        assert {"/situation", "/utterance", "/decision", "/map", f"/camera/{CAMERAS[0]}"} <= topics
        schema, _, message = next(iter(reader.iter_messages(topics=[f"/camera/{CAMERAS[0]}"])))
        assert schema is not None
        assert json.loads(message.data)["format"] == "jpeg"


def test_a_file_that_was_cut_off_is_replayed_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = record(tmp_path / "a.mcap", seconds=90.0).read_bytes()
    for eighths in (2, 3, 4, 5):
        path = tmp_path / f"{eighths}.mcap"
        path.write_bytes(whole[: len(whole) * eighths // 8 + eighths])
        recording = Recording(path)
        assert 1.0 < recording.span_s[1] < 89.0
        assert recording.cameras == CAMERAS
        assert recording.pictures(0.5, 0.6)
        recording.close()


def test_a_file_with_a_damaged_middle_is_no_crash(tmp_path: Path) -> None:
    whole = bytearray(record(tmp_path / "a.mcap", seconds=90.0).read_bytes())
    for at in range(2_000, len(whole) - 2_000, len(whole) // 7):
        damaged = tmp_path / f"{at}.mcap"
        damaged.write_bytes(whole[:at] + b"\xff" * 500 + whole[at + 500 :])
        with contextlib.suppress(RecordingError):
            Recording(damaged).close()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no MCAP"), (b"hello" * 100, "no MCAP"), (b"\x89MCAP0\r\n" + b"\xff" * 64, "no MCAP")],
)
def test_a_file_that_is_no_recording_is_one_line(tmp_path: Path, content, says) -> None:
    path = tmp_path / "b.mcap"
    path.write_bytes(content)
    with pytest.raises(RecordingError, match=says) as caught:
        Recording(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        Recording(tmp_path / "missing.mcap")


def test_a_recording_without_a_drive_is_named_so(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "c.mcap", no_trouble)
    recorder.model(HELLO)
    recorder.close()
    with pytest.raises(RecordingError, match="holds no drive"):
        Recording(tmp_path / "c.mcap")


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path, monkeypatch: Any) -> None:
    told: list[str] = []
    recorder = Recorder(tmp_path / "d.mcap", told.append)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("server.recording._McapFile.write", full)
    for tick in range(50):
        recorder.model(situation(tick / 10))
    recorder.close()
    assert len(told) == 1
    assert "no space left on device" in told[0]
    assert "free some space" in told[0]
