"""Whole recordings, without a microphone: hearing one, speaking one. These calls block."""

import threading
from pathlib import Path

import numpy as np

from speech.audio import HEARING_RATE_HZ, Recording, Samples, for_hearing, read_wav, write_wav
from speech.clauses import split_clauses
from speech.errors import AudioError, VoiceError
from speech.listener import Listener, ListenerSettings, SpeechEnded
from speech.recognisers import Recogniser, Transcript, load_recogniser
from speech.speakable import speakable
from speech.vad import FRAME_SAMPLES, SileroModel, VoiceActivityModel
from speech.voices import Voice, load_voice
from speech.words import why_discard


def hear_file(path: Path, recogniser: Recogniser | None = None) -> Transcript:
    """The words in a PCM WAV file of any length, by default with the first recogniser found.

    Raises SpeechError: no such file, not a WAV file, no recogniser.
    """
    return hear_recording(read_wav(path), recogniser or load_recogniser(), SileroModel())


def hear_recording(
    recording: Recording, recogniser: Recogniser, voice_activity: VoiceActivityModel
) -> Transcript:
    """The words in a recording; where nobody speaks nothing is decoded."""
    samples = for_hearing(recording)
    heard = [recogniser.transcribe(part) for part in _spoken_parts(samples, voice_activity)]
    good = [one for one in heard if why_discard(one.text, one.complete) is None]
    if not good:
        return Transcript("", 0.0, recording.duration_s, recogniser.name)
    known = [(one.confidence, one.audio_s) for one in good if one.confidence is not None]
    confidence = sum(c * s for c, s in known) / sum(s for _, s in known) if known else None
    text = " ".join(one.text for one in good)
    return Transcript(text, confidence, recording.duration_s, recogniser.name)


def speak_to_file(text: str, path: Path, voice: Voice | None = None) -> float:
    """Speaks `text` into a 16-bit WAV file at the rate of the voice; returns its length in s.

    Without `voice` the first one found is loaded and closed again. Raises SpeechError.
    """
    own = voice is None
    voice = voice or load_voice()
    try:
        pcm = speak_to_pcm(text, voice)
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


def speak_to_pcm(text: str, voice: Voice) -> bytes:
    """Mono 16-bit samples of a whole text at the rate of the voice."""
    never = threading.Event()
    clauses = [spoken for part in split_clauses(text) if (spoken := speakable(part))]
    return b"".join(piece for clause in clauses for piece in voice.speak(clause, never))


def _spoken_parts(samples: Samples, voice_activity: VoiceActivityModel) -> list[Samples]:
    """The stretches of a recording in which somebody speaks, 15 s at the most each."""
    activity = voice_activity.stream()
    listener = Listener()
    silence_s = ListenerSettings().long_hangover_ms / 1000 + 0.1  # lets the last words end
    padded = np.concatenate((samples, np.zeros(round(silence_s * HEARING_RATE_HZ), np.float32)))
    parts: list[Samples] = []
    for start in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        frame = padded[start : start + FRAME_SAMPLES]
        events = listener.feed(frame, activity.probability(frame))
        ends = (event.audio for event in events if isinstance(event, SpeechEnded))
        parts.extend(audio for audio in ends if len(audio))
    return parts
