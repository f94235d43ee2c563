"""Turns the token ids of a SentencePiece vocabulary into text."""

import re
from pathlib import Path

_BYTE = re.compile(r"<0x([0-9A-F]{2})>")
_SPACE = "\u2581"
_SPECIAL_IDS = frozenset((0, 1, 2))  # unknown, start, end


class Vocabulary:
    """Token id to text; ids beyond the table (Moonshine's reserved ones) have no text."""

    def __init__(self, tokens: list[str]) -> None:
        self._bytes = [_token_bytes(token) for token in tokens]

    @classmethod
    def read(cls, path: Path) -> "Vocabulary":
        """From a UTF-8 file with one token a line."""
        # Not splitlines(): some tokens are characters that it takes for ends of lines.
        return cls(path.read_text("utf-8").split("\n"))

    def __len__(self) -> int:
        return len(self._bytes)

    def decode(self, ids: list[int]) -> str:
        """The text of the tokens, without the space in front."""
        known = (i for i in ids if i < len(self._bytes) and i not in _SPECIAL_IDS)
        return b"".join(self._bytes[i] for i in known).decode("utf-8", "replace").strip()


def _token_bytes(token: str) -> bytes:
    byte = _BYTE.fullmatch(token)
    return bytes((int(byte[1], 16),)) if byte else token.replace(_SPACE, " ").encode()
