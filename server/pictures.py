"""Camera pictures on their way to browsers and recorder: the newest of each camera."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from model.contract.situation import Hello
from server.audience import Audience
from server.sources import Frames

_log = logging.getLogger(__name__)

OpenFrames = Callable[[Path], Frames]
#: Camera name, scenario seconds, JPEG.
PictureTap = Callable[[str, float, bytes], None]
POLL_S = 0.04


class Pictures:
    """Looks for new pictures of the drive while anybody wants them."""

    def __init__(self, audience: Audience, open_frames: OpenFrames) -> None:
        self._audience, self._open = audience, open_frames
        self._frames: Frames | None = None
        self._cameras: tuple[str, ...] = ()
        self._newest: dict[int, int] = {}
        self._taps: list[PictureTap] = []

    def tap(self, tap: PictureTap) -> None:
        """Also gives every picture to `tap` (recorder)."""
        self._taps.append(tap)

    def follow(self, drive: Hello) -> None:
        """Another drive, or the same one again: its frame file is opened anew."""
        self.close()
        self._cameras, self._newest = drive.cameras, {}
        if drive.frames_path is None:
            return
        try:
            self._frames = self._open(Path(drive.frames_path))
        except (OSError, ValueError) as problem:
            _log.warning("no camera pictures: %s", problem)

    async def run(self) -> None:
        """Shows new pictures until cancelled."""
        while True:
            await asyncio.sleep(POLL_S)
            if self._frames is not None and (self._audience.wants_cameras or self._taps):
                self._show(self._frames)

    def close(self) -> None:
        if self._frames is not None:
            self._frames.close()
        self._frames = None

    def _show(self, frames: Frames) -> None:
        for camera, name in enumerate(self._cameras):
            picture = frames.jpeg(camera, self._newest.get(camera, 0))
            if picture is None:
                continue
            self._newest[camera] = picture.number
            self._audience.picture(camera, picture.t_s, picture.data)
            for tap in self._taps:
                tap(name, picture.t_s, picture.data)
