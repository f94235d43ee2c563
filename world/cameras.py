"""The camera process and the parent's end of it.

The driving process owns a `CameraRig`. Beside it `python -m world.cameras` renders: snapshots go
there over a socket that keeps message borders, pictures come back through the frame file. Nobody
waits for anybody: a snapshot that finds the socket full replaces the one before, the renderer
takes the newest and drops the rest, and a renderer that dies is started again. In lockstep
(deterministic drives with pictures) every snapshot is rendered and `wait` waits for it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import pickle
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import CAMERAS
from model.contract.road import RoadMap
from world.frames import FrameLayout, FrameReader, FrameWriter, camera_history, create_frames
from world.render.snapshot import Snapshot

U8 = NDArray[np.uint8]

#: `auto` draws on a real GPU where there is one and in software elsewhere.
RENDERERS = ("auto", "software", "gpu")
JPEG_QUALITY = 80

_DONE = struct.Struct("<cd")
_SEND_BUFFER_BYTES = 1 << 20
_MOST_BYTES = 190_000  # a message border costs: the kernel takes no larger one by default
_RESTART_AFTER_S = 1.0
_GIVE_UP_AFTER = 4  # deaths in a row without one picture
_LOOKED_WITHIN_S = 0.45
_SOFTWARE_DRIVERS = ("llvmpipe", "softpipe", "swrast", "SwiftShader")
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class _Job:
    """What the camera process is started with."""

    road: RoadMap
    scenery: Sequence[Mapping[str, Any]]
    size: tuple[int, int]
    frames_path: Path
    lockstep: bool


class CameraRig:
    """Four cameras of the embedded world; used from one thread."""

    def __init__(
        self,
        road: RoadMap,
        scenery: Sequence[Mapping[str, Any]],
        size: tuple[int, int],
        frames_path: Path,
        lockstep: bool = False,
        *,
        renderer: str = "auto",
    ) -> None:
        """Makes the frame file at `frames_path` and starts the process; returns at once.

        Raises `ValueError` for an unknown renderer and `OSError` when the file cannot be made.
        """
        if renderer not in RENDERERS:
            raise ValueError(f"no renderer {renderer!r}: choose one of {', '.join(RENDERERS)}")
        self.cameras = CAMERAS
        self.frames_path = frames_path
        self.lockstep = lockstep
        #: How often the process had to be started again.
        self.restarts = 0
        #: Why there are no pictures, in one line; empty while all is well.
        self.error = ""
        #: Who draws, known after the first picture.
        self.driver = ""
        create_frames(frames_path, FrameLayout(CAMERAS, *size))
        self.reader = FrameReader(frames_path)
        self._scene_path = frames_path.with_name(frames_path.name + ".scene")
        _write_private(self._scene_path, pickle.dumps(
            _Job(road, scenery, size, frames_path.resolve(), lockstep)
        ))  # fmt: skip
        self._renderer = renderer
        self._newest: bytes | None = None
        self._done_t_s = float("-inf")
        self._deaths = 0
        self._closed = False
        self._start()

    @property
    def pid(self) -> int:
        """Process id of the renderer that runs now."""
        return self._process.pid

    def submit(self, snapshot: Snapshot) -> None:
        """Hands over the newest moment. Never blocks, except in lockstep when far ahead."""
        self._newest = _packed(snapshot)
        self._tend()
        self._send()

    def wait(self, t_s: float, timeout_s: float = 30.0) -> None:
        """Until the pictures of scenario time `t_s` or later are in the buffer.

        Raises `RuntimeError` when the renderer cannot run, `TimeoutError` when it takes too long.
        """
        until = time.monotonic() + timeout_s
        while True:
            self._tend()
            if self._done_t_s >= t_s - 1e-6:
                return
            self._send()
            if self.error and self._deaths >= _GIVE_UP_AFTER:
                raise RuntimeError(self.error)
            if time.monotonic() > until:
                raise TimeoutError(f"no camera pictures of t = {t_s:.1f} s after {timeout_s:.0f} s")
            select.select([self._socket], [], [], 0.05)

    def visible(self, t_s: float) -> dict[str, tuple[str, ...]] | None:
        """Id -> cameras that really saw it in the newest pictures not later than `t_s`.

        None when no camera looked within the last half second: unknown is not unseen.
        """
        moments = self.reader.moments(1, t_s)
        if not moments or t_s - moments[0].t_s > _LOOKED_WITHIN_S:
            return None
        seen: dict[str, tuple[str, ...]] = {}
        for camera, ids in moments[0].visible.items():
            for key in ids:
                seen[key] = (*seen.get(key, ()), camera)
        return seen

    def history(self, t_s: float | None = None, count: int = 4) -> dict[str, U8]:
        """`Observation.cameras`: name -> uint8 [count, H, W, 3], oldest first, none after `t_s`."""
        return camera_history(self.reader, count, t_s)

    def close(self) -> None:
        """Ends the process and removes the files; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._socket.close()  # the process ends by itself when its other end is gone
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.reader.close()
        for path in (self.frames_path, self._scene_path):
            path.unlink(missing_ok=True)

    def _start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            ours.setblocking(False)
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
            command = [
                sys.executable,
                "-m",
                "world.cameras",
                "--scene",
                str(self._scene_path.resolve()),
            ]
            command += ["--socket", str(theirs.fileno()), "--renderer", self._renderer]
            self._process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.DEVNULL, pass_fds=(theirs.fileno(),)
            )
        self._socket = ours
        self._started_s = time.monotonic()

    def _tend(self) -> None:
        """Reads what the process reports, and starts it again when it has died."""
        self._hear()
        if self._closed or self._process.poll() is None:
            return
        if self._deaths >= _GIVE_UP_AFTER or time.monotonic() - self._started_s < _RESTART_AFTER_S:
            return
        self._deaths += 1
        self.error = self.error or f"the camera process ended with {self._process.returncode}"
        if self._deaths >= _GIVE_UP_AFTER:
            return
        if self._renderer == "auto":
            self._renderer = "software"  # a graphics driver that crashes is not tried again
        self._socket.close()
        self.restarts += 1
        self._start()

    def _hear(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while message := self._socket.recv(4096):
                if message[:1] == b"d":
                    _, self._done_t_s = _DONE.unpack(message)
                    self._deaths, self.error = 0, ""
                elif message[:1] == b"r":
                    self.driver = message[1:].decode()
                else:
                    self.error = message[1:].decode(errors="replace")

    def _send(self) -> None:
        """Passes the newest snapshot on; when the socket is full it stays for the next try."""
        if self._newest is None:
            return
        if self.lockstep:
            select.select([], [self._socket], [], 5.0)
        try:
            self._socket.send(self._newest)
            self._newest = None
        except BlockingIOError:
            pass
        except OSError:  # the process died; the next call starts it again
            pass


def _packed(snapshot: Snapshot) -> bytes:
    """The snapshot as one message; of a crowd too large for one, those nearest to the ego."""
    data = pickle.dumps(snapshot)
    keep = len(snapshot.actors)
    while len(data) > _MOST_BYTES and keep:
        keep //= 2
        ego = snapshot.ego
        near = sorted(snapshot.actors, key=lambda a: (a.x - ego.x) ** 2 + (a.y - ego.y) ** 2)
        data = pickle.dumps(replace(snapshot, actors=tuple(near[:keep])))
    return data


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)


# --- the camera process ---


class _Inbox:
    """The process's end of the socket; `None` means that the parent is gone."""

    def __init__(self, end: socket.socket, *, every: bool) -> None:
        self._end, self._every = end, every

    def next(self) -> Snapshot | None:
        """Waits for a snapshot; unless every one counts, the newest of those that wait."""
        data = self._end.recv(1 << 20)
        while data and not self._every and select.select([self._end], [], [], 0)[0]:
            data = self._end.recv(1 << 20)
        if not data:
            return None
        snapshot: Snapshot = pickle.loads(data)
        return snapshot


def _open_renderer(job: _Job, choice: str) -> Any:
    """The renderer, and the first picture's driver checked: `auto` wants real hardware."""
    from world.render.renderer import Renderer

    if choice == "gpu" or (choice == "auto" and _has_gpu()):
        try:
            renderer = Renderer(job.road, job.scenery, job.size, gpu=True)
            if choice == "gpu" or not any(d in renderer.driver for d in _SOFTWARE_DRIVERS):
                return renderer
            renderer.close()
        except RuntimeError:
            if choice == "gpu":
                raise
    return Renderer(job.road, job.scenery, job.size)


def _has_gpu() -> bool:
    return any(Path("/dev").glob("nvidia[0-9]*")) or any(Path("/dev/dri").glob("renderD*"))


def _jpeg(picture: U8) -> bytes:
    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=JPEG_QUALITY)
    return data.getvalue()


def serve(job: _Job, end: socket.socket, choice: str) -> None:
    """Renders until the parent's end of the socket is closed."""
    inbox = _Inbox(end, every=job.lockstep)
    renderer = _open_renderer(job, choice)
    writer = FrameWriter(job.frames_path)
    told = False
    while (snapshot := inbox.next()) is not None:
        pictures = renderer.render(snapshot)
        writer.write(
            snapshot.t_s,
            pictures.rgb,
            [_jpeg(picture) for picture in pictures.rgb],
            pictures.visible,
        )
        with contextlib.suppress(ConnectionError):
            if not told:
                end.send(b"r" + renderer.driver.encode())
                told = True
            end.send(_DONE.pack(b"d", snapshot.t_s))


def main() -> int:
    """Entry of the camera process."""
    parser = argparse.ArgumentParser(prog="world.cameras", description=__doc__)
    parser.add_argument("--scene", type=Path, required=True, help="file that the rig wrote")
    parser.add_argument("--socket", type=int, required=True, help="inherited file descriptor")
    parser.add_argument("--renderer", choices=RENDERERS, default="auto")
    given = parser.parse_args()
    # Ctrl-C reaches the whole terminal; the parent decides when the cameras end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=given.socket) as end:
        try:
            job: _Job = pickle.loads(given.scene.read_bytes())
            if not job.lockstep:
                os.nice(3)  # driving goes first on a busy machine
            serve(job, end, given.renderer)
        except (OSError, RuntimeError, ImportError, EOFError, pickle.UnpicklingError) as error:
            text = f"the cameras cannot run: {error}"
            with contextlib.suppress(OSError):
                end.send(b"e" + text.splitlines()[0].encode()[:2000])
            return 1
    return 0


if __name__ == "__main__":
    # Under its own name, so that what the parent pickled is found again.
    from world.cameras import main as entry

    sys.exit(entry())
