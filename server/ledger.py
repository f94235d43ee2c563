"""The spoken ledger: the history holds what was really heard, not what was written. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

#: Lines kept for the dialogue.
KEPT_LINES = 200
#: How fast a voice speaks where the end of a clause is not known yet (165 words a minute).
_MS_PER_CHARACTER = 65.0


@dataclass(frozen=True)
class Line:
    """One line of the conversation; `heard_chars` is set when speech was cut off."""

    turn: int
    who: Literal["you", "car"]
    text: str
    heard_chars: int | None = None

    @property
    def heard(self) -> str:
        """The part that reached somebody's ears or eyes."""
        return self.text if self.heard_chars is None else self.text[: self.heard_chars].rstrip()


@dataclass
class _Speech:
    """Which characters of a text are in which milliseconds of its audio."""

    text: str
    ends: list[tuple[int, float]] = field(default_factory=list)  # (characters, ms) per clause
    played_ms: float = 0.0


class Ledger:
    """What was said by whom, with the truth about interrupted speech."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT_LINES)
        self._speech: dict[int, _Speech] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self._lines)

    def said(self, turn: int, text: str) -> None:
        """A passenger said or typed this."""
        self._lines.append(Line(turn, "you", text))

    def shown(self, turn: int, text: str) -> None:
        """The car's words on the screen; they count as read unless speech of them is cut off."""
        self._lines.append(Line(turn, "car", text))

    def speaking(self, turn: int, text: str) -> None:
        """Speech of this turn's reply begins."""
        self._speech[turn] = _Speech(text)

    def voiced(self, turn: int, characters: int, audio_ms: float) -> None:
        """Another clause became audio: the text up to `characters` ends at `audio_ms`."""
        speech = self._speech.get(turn)
        if speech is not None:
            speech.ends.append((min(characters, len(speech.text)), audio_ms))

    def played(self, turn: int, ms: float) -> None:
        """A loudspeaker has played `ms` of this turn; with several, the furthest counts."""
        speech = self._speech.get(turn)
        if speech is not None:
            speech.played_ms = max(speech.played_ms, ms)

    def finish(self, turn: int) -> None:
        """The speech was played to its end."""
        self._speech.pop(turn, None)

    def cut(self, turn: int) -> int | None:
        """Speech was stopped: the characters that were heard, or None when it was not speaking.

        Rounded down to whole words, because half a word was not understood.
        """
        speech = self._speech.pop(turn, None)
        if speech is None:
            return None
        heard = _heard_characters(speech)
        for i, line in enumerate(self._lines):
            if line.turn == turn and line.who == "car" and line.text == speech.text:
                self._lines[i] = replace(line, heard_chars=heard)
        return heard

    def last_heard_reply(self) -> str | None:
        """The car's last words as far as they were heard, for "repeat" and for context."""
        for line in reversed(self._lines):
            if line.who == "car" and line.heard:
                return line.heard
        return None


def _heard_characters(speech: _Speech) -> int:
    start_chars, start_ms = 0, 0.0
    for characters, end_ms in speech.ends:
        if speech.played_ms < end_ms:
            share = (speech.played_ms - start_ms) / max(end_ms - start_ms, 1e-6)
            reached = start_chars + int((characters - start_chars) * max(0.0, share))
            return _whole_words(speech.text, reached)
        start_chars, start_ms = characters, end_ms
    more = int(max(0.0, speech.played_ms - start_ms) / _MS_PER_CHARACTER)
    return _whole_words(speech.text, min(len(speech.text), start_chars + more))


def _whole_words(text: str, characters: int) -> int:
    if characters >= len(text) or not text[characters].isalnum():
        return characters
    cut = characters
    while cut > 0 and text[cut - 1].isalnum():
        cut -= 1
    return len(text[:cut].rstrip())
