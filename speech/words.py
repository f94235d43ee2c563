"""Comparing and judging recognised words."""

import re

# After one of these a speaker goes on: "turn left at the ...".
_OPEN_ENDINGS = frozenset(
    (
        *("a", "an", "the", "my", "your", "our", "their", "his", "its", "some", "any"),
        *("at", "to", "in", "of", "for", "with", "from", "by", "into", "onto", "than", "as"),
        *("behind", "beside", "between", "near", "toward", "towards"),
        *("and", "or", "but", "because", "if", "when", "then", "before", "after", "until"),
        *("is", "are", "was", "were", "will", "would", "could", "should"),
        *("please", "um", "uh"),
    )
)


# What the recognisers here say for noise; nobody says it to a car.
_INVENTED = frozenset(
    (
        "you",
        "transcript emily beynon",
        "thanks for watching",
        "thank you for watching",
    )
)


def normal(text: str) -> str:
    """Lower-case words without punctuation: "Stop, please." and "stop please" are the same."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The words of a text in lower case; an apostrophe belongs to its word."""
    return re.findall(r"[^\W_]+(?:['\u2019][^\W_]+)*", text.lower())


def ends_open(text: str) -> bool:
    """True when the last word asks for another one, or the text breaks off with a dash or dots."""
    found = words(text)
    return text.rstrip().endswith(("...", "…", "-", "—", ",")) or bool(
        found and found[-1] in _OPEN_ENDINGS
    )


def stable_characters(before: str, now: str) -> int:
    """How many characters of `now` are words that `before` began with as well."""
    stable = 0
    matches = re.finditer(r"\S+", now)
    for match, old in zip(matches, before.split(), strict=False):
        if normal(match[0]) != normal(old):
            break
        stable = match.end()
    return stable


def why_discard(text: str, complete: bool) -> str | None:
    """The reason why recognised text is no speech, None if it is.

    Recognisers invent text for noise: nothing but signs, leftovers of the subtitles that they were
    trained on, the same few words again and again, or a decoding that does not end.
    """
    found = words(text)
    if not found:
        return "empty"
    if " ".join(found) in _INVENTED:
        return "invention"
    if _repeats(found):
        return "repetition"
    return None if complete else "endless"


def _repeats(found: list[str]) -> bool:
    """True if one phrase of up to 6 words comes 4 times or more on end ("stop stop stop" is meant).

    People do say a single word four times, hence 6 times for that.
    """
    for length in range(1, min(6, len(found) // 4) + 1):
        needed = (6 if length == 1 else 4) * length
        run = length  # words that belong to one repetition of `length` words
        for word, before in zip(found[length:], found, strict=False):
            run = run + 1 if word == before else length
            if run >= needed:
                return True
    return False
