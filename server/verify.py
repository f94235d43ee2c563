"""`ridealong replay FILE --verify`: judges every recorded utterance again and compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from modes.vocabulary import Unit
from server import protocol as p
from server.mind import Heard, Mind
from server.recording_reader import Recording, RecordingError

#: What a verdict is; the wording of replies may get better from version to version.
COMPARED = ("mode", "decision", "intent", "question", "refusal_code", "rules", "commands")


def verify(path: Path, unit: str = "kph") -> int:
    """One JSON line an utterance on stdout; 1 when a verdict differs, 2 for a broken file."""
    try:
        recording = Recording(path)
    except RecordingError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    try:
        lines = list(verdicts(recording, unit))
    finally:
        recording.close()
    for line in lines:
        print(json.dumps(line, ensure_ascii=False))
    different = sum(not line["same"] for line in lines)
    print(f"ridealong: {len(lines)} verdicts, {different} differ", file=sys.stderr)
    return 1 if different else 0


def verdicts(recording: Recording, unit: str) -> Iterator[dict[str, Any]]:
    """Each recorded verdict beside the one that this version gives in the same situation."""
    mind = Mind(unit=Unit(unit))
    mind.begin(
        [
            f"{e.get('name', '')} {e.get('towards', '')}".strip()
            for e in recording.map.get("exits", ())
        ],
        [str(place["name"]) for place in recording.map.get("places", ())],
    )
    heard: dict[int, p.Transcript] = {}
    fed = 0
    try:
        for t_s, event in zip(recording.event_times_s, recording.events, strict=True):
            while fed < len(recording.times_s) and recording.times_s[fed] <= t_s + 1e-6:
                mind.add(recording.situation(fed))
                fed += 1
            if isinstance(event, p.Transcript):
                heard[event.turn] = event
            elif isinstance(event, p.Utterance) and not event.fast_path:
                yield _compared(mind, t_s, event, heard.get(event.turn))
    finally:
        mind.close()


def _compared(
    mind: Mind, t_s: float, was: p.Utterance, words: p.Transcript | None
) -> dict[str, Any]:
    heard = Heard(was.turn, was.text, "text")
    if words is not None:
        heard = Heard(was.turn, was.text, words.source, words.speaker, words.confidence)
    now = mind.consider_now(heard, t_s).event
    before, after = (event.model_dump(mode="json", include=set(COMPARED)) for event in (was, now))
    differs = [key for key in COMPARED if before[key] != after[key]]
    return {
        "t_s": t_s,
        "text": was.text,
        "same": not differs,
        "recorded": {key: before[key] for key in ("mode", "decision", "intent", "refusal_code")},
        "differs": {key: {"recorded": before[key], "now": after[key]} for key in differs},
    }
