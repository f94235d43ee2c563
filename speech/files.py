"""Hearing a WAV file and speaking into one, for the command line."""

import threading
from pathlib import Path

import numpy as np

from speech.audio import HEARING_RATE_HZ, Samples, for_hearing, read_wav, write_wav
from speech.clauses import split_clauses
from speech.errors import AudioError, VoiceError
from speech.listener import Listener, ListenerSettings, SpeechEnded
from speech.recognisers import Recogniser, Transcript, load_recogniser
from speech.speakable import speakable
from speech.vad import FRAME_SAMPLES, SileroModel, VoiceActivityModel
from speech.voices import Voice, load_voice
from speech.words import why_discard


def hear_file(
    path: Path,
    recogniser: Recogniser | None = None,
    voice_activity: VoiceActivityModel | None = None,
) -> Transcript:
    """The words in a PCM WAV file of any length, by default with the first recogniser found.

    Where nobody speaks nothing is decoded. Raises SpeechError: no such file, no such model.
    """
    samples = for_hearing(read_wav(path))
    recogniser = recogniser or load_recogniser()
    heard = [recogniser.transcribe(part) for part in _spoken(samples, voice_activity)]
    good = [one for one in heard if why_discard(one.text, one.complete) is None]
    audio_s = len(samples) / HEARING_RATE_HZ
    if not good:
        return Transcript("", 0.0, audio_s, recogniser.name)
    known = [(one.confidence, one.audio_s) for one in good if one.confidence is not None]
    confidence = sum(c * s for c, s in known) / sum(s for _, s in known) if known else None
    return Transcript(" ".join(one.text for one in good), confidence, audio_s, recogniser.name)


def speak_to_file(text: str, path: Path, voice: Voice | None = None) -> float:
    """Speaks `text` into a 16-bit WAV file at the rate of the voice; returns its length in s."""
    own = voice is None
    voice = voice or load_voice()
    try:
        clauses = [spoken for part in split_clauses(text) if (spoken := speakable(part))]
        pcm = b"".join(
            piece for clause in clauses for piece in voice.speak(clause, threading.Event())
        )
        rate_hz = voice.rate_hz
    finally:
        if own:
            voice.close()
    if not pcm:
        raise VoiceError("there is nothing to say: give a text with words and a voice that speaks")
    try:
        write_wav(path, pcm, rate_hz)
    except OSError as problem:
        raise AudioError(f"{path} cannot be written: {problem.strerror}") from None
    return len(pcm) / 2 / rate_hz


def _spoken(samples: Samples, voice_activity: VoiceActivityModel | None) -> list[Samples]:
    """The stretches of a recording in which somebody speaks, 15 s at the most each."""
    activity = (voice_activity or SileroModel()).stream()
    listener = Listener()
    silence_s = ListenerSettings().long_hangover_ms / 1000 + 0.1  # lets the last words end
    padded = np.concatenate((samples, np.zeros(round(silence_s * HEARING_RATE_HZ), np.float32)))
    parts: list[Samples] = []
    for start in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = padded[start : start + FRAME_SAMPLES]
        for event in listener.feed(frame, activity.probability(frame)):
            if isinstance(event, SpeechEnded) and len(event.audio):
                parts.append(event.audio)  # noqa: PERF401
    return parts
