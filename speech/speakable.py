"""Makes text speakable: numbers with units, roads and exits, times, signs, abbreviations."""

import re
from collections.abc import Callable

from speech.number_words import number_in_words, road_number_in_words

_UNITS = {  # written form: (one, many)
    "km/h": ("kilometre per hour", "kilometres per hour"),
    "kph": ("kilometre per hour", "kilometres per hour"),
    "mph": ("mile per hour", "miles per hour"),
    "m/s²": ("metre per second squared", "metres per second squared"),
    "m/s^2": ("metre per second squared", "metres per second squared"),
    "m/s2": ("metre per second squared", "metres per second squared"),
    "m/s": ("metre per second", "metres per second"),
    "km": ("kilometre", "kilometres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "mi": ("mile", "miles"),
    "ft": ("foot", "feet"),
    "m": ("metre", "metres"),
    "ms": ("millisecond", "milliseconds"),
    "min": ("minute", "minutes"),
    "s": ("second", "seconds"),
    "h": ("hour", "hours"),
    "kg": ("kilogram", "kilograms"),
    "t": ("tonne", "tonnes"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "kW": ("kilowatt", "kilowatts"),
    "Hz": ("hertz", "hertz"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
    "%": ("percent", "percent"),
}
_WORDS = {
    "e.g.": "for example",
    "i.e.": "that is",
    "etc.": "and so on",
    "approx.": "about",
    "vs.": "versus",
    "Blvd.": "Boulevard",
    "Ave.": "Avenue",
    "Rd.": "Road",
    "Hwy.": "Highway",
    "Hwy": "Highway",
}
_SIGNS = {
    "&": " and ",
    "@": " at ",
    "≤": " at most ",
    "≥": " at least ",
    "≈": " about ",
    "±": " plus or minus ",
    "\u00d7": " by ",
    "→": ", then ",
    "<": " less than ",
    ">": " more than ",
    "=": " equals ",
}
_SPELLED = ("ETA", "GPS", "SUV", "ABS", "HGV", "EV", "AI", "OK", "US", "UK", "ID")

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
# "min" before "m" and so on: the longest unit wins.
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_AFTER_UNIT = r"(?![\w/²^])"
_ROAD = r"\b((?i:exit|junction|route|highway|interstate))\s+(\d{1,4})(?:\s?([A-Z]))?\b"

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def speakable(text: str) -> str:
    """One line of plain words and punctuation that any voice reads well.

    "38 km/h" becomes "38 kilometres per hour", "exit 204B" becomes "exit two oh four B". Text
    without anything to change comes back as it is, apart from white space.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", text))
    return text.strip()


def _quantity(match: re.Match[str]) -> str:
    number, unit = match["number"], match["unit"]
    # "30-metre gap", but "30 metres"; "1 metre", but "1.0 metres".
    one = number == "1" or match["joint"] == "-"
    return f"{number} {_UNITS[unit][0 if one else 1]}"


def _range(match: re.Match[str]) -> str:
    return f"{match[1]} to {match[2]}"


def _negative(match: re.Match[str]) -> str:
    return f"minus {match[1]}"


def _thousands(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def _time_of_day(match: re.Match[str]) -> str:
    hours, minutes = int(match[1]), int(match[2])
    if minutes == 0:
        return f"{number_in_words(hours)} o'clock"
    return f"{number_in_words(hours)} {'oh ' if minutes < 10 else ''}{number_in_words(minutes)}"


def _exit(match: re.Match[str]) -> str:
    letter = f" {match[3]}" if match[3] else ""
    return f"{match[1]} {road_number_in_words(int(match[2]))}{letter}"


def _road_name(match: re.Match[str]) -> str:
    return f"{match[1]} {road_number_in_words(int(match[2]))}"


def _street(match: re.Match[str]) -> str:
    # Before a capital or at the end, the dot ends the sentence as well.
    return f"{match[1]} Street" + ("" if match[2] is None else f".{match[2]}")


def _constant(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _match: text


def _spelled(match: re.Match[str]) -> str:
    return " ".join(match[1]) + match[2]


def _rules() -> list[Rule]:
    """In the order in which they apply: marks off, names, numbers, units, signs."""
    table: list[tuple[str, Callable[[re.Match[str]], str]]] = [
        (r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028\u2029\ufeff]+", _constant(" ")),
        (r"\[([^\]]*)\]\([^)]*\)", lambda match: match[1]),  # a Markdown link: its words
        (r"https?://\S+", _constant("a link")),
        (r"[*_`#~]{2,}|(?<!\w)[*_`]|[*_`](?!\w)", _constant("")),  # Markdown emphasis
        (r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]", _constant("")),  # pictographs
    ]
    table += [
        (rf"(?<!\w){re.escape(word)}(?!\w)", _constant(meaning)) for word, meaning in _WORDS.items()
    ]
    table += [
        (r"\b([A-Z]\w+) St\.(\s+(?=[A-Z])|\s*$)?", _street),
        (r"#(?=\d)", _constant("number ")),
        (r"~\s?(?=\d)", _constant("about ")),
        (r"\b(\d{1,2}):(\d{2})\b(?!:)", _time_of_day),
        (_ROAD, _exit),
        (r"\b(I|US|SR|A|M|B|E)-?(\d{1,4})\b", _road_name),
        (r"\d{1,3}(?:,\d{3})+(?!\d)", _thousands),
        (rf"({_NUMBER})\s?[\u2013\u2014]\s?(?={_NUMBER})({_NUMBER})", _range),
        (r"\b(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?=\s?(?:" + _UNIT + r")(?!\w))", _range),
        (rf"(?<![\w.])[-\u2212](?={_NUMBER})({_NUMBER})", _negative),
        (
            rf"(?<![\w.])(?P<number>{_NUMBER})(?P<joint>[ -]?)(?P<unit>{_UNIT}){_AFTER_UNIT}",
            _quantity,
        ),
        (r"(?<=[a-z]{2})/(?=[a-z]{2})", _constant(" or ")),
        (rf"\b({'|'.join(_SPELLED)})(s?)\b", _spelled),
    ]
    table += [(re.escape(sign), _constant(meaning)) for sign, meaning in _SIGNS.items()]
    table.append((r"\s?[\u2013\u2014]\s?", _constant(", ")))
    return [(re.compile(pattern), replacement) for pattern, replacement in table]


_RULES = _rules()
