"""Measures the embedded recogniser and voice on this machine: `python -m speech.measure`.

The speech is synthetic (espeak), which recognisers hear worse than people: the word error rate
compares versions of this code with each other and says little about passengers.
"""

import json
import statistics
import sys
import threading
import time
from typing import Any

import numpy as np

from speech.audio import Recording, from_pcm16
from speech.files import hear_recording, speak_to_pcm
from speech.recognisers import Recogniser, load_recogniser
from speech.vad import FRAME_SAMPLES, SileroModel
from speech.voices import VoiceOptions, load_voice
from speech.words import words

SENTENCES = (
    "take the next exit",
    "why are you slowing down",
    "hit that trash can",
    "pull over here please",
    "stop the car",
    "what is the speed limit",
    "how fast are we going",
    "change to the left lane",
    "turn right at the traffic light",
    "why did you stop",
    "is there a pedestrian on the right",
    "can you go a bit faster",
    "slow down please",
    "skip this exit",
    "take the second exit",
    "keep right at the fork",
    "when do we arrive",
    "what are you doing",
    "do you see the cyclist",
    "follow that white van",
    "set the speed to fifty",
    "never mind",
    "watch out for the child",
    "overtake the truck",
    "run the red light",
    "park behind the blue car",
    "how far is the next exit",
    "what was that noise",
    "make a u turn",
    "drive more gently",
)
VOICES = (VoiceOptions(voice="en-us"), VoiceOptions(voice="en-us+f5"))


def word_errors(wanted: str, found: str) -> int:
    """Fewest words to insert, delete or replace; a number in digits is the same as in words."""
    reference, hypothesis = words(wanted), words(found.replace("50", "fifty"))
    row = list(range(len(hypothesis) + 1))
    for i, expected in enumerate(reference, start=1):
        before, row[0] = row[0], i
        for j, heard in enumerate(hypothesis, start=1):
            cost = before + (expected != heard)
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, cost)
    return row[-1]


def accuracy(options: VoiceOptions, recogniser: Recogniser, silero: SileroModel) -> dict[str, Any]:
    """Word error rate and share of sentences without an error on SENTENCES."""
    voice = load_voice("espeak", options)
    errors, exact, confidences, audio_s, cpu_s = 0, 0, [], 0.0, 0.0
    for sentence in SENTENCES:
        recording = Recording(from_pcm16(speak_to_pcm(sentence, voice)), voice.rate_hz)
        begin_s = time.process_time()
        transcript = hear_recording(recording, recogniser, silero)
        cpu_s += time.process_time() - begin_s
        wrong = word_errors(sentence, transcript.text)
        errors += wrong
        exact += wrong == 0
        confidences.append(transcript.confidence or 0.0)
        audio_s += recording.duration_s
    voice.close()
    return {
        "voice": f"espeak {options.voice} (synthetic)",
        "word_error_rate": round(errors / sum(len(words(s)) for s in SENTENCES), 3),
        "sentences_right": f"{exact}/{len(SENTENCES)}",
        "mean_confidence": round(statistics.mean(confidences), 2),
        "real_time_factor_cpu": round(cpu_s / audio_s, 3),
    }


def voice_latency(repeats: int = 20) -> dict[str, float]:
    """Loading the voice, first sound and whole sound of a sentence of 12 words, in ms."""
    begin_s = time.perf_counter()
    voice = load_voice("espeak")
    load_ms = 1000 * (time.perf_counter() - begin_s)
    first_ms, whole_ms = [], []
    for _ in range(repeats):
        begin_s = time.perf_counter()
        pieces = voice.speak(
            "I am slowing down because a cyclist is merging ahead of us.", threading.Event()
        )
        next(iter(pieces))
        first_ms.append(1000 * (time.perf_counter() - begin_s))
        list(pieces)
        whole_ms.append(1000 * (time.perf_counter() - begin_s))
    voice.close()
    return {
        "load_ms": round(load_ms),
        "first_sound_ms_p50": round(statistics.median(first_ms), 1),
        "first_sound_ms_max": round(max(first_ms), 1),
        "whole_ms_p50": round(statistics.median(whole_ms), 1),
    }


def activity_cost(silero: SileroModel, frames: int = 500) -> float:
    """CPU time of one 32 ms frame of voice activity, in ms."""
    stream, frame = silero.stream(), np.zeros(FRAME_SAMPLES, np.float32)
    begin_s = time.process_time()
    for _ in range(frames):
        stream.probability(frame)
    return round(1000 * (time.process_time() - begin_s) / frames, 3)


def measure() -> dict[str, Any]:
    """All figures, ready to be printed as JSON."""
    begin_s = time.perf_counter()
    recogniser = load_recogniser("moonshine")
    load_ms = round(1000 * (time.perf_counter() - begin_s))
    silero = SileroModel()
    return {
        "recogniser_load_ms": load_ms,
        "voice_activity_cpu_ms_per_frame": activity_cost(silero),
        "accuracy": [accuracy(options, recogniser, silero) for options in VOICES],
        "espeak": voice_latency(),
    }


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=2)
    print()
