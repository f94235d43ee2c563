"""A recording opens in the same cabin: full picture after a jump, questions about the moment."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from server import protocol as p
from server.app import create_app
from server.recording_reader import Recording
from server.replay import ReplayLink, marks
from server.settings import load_settings
from tests.server.service import Service, built_page, serving
from tests.server.test_recording import CAMERAS, record

SECONDS = 30.0


@pytest.fixture
async def cinema(tmp_path: Path) -> AsyncIterator[Service]:
    recording = Recording(record(tmp_path / "drive.mcap", SECONDS))
    link = ReplayLink(recording)
    async with AsyncExitStack() as stack:
        app = create_app(
            load_settings(recogniser="off", voice="off"),
            link=link,
            open_frames=lambda _path: link.frames,
            dist=built_page(tmp_path / "dist"),
            first_turn=recording.last_turn() + 1,
        )
        yield await stack.enter_async_context(serving(app))


async def test_it_plays_like_a_drive_and_says_that_it_is_none(cinema: Service) -> None:
    browser = await cinema.browser()
    hello = await browser.until(p.Hello, lambda e: e.scenario == "double")
    assert hello.source == "replay"
    timeline = await browser.until(p.Timeline, lambda e: e.marks is not None)
    assert (timeline.start_s, timeline.end_s, timeline.playing) == (0.0, SECONDS - 0.1, True)
    assert [(m.t_s, m.kind, m.text) for m in timeline.marks] == [
        (1.0, "command", "take the next exit")
    ]
    first = (await browser.until(p.Scene)).situation.t_s
    await browser.until(p.Scene, lambda e: e.situation.t_s > first + 0.3)


async def test_a_jump_shows_a_full_picture_at_once(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.until(p.Scene)
    await browser.send("seek", action="pause")
    await browser.until(p.Timeline, lambda e: not e.playing)
    browser.forget()
    await browser.send("seek", action="seek", t_s=20.04)
    scene = await browser.until(p.Scene)
    assert scene.situation.t_s == 20.0
    assert (await browser.until(p.Timeline)).t_s == 20.04
    assert (await browser.until(p.Utterance)).text == "take the next exit"
    browser.forget()
    await browser.send("seek", action="seek", t_s=2.0)
    assert (await browser.until(p.Scene)).situation.t_s == 2.0
    await asyncio.sleep(0.1)
    assert not browser.all(p.Utterance)  # what was said is not said again


async def test_a_jump_beyond_the_ends_stays_within(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.until(p.Scene)
    await browser.send("seek", action="seek", t_s=9_999.0)
    line = await browser.until(p.Timeline, lambda e: e.t_s > 20)
    assert line.t_s == SECONDS - 0.1


async def test_speed_and_loop(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.until(p.Scene)
    await browser.send("seek", action="speed", speed=4)
    await browser.until(p.Timeline, lambda e: e.speed == 4)
    await browser.send("seek", action="loop", loop=True)
    await browser.send("seek", action="seek", t_s=SECONDS - 3)
    await browser.until(p.Scene, lambda e: e.situation.t_s > SECONDS - 2.9)
    browser.forget()
    scene = await browser.until(p.Scene, lambda e: e.situation.t_s < 5)
    assert scene


async def test_questions_about_the_moment_are_answered(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.until(p.Scene)
    await browser.send("seek", action="seek", t_s=20.0)
    await browser.send("seek", action="pause")
    await browser.until(p.Scene, lambda e: e.situation.t_s >= 20.0)
    await browser.say("why are you slowing down?")
    reply = await browser.until(p.Reply)
    assert "van" in reply.text
    assert reply.turn > 3  # after the recorded turns
    assert reply.evidence


async def test_a_recording_cannot_be_steered(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.until(p.Scene)
    await browser.say("take the next exit")
    event = await browser.until(p.Utterance, lambda e: e.turn > 3)
    assert event.decision == "refuse"
    assert "recording" in (await browser.until(p.Reply)).text
    await browser.send("drive", action="restart")
    assert (await browser.until(p.Error)).code == "replay"


async def test_cameras_follow_the_moment(cinema: Service) -> None:
    browser = await cinema.browser()
    await browser.send("settings", cameras=True)
    await browser.send("seek", action="pause")
    await browser.send("seek", action="seek", t_s=10.0)

    async def picture_of(t_s: float, camera: int) -> bytes:
        async with asyncio.timeout(10):
            while True:
                for frame in browser.binary:
                    if struct.unpack_from("<BBd", frame) == (3, camera, t_s):
                        return frame[10:]
                await asyncio.sleep(0.02)

    assert await picture_of(10.0, 1) == bytes([255, 216, 1, 100])
    await browser.send("seek", action="seek", t_s=3.0)
    assert await picture_of(3.0, 0) == bytes([255, 216, 0, 30])
    assert (await browser.until(p.Hello, lambda e: e.cameras)).cameras == CAMERAS


def test_marks_tell_what_happened(tmp_path: Path) -> None:
    recording = Recording(record(tmp_path / "a.mcap", 3.0))
    assert [mark.kind for mark in marks(recording)] == ["command"]
    recording.close()
