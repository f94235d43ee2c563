"""The line-based runner behind ``ridealong decide``: one JSON object in, one out, in order.

Lines with the same `session` are one dialogue. A line that cannot be used gives
``{"id"?, "line", "error"}`` in its place, and exit status 2 at the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from model.contract.facts import SceneFacts
from modes.decision import DecisionRecord, Utterance, decide, to_send
from modes.dialogue import Dialogue
from modes.expert import Context
from modes.vocabulary import Speaker

__all__ = [
    "Context",
    "DecisionRecord",
    "LineError",
    "Runner",
    "Utterance",
    "decide",
    "main",
    "to_send",
]

_KEYS = frozenset(
    {"id", "text", "speaker", "session", "assistant_before", "scene", "asr_confidence"}
)


class LineError(ValueError):
    """A line cannot be used; the message says what is wrong and how to mend it."""


class Runner:
    """Answers lines one after the other and keeps the dialogues of their sessions.

    `scene` are facts for lines without a scene of their own.
    """

    def __init__(self, scene: SceneFacts | None = None) -> None:
        self._scene = scene
        self._dialogues: dict[str, Dialogue] = {}
        self.failed = False
        self.strange: set[str] = set()

    def run(self, lines: Iterable[str | bytes]) -> Iterator[dict[str, Any]]:
        """One answer a line, empty lines skipped."""
        for count, raw in enumerate(lines, start=1):
            ident: object = None
            try:
                text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
                if not text.strip():
                    continue
                item = _parsed(text)
                ident = item.get("id")
                _check(item)
                yield self._answer(item)
            except (LineError, UnicodeDecodeError) as error:
                self.failed = True
                message = (
                    "the line is no UTF-8 text: save the file as UTF-8"
                    if isinstance(error, UnicodeDecodeError)
                    else str(error)
                )
                named = {} if ident is None else {"id": ident}
                yield {**named, "line": count, "error": message}

    def _answer(self, item: dict[str, Any]) -> dict[str, Any]:
        speaker = _speaker(item)
        confidence = _confidence(item)
        facts = self._facts(item)
        session = _session(item)
        before = item.get("assistant_before") or ""
        if not isinstance(before, str):
            raise LineError("`assistant_before` must be a string")
        dialogue = self._dialogues.get(session, Dialogue()) if session else Dialogue()
        if before:
            dialogue = replace(dialogue, last_reply=before)
        context = Context(
            dialogue=dialogue,
            speaker=speaker,
            assistant_before=before or dialogue.last_reply,
            now_s=float(dialogue.turns),
        )
        record = decide(Utterance(item["text"], speaker, confidence), context, facts)
        if session:
            self._dialogues[session] = record.dialogue
        return record.to_json(item.get("id"))

    def _facts(self, item: dict[str, Any]) -> SceneFacts | None:
        scene = item.get("scene")
        if scene is None:
            return self._scene
        if not isinstance(scene, dict):
            raise LineError('`scene` must be an object of scene facts, such as {"speed_kph": 50}')
        facts, strange = SceneFacts.from_plain(scene, source="scene")
        self.strange.update(strange)
        return facts


def _parsed(text: str) -> dict[str, Any]:
    try:
        item = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = getattr(error, "msg", "nested too deeply")
        raise LineError(f"the line is no JSON object ({reason})") from error
    if not isinstance(item, dict):
        raise LineError('the line must be a JSON object with a "text"')
    return item


def _check(item: dict[str, Any]) -> None:
    if not isinstance(item.get("text"), str):
        raise LineError('"text" is missing or no string: {"text": "take the next exit"}')
    unknown = sorted(set(item) - _KEYS)
    if unknown:
        raise LineError(f'unknown key "{unknown[0]}"; known are {", ".join(sorted(_KEYS))}')


def _speaker(item: dict[str, Any]) -> Speaker:
    raw = item.get("speaker") or "unknown"
    try:
        return Speaker(raw)
    except ValueError as error:
        known = ", ".join(s.value for s in Speaker)
        raise LineError(f"`speaker` must be one of {known}") from error


def _confidence(item: dict[str, Any]) -> float | None:
    raw = item.get("asr_confidence")
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, (int, float)) or not 0 <= raw <= 1:
        raise LineError("`asr_confidence` must be a number from 0 to 1")
    return float(raw)


def _session(item: dict[str, Any]) -> str:
    raw = item.get("session")
    if raw is None:
        return ""
    if not isinstance(raw, (str, int)):
        raise LineError("`session` must be a string")
    return str(raw)


def read_scene(path: Path) -> SceneFacts:
    """Facts from a JSON file; raises `LineError` with one line that says how to mend it."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LineError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(document, dict):
        raise LineError(f"{path}: expected one JSON object of scene facts")
    return SceneFacts.from_plain(document, source="scene")[0]


def main(
    scene_file: Path | None = None,
    stdin: Iterable[str | bytes] | None = None,
    stdout: TextIO | None = None,
) -> int:
    """Runs over all lines of `stdin`; 0 when all were answered, 2 when one could not be used."""
    out = stdout or sys.stdout
    try:
        scene = read_scene(scene_file) if scene_file is not None else None
    except LineError as error:
        print(error, file=sys.stderr)
        return 2
    runner = Runner(scene)
    for answer in runner.run(stdin if stdin is not None else sys.stdin.buffer):
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
    out.flush()
    for key in sorted(runner.strange):
        print(f"scene fact {key!r} is unknown or has an unknown value", file=sys.stderr)
    return 2 if runner.failed else 0
