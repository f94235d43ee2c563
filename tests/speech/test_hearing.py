"""The asynchronous shell: bytes in, words out, with exact stand-ins for the models."""

import asyncio
import threading

import numpy as np
import pytest

from speech.audio import to_pcm16
from speech.errors import RecogniserError
from speech.hearing import Final, Hearing, HearingEvent, Level, Microphone, Partial
from speech.listener import SpeechStarted

from .conftest import LoudIsVoice, ScriptedRecogniser

LOUD = to_pcm16(np.full(16000, 0.1, np.float32))  # one second
QUIET = bytes(len(LOUD))


def pcm(*parts: tuple[bytes, float]) -> bytes:
    return b"".join(sound[: 2 * round(16000 * seconds)] for sound, seconds in parts)


SENTENCE = pcm((QUIET, 0.5), (LOUD, 0.96), (QUIET, 1.0))


def always(_text: str) -> bool:
    return True


async def collect(microphone: Microphone) -> list[HearingEvent]:
    """All events but the levels, until the microphone is closed."""
    return [event async for event in microphone.events() if not isinstance(event, Level)]


async def settle(hearing: Hearing) -> None:
    """Waits until nothing is being decoded and its results have been seen."""
    while not hearing.idle:  # noqa: ASYNC110 - what the worker thread does gives no event
        await asyncio.sleep(0.001)
    for _ in range(5):
        await asyncio.sleep(0)


async def hear(
    recogniser: ScriptedRecogniser,
    sound: bytes,
    portion: int = 1024,
    in_real_time: bool = True,
    hands_free: bool = True,
) -> list[HearingEvent]:
    """Feeds `sound` in portions; "in real time": decodes are done before the next portion."""
    hearing = Hearing(recogniser, LoudIsVoice())
    microphone = hearing.microphone(hands_free=hands_free, is_complete=always)
    for start in range(0, len(sound), portion):
        await microphone.feed(sound[start : start + portion])
        if in_real_time:
            await settle(hearing)
    await microphone.close()
    events = await collect(microphone)
    await hearing.close()
    return events


def finals(events: list[HearingEvent]) -> list[Final]:
    return [event for event in events if isinstance(event, Final)]


async def test_a_sentence_becomes_start_partials_and_one_final() -> None:
    recogniser = ScriptedRecogniser(["Take", "Take the next", "Take the next exit."])
    events = await hear(recogniser, SENTENCE)
    assert isinstance(events[0], SpeechStarted)
    partials = [event for event in events if isinstance(event, Partial)]
    assert [partial.text for partial in partials] == [
        "Take",
        "Take the next",
        "Take the next exit.",
        "Take the next exit.",
    ]
    assert [partial.stable_chars for partial in partials] == [0, 4, 13, 19]
    (final,) = finals(events)
    assert events[-1] is final
    assert (final.text, final.confidence, final.reason) == ("Take the next exit.", 0.9, "silence")
    assert final.t_start_s == pytest.approx(0.5, abs=0.04)
    assert final.t_end_s == pytest.approx(1.46, abs=0.04)


async def test_the_decode_during_the_pause_is_the_final_one() -> None:
    recogniser = ScriptedRecogniser(["Stop."])
    (final,) = finals(await hear(recogniser, SENTENCE))
    assert final.latency.speculative
    assert final.latency.endpoint_ms == pytest.approx(256)
    assert len(recogniser.heard_s) == 3  # two partials and the trial, none at the end


async def test_the_surest_decode_of_the_same_voice_wins() -> None:
    texts = ["He", "He'd", "Hit that trash can.", "He'd not trash can."]
    recogniser = ScriptedRecogniser(texts, confidences=[0.5, 0.5, 0.8, 0.6])
    (final,) = finals(await hear(recogniser, SENTENCE))
    assert final.text == "Hit that trash can."


async def test_a_pause_in_the_middle_does_not_end_with_half_the_words() -> None:
    sound = pcm((QUIET, 0.5), (LOUD, 0.5), (QUIET, 0.2), (LOUD, 0.5), (QUIET, 1.0))
    recogniser = ScriptedRecogniser(["Turn left", "Turn left", "Turn left at the church."])
    (final,) = finals(await hear(recogniser, sound))
    assert final.text == "Turn left at the church."
    assert final.t_end_s == pytest.approx(1.7, abs=0.04)


@pytest.mark.parametrize("portion", [1, 333, 640, 1024, 4097, 1_000_000])
async def test_the_size_of_the_portions_does_not_matter(portion: int) -> None:
    recogniser = ScriptedRecogniser(["Stop."])
    (final,) = finals(await hear(recogniser, SENTENCE, portion, in_real_time=False))
    assert final.text == "Stop."
    assert final.t_end_s == pytest.approx(1.46, abs=0.04)


@pytest.mark.parametrize(
    ("text", "complete", "reason"),
    [
        ("", True, "empty"),
        ("you you you you you you you", True, "repetition"),
        ("take the the", False, "endless"),
    ],
)
async def test_invented_words_give_a_final_without_text(
    text: str, complete: bool, reason: str
) -> None:
    events = await hear(ScriptedRecogniser([text], complete=complete), SENTENCE)
    (final,) = finals(events)
    assert (final.text, final.reason) == ("", reason)
    assert not any(isinstance(event, Partial) for event in events)


async def test_a_click_is_not_even_decoded() -> None:
    recogniser = ScriptedRecogniser(["Bang."])
    (final,) = finals(await hear(recogniser, pcm((QUIET, 0.5), (LOUD, 0.06), (QUIET, 1.0))))
    assert (final.text, final.reason) == ("", "too_short")
    assert recogniser.heard_s == []


@pytest.mark.parametrize("error", [RecogniserError("no network"), ZeroDivisionError()])
async def test_a_failing_recogniser_gives_a_final_and_hearing_goes_on(error: Exception) -> None:
    recogniser = ScriptedRecogniser(["Stop."], error=error)
    hearing = Hearing(recogniser, LoudIsVoice())
    microphone = hearing.microphone(hands_free=True)
    await microphone.feed(SENTENCE)
    events = microphone.events()
    first = await anext(event async for event in events if isinstance(event, Final))
    recogniser.error = None
    await microphone.feed(SENTENCE)
    second = await anext(event async for event in events if isinstance(event, Final))
    await microphone.close()
    assert (first.text, first.reason) == ("", "failed")
    assert second.text == "Stop."
    await hearing.close()


async def test_a_recogniser_that_is_dear_is_asked_once() -> None:
    recogniser = ScriptedRecogniser(["Stop."], decodes_early=False)
    (final,) = finals(await hear(recogniser, SENTENCE))
    assert final.text == "Stop."
    assert not final.latency.speculative
    assert final.latency.endpoint_ms == pytest.approx(704)
    assert len(recogniser.heard_s) == 1


async def test_partials_are_skipped_while_the_recogniser_is_busy() -> None:
    gate = threading.Event()
    recogniser = ScriptedRecogniser(["Stop."], gate=gate)
    hearing = Hearing(recogniser, LoudIsVoice())
    microphone = hearing.microphone(hands_free=True)
    await microphone.feed(pcm((QUIET, 0.5), (LOUD, 1.0), (LOUD, 1.0)))
    gate.set()
    await settle(hearing)
    assert len(recogniser.heard_s) == 1
    await microphone.close()
    await hearing.close()


async def test_the_event_loop_runs_on_while_something_is_decoded() -> None:
    gate = threading.Event()
    hearing = Hearing(ScriptedRecogniser(["Stop."], gate=gate), LoudIsVoice())
    microphone = hearing.microphone(hands_free=True)
    await microphone.feed(SENTENCE)
    assert not hearing.idle  # and yet this line was reached
    gate.set()
    await microphone.close()
    (final,) = finals(await collect(microphone))
    assert final.text == "Stop."
    await hearing.close()


async def test_the_button_ends_at_once() -> None:
    hearing = Hearing(ScriptedRecogniser(["Stop."]), LoudIsVoice())
    microphone = hearing.microphone()
    await microphone.feed(pcm((LOUD, 1.0)))
    microphone.press()
    await microphone.feed(pcm((LOUD, 0.5)))
    microphone.release()
    await microphone.close()
    events = await collect(microphone)
    started = events[0]
    assert isinstance(started, SpeechStarted)
    assert started.by_button
    (final,) = finals(events)
    assert (final.text, final.reason, final.by_button) == ("Stop.", "released", True)
    await hearing.close()


async def test_two_microphones_share_one_recogniser() -> None:
    recogniser = ScriptedRecogniser(["Stop."])
    hearing = Hearing(recogniser, LoudIsVoice())
    microphones = [hearing.microphone(hands_free=True) for _ in range(2)]
    await asyncio.gather(*(microphone.feed(SENTENCE) for microphone in microphones))
    for microphone in microphones:
        await microphone.close()
        (final,) = finals(await collect(microphone))
        assert final.text == "Stop."
    await hearing.close()


async def test_a_barge_in_is_marked() -> None:
    hearing = Hearing(ScriptedRecogniser(["Stop."]), LoudIsVoice())
    microphone = hearing.microphone(hands_free=True)
    microphone.car_speaks = True
    await microphone.feed(SENTENCE)
    await microphone.close()
    started = (await collect(microphone))[0]
    assert isinstance(started, SpeechStarted)
    assert started.while_car_speaks
    await hearing.close()


async def test_closing_in_the_middle_ends_what_was_begun() -> None:
    hearing = Hearing(ScriptedRecogniser(["Stop."]), LoudIsVoice())
    microphone = hearing.microphone(hands_free=True)
    await microphone.feed(pcm((LOUD, 1.0)))
    await microphone.close()
    await microphone.close()
    (final,) = finals(await collect(microphone))
    assert (final.text, final.reason) == ("", "cancelled")
    await hearing.close()


async def test_levels_come_ten_times_a_second_and_do_not_pile_up() -> None:
    hearing = Hearing(ScriptedRecogniser([""]), LoudIsVoice())
    microphone = hearing.microphone()
    await microphone.feed(LOUD)
    microphone_events = microphone.events()
    level = await anext(microphone_events)
    assert isinstance(level, Level)
    assert level.db == pytest.approx(-20, abs=0.1)
    for _ in range(100):
        await microphone.feed(LOUD)
    await microphone.close()
    assert len([event async for event in microphone_events]) <= 500
    await hearing.close()


async def test_closing_the_recogniser_first_still_ends_every_utterance() -> None:
    gate = threading.Event()
    hearing = Hearing(ScriptedRecogniser(["Stop."], gate=gate), LoudIsVoice())
    microphones = [hearing.microphone(hands_free=True) for _ in range(3)]
    for microphone in microphones:
        await microphone.feed(SENTENCE)
    closing = asyncio.create_task(hearing.close())
    await asyncio.sleep(0.01)
    gate.set()
    await closing
    for microphone in microphones:
        await microphone.feed(SENTENCE)
        await microphone.close()
        first, second = finals(await collect(microphone))
        assert first.reason in ("silence", "failed")
        assert second.reason == "failed"
