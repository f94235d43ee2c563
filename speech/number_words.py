"""Small whole numbers in English words, also the way road and exit numbers are said."""

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def number_in_words(number: int) -> str:
    """0..9999 in words: "two hundred four"; ValueError outside."""
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} is outside 0..9999")
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")
    size, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    most, rest = divmod(number, size)
    return f"{_ONES[most]} {name}" + (f" {number_in_words(rest)}" if rest else "")


def road_number_in_words(number: int) -> str:
    """As drivers say it: 12 "twelve", 204 "two oh four", 1612 "sixteen twelve"."""
    if number < 100 or number % 100 == 0 or number > 9999:
        return number_in_words(number) if number <= 9999 else " ".join(str(number))
    most, rest = divmod(number, 100)
    return f"{number_in_words(most)} {'oh ' if rest < 10 else ''}{number_in_words(rest)}"
