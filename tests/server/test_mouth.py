"""Speaking: paced, silenced at once, and honest about what was heard."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from server import protocol as p
from server.app import create_app
from server.settings import load_settings
from server.speech_room import SpeechRoom
from speech.speaking import Speaking
from tests.server.doubles import FakeLink
from tests.server.service import Service, built_page, serving

RATE_HZ = 16_000


class Metronome:
    """A voice whose every character lasts 60 ms."""

    name = "metronome"
    rate_hz = RATE_HZ
    first_clause_early = False

    def load(self) -> None: ...

    def close(self) -> None: ...

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        for _ in text:
            if cancel.is_set():
                return
            yield b"\1\0" * (RATE_HZ * 60 // 1000)


class Speechless(SpeechRoom):
    """Speaks with the metronome and hears nothing."""

    async def load(self, settings: Any) -> None:
        self.speaking = Speaking(Metronome())
        self.status = p.SpeechStatus(recogniser=None, voice="metronome")


@pytest.fixture
async def speaks(link: FakeLink, tmp_path: Path) -> AsyncIterator[Service]:
    async with AsyncExitStack() as stack:
        app = create_app(
            load_settings(recogniser="off"),
            link=link,
            speech=Speechless(),
            dist=built_page(tmp_path / "dist"),
        )
        service = await stack.enter_async_context(serving(app))
        link.hello()
        link.tick(3)
        yield service


async def asked(service: Service, **settings: Any) -> Any:
    browser = await service.browser()
    await browser.until(p.Hello, lambda e: e.speech.voice == "metronome")
    if settings:
        await browser.send("settings", **settings)
    await browser.until(p.Scene)
    browser.forget()
    await browser.say("why are you slowing down?")
    return browser


async def test_a_reply_is_shown_and_spoken(speaks: Service) -> None:
    browser = await asked(speaks)
    reply = await browser.until(p.Reply)
    assert reply.spoken
    begin = await browser.until(p.Playback)
    assert (begin.action, begin.turn) == ("begin", reply.turn)
    frame = await browser.until_binary(p.AUDIO_DOWN)
    assert struct.unpack_from("<BII", frame) == (2, reply.turn, RATE_HZ)
    latency = await browser.until(p.Latency)
    assert "voice" in latency.parts_ms
    await browser.until(p.Playback, lambda e: e.action == "end")
    await browser.send("played", turn=reply.turn, ms=99_999, done=True)
    await browser.until(p.Turn, lambda e: e.state == "idle")
    states = [turn.state for turn in browser.all(p.Turn)]
    assert states == ["thinking", "speaking", "idle"]


async def test_sound_is_sent_at_the_pace_of_speech(speaks: Service) -> None:
    browser = await asked(speaks)
    reply = await browser.until(p.Reply)
    await browser.until_binary(p.AUDIO_DOWN)
    await asyncio.sleep(0.1)
    sent_s = sum(len(b) - 9 for b in browser.binary) / 2 / RATE_HZ
    assert 0.06 * len(reply.text) > 1.0  # the whole would be longer than what may have been sent
    assert sent_s < 1.0


async def interrupted(browser: Any, cut: Callable[[], Any]) -> p.Reply:
    reply = await browser.until(p.Reply)
    await browser.until_binary(p.AUDIO_DOWN)
    await browser.send("played", turn=reply.turn, ms=300)
    await asyncio.sleep(0.05)
    await cut()
    await browser.until(p.Playback, lambda e: e.action == "clear" and e.turn == reply.turn)
    return await browser.until(p.Reply, lambda e: e.heard_chars is not None)


async def test_escape_silences_and_keeps_what_was_heard(speaks: Service) -> None:
    browser = await asked(speaks)
    cut = await interrupted(browser, lambda: browser.send("stop_speaking"))
    assert 0 < cut.heard_chars < len(cut.text)
    assert not cut.text[cut.heard_chars - 1].isspace()
    await browser.until(p.Turn, lambda e: e.state == "interrupted")
    await browser.until(p.Turn, lambda e: e.state == "idle")
    frames = len(browser.binary)
    await asyncio.sleep(0.3)
    assert len(browser.binary) == frames
    ledger = speaks.car.conversation.ledger
    assert ledger.last_heard_reply() == cut.text[: cut.heard_chars]


async def test_typing_interrupts_and_the_new_answer_is_spoken(speaks: Service) -> None:
    browser = await asked(speaks)
    cut = await interrupted(browser, lambda: browser.say("how fast are you going?"))
    second = await browser.until(p.Reply, lambda e: e.turn != cut.turn)
    await browser.until(p.Playback, lambda e: e.action == "begin" and e.turn == second.turn)
    ends = [e for e in browser.all(p.Turn) if e.state == "interrupted"]
    assert [e.turn for e in ends] == [cut.turn]


async def test_captions_only_ends_the_turn_without_sound(speaks: Service) -> None:
    browser = await asked(speaks, voice=False)
    reply = await browser.until(p.Reply)
    assert not reply.spoken
    await browser.until(p.Turn, lambda e: e.state == "idle")
    assert not browser.binary
    assert set((await browser.until(p.Latency)).parts_ms) == {"decide"}


async def test_a_second_browser_without_voice_gets_no_sound(speaks: Service) -> None:
    quiet = await speaks.browser()
    await quiet.send("settings", voice=False)
    browser = await asked(speaks)
    await browser.until_binary(p.AUDIO_DOWN)
    await quiet.until(p.Playback)
    assert not quiet.binary
