"""What the talking process needs of a drive, be it live or a recording."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from model.contract.situation import Hello, Notice, Situation, ToDriving
from server import protocol

LinkState = Literal["ok", "starting", "lost"]


@dataclass(frozen=True)
class Rewound:
    """A replay jumped: what the memory holds at the new moment, oldest first."""

    situations: tuple[Situation, ...]


FromDrive = Hello | Situation | Notice | Rewound | protocol.ToBrowser


class DriveLink(Protocol):
    """The drive's end of the line. A recording also gives the cabin events it holds."""

    @property
    def state(self) -> LinkState: ...

    def messages(self) -> AsyncIterator[FromDrive]:
        """Everything the drive says, until the link is closed."""
        ...

    async def send(self, message: ToDriving) -> None:
        """Raises ConnectionError when the drive cannot be reached."""
        ...

    async def run(self) -> None:
        """Connects and reconnects until closed."""
        ...

    async def close(self) -> None: ...


class Jpeg(Protocol):
    """One compressed picture."""

    @property
    def number(self) -> int: ...
    @property
    def t_s(self) -> float: ...
    @property
    def data(self) -> bytes: ...


class Frames(Protocol):
    """Newest pictures of the cameras."""

    def jpeg(self, camera_index: int, newer_than: int = 0) -> Jpeg | None:
        """The newest picture of a camera, None when there is none newer than that number."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Replay(Protocol):
    """A drive link that is a recording: it can be played, paused and sought."""

    def control(self, seek: protocol.Seek) -> None: ...
    def timeline(self, *, marks: bool) -> protocol.Timeline: ...
