"""Turns: who is speaking, thinking or listening, and which speech is stale. Pure.

Each utterance, and each thing the car says of itself, is one turn. A turn ends exactly once.
The generation counts interruptions: speech made for an older generation is never played.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

OrbState = Literal["idle", "armed", "listening", "thinking", "speaking", "interrupted", "off"]
Source = Literal["voice", "text", "script", "car"]


class Phase(StrEnum):
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    ENDED = "ended"


class Ending(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"  # a reply was shown or spoken to its end
    SILENT = "silent"  # nothing to say (chatter, radio)
    NOTHING_HEARD = "nothing_heard"  # voice without words
    INTERRUPTED = "interrupted"  # the reply was cut off
    CANCELLED = "cancelled"  # given up before there was a reply
    FAILED = "failed"


#: Which phase the orb shows when several turns are open.
_SHOWN = (Phase.LISTENING, Phase.SPEAKING, Phase.THINKING)
_NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.LISTENING: frozenset({Phase.THINKING}),
    Phase.THINKING: frozenset({Phase.SPEAKING}),
    Phase.SPEAKING: frozenset(),
    Phase.ENDED: frozenset(),
}


@dataclass
class Turn:
    """One turn; `generation` is that of the moment when it began to think."""

    number: int
    source: Source
    phase: Phase
    generation: int
    ending: Ending | None = None


class Turns:
    """All turns of one car. Illegal steps answer False and change nothing."""

    def __init__(self, first: int = 1) -> None:
        self.first = self._next = first
        self._open: dict[int, Turn] = {}
        self.generation = 0

    def open(self, source: Source) -> Turn:
        """A new turn: voice begins listening, everything else begins thinking."""
        phase = Phase.LISTENING if source == "voice" else Phase.THINKING
        turn = Turn(self._next, source, phase, self.generation)
        self._next += 1
        self._open[turn.number] = turn
        return turn

    def get(self, number: int) -> Turn | None:
        """The turn, while it is open."""
        return self._open.get(number)

    def advance(self, number: int, phase: Phase) -> bool:
        """Listening → thinking → speaking; False when the turn is over or elsewhere."""
        turn = self._open.get(number)
        if turn is None or phase not in _NEXT[turn.phase]:
            return False
        if phase is Phase.THINKING:
            turn.generation = self.generation
        turn.phase = phase
        return True

    def end(self, number: int, ending: Ending) -> Turn | None:
        """Ends a turn; the turn the first time, None ever after."""
        turn = self._open.pop(number, None)
        if turn is not None:
            turn.phase, turn.ending = Phase.ENDED, ending
        return turn

    def interrupt(self) -> list[int]:
        """Makes all speech stale; the numbers of turns that were speaking (they still must end)."""
        self.generation += 1
        return [n for n, turn in self._open.items() if turn.phase is Phase.SPEAKING]

    def fresh(self, turn: Turn) -> bool:
        """May speech of this turn still be played?"""
        return turn.phase is not Phase.ENDED and turn.generation == self.generation

    def shown(self) -> tuple[OrbState, int]:
        """What the orb shows: the most pressing phase and its newest turn."""
        for phase in _SHOWN:
            numbers = [n for n, turn in self._open.items() if turn.phase is phase]
            if numbers:
                return _ORB[phase], max(numbers)
        return "idle", self._next - 1


_ORB: dict[Phase, OrbState] = {
    Phase.LISTENING: "listening",
    Phase.THINKING: "thinking",
    Phase.SPEAKING: "speaking",
}
