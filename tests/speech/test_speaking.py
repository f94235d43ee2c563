"""The mouth: texts in order, cancel at once, acknowledgements from the cache."""

import asyncio
import threading
from collections.abc import AsyncIterator

import numpy as np
import pytest

from speech.errors import VoiceError
from speech.speaking import Speaking, SpokenChunk

from .conftest import ToneVoice


async def spoken(speaking: Speaking, text: str | AsyncIterator[str]) -> list[SpokenChunk]:
    return [chunk async for chunk in speaking.speak(text)]


async def test_every_sentence_is_spoken_and_known_from_its_first_chunk() -> None:
    voice = ToneVoice()
    speaking = Speaking(voice)
    chunks = await spoken(speaking, "I do 38 km/h. Okay?")
    assert voice.said == ["I do 38 kilometres per hour.", "Okay?"]
    assert [chunk.text for chunk in chunks] == ["I do 38 km/h.", "", "", "", "", "", "Okay?"]
    assert {chunk.rate_hz for chunk in chunks} == {16_000}
    await speaking.close()


async def test_nothing_to_say_gives_no_sound() -> None:
    speaking = Speaking(ToneVoice())
    assert await spoken(speaking, "") == []
    assert await spoken(speaking, " \n ** ") == []
    await speaking.close()


async def test_long_pieces_are_cut_so_that_a_stop_is_immediate() -> None:
    speaking = Speaking(ToneVoice(piece_samples=16_000))
    chunks = await spoken(speaking, "word")
    assert max(len(chunk.pcm) for chunk in chunks) == 2 * 960
    assert sum(len(chunk.pcm) for chunk in chunks) == 2 * 16_000
    await speaking.close()


async def test_a_reply_is_spoken_while_it_is_still_being_written() -> None:
    voice = ToneVoice()
    speaking = Speaking(voice)
    more = asyncio.Event()

    async def writing() -> AsyncIterator[str]:
        yield "First sentence. Sec"
        await more.wait()
        yield "ond one."

    chunks = speaking.speak(writing())
    assert (await anext(chunks)).text == "First sentence."
    assert voice.said == ["First sentence."]
    more.set()
    rest = [chunk.text async for chunk in chunks]
    assert rest == ["", "Second one.", ""]
    await speaking.close()


async def test_a_slow_voice_gets_its_first_clause_early() -> None:
    voice = ToneVoice(first_clause_early=True)
    speaking = Speaking(voice)
    await spoken(speaking, "I am slowing down because of a van.")
    assert voice.said == ["I am slowing down", "because of a van."]
    await speaking.close()


async def test_cancel_silences_what_is_spoken_and_what_waits() -> None:
    speaking = Speaking(ToneVoice())
    current = speaking.speak("one two three. four five six.")
    await anext(current)
    waiting = asyncio.create_task(spoken(speaking, "seven"))
    await asyncio.sleep(0)
    speaking.cancel()
    assert [chunk async for chunk in current] == []
    assert await waiting == []
    assert len(await spoken(speaking, "eight")) == 1
    await speaking.close()


async def test_cancel_stops_the_voice_itself() -> None:
    gate = threading.Event()
    voice = ToneVoice(wait_between=gate)
    speaking = Speaking(voice)
    chunks = speaking.speak("one two three four")
    await anext(chunks)
    speaking.cancel()
    gate.set()
    assert [chunk async for chunk in chunks] == []
    await speaking.close()


async def test_two_texts_do_not_mix() -> None:
    speaking = Speaking(ToneVoice())
    both = await asyncio.gather(spoken(speaking, "one two"), spoken(speaking, "three four"))
    assert [len(chunks) for chunks in both] == [2, 2]
    await speaking.close()


async def test_who_stops_listening_does_not_block_the_next() -> None:
    speaking = Speaking(ToneVoice())
    chunks = speaking.speak("one two three")
    await anext(chunks)
    await chunks.aclose()
    assert len(await spoken(speaking, "four")) == 1
    await speaking.close()


async def test_acknowledgements_come_from_the_cache_and_sound_the_same() -> None:
    voice = ToneVoice()
    speaking = Speaking(voice)
    fresh = await spoken(speaking, "Okay, slowing down.")
    await speaking.prepare(["Okay, slowing down.", ""])
    voice.said.clear()
    assert await spoken(speaking, "Okay, slowing down.") == fresh
    assert voice.said == []
    await speaking.close()


async def test_a_voice_that_fails_ends_the_sound_only(caplog: pytest.LogCaptureFixture) -> None:
    voice = ToneVoice(error=VoiceError("broken"))
    speaking = Speaking(voice)
    assert len(await spoken(speaking, "one two")) == 1
    assert "broken" in caplog.text
    voice.error = None
    assert len(await spoken(speaking, "one two")) == 2
    await speaking.close()


async def test_the_sound_is_what_the_voice_made() -> None:
    speaking = Speaking(ToneVoice())
    chunks = await spoken(speaking, "one two")
    samples = np.frombuffer(b"".join(chunk.pcm for chunk in chunks), "<i2")
    assert samples[::960].tolist() == [1, 2]
    await speaking.close()
