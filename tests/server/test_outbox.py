"""Events in order; scenes and pictures latest-only; a reader that stops is let go."""

import asyncio
import struct

import pytest

from server.outbox import MAX_EVENTS, Outbox, Overflow, audio_frame, camera_frame


async def drained(outbox: Outbox) -> list[str | bytes]:
    got: list[str | bytes] = []
    while True:
        try:
            got.append(await asyncio.wait_for(outbox.next(), 0.01))
        except TimeoutError:
            return got


async def test_events_keep_their_order_and_go_before_the_newest_scene() -> None:
    outbox = Outbox()
    outbox.put_scene("scene 1")
    outbox.put("a")
    outbox.put_scene("scene 2")
    outbox.put("b")
    assert await drained(outbox) == ["a", "b", "scene 2"]


async def test_pictures_are_latest_only_and_only_for_who_wants_them() -> None:
    outbox = Outbox()
    outbox.put_picture(0, b"old")
    outbox.wants_cameras = True
    outbox.put_picture(1, b"right")
    outbox.put_picture(0, b"left 1")
    outbox.put_picture(0, b"left 2")
    assert await drained(outbox) == [b"left 2", b"right"]


async def test_cut_off_speech_never_leaves() -> None:
    outbox = Outbox()
    outbox.put_audio(1, b"one")
    outbox.put("between")
    outbox.put_audio(2, b"two")
    outbox.drop_audio(1)
    assert await drained(outbox) == ["between", b"two"]


async def test_captions_only_means_no_sound() -> None:
    outbox = Outbox()
    outbox.wants_voice = False
    outbox.put_audio(1, b"one")
    assert await drained(outbox) == []


async def test_a_slow_reader_is_told_and_still_gets_the_newest() -> None:
    outbox = Outbox()
    told = [outbox.put_scene(f"scene {n}") for n in range(40)]
    assert told.count(True) == 1
    assert await drained(outbox) == ["scene 39"]
    assert not outbox.put_scene("scene 40")


async def test_a_reader_that_stopped_is_let_go() -> None:
    outbox = Outbox()
    for n in range(MAX_EVENTS + 1):
        outbox.put(str(n))
    with pytest.raises(Overflow):
        await outbox.next()


def test_binary_headers_are_as_the_protocol_says() -> None:
    assert struct.unpack_from("<BII", audio_frame(7, 22_050, b"\0\0")) == (2, 7, 22_050)
    assert struct.unpack_from("<BBd", camera_frame(3, 1.5, b"jpeg")) == (3, 3, 1.5)
    assert audio_frame(7, 22_050, b"ab")[9:] == b"ab"
    assert camera_frame(3, 1.5, b"jpeg")[10:] == b"jpeg"
