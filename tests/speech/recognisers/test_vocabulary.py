"""Token ids to text."""

from pathlib import Path

from speech.recognisers.vocabulary import Vocabulary

TOKENS = ["<unk>", "<s>", "</s>", "<0xC3>", "<0xA9>", "▁caf", "▁next", "s", "\u2028"]


def test_words_bytes_and_special_tokens() -> None:
    vocabulary = Vocabulary(TOKENS)
    assert vocabulary.decode([1, 5, 3, 4, 7, 6, 2]) == "cafés next"
    assert vocabulary.decode([]) == ""


def test_reserved_and_broken_tokens_do_no_harm() -> None:
    vocabulary = Vocabulary(TOKENS)
    assert vocabulary.decode([6, 32_000, 40_000]) == "next"
    assert vocabulary.decode([6, 3]) == "next\ufffd"


def test_a_token_may_be_a_character_that_ends_lines_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.txt"
    path.write_bytes("\n".join(TOKENS).encode())
    assert len(Vocabulary.read(path)) == len(TOKENS)
