"""A service that records writes one file a drive, and goes on when it cannot."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from server import protocol as p
from server.app import create_app
from server.record_drives import record_drives
from server.recording_reader import Recording
from server.settings import load_settings
from tests.server.doubles import FakeLink
from tests.server.service import Service, built_page, serving


async def recording_service(stack: AsyncExitStack, link: FakeLink, folder: Path) -> Service:
    app = create_app(
        load_settings(recogniser="off", voice="off"),
        link=link,
        dist=built_page(folder / "page"),
        on_car=lambda car: record_drives(car, folder / "drives"),
    )
    return await stack.enter_async_context(serving(app))


async def test_a_drive_and_its_words_are_in_the_file(link: FakeLink, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        service = await recording_service(stack, link, tmp_path)
        browser = await service.browser()
        link.hello()
        link.tick(5)
        await browser.until(p.Scene, lambda e: e.situation.t_s == link.t_s)
        await browser.say("why are you slowing down?")
        await browser.until(p.Reply)
    (file,) = (tmp_path / "drives").glob("*.mcap")
    assert file.name.startswith("double-")
    recording = Recording(file)
    assert recording.span_s == (0.1, 0.5)
    kinds = [event.type for event in recording.events]
    assert [k for k in kinds if k not in ("why", "latency")] == ["transcript", "utterance", "reply"]
    assert recording.hello is not None
    assert recording.hello.scenario == "double"
    recording.close()


async def test_another_drive_is_another_file(link: FakeLink, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        service = await recording_service(stack, link, tmp_path)
        browser = await service.browser()
        link.hello()
        link.tick(3)
        await browser.until(p.Scene)
        link.hello(scenario="other")
        link.tick(2)
        await browser.until(p.Scene, lambda e: e.situation.t_s == link.t_s)
        link.t_s = 0.0  # restarted: the same drive from its beginning
        link.tick(1)
        await browser.until(p.Scene, lambda e: e.situation.t_s == 0.1)
    names = sorted(file.name for file in (tmp_path / "drives").glob("*.mcap"))
    assert [name.split("-")[0] for name in names] == ["double", "other", "other"]


async def test_a_folder_that_vanishes_is_an_alert_and_the_drive_goes_on(
    link: FakeLink, tmp_path: Path
) -> None:
    (tmp_path / "drives").write_text("not a folder")
    async with AsyncExitStack() as stack:
        service = await recording_service(stack, link, tmp_path)
        browser = await service.browser()
        link.hello()
        link.tick(3)
        alert = await browser.until(p.Alert)
        assert alert.title == "Not recording"
        assert "drives" in alert.detail
        await browser.until(p.Scene)
