"""Cuts text into pieces to be spoken one after the other, also while it is still being written."""

import re

# A stop followed by white space; "3.5", "e.g." and "St. Mary" are none.
_SENTENCE_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMrs)(?<!\bapprox)(?<!\bvs)(?<!\bNo)"
    r"[.!?…]+[\"')\]]*(?=\s)"
)
_CLAUSE_END = re.compile(
    r"[,;:](?=\s)|\s(?=(?:because|but|so that|until|while|which|after|before|since)\s)"
)
_MIN_CLAUSE_CHARACTERS = 12  # shorter pieces sound chopped
_MAX_CHARACTERS = 240  # about 15 s of speech: nothing should wait longer than that


class ClauseSplitter:
    """Takes text as it comes and gives back the pieces that can be spoken already.

    With `first_clause_early` the first sentence is cut at its first clause, so that a slow voice
    has something to say at once; later sentences stay whole because they sound better.
    """

    def __init__(self, first_clause_early: bool) -> None:
        self._pending = ""
        self._wants_clause = first_clause_early

    def feed(self, text: str) -> list[str]:
        """Pieces that are complete now, without white space around them."""
        self._pending += text
        pieces: list[str] = []
        while (end := self._piece_end()) is not None:
            piece, self._pending = self._pending[:end].strip(), self._pending[end:]
            if piece:
                pieces.append(piece)
                self._wants_clause = False
        return pieces

    def flush(self) -> list[str]:
        """What is left when no more text comes; the splitter is then empty."""
        pieces = self.feed(" ")
        rest, self._pending = self._pending.strip(), ""
        return [*pieces, rest] if rest else pieces

    def _piece_end(self) -> int | None:
        sentence = _SENTENCE_END.search(self._pending)
        end = sentence.end() if sentence else None
        if self._wants_clause:
            for clause in _CLAUSE_END.finditer(self._pending, _MIN_CLAUSE_CHARACTERS):
                return clause.end() if end is None else min(end, clause.end())
        if end is None or end > _MAX_CHARACTERS:
            return self._forced_end()
        return end

    def _forced_end(self) -> int | None:
        """The best place to cut text that has gone on for too long without a stop."""
        if len(self._pending) <= _MAX_CHARACTERS:
            return None
        head = self._pending[:_MAX_CHARACTERS]
        clauses = [match.end() for match in _CLAUSE_END.finditer(head, _MIN_CLAUSE_CHARACTERS)]
        return clauses[-1] if clauses else (head.rfind(" ") + 1) or _MAX_CHARACTERS


def split_clauses(text: str, first_clause_early: bool = False) -> list[str]:
    """The pieces of a whole text."""
    splitter = ClauseSplitter(first_clause_early)
    return [*splitter.feed(text), *splitter.flush()]
