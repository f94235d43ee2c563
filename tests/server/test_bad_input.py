"""Whatever a browser sends, it gets one clear line and everything goes on."""

import asyncio
import contextlib
import json
import struct
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from server import protocol as p
from server.limits import CLOSE_POLICY
from tests.server.doubles import FakeLink
from tests.server.service import Client, Service


async def still_works(browser: Client, link: FakeLink) -> None:
    browser.forget()
    link.tick()
    await browser.until(p.Scene)
    await browser.say("how fast are you going?")
    await browser.until(p.Reply)


BAD = {
    "no JSON": ("hello", "bad_message", "not JSON"),
    "empty": ("", "bad_message", "not JSON"),
    "a list": ("[1, 2]", "bad_message", "list"),
    "a number": ("7", "bad_message", "int"),
    "no type": ("{}", "bad_message", "no event"),
    "unknown type": ('{"type":"fly"}', "bad_message", "fly"),
    "a car's event": ('{"type":"hello"}', "bad_message", "hello"),
    "missing field": ('{"type":"say"}', "bad_message", "text"),
    "unknown field": ('{"type":"say","text":"hi","x":1}', "bad_message", "x"),
    "wrong shape": ('{"type":"say","text":{"a":1}}', "bad_message", "text"),
    "unknown speaker": ('{"type":"say","text":"hi","speaker":"cat"}', "bad_message", "speaker"),
    "empty text": ('{"type":"say","text":""}', "bad_message", "text"),
    "10,000 characters": (
        json.dumps({"type": "say", "text": "x" * 10_000}), "bad_message", "2000"
    ),
    "control characters": (
        json.dumps({"type": "say", "text": "\x00\x1b\u202e\u200b"}), "no_words", "no words"
    ),
    "only markup": (json.dumps({"type": "say", "text": "<|mode_control|>"}), "no_words", "words"),
    "lone surrogate": ('{"type":"say","text":"\\ud800"}', "bad_message", ""),
    "deep nesting": ("[" * 50_000, "bad_message", ""),
    "unknown scenario": (
        '{"type":"drive","action":"start","scenario":"motorway_exti"}', "unknown_scenario",
        "motorway_exti",
    ),
    "no scenario": ('{"type":"drive","action":"start"}', "unknown_scenario", ""),
    "a path as scenario": (
        '{"type":"drive","action":"start","scenario":"../../etc/passwd.yaml"}', "unknown_scenario",
        "",
    ),
    "winding a live drive": ('{"type":"seek","action":"seek","t_s":3}', "live", "live"),
    "speed out of range": ('{"type":"seek","action":"speed","speed":99}', "bad_message", "speed"),
    "NaN": ('{"type":"played","turn":1,"ms":NaN}', "bad_message", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_event_is_one_line_with_a_hint(
    service: Service, link: FakeLink, name: str
) -> None:
    text, code, says = BAD[name]
    browser = await service.browser()
    await browser.socket.send(text)
    error = await browser.until(p.Error)
    assert error.code == code
    assert says in error.message + error.hint
    assert error.hint
    assert "\n" not in error.message
    assert len(error.message) < 250
    await still_works(browser, link)


async def test_an_unknown_scenario_names_the_nearest(service: Service) -> None:
    browser = await service.browser()
    await browser.send("drive", action="start", scenario="motorway_exti")
    assert "motorway_exit" in (await browser.until(p.Error)).hint


async def test_ten_megabytes_are_explained_and_survived(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    await browser.socket.send("x" * (10 * 1024 * 1024))
    error = await browser.until(p.Error)
    assert (error.code, "10240 kB" in error.message) == ("too_big", True)
    await still_works(browser, link)


async def test_more_than_the_transport_takes_ends_with_1009(service: Service) -> None:
    browser = await service.browser()
    with contextlib.suppress(ConnectionClosed):
        await browser.socket.send(b"\x01" * (13 * 1024 * 1024))
    code, _ = await browser.closed()
    assert code == 1009


def frame(pcm: bytes, kind: int = p.AUDIO_UP, sequence: int = 0) -> bytes:
    return struct.pack("<BId", kind, sequence, 0.0) + pcm


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "bad_frame"),
        (b"\x01", "bad_frame"),
        (b"\x07" * 40, "bad_frame"),
        (frame(b"\0\0\0"), "bad_frame"),
        (frame(b"\0\0" * 100_000), "too_big"),
        (frame(b"\0\0" * 512), "no_hearing"),
    ],
)
async def test_a_bad_binary_frame_is_one_line(
    service: Service, link: FakeLink, data: bytes, code: str
) -> None:
    browser = await service.browser()
    await browser.socket.send(data)
    error = await browser.until(p.Error)
    assert error.code == code
    assert error.hint
    await still_works(browser, link)


async def test_talk_without_a_recogniser_says_that_typing_works(service: Service) -> None:
    browser = await service.browser()
    await browser.send("talk", action="start")
    error = await browser.until(p.Error)
    assert "Typing works" in error.hint


async def test_too_many_messages_are_told_of_once_and_then_end_the_connection(
    service: Service, link: FakeLink
) -> None:
    browser = await service.browser()
    for _ in range(400):
        await browser.send("stop_speaking")
    code, reason = await browser.closed()
    assert code == CLOSE_POLICY
    assert reason
    assert len([e for e in browser.all(p.Error) if e.code == "too_fast"]) <= 3
    await still_works(await service.browser(), link)


async def test_random_bytes_never_end_the_service(service: Service, link: FakeLink) -> None:
    browser = await service.browser()
    noise: list[Any] = [bytes([n, 255 - n]) * n for n in range(1, 40)]
    noise += ["\x00" * n + "{" * n for n in range(1, 30)]
    for message in noise:
        await browser.socket.send(message)
    await asyncio.sleep(1.1)  # the event bucket fills again
    await still_works(browser, link)
