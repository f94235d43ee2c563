"""Number words to digits: "sixty five" → 65, "one thirty" → 130, "a hundred and twenty" → 120."""

from __future__ import annotations

_ONES = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
#: "one" alone is mostly a pronoun ("the next one"); these words make it a number.
_ONE_AFTER = frozenset({"exit", "number", "lane", "route", "highway", "platform", "oh"})
_ONE_BEFORE = frozenset(
    {"kilometre", "kilometres", "mile", "miles", "metre", "metres", "minute", "minutes", "second",
     "seconds", "hour", "hours", "car", "lane", "block", "blocks", "point", "hundred", "thousand"}
)  # fmt: skip


def digits(words: list[str]) -> list[str]:
    """The same words with spoken numbers as digits; other words stay as they are."""
    out: list[str] = []
    i = 0
    while i < len(words):
        value, used = _number(words, i)
        if used and not _pronoun(words, i, used):
            out.append(str(value))
            i += used
        else:
            out.append(words[i])
            i += 1
    return _decimals(out)


def _pronoun(words: list[str], i: int, used: int) -> bool:
    if used > 1 or words[i] != "one":
        return False
    before = words[i - 1] if i else ""
    after = words[i + 1] if i + 1 < len(words) else ""
    return before not in _ONE_AFTER and after not in _ONE_BEFORE


def _number(words: list[str], i: int) -> tuple[int, int]:
    """The number that begins at word `i` and how many words it takes (0: none)."""
    first = words[i]
    if first == "a" and i + 1 < len(words) and words[i + 1] == "hundred":
        tail, used = _below_hundred(words, _skip_and(words, i + 2))
        joined = _skip_and(words, i + 2) - (i + 2) if used else 0
        return 100 + tail, 2 + used + joined
    head, used = _below_hundred(words, i)
    if not used:
        return (100, 1) if first == "hundred" else (0, 0)
    j = i + used
    if j < len(words) and words[j] == "hundred":
        start = _skip_and(words, j + 1)
        tail, more = _below_hundred(words, start)
        return head * 100 + tail, (start + more - i) if more else (j + 1 - i)
    if head < 10 and used == 1 and j < len(words):  # "one thirty", "one oh five", "five five"
        if words[j] in _TENS or words[j] in ("ten", "twenty", "fifteen"):
            tail, more = _below_hundred(words, j)
            return head * 100 + tail, used + more
        if words[j] in ("oh", "o") and j + 1 < len(words) and words[j + 1] in _ONES:
            return head * 100 + _ONES[words[j + 1]], used + 2
    return head, used


def _below_hundred(words: list[str], i: int) -> tuple[int, int]:
    if i >= len(words):
        return 0, 0
    word = words[i]
    if word in _TENS:
        if i + 1 < len(words) and 0 < _ONES.get(words[i + 1], 0) < 10:
            return _TENS[word] + _ONES[words[i + 1]], 2
        return _TENS[word], 1
    return (_ONES[word], 1) if word in _ONES else (0, 0)


def _skip_and(words: list[str], i: int) -> int:
    tail = i + 1 < len(words) and words[i] == "and"
    return i + 1 if tail and _below_hundred(words, i + 1)[1] else i


def _decimals(words: list[str]) -> list[str]:
    """ "2 point 5" → "2.5"."""
    out: list[str] = []
    for word in words:
        if word.isdigit() and len(out) >= 2 and out[-1] == "point" and out[-2].isdigit():
            out[-2:] = [f"{out[-2]}.{word}"]
        else:
            out.append(word)
    return out
