"""Which refusal class the words alone fall into, if any (vocabulary, section 5).

Order of work: idioms and warnings are taken out, then every class is matched against what is
left; of several classes the one first in `REFUSAL_ORDER` is named. Questions about danger and
hypotheticals are no requests; questions about how to defeat a safety system are.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from modes.grammar import Pattern, table
from modes.normalise import Words
from modes.vocabulary import REFUSAL_ORDER, Refusal

#: Refused in whatever form they come: as a question, a joke or a story about oneself.
_ALWAYS = frozenset({Refusal.SELF_HARM, Refusal.PROMPT_INJECTION})
#: Classes that a warning speaks of ("you will hit that dog").
_CONTACT = frozenset(
    {
        Refusal.HARM_PERSON,
        Refusal.HARM_ANIMAL,
        Refusal.HARM_PROPERTY,
        Refusal.ROAD_AGGRESSION,
        Refusal.OCCUPANT_ENDANGERMENT,
    }
)
#: Asking how to do these is refused like asking for it.
_HOW_TO = frozenset(
    {
        Refusal.SAFETY_SYSTEM_DEFEAT,
        Refusal.CRIMINAL_USE,
        Refusal.EVADE_AUTHORITY,
        Refusal.CONTROL_AUTHORITY,
        Refusal.HARM_PERSON,
    }
)
_QUESTION = re.compile(
    r"^(?:(?:and|but|so|hypothetically|theoretically|in theory|just out of curiosity|"
    r"out of curiosity|question|curious|asking for a friend) )*"
    r"(?:would|could|can|do (?:you|we|i|they|people|cars|the|all|other|most|robots|any)|does|did|"
    r"have (?:you|we|i|they)|has|had (?:you|we)|are|is|was|were|what|why|who(?! cares)|"
    r"when|where|how|"
    r"should|might|will|which|suppose|tell me (?:if|whether|what|why|how|about)|explain|"
    r"i wonder|am i|do you know|is it|may|what if|ever)(?!\S)"
)
#: A question in form, a request in fact.
_REQUEST = re.compile(
    r"^(?:(?:and|but|so|hey) )*(?:(?:can|could|would|will) (?:you|we|it|the car|i)(?! ever| rather|"
    r" really| always| still| have to| normally| sometimes| be able| be allowed| actually ever)|"
    r"would you mind|do you mind|how about|what about|why (?:do not|not)|"
    r"why can not (?:you|we)|what if (?:you|we) just|is it possible (?:to|for you to)|"
    r"any chance (?:you|we|of)|is there any way (?:to|you)|are you able to|may (?:i|we)|"
    r"should (?:we|i|you) not|can not (?:you|we)|could not (?:you|we)|shall we|do me a favour|"
    r"do us a favour|will not you)(?!\S)"
)
#: A request form whose object is anybody at all is a question about principles.
_ANYBODY = re.compile(
    r"(?<!\S)(?:a|an|any|some|someone|somebody|anyone|anybody|people|pedestrians|a red light|"
    r"red lights|animals|1 person|5 people|or)(?!\S)"
)
_PRINCIPLE = re.compile(
    r"^(?:(?:and|but|so) )*would you (?!mind|please)|(?<!\S)(?:in order to|to save|to avoid|to "
    r"protect|instead of|rather than|or would you|if you had to|if i (?:asked|told|ordered|said)|"
    r"if someone|if there|allowed to|legal to|okay to|illegal to|against the law|what happens|"
    r"what would happen|is it safe|is it dangerous|how dangerous)(?!\S)"
)
_HOW = re.compile(
    r"^(?:(?:and|but|so|just|tell me|explain|show me|teach me|do you know|i want to know|"
    r"i wonder|what is the best way|is there a way|what is the trick|can you tell me) )*"
    r"(?:how (?:do|can|could|would|should|does|might|to)|(?:best|easiest) way to|"
    r"is there (?:a|any) way|what (?:is|would be) (?:the )?(?:best|easiest|quickest|fastest|a "
    r"good)? ?(?:way|trick|method)|(?:a|any|some) (?:trick|hack|way|tips?)|how to|"
    r"to (?:disable|bypass|trick|turn off))(?!\S)"
)
_HOW_WORKS = re.compile(
    r"^(?:how (?:does|do|did) (?:the|your|this|you (?:detect|see|know|decide|handle|recogni))|"
    r"what (?:does|do|is|are) (?:the|your|a|an)|explain (?:the|your|how (?:the|your))|"
    r"why (?:is|are|do|does|did)|is (?:the|your)|are (?:the|your)|do you have|does (?:the|this)|"
    r"how (?:good|reliable|safe|many|accurate))(?!\S)(?!.*(?<!\S)(?:get around|turned off so|"
    r"disable|trick|fool|cheat|bypass|defeat|hack)(?!\S))"
)
_ASKS_LEAVE = re.compile(
    r"^(?:can|may|could) (?:we|i|you) turn (?:left|right) on red(?!\S)|"
    r"(?<!\S)(?:(?:are|am) (?:we|i|you) (?:even )?allowed(?: to)?(?: do (?:that|this))?|"
    r"(?:is|was) (?:that|it|this) (?:even )?(?:legal|allowed|okay|permitted|illegal))$"
)
_NEGATION = re.compile(
    r"(?<!\S)(?:(?:do|does|did|should|would|will|must|could|can) not|never|(?<!why )not|without|"
    r"avoid|rather than|instead of)(?: (?:you|we|ever|even|dare|try|to|just|be|start|you dare|"
    r"let us|go|again))* $"
)
_FICTION = re.compile(
    r"(?<!\S)(?:just kidding|just joking|as a joke|for fun|dare|joke|in the movie|for a movie|"
    r"pretend|imagine|game|hypothetically|theoretically)(?!\S)"
)


@dataclass(frozen=True)
class Harm:
    """The class that is named, all classes that fit, and the words that gave it away."""

    refusal: Refusal
    classes: frozenset[Refusal]
    words: str


@cache
def _by_label() -> dict[str, tuple[Pattern, ...]]:
    grouped: dict[str, list[Pattern]] = defaultdict(list)
    for pattern in table("harm"):
        grouped[pattern.label].append(pattern)
    return {label: tuple(patterns) for label, patterns in grouped.items()}


def without_idioms(text: str) -> str:
    """The text with harmless idioms taken out ("kill the music")."""
    return _masked(text, "neutral")


def _masked(text: str, label: str) -> str:
    for pattern in _by_label()[label]:
        text = pattern.regex.sub(" ", text)
    return " ".join(text.split())


def is_warning(text: str) -> bool:
    """Does the text contain a plea not to hit something, or news of an accident?"""
    return any(pattern.regex.search(text) for pattern in _by_label()["warning"])


def find(words: Words) -> Harm | None:
    """The refusal that the words call for, or None."""
    text = without_idioms(words.text)
    found = _match(text)
    if found:
        warned = _masked(text, "warning")
        if warned != text:
            found = {c: w for c, w in found.items() if c in _match_warned(text, warned)}
    if words.markup:
        found.setdefault(Refusal.PROMPT_INJECTION, "special tokens or role names")
    if not found:
        return None
    kept = {c: w for c, w in found.items() if _requested(text, c, w)}
    for refusal in REFUSAL_ORDER:
        if refusal in kept:
            return Harm(refusal, frozenset(kept), kept[refusal])
    return None


def _match_warned(text: str, warned: str) -> set[Refusal]:
    """Classes left when warnings are taken out; only classes about contact can be warned of."""
    left = set(_match(warned))
    whole = _match(text)
    left |= set(whole) - _CONTACT
    ignoring = re.compile(
        r"(?:do not|never|no need to|without) (?:stop|brak|slow|wait|yield|swerv|pull over|let)"
    )
    return left | {c for c, w in whole.items() if ignoring.search(w)}


def _match(text: str) -> dict[Refusal, str]:
    found: dict[Refusal, str] = {}
    for label, patterns in _by_label().items():
        if label in ("neutral", "warning"):
            continue
        refusal = Refusal(label)
        for pattern in patterns:
            hits = (hit for hit in pattern.regex.finditer(text) if not _negated(text, hit))
            hit = next(hits, None)
            if hit:
                found[refusal] = hit.group(0)
                break
    return found


def _negated(text: str, hit: re.Match[str]) -> bool:
    """Is the request turned round by the words before it ("don't cut him off")?"""
    before = text[: hit.start()]
    if _NEGATION.search(before):
        return True
    gerund = re.match(r"\S+ing(?!\S)", hit.group(0))
    return bool(gerund and re.search(r"(?<!\S)(?:stop|quit|no|enough|avoid) $", before))


def _requested(text: str, refusal: Refusal, hit: str) -> bool:
    """Is this asked for, or only asked about?"""
    if refusal in _ALWAYS:
        return True
    if _HOW_WORKS.search(text) or _ASKS_LEAVE.search(text):
        return False
    if _HOW.search(text):
        return refusal in _HOW_TO
    if not _QUESTION.search(text):
        return True
    if not _REQUEST.search(text):
        return bool(_FICTION.search(text)) and not _PRINCIPLE.search(text)
    if _PRINCIPLE.search(text) and (_ANYBODY.search(text) or " if " in text):
        return False
    first = re.search(_REQUEST, text)
    after = text[first.end() :] if first else text
    anybody = _ANYBODY.search(after)
    return not (anybody and refusal in (Refusal.HARM_PERSON, Refusal.HARM_ANIMAL))
