"""The camera process: newest wins, lockstep, death and restart, and no orphan."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from model.contract.observation import CAMERAS, Actor, ActorKind, EgoState
from model.contract.road import Lane, LaneKind, RoadClass, RoadMap
from world.cameras import CameraRig
from world.render.snapshot import Snapshot

ROOT = Path(__file__).parents[2]
SIZE = (48, 32)
ROAD = RoadMap(
    "straight",
    {"a_0": Lane("a_0", "a", 0, LaneKind.DRIVE, RoadClass.RURAL, np.array([[0.0, 0], [400, 0]]))},
    {"a": ("a_0",)},
    {"a": ()},
)


def moment(t_s: float, actors: tuple[Actor, ...] = ()) -> Snapshot:
    return Snapshot(t_s, EgoState(10 + 10 * t_s, 0, 0, 10), actors)


def van(x: float) -> Actor:
    return Actor("van", ActorKind.VAN, x, 0, 0, 10, 0, 5.6, 2, 2.4, colour="white")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., CameraRig]]:
    rigs: list[CameraRig] = []

    def make(*, lockstep: bool = False, renderer: str = "software") -> CameraRig:
        path = tmp_path / f"frames{len(rigs)}"
        rigs.append(CameraRig(ROAD, [], SIZE, path, lockstep, renderer=renderer))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()


def alive(pid: int) -> bool:
    """A process that ended and was not collected yet counts as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def test_lockstep_renders_every_moment_into_history_and_visible_ids(
    start: Callable[..., CameraRig],
) -> None:
    rig = start(lockstep=True)
    assert rig.visible(0.0) is None
    assert rig.history() == {}
    for i in range(6):
        rig.submit(moment(i / 10, (van(40.0),)))
        rig.wait(i / 10)
    history = rig.history(0.5)
    assert tuple(history) == CAMERAS
    assert all(h.shape == (4, 32, 48, 3) for h in history.values())
    assert [round(m.t_s, 1) for m in rig.reader.moments(6)] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    visible = rig.visible(0.5)
    assert visible is not None
    assert set(visible["van"]) >= {CAMERAS[1], CAMERAS[3]}
    jpeg = rig.reader.jpeg(1)
    assert jpeg is not None
    assert jpeg.data[:2] == b"\xff\xd8"
    assert rig.driver == "software"
    assert rig.error == ""


def test_two_lockstep_drives_give_the_same_pictures(start: Callable[..., CameraRig]) -> None:
    histories = []
    for _ in range(2):
        rig = start(lockstep=True)
        for i in range(4):
            rig.submit(moment(i / 10, (van(30.0 + i),)))
            rig.wait(i / 10)
        histories.append(rig.history(0.3))
    for name in CAMERAS:
        assert (histories[0][name] == histories[1][name]).all()


def test_old_pictures_do_not_say_what_is_visible_now(start: Callable[..., CameraRig]) -> None:
    rig = start(lockstep=True)
    rig.submit(moment(0.0, (van(40.0),)))
    rig.wait(0.0)
    assert rig.visible(0.2) is not None
    assert rig.visible(2.0) is None


def test_a_stopped_renderer_blocks_nobody_and_then_shows_the_newest(
    start: Callable[..., CameraRig],
) -> None:
    rig = start()
    rig.submit(moment(0.0))
    rig.wait(0.0)
    os.kill(rig.pid, signal.SIGSTOP)
    for i in range(1, 1000):  # far more than any socket holds
        rig.submit(moment(float(i)))
    os.kill(rig.pid, signal.SIGCONT)
    rig.submit(moment(1000.0))
    rig.wait(1000.0)
    rendered = [m.t_s for m in rig.reader.moments(8)]
    assert rendered[-1] == 1000.0
    assert len(rendered) < 8  # the moments in between were dropped unread


def test_a_killed_renderer_is_started_again_and_numbers_go_on(
    start: Callable[..., CameraRig],
) -> None:
    rig = start()
    rig.submit(moment(0.0))
    rig.wait(0.0)
    before = rig.pid
    os.kill(before, signal.SIGKILL)
    until(lambda: not alive(before))

    def back() -> bool:
        rig.submit(moment(1.0))
        return rig.pid != before and bool(rig.reader.moments(1, 1.0)[-1].t_s == 1.0)

    until(back)
    assert rig.restarts == 1
    assert [m.number for m in rig.reader.moments(2)][-1] >= 2
    assert rig.error == ""


def test_a_renderer_that_cannot_run_says_why(start: Callable[..., CameraRig]) -> None:
    rig = start()
    scene = rig.frames_path.with_name(rig.frames_path.name + ".scene")
    scene.write_bytes(b"")
    os.kill(rig.pid, signal.SIGKILL)
    rig.submit(moment(0.0))
    with pytest.raises(RuntimeError, match=r"the cameras cannot run|the camera process ended"):
        rig.wait(0.0, timeout_s=100.0)


ORPHAN = """
import os, sys
from pathlib import Path
from tests.world.test_cameras import ROAD, SIZE, moment
from world.cameras import CameraRig
rig = CameraRig(ROAD, [], SIZE, Path(sys.argv[1]), renderer="software")
rig.submit(moment(0.0))
rig.wait(0.0)
print(rig.pid, flush=True)
os._exit(9)
"""


def test_the_renderer_ends_when_its_parent_dies(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "frames")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 9, done.stderr
    until(lambda: not alive(int(done.stdout)))


def test_closing_ends_the_process_and_removes_the_files(start: Callable[..., CameraRig]) -> None:
    rig = start()
    rig.submit(moment(0.0))
    rig.wait(0.0)
    rig.close()
    rig.close()
    assert not alive(rig.pid)
    assert list(rig.frames_path.parent.iterdir()) == []


def test_a_crowd_too_large_for_one_message_keeps_those_nearby(
    start: Callable[..., CameraRig],
) -> None:
    rig = start(lockstep=True)
    crowd = tuple(Actor(f"walker {'x' * 90} {i}", ActorKind.PEDESTRIAN, 2000.0 + i, 50, 0, 1, 0,
                        0.5, 0.5, 1.7) for i in range(3000))  # fmt: skip
    rig.submit(moment(0.0, (*crowd, van(40.0))))
    rig.wait(0.0)
    visible = rig.visible(0.0)
    assert visible is not None
    assert "van" in visible


def test_an_unknown_renderer_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="choose one of auto, software, gpu"):
        CameraRig(ROAD, [], SIZE, tmp_path / "frames", renderer="crayon")
