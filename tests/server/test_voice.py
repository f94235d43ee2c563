"""From microphone frames to turns: push to talk, hands-free, barge-in, echo, and real speech."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modes.vocabulary import Intent, Mode
from server import protocol as p
from server.app import create_app
from server.settings import load_settings
from server.speech_room import SpeechRoom
from speech.audio import HEARING_RATE_HZ, Samples, for_hearing, read_wav, rms, to_pcm16
from speech.errors import ModelMissing
from speech.files import speak_to_file
from speech.hearing import Hearing
from speech.recognisers.base import Capabilities, Transcript
from speech.speaking import Speaking
from tests.server.doubles import FakeLink
from tests.server.service import Client, Service, built_page, serving
from tests.server.test_mouth import Metronome

FRAME = 512
VOICE_S = 1.2


class Parrot:
    """A recogniser that understands one thing, whatever is said."""

    name = "parrot"
    capabilities = Capabilities(languages=("en",), local=True, decodes_early=True)

    def __init__(self, text: str) -> None:
        self.text = text

    def load(self) -> None: ...

    def transcribe(self, samples: Samples, quick: bool = False) -> Transcript:
        return Transcript(self.text, 0.9, len(samples) / HEARING_RATE_HZ, self.name)


class LoudIsVoice:
    """Voice activity by level alone."""

    def stream(self) -> LoudIsVoice:
        return self

    def probability(self, frame: Samples) -> float:
        return 1.0 if rms(frame) > 0.01 else 0.0

    def reset(self) -> None: ...


class DoubleSpeech(SpeechRoom):
    """Hears with the parrot and speaks with the metronome."""

    def __init__(self) -> None:
        super().__init__()
        self.parrot = Parrot("why are you slowing down")

    async def load(self, settings: Any) -> None:
        self.hearing = Hearing(self.parrot, LoudIsVoice())
        self.speaking = Speaking(Metronome())
        self.status = p.SpeechStatus(recogniser="parrot", voice="metronome")


@pytest.fixture
def ears() -> DoubleSpeech:
    return DoubleSpeech()


@pytest.fixture
async def car(link: FakeLink, tmp_path: Path, ears: DoubleSpeech) -> AsyncIterator[Service]:
    async with AsyncExitStack() as stack:
        app = create_app(load_settings(), link=link, speech=ears, dist=built_page(tmp_path / "d"))
        service = await stack.enter_async_context(serving(app))
        link.hello()
        link.tick(3)
        yield service


async def came(service: Service) -> Client:
    browser = await service.browser()
    await browser.until(p.Hello, lambda e: e.speech.recogniser is not None)
    await browser.until(p.Scene)
    browser.forget()
    return browser


class Mouthpiece:
    """A passenger who makes sound into a browser's microphone, faster than real time."""

    def __init__(self, browser: Client) -> None:
        self._browser, self._sequence = browser, 0

    async def sound(self, samples: Samples) -> None:
        for start in range(0, len(samples) - FRAME + 1, FRAME):
            header = struct.pack("<BId", p.AUDIO_UP, self._sequence, 0.0)
            self._sequence += 1
            await self._browser.socket.send(header + to_pcm16(samples[start : start + FRAME]))
            await asyncio.sleep(0.001)

    async def voice(self, seconds: float = VOICE_S) -> None:
        times = np.arange(round(seconds * HEARING_RATE_HZ)) / HEARING_RATE_HZ
        await self.sound((0.3 * np.sin(2 * np.pi * 220 * times)).astype(np.float32))

    async def quiet(self, seconds: float = 1.0) -> None:
        await self.sound(np.zeros(round(seconds * HEARING_RATE_HZ), np.float32))


async def test_push_to_talk_is_one_turn_with_an_answer(car: Service) -> None:
    browser = await came(car)
    person = Mouthpiece(browser)
    await browser.send("talk", action="start")
    await person.voice()
    await browser.send("talk", action="stop")
    final = await browser.until(p.Transcript, lambda e: e.final)
    assert (final.text, final.source) == ("why are you slowing down", "voice")
    event = await browser.until(p.Utterance)
    assert (event.turn, event.mode) == (final.turn, Mode.QA)
    assert (await browser.until(p.Reply)).spoken
    latency = await browser.until(p.Latency)
    assert {"endpoint", "transcript", "decide", "voice"} == set(latency.parts_ms)
    assert {"listening", "thinking", "speaking"} <= {e.state for e in browser.all(p.Turn)}
    assert any(e.speech for e in browser.all(p.Level))


async def test_hands_free_needs_no_button(car: Service) -> None:
    browser = await came(car)
    person = Mouthpiece(browser)
    await browser.send("hands_free", on=True)
    assert (await browser.until(p.Turn)).state == "armed"
    await person.quiet(0.3)
    await person.voice()
    await person.quiet()
    assert (await browser.until(p.Transcript, lambda e: e.final)).text
    await browser.until(p.Reply)


async def test_with_the_microphone_closed_nothing_is_heard(car: Service) -> None:
    browser = await came(car)
    person = Mouthpiece(browser)
    await person.voice()
    await person.quiet()
    await browser.until(p.Level)
    assert not browser.all(p.Transcript)


async def test_a_button_let_go_without_a_word_ends_the_turn(car: Service) -> None:
    browser = await came(car)
    await browser.send("talk", action="start")
    await Mouthpiece(browser).quiet(0.3)
    await browser.send("talk", action="stop")
    final = await browser.until(p.Transcript, lambda e: e.final)
    assert final.text == ""
    await browser.until(p.Turn, lambda e: e.state == "idle")
    assert not browser.all(p.Utterance)


async def test_a_stop_word_acts_while_the_button_is_still_down(
    car: Service, link: FakeLink, ears: DoubleSpeech
) -> None:
    ears.parrot.text = "stop"
    browser = await came(car)
    await browser.send("talk", action="start")
    await Mouthpiece(browser).voice(2.0)
    event = await browser.until(p.Utterance)
    assert event.fast_path
    assert len(link.stops()) == 1
    await browser.send("talk", action="stop")
    await browser.until(p.Reply)
    assert len(link.stops()) == 1


async def test_speech_over_the_cars_voice_silences_it(car: Service, ears: DoubleSpeech) -> None:
    browser = await came(car)
    person = Mouthpiece(browser)
    await browser.send("hands_free", on=True)
    await browser.say("why are you slowing down?")
    await browser.until_binary(p.AUDIO_DOWN)
    ears.parrot.text = "take the next exit"
    await person.voice(0.6)
    await browser.until(p.Playback, lambda e: e.action == "clear")
    await person.voice(0.6)
    await person.quiet()
    event = await browser.until(p.Utterance, lambda e: e.intent is Intent.TAKE_EXIT)
    assert event.turn == 2


async def test_a_click_over_the_cars_voice_does_not(car: Service) -> None:
    browser = await came(car)
    await browser.send("hands_free", on=True)
    await browser.say("why are you slowing down?")
    await browser.until_binary(p.AUDIO_DOWN)
    person = Mouthpiece(browser)
    await person.voice(0.1)
    await person.quiet(0.9)
    assert not [e for e in browser.all(p.Playback) if e.action == "clear"]
    assert not [e for e in browser.all(p.Transcript) if e.source == "voice"]


async def test_frames_that_come_twice_are_heard_once(car: Service) -> None:
    browser = await came(car)
    frame = struct.pack("<BId", p.AUDIO_UP, 5, 0.0) + b"\0\0" * FRAME
    for _ in range(20):
        await browser.socket.send(frame)
    await browser.say("hello")
    await browser.until(p.Utterance)
    assert not browser.all(p.Level)


async def test_a_browser_that_leaves_in_the_middle_of_a_word_ends_its_turn(car: Service) -> None:
    browser, other = await came(car), await came(car)
    await browser.send("talk", action="start")
    await Mouthpiece(browser).voice(0.3)
    await other.until(p.Turn, lambda e: e.state == "listening")
    await browser.close()
    await other.until(p.Turn, lambda e: e.state == "idle")


# ---------------------------------------------------------------------- with the real parts


@pytest.fixture(scope="module")
async def real_speech() -> AsyncIterator[SpeechRoom]:
    room = SpeechRoom()
    await room.load(load_settings())
    if room.hearing is None or room.speaking is None:
        pytest.skip(f"needs the embedded voice parts: {' '.join(room.status.missing)}")
    yield room
    await room.close()


class Loaded(SpeechRoom):
    """Speech that is loaded already and outlives the service."""

    def __init__(self, room: SpeechRoom) -> None:
        self.hearing, self.speaking, self.status = room.hearing, room.speaking, room.status

    async def load(self, settings: Any) -> None: ...

    async def close(self) -> None: ...


async def test_a_spoken_question_gets_a_spoken_answer(
    real_speech: SpeechRoom, link: FakeLink, tmp_path: Path
) -> None:
    wav = tmp_path / "asks.wav"
    try:
        await asyncio.to_thread(speak_to_file, "why are you slowing down", wav)
    except ModelMissing as problem:
        pytest.skip(str(problem))
    speech = Loaded(real_speech)
    app = create_app(load_settings(), link=link, speech=speech, dist=built_page(tmp_path / "d"))
    async with serving(app) as service:
        link.hello()
        link.tick(3)
        browser = await came(service)
        person = Mouthpiece(browser)
        await browser.send("talk", action="start")
        await person.sound(for_hearing(read_wav(wav)))
        await person.quiet(0.2)
        await browser.send("talk", action="stop")
        final = await browser.until(p.Transcript, lambda e: e.final)
        assert "slow" in final.text.lower()
        event = await browser.until(p.Utterance)
        assert event.mode is Mode.QA
        reply = await browser.until(p.Reply)
        assert reply.spoken
        frame = await browser.until_binary(p.AUDIO_DOWN)
        _, turn, rate_hz = struct.unpack_from("<BII", frame)
        assert turn == reply.turn
        assert rate_hz >= 16_000
        await browser.until(p.Playback, lambda e: e.action == "end")
        sound = b"".join(f[9:] for f in browser.binary if f[0] == p.AUDIO_DOWN)
        assert len(sound) / 2 / rate_hz > 1.0
        assert rms(np.frombuffer(sound, "<i2").astype(np.float32) / 32768) > 0.01
