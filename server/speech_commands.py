"""`ridealong hear` and `ridealong speak`: is speech set up well?"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from server.settings import SettingsError, load_settings
from server.speech_room import recogniser_options, voice_options
from speech.audio import for_hearing, read_wav, write_wav
from speech.errors import AudioError, SpeechError
from speech.recognisers.registry import load_recogniser
from speech.speakable import speakable
from speech.voices.registry import load_voice


def hear(files: Sequence[Path]) -> int:
    """One JSON line a file: text, confidence, seconds; a bad file is a line with `error`."""
    try:
        settings = load_settings()
        recogniser = load_recogniser(settings.recogniser, recogniser_options(settings))
    except (SettingsError, SpeechError) as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    status = 0
    for file in files:
        line: dict[str, object] = {"file": str(file)}
        try:
            heard = recogniser.transcribe(for_hearing(read_wav(file)))
            line |= {
                "text": heard.text,
                "confidence": heard.confidence,
                "seconds": round(heard.audio_s, 2),
                "recogniser": heard.backend,
            }
        except AudioError as problem:
            line["error"], status = str(problem), 2
        except SpeechError as problem:
            line["error"], status = str(problem), max(status, 1)
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return status


def speak(text: str, output: Path) -> int:
    """Writes a WAV file and says on stdout what it is."""
    spoken = speakable(text)
    if not spoken:
        print("ridealong: there is nothing in that text that can be spoken", file=sys.stderr)
        return 2
    try:
        settings = load_settings()
        voice = load_voice(settings.voice, voice_options(settings))
    except (SettingsError, SpeechError) as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    try:
        if voice.name == "none":
            print("ridealong: no voice can run here; `ridealong doctor` says why", file=sys.stderr)
            return 1
        pcm = b"".join(voice.speak(spoken, threading.Event()))
        write_wav(output, pcm, voice.rate_hz)
    except SpeechError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"ridealong: {output}: {(problem.strerror or '').lower()}", file=sys.stderr)
        return 2
    finally:
        voice.close()
    seconds = round(len(pcm) / 2 / voice.rate_hz, 2)
    print(json.dumps({"file": str(output), "seconds": seconds, "voice": voice.name}))
    return 0
