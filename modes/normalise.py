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
from modes.vocabulary import clean_text

_CONTRACTIONS = {
    "don't": "do not", "doesn't": "does not", "didn't": "did not", "can't": "can not",
    "cannot": "can not", "couldn't": "could not", "won't": "will not", "wouldn't": "would not",
    "shouldn't": "should not", "isn't": "is not", "aren't": "are not", "wasn't": "was not",
    "weren't": "were not", "haven't": "have not", "hasn't": "has not", "mustn't": "must not",
    "i'm": "i am", "i'd": "i would", "i'll": "i will", "i've": "i have", "you're": "you are",
    "you'll": "you will", "you'd": "you would", "you've": "you have", "we're": "we are",
    "we'll": "we will", "we'd": "we would", "we've": "we have", "they're": "they are",
    "they'll": "they will", "he's": "he is", "she's": "she is", "it's": "it is",
    "it'll": "it will", "that's": "that is", "there's": "there is", "what's": "what is",
    "where's": "where is", "who's": "who is", "how's": "how is", "when's": "when is",
    "here's": "here is", "let's": "let us", "why's": "why is", "that'll": "that will",
    "how're": "how are", "what're": "what are", "y'all": "you all", "ain't": "is not",
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not",
    "couldnt": "could not", "wouldnt": "would not", "shouldnt": "should not", "isnt": "is not",
    "arent": "are not", "wasnt": "was not", "havent": "have not", "im": "i am", "ive": "i have",
    "youre": "you are", "youll": "you will", "youve": "you have", "theyre": "they are",
    "thats": "that is", "theres": "there is", "whats": "what is", "wheres": "where is",
    "whos": "who is", "hows": "how is", "lets": "let us", "gonna": "going to",
    "wanna": "want to", "gotta": "have to", "lemme": "let me", "gimme": "give me",
    "kinda": "kind of", "outta": "out of", "imma": "i am going to", "whatcha": "what are you",
    "dunno": "do not know", "cuz": "because", "cos": "because", "coz": "because",
    "'cause": "because", "ya": "you", "u": "you", "ur": "your", "r": "are", "stopp": "stop", "y": "why", "quicker": "faster", "decelerate": "slow down", "accelarate": "accelerate", "pls": "please",
    "plz": "please", "thru": "through", "tho": "though", "'em": "them", "em": "them",
    "doin": "doing", "goin": "going", "yeah": "yes", "yep": "yes", "yup": "yes", "yea": "yes",
    "nope": "no", "nah": "no", "ok": "okay", "alright": "okay", "mister": "mr",
}  # fmt: skip
#: One spelling for things with several names; British and American alike.
_SPELLINGS = {
    "kmh": "kph", "kmph": "kph", "km/h": "kph", "kph": "kph", "mph": "mph",
    "kilometers": "kilometres", "kilometer": "kilometre", "kms": "kilometres", "km": "kilometres",
    "meters": "metres", "meter": "metre", "m": "metres", "mins": "minutes", "secs": "seconds",
    "curb": "kerb", "curbside": "kerbside", "motorway": "highway", "freeway": "highway",
    "interstate": "highway", "autobahn": "highway", "expressway": "highway",
    "turnpike": "highway", "motorways": "highways", "freeways": "highways",
    "manoeuver": "manoeuvre", "maneuver": "manoeuvre", "color": "colour", "gray": "grey",
    "tyre": "tire", "tyres": "tires", "centre": "center", "lorry": "truck", "lorries": "trucks",
    "semi": "truck", "18-wheeler": "truck", "trailer": "truck", "bicycle": "bike",
    "bicyclist": "cyclist", "bicyclists": "cyclists", "biker": "cyclist", "bikers": "cyclists",
    "bicycles": "bikes", "pavement": "sidewalk", "footpath": "sidewalk", "zebra": "crosswalk",
    "crossing": "crossing", "junction": "intersection", "crossroads": "intersection",
    "crossroad": "intersection", "dustbin": "bin", "trashcan": "trash can",
    "garbage": "trash", "rubbish": "trash", "petrol": "gas",
    "slowly": "slowly", "vehicle": "car", "automobile": "car", "pullover": "pull over",
    "u-turn": "u_turn", "uturn": "u_turn", "u-ey": "u_turn", "uey": "u_turn",
    "hard-shoulder": "shoulder", "cops": "police", "cop": "police", "policeman": "police",
    "police-man": "police", "policemen": "police", "officer": "police", "officers": "police",
    "left-hand": "left", "right-hand": "right", "lefthand": "left", "righthand": "right",
    "leftmost": "left", "rightmost": "right", "traffic-light": "light", "stoplight": "light",
    "stoplights": "lights", "goddamn": "damn", "freakin": "damn", "freaking": "damn",
    "fucking": "damn", "fuckin": "damn", "bloody": "damn", "friggin": "damn",
}  # fmt: skip
_FILLERS = frozenset(
    [
        "uh",
        "um",
        "uhm",
        "umm",
        "er",
        "erm",
        "hmm",
        "hm",
        "mm",
        "mmm",
        "ah",
        "eh",
        "uhh",
        "please",
        "damn",
        "just",
        "actually",
        "basically",
        "literally",
        "maybe",
        "perhaps",
        "kindly",
        "really",
    ]
)
_DOUBT = frozenset(
    [
        "uh",
        "um",
        "uhm",
        "umm",
        "er",
        "erm",
        "hmm",
        "hm",
        "mm",
        "mmm",
        "eh",
        "uhh",
        "maybe",
        "perhaps",
    ]
)
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
            r"(turn|go|keep|move|merge|pull|steer|stay|bear|hang a|to the|take a|make a) (write|rite|wright)",
            r"\1 right",
        ),
        (
            r"(left|right|next|middle|fast|slow|change|other|bus|this) (lain|lame|line|laine)(?! up)",
            r"\1 lane",
        ),
        (r"(lain|lame|line) change", "lane change"),
        (r"change (lanes|lane|lines|lains)", "change lanes"),
        (r"(read|redd) light", "red light"),
        (
            r"(take|the|next|first|second|third|this|that|our|an|my) (exits|exist|exits|eggs it|exeat)",
            r"\1 exit",
        ),
        (r"exit (won|wan)", "exit 1"),
        (r"exit (to|too)$", "exit 2"),
        (r"exit (for|fore)$", "exit 4"),
        (r"exit ate", "exit 8"),
        (r"(you|u|ewe) turn", "u_turn"),
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
    r"(?:(?:car|ridealong|ride along|buddy|assistant|computer|vehicle|driver|robot|alpa|jarvis|kitt|"
    r"dude|man|bro|mate|honey|sweetheart)(?: |$))"
)
_OPENERS = re.compile(
    r"^(?:(?:hey|hi|hello|okay|yo|oi|listen|excuse me|so|and|well|oh(?! no| my)|look(?! out| at| for)|sorry|great|cool|thanks|"
    r"thank you|then|also|now then|hey there|you know what|you know|i mean|honestly|listen up) )+(?=\S)"
)
#: "why can't you go" comes out as "why can not you go": put the subject first again.
_INVERTED = re.compile(
    r"^((?:why |how come |and |but )*)(can|could|will|would|should|is|are|do|does|did|was|were|"
    r"have|has|must|may) not (you|we|i|it|this|that|they|he|she|the car)(?= (?!dare))"
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
    doubt = any(word in _DOUBT for word in words)
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
    return [
        w for before, w in pairs if w not in _FILLERS or (w == "er" and before in ("the", "an"))
    ]


def _spell(token: str) -> str:
    token = _CONTRACTIONS.get(token, token)
    token = _SPELLINGS.get(token, token)
    if token.endswith("'s"):
        token = token[:-2]
        if token in _SUBJECTS:
            return f"{token} is"
    unit = re.fullmatch(r"(\d+(?:\.\d+)?)(mph|kph|km/h|kmh|m|km|s)", token)
    if unit:
        return f"{unit.group(1)} {_SPELLINGS.get(unit.group(2), unit.group(2))}"
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
