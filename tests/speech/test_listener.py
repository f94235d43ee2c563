"""The listening state machine: tables of what people do, and properties that always hold."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.listener import (
    DecodeDue,
    DecodeKind,
    EndReason,
    Listener,
    ListenerEvent,
    ListenerSettings,
    SpeechEnded,
    SpeechStarted,
)
from speech.vad import FRAME_MS, FRAME_S, FRAME_SAMPLES

VOICE, SILENCE = 0.9, 0.05


def always(_text: str) -> bool:
    return True


@dataclass
class Stage:
    """Feeds a listener; each frame holds its own number, so that audio can be traced."""

    listener: Listener
    frames: int = 0

    def __post_init__(self) -> None:
        self.events: list[ListenerEvent] = []

    def hear(
        self, probability: float, milliseconds: float, car_speaks: bool = False
    ) -> list[ListenerEvent]:
        new: list[ListenerEvent] = []
        for _ in range(round(milliseconds / FRAME_MS)):
            frame = np.full(FRAME_SAMPLES, self.frames, np.float32)
            self.frames += 1
            new += self.listener.feed(frame, probability, car_speaks)
        self.events += new
        return new


def ends(events: list[ListenerEvent]) -> list[SpeechEnded]:
    return [event for event in events if isinstance(event, SpeechEnded)]


def starts(events: list[ListenerEvent]) -> list[SpeechStarted]:
    return [event for event in events if isinstance(event, SpeechStarted)]


def decodes(events: list[ListenerEvent]) -> list[DecodeDue]:
    return [event for event in events if isinstance(event, DecodeDue)]


def silence_until_end_ms(stage: Stage) -> float:
    """Silence that the listener waits for now."""
    for count in range(1, 100):
        if ends(stage.hear(SILENCE, FRAME_MS)):
            return count * FRAME_MS
    raise AssertionError("it never ended")


def test_a_sentence_starts_after_two_voiced_frames_and_ends_after_the_long_hangover() -> None:
    stage = Stage(Listener())
    stage.hear(SILENCE, 960)
    (started,) = stage.hear(VOICE, 2 * FRAME_MS)
    assert started == SpeechStarted(1, stage.listener.now_s, False, False)
    stage.hear(VOICE, 960)
    assert silence_until_end_ms(stage) == pytest.approx(704)
    (end,) = ends(stage.events)
    assert (end.utterance, end.reason) == (1, EndReason.SILENCE)
    assert end.t0_s == pytest.approx(0.96)
    assert end.t1_s == pytest.approx(0.96 + 0.064 + 0.96)
    assert end.at_s == pytest.approx(end.t1_s + 0.704)


def test_the_audio_has_pre_roll_in_front_and_a_short_tail() -> None:
    stage = Stage(Listener())
    stage.hear(SILENCE, 960)  # frames 0..29
    stage.hear(VOICE, 960)  # frames 30..59
    silence_until_end_ms(stage)
    (end,) = ends(stage.events)
    numbers = end.audio[::FRAME_SAMPLES]
    assert numbers[0] == 30 - 9  # 288 ms
    assert numbers[-1] == 59 + 9
    assert numbers.tolist() == list(range(21, 69))


def test_one_voiced_frame_is_no_speech() -> None:
    stage = Stage(Listener())
    for _ in range(20):
        stage.hear(VOICE, FRAME_MS)
        stage.hear(SILENCE, FRAME_MS)
    assert stage.events == []


def test_a_click_starts_and_ends_without_audio() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 3 * FRAME_MS)
    silence_until_end_ms(stage)
    (end,) = ends(stage.events)
    assert end.reason is EndReason.TOO_SHORT
    assert len(end.audio) == 0


def test_a_weak_syllable_does_not_count_as_silence() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 320)
    stage.hear(0.4, 1600)
    assert not ends(stage.events)


@pytest.mark.parametrize(
    ("before", "now", "complete", "hangover_ms"),
    [
        ("Stop the car.", "stop the car", True, 256),
        ("stop the car", "stop the car", False, 704),
        ("stop the", "stop the car", True, 704),
        ("turn left at the", "turn left at the", True, 704),
        ("", "", True, 704),
    ],
)
def test_how_long_it_waits_depends_on_the_words(
    before: str, now: str, complete: bool, hangover_ms: float
) -> None:
    stage = Stage(Listener(is_complete=lambda _text: complete))
    stage.hear(VOICE, 960)
    stage.listener.partial(1, before)
    stage.listener.partial(1, now)
    assert silence_until_end_ms(stage) == pytest.approx(hangover_ms)


def test_words_that_come_during_the_silence_end_it_at_once() -> None:
    stage = Stage(Listener(is_complete=always))
    stage.hear(VOICE, 960)
    stage.listener.partial(1, "stop")
    stage.hear(SILENCE, 416)
    assert not ends(stage.events)
    stage.listener.partial(1, "stop")
    assert silence_until_end_ms(stage) == FRAME_MS


def test_words_of_an_older_utterance_are_ignored() -> None:
    stage = Stage(Listener(is_complete=always))
    stage.hear(VOICE, 320)
    silence_until_end_ms(stage)
    stage.hear(VOICE, 320)
    stage.listener.partial(1, "stop")
    stage.listener.partial(1, "stop")
    assert silence_until_end_ms(stage) == pytest.approx(704)


def test_decodes_are_due_every_320_ms_of_speech_and_in_the_pause() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 960)
    kinds = [due.kind for due in decodes(stage.events)]
    assert kinds == [DecodeKind.PARTIAL] * 2
    silence_until_end_ms(stage)
    trials = decodes(stage.events)[2:]
    assert [due.kind for due in trials] == [DecodeKind.SPECULATIVE] * 2
    (end,) = ends(stage.events)
    assert [due.voiced_until_s for due in trials] == [end.t1_s] * 2
    silence_ms = [1000 * (len(due.audio) / 16000 - end.t1_s) for due in trials]
    assert silence_ms == pytest.approx([128, 256])


def test_no_second_trial_where_the_words_agree_already() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 960)
    stage.listener.partial(1, "stop")
    stage.hear(SILENCE, 160)
    stage.listener.partial(1, "stop")
    silence_until_end_ms(stage)
    assert [due.kind for due in decodes(stage.events)].count(DecodeKind.SPECULATIVE) == 1


def test_who_goes_on_after_a_pause_is_tried_again_later() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 320)
    stage.hear(SILENCE, 160)
    stage.hear(VOICE, 320)
    silence_until_end_ms(stage)
    (end,) = ends(stage.events)
    trials = [due for due in decodes(stage.events) if due.kind is DecodeKind.SPECULATIVE]
    assert trials[0].voiced_until_s < end.t1_s
    assert trials[-1].voiced_until_s == end.t1_s


def test_very_long_speech_is_cut_and_goes_on_without_losing_or_repeating_a_frame() -> None:
    stage = Stage(Listener(ListenerSettings(longest_s=3.0)))
    stage.hear(VOICE, 8000)
    silence_until_end_ms(stage)
    found = ends(stage.events)
    assert [end.reason for end in found] == [EndReason.TOO_LONG] * 2 + [EndReason.SILENCE]
    numbers = np.concatenate([end.audio[::FRAME_SAMPLES] for end in found])
    assert numbers.tolist() == list(range(len(numbers)))
    assert all(len(end.audio) <= 3.0 * 16000 + FRAME_SAMPLES for end in found)


def test_speech_while_the_car_speaks_is_marked() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 320, car_speaks=True)
    (started,) = starts(stage.events)
    assert started.while_car_speaks


def test_without_hands_free_only_the_button_starts() -> None:
    stage = Stage(Listener(hands_free=False))
    stage.hear(VOICE, 1000)
    assert stage.events == []
    (started,) = stage.listener.press()
    assert isinstance(started, SpeechStarted)
    assert started.by_button
    stage.hear(VOICE, 960)
    stage.hear(SILENCE, 2000)
    assert not ends(stage.events)  # the button is still held
    (end,) = ends(stage.listener.release())
    assert end.reason is EndReason.RELEASED
    assert len(end.audio) / 16000 == pytest.approx(0.3 + 0.96 + 0.3, abs=0.1)


def test_a_held_button_with_nobody_speaking_gives_no_audio() -> None:
    stage = Stage(Listener(hands_free=False))
    stage.listener.press()
    stage.hear(SILENCE, 960)
    (end,) = ends(stage.listener.release())
    assert end.reason is EndReason.NO_SPEECH
    assert len(end.audio) == 0


def test_the_button_takes_over_what_is_being_said() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 320)
    assert stage.listener.press() == []
    stage.hear(SILENCE, 2000)
    assert not ends(stage.events)
    (end,) = ends(stage.listener.release())
    assert end.utterance == 1


def test_a_button_held_for_too_long_ends_once_and_starts_nothing_new() -> None:
    stage = Stage(Listener(ListenerSettings(longest_s=2.0)))
    stage.listener.press()
    stage.hear(VOICE, 5000)
    (end,) = ends(stage.events)
    assert end.reason is EndReason.TOO_LONG
    assert stage.listener.release() == []
    assert stage.hear(VOICE, 64)


def test_pressing_twice_and_releasing_twice_does_nothing_more() -> None:
    listener = Listener()
    assert len(listener.press()) == 1
    assert listener.press() == []
    assert len(listener.release()) == 1
    assert listener.release() == []


def test_switching_hands_free_off_drops_what_is_said_but_not_under_the_button() -> None:
    stage = Stage(Listener())
    stage.hear(VOICE, 320)
    (end,) = ends(stage.listener.set_hands_free(False))
    assert end.reason is EndReason.CANCELLED
    assert len(end.audio) == 0
    stage.listener.press()
    assert stage.listener.set_hands_free(False) == []
    assert stage.listener.utterance == 2
    assert len(ends(stage.listener.cancel())) == 1
    assert stage.listener.cancel() == []


ACTIONS = st.one_of(
    st.tuples(st.sampled_from([VOICE, 0.4, SILENCE]), st.integers(1, 40), st.booleans()),
    st.sampled_from(["press", "release", "on", "off", "cancel", "stop", "turn left at the"]),
)


@settings(max_examples=150)
@given(st.lists(ACTIONS, max_size=40), st.booleans())
def test_whatever_happens_each_start_ends_exactly_once(actions: list[object], open_: bool) -> None:
    listener = Listener(
        ListenerSettings(longest_s=2.0), lambda text: text == "stop", hands_free=open_
    )
    stage = Stage(listener)
    for action in actions:
        match action:
            case (float(probability), int(count), bool(car_speaks)):
                stage.hear(probability, count * FRAME_MS, car_speaks)
            case "press":
                stage.events += listener.press()
            case "release":
                stage.events += listener.release()
            case "on" | "off":
                stage.events += listener.set_hands_free(action == "on")
            case "cancel":
                stage.events += listener.cancel()
            case str(text):
                listener.partial(listener.utterance or 0, text)
    stage.events += listener.cancel()
    check(stage)


def check(stage: Stage) -> None:
    """Starts and ends alternate with rising numbers, in time, and no frame is given out twice."""
    current: SpeechStarted | None = None
    count, last_frame = 0, -1
    for event in stage.events:
        match event:
            case SpeechStarted():
                assert current is None
                count += 1
                assert event.utterance == count
                current = event
            case DecodeDue():
                assert current is not None
                assert event.utterance == current.utterance
                assert 0 < len(event.audio) <= 2.0 * 16000
            case SpeechEnded():
                assert current is not None
                assert event.utterance == current.utterance
                assert event.t0_s <= event.t1_s <= event.at_s + 1e-9
                assert event.at_s >= current.at_s
                numbers = event.audio[::FRAME_SAMPLES].tolist()
                if numbers:
                    assert numbers == list(range(int(numbers[0]), int(numbers[0]) + len(numbers)))
                    assert numbers[0] > last_frame
                    last_frame = numbers[-1]
                current = None
    assert current is None
    assert stage.listener.now_s == pytest.approx(stage.frames * FRAME_S)
