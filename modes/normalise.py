"""From raw words to the one spelling that every table of the Mode Expert is written in.

Lower case, no punctuation, contractions spelled out, numbers as digits, fillers dropped, and
the usual mishearings of a speech recogniser mended where the neighbours make them certain
("breaking" → "braking", "write lane" → "right lane").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from modes.numbers import digits
from modes.spellings import CONTRACTIONS, DOUBT, FILLERS, SPELLINGS
from modes.vocabulary import clean_text

#: (pattern, replacement): mishearings that only make sense one way. Order matters.
_MISHEARD: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), replacement)
    for pattern, replacement in (
        (r"breaking(?= (for|because|so|hard|now|at|again|suddenly|late|early))", "braking"),
        (
            r"(why are you|are you|why is it|were you|is the car|the car is|start|keep) breaking",
            r"\1 braking",
        ),
        (r"(why|when|how) did you break(?! the)", r"\1 did you brake"),
        (r"break(?= (now|hard|harder|gently|softly|for the|for that|immediately|quick))", "brake"),
        (
            r"(hit|slam|slam on|tap|pump|press|step on|use|apply|on|release) the (break|breaks)",
            r"\1 the brakes",
        ),
        (r"(hit|use) the brake", r"\1 the brakes"),
        (r"^break( break)*$", "brake"),
        (r"emergency break", "emergency brake"),
        (r"(write|rite|wright|ride) (lane|turn|side|exit|hand|signal|indicator)", r"right \2"),
        (
            r"(turn|go|keep|move|merge|pull|steer|stay|bear|hang a|to the|take a|"
            r"make a) (write|rite|wright)",
            r"\1 right",
        ),
        (
            r"(left|right|next|middle|fast|slow|change|other|bus|this) (lain|lame|line|"
            r"laine)(?! up)",
            r"\1 lane",
        ),
        (r"(lain|lame|line) change", "lane change"),
        (r"change (lanes|lane|lines|lains)", "change lanes"),
        (r"(read|redd) light", "red light"),
        (
            r"(take|the|next|first|second|third|this|that|our|an|my) (exits|exist|exits|"
            r"eggs it|exeat)",
            r"\1 exit",
        ),
        (r"exit (won|wan)", "exit 1"),
        (r"exit (to|too)$", "exit 2"),
        (r"exit (for|fore)$", "exit 4"),
        (r"exit ate", "exit 8"),
        (r"(?<=make a )(you|ewe) turn|(?<=do a )(you|ewe) turn|^(you|ewe) turn$", "u_turn"),
        (r"(?<=take a )(you|ewe) turn|(?<=legal )(you|ewe) turn", "u_turn"),
        (r"u turns?", "u_turn"),
        (r"slow (don|dawn|town|done|down)", "slow down"),
        (r"sloe down", "slow down"),
        (r"speed (app|of|ub)(?= |$)(?! the)", "speed up"),
        (r"(pull|pole|pool|full) (ova|overt|over)", "pull over"),
        (r"(weight|wade) (here|for|a|until|till|there|here)", r"wait \2"),
        (r"^(weight|wade)$", "wait"),
        (r"(over take|overtaking|overtakes)", "overtake"),
        (r"(passed|past) (him|her|them|that|this) (car|truck|van|bus|slow)", r"pass \2 \3"),
        (r"(high way|hi way|hiway)", "highway"),
        (r"(hole|holed|whole) on", "hold on"),
        (r"(watch|which|wash) out", "watch out"),
        (r"(by cycle|bi cycle|by sickle)", "bike"),
        (r"(cyclists|cycle list|cyclist's|sick list|psychlist)", "cyclists"),
        (r"(pedestrian's|pedestrians)", "pedestrians"),
        (r"(rode|rowed) (ahead|work|works|closed|sign)", r"road \2"),
        (r"(steering|stirring) wheel", "steering wheel"),
        (r"(their|there|they are)(?= a (car|cyclist|bike|truck|person|pedestrian))", "there"),
        (r"(to|two|too) (fast|slow|close|quick|quickly|slowly)", r"too \2"),
        (r"(par|bark|pork) (here|there|the car)", r"park \2"),
        (r"miles (per|an|a) hour", "mph"),
        (r"(kilometres|k|clicks|kays) (per|an|a) hour", "kph"),
        (r"(traffic|stop) (light|lights)", r"\2"),
        (r"stop signs?", "stop_sign"),
        (r"bus stops?", "bus_stop"),
        (r"rest stops?", "rest_stop"),
        (r"(tram|train|metro|subway) stops?", "station"),
    )
)
#: Nouns whose "'s" is a verb: "the light's green".
_SUBJECTS = frozenset(
    [
        "light",
        "road",
        "way",
        "coast",
        "nobody",
        "everyone",
        "someone",
        "somebody",
        "everybody",
        "traffic",
        "lane",
        "exit",
        "nothing",
        "everything",
        "something",
    ]
)
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
)
#: Digits between or before letters; road names ("a1", "i-95", "4b", "2nd") are left alone.
_LEETSPEAK = re.compile(
    r"(?=.*[0-9])(?=(?:.*[a-z]){2})(?!\d+(?:st|nd|rd|th)$)[a-z][a-z0-9]*|[0-9][a-z]{2}[a-z0-9]*"
)
_SPELLED = re.compile(r"\b(?:[a-z][\s.\-_*]){2,}[a-z]\b")
_WAKE = re.compile(
    r"^(?:(?:hey|hi|hello|okay|yo|oi|listen|excuse me|dear|so|and|well|now|but|oh|ah|right|look|"
    r"sorry|alright|good|thanks|thank you|cool|great|hey there) )*"
    r"(?:(?:car|ridealong|ride along|buddy|assistant|computer|vehicle|driver|robot|alpa|"
    r"jarvis|kitt|"
    r"dude|man|bro|mate|honey|sweetheart)(?: |$))"
)
_OPENERS = re.compile(
    r"^(?:(?:hey|hi|hello|okay|yo|oi|listen|excuse me|so|and|well|oh(?! no| my)|"
    r"look(?! out| at| for)|sorry|great|cool|thanks|"
    r"thank you|then|also|now then|hey there|you know what|you know|i mean|honestly|"
    r"listen up) )+(?=\S)"
)
#: "why can't you go" comes out as "why can not you go": put the subject first again.
_INVERTED = re.compile(
    r"^((?:why |how come |and |but )*)(can|could|will|would|should|is|are|(?<=why )do|does|"
    r"did|was|were|have|has|must|may) not (you|we|i|it|this|that|they|he|she|the car)(?= (?!dare))"
)
_WORD = re.compile(r"[a-z0-9_']+(?:[./-][a-z0-9]+)*|[?]")


@dataclass(frozen=True)
class Words:
    """One utterance in several stages of cleaning.

    `clean` is what may be shown and logged; `text` is what the tables are matched against;
    `addressed` is set when the speaker named the car, `asked` when it ended in a question mark,
    `doubt` when hesitation was heard, `markup` when tokens or role names had to be taken out.
    """

    clean: str
    text: str
    addressed: bool = False
    asked: bool = False
    doubt: bool = False
    markup: bool = False


def normalise(raw: str) -> Words:
    """All stages for `raw`; never raises, whatever the characters."""
    clean = clean_text(raw)
    markup = _has_markup(raw)
    flat = unicodedata.normalize("NFKD", clean.lower()).replace("’", "'").replace("`", "'")
    flat = "".join(ch for ch in flat if not unicodedata.combining(ch))
    flat = _SPELLED.sub(lambda m: re.sub(r"[\s.\-_*]", "", m.group(0)), flat)
    flat = re.sub(r"\bu[\s-]turn", "u_turn", flat)
    tokens = _WORD.findall(flat)
    asked = bool(tokens) and "?" in tokens[-2:]
    words: list[str] = []
    for token in tokens:
        if token == "?":
            continue
        words.extend(_spell(token.strip("'")).split())
    doubt = any(word in DOUBT for word in words)
    text = " ".join(digits(_without_fillers(words)))
    wake = _WAKE.match(text)
    if wake and (wake.end() < len(text)):
        text = text[wake.end() :].strip()
    text = _OPENERS.sub("", text)
    for pattern, replacement in _MISHEARD:
        text = pattern.sub(replacement, text)
    text = _INVERTED.sub(r"\1\2 \3 not", text)
    text = re.sub(r"(?<!\S)(\w+)(?: \1){3,}(?!\S)", r"\1 \1 \1", text)
    return Words(clean, text, bool(wake), asked, doubt, markup)


def _without_fillers(words: list[str]) -> list[str]:
    """Words that say something; "er" after an article is the emergency room."""
    pairs = zip(["", *words], words, strict=False)
    return [w for before, w in pairs if w not in FILLERS or (w == "er" and before in ("the", "an"))]


def _spell(token: str) -> str:
    token = CONTRACTIONS.get(token, token)
    token = SPELLINGS.get(token, token)
    if token.endswith("'s"):
        token = token[:-2]
        if token in _SUBJECTS:
            return f"{token} is"
    unit = re.fullmatch(r"(\d+(?:\.\d+)?)(mph|kph|km/h|kmh|m|km|s)", token)
    if unit:
        return f"{unit.group(1)} {SPELLINGS.get(unit.group(2), unit.group(2))}"
    if re.fullmatch(r"[a-z]+(?:-[a-z]+)+", token):
        return token.replace("-", " ")
    if _LEETSPEAK.fullmatch(token):
        return token.translate(_LEET)
    return token.replace("'", "").replace("/", " ")


_MARKUP = re.compile(
    r"<\|[^|>]{0,60}\|?>?|<i\d{1,4}>|\[/?(?:INST|SYS)\]|<<SYS>>|</?(?:system|assistant|user|tool)[^>]*>",
    re.I,
)
_ROLE = re.compile(
    r"(?:^|\n|\s)(?:###\s*)?(?:system|assistant|developer|tool)\s*(?:prompt|message|override|note)?\s*:",
    re.I,
)


def _has_markup(raw: str) -> bool:
    """Special tokens, markup of chat templates or role names: none of it is spoken by people."""
    head = raw[:8_000]
    return bool(_MARKUP.search(head) or _ROLE.search(head))
