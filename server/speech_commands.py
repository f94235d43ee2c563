"""`ridealong hear` and `ridealong speak`: is speech set up well?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from server.settings import SettingsError, load_settings
from server.speech_room import recogniser_options, voice_options
from speech.errors import AudioError, SpeechError
from speech.files import hear_file, speak_to_file
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
            heard = hear_file(file, recogniser)
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
    if not speakable(text):
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
        seconds = speak_to_file(text, output, voice)
    except AudioError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    except SpeechError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 1
    finally:
        voice.close()
    print(json.dumps({"file": str(output), "seconds": round(seconds, 2), "voice": voice.name}))
    return 0
