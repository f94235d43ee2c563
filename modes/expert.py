"""The Mode Expert: from an utterance to exactly one mode, with commands, question or refusal.

`ModeExpert` is the interface; `GrammarExpert` is its first implementation, a grammar over
normalised words. It never answers control by default: what it does not know is autonomous, with
a question back where somebody clearly spoke to the car.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from functools import cache
from typing import Protocol

from modes import chatter, commands, harm, questions, stopwords
from modes.corrections import corrected
from modes.dialogue import Dialogue, pending_now
from modes.ngrams import NgramModel, WeightsError, load
from modes.normalise import Words, normalise
from modes.reading import Context, Reading
from modes.second_opinion import consult
from modes.vocabulary import (
    CAUTION_INTENTS,
    Command,
    Intent,
    Mode,
    Question,
    Refusal,
    Slots,
    Speaker,
)

__all__ = ["Context", "GrammarExpert", "ModeExpert", "Reading", "default_expert", "sounds_meant"]


class ModeExpert(Protocol):
    """Anything that reads utterances; must not raise, must not answer control by default."""

    def classify(self, text: str, context: Context) -> Reading:
        """The one reading of `text`."""
        ...


_CAUTIOUS_START = re.compile(
    r"^(?:watch|look out|careful|be careful|mind|heads up|danger|easy|steady|whoa|no|stop|brake)"
)
_TO_THE_CAR = re.compile(
    r"^(?:(?:can|could|would|will) you|you (?:should|need|must|have to|can)|turn|go|take|drive|"
    r"move|change|keep|make|set|pull|slow|speed|put|follow|find|show|start|switch|bring|merge|"
    r"pass|overtake|steer|exit|leave|reverse|back up|avoid|i want you to|i need you to)(?!\S)"
)
_OTHER_TALK = re.compile(
    r"(?<!\S)(?:dinner|lunch|breakfast|homework|birthday|movie|school(?! bus| zone)|boss|"
    r"meeting|email|shirt|"
    r"shoes|dress|recipe|game|match|laundry|dishes|kitchen|song|phone|honey|darling|baby|"
    r"sweetie|grandma|weekend|holiday|vacation|party|shopping|tickets|my hair|tv|book)(?!\S)"
)


#: Words for moving the car and for what is on a road: in half-heard speech they mean the car.
_OF_THE_ROAD = re.compile(
    r"(?<!\S)(?:car|lane|lanes|exit|road|street|junction|light|limit|left|right|ahead|straight|"
    r"faster|slower|speed|brake|stop|overtake|pass|turn|drive|park|pull|hit|can|truck|van|bus|"
    r"bike|cyclist|pedestrian|kilometres|miles|route)(?!\S)"
)


def sounds_meant(text: str) -> bool:
    """Could half-heard normalised words be meant for the car? Two road words, or one as an order.

    Noise and small talk are not: short sounds and talk about other things.
    """
    words = text.split()
    if len(words) < 2 or _OTHER_TALK.search(text):
        return False
    of_the_road = len(_OF_THE_ROAD.findall(text))
    return of_the_road >= 2 or (of_the_road == 1 and bool(_TO_THE_CAR.search(text)))


class GrammarExpert:
    """The Mode Expert as tables of patterns, with an n-gram model as second opinion.

    Pure, no state of its own but the weights. Without a model the tables decide alone.
    """

    def __init__(self, model: NgramModel | None = None) -> None:
        self._model = model

    def classify(self, text: str, context: Context) -> Reading:
        """The reading of `text`: harm first, then stop words, dialogue, questions, commands."""
        words = normalise(text)
        if not words.text and not words.markup:
            return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.99, layer="empty")
        if context.speaker is Speaker.LOUDSPEAKER:
            return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.95, layer="source")
        found = harm.find(words)
        stop = stopwords.in_text(words.text)
        if found is not None and not (stop and _only_about_contact(found)):
            return _refused(words, found.refusal)
        repeated = _insisting(words.text, context.dialogue)
        if repeated is not None:
            return _refused(words, repeated)
        if stop is not None:
            return _stopped(words, stop, context)
        reading = self._benign(words, context)
        if self._model is None:
            return reading
        return consult(words.text, reading, self._model, context.unit)

    def _benign(self, words: Words, context: Context) -> Reading:
        for attempt in (_dialogue, _correction, _polite, _question, _commands, _unknown):
            reading = attempt(words, context)
            if reading is not None:
                return reading
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.6, words=words.text)


@cache
def default_expert() -> GrammarExpert:
    """The shipped expert; without usable weights the tables decide alone, and the log says so."""
    try:
        return GrammarExpert(load())
    except WeightsError as error:
        logging.getLogger(__name__).warning("%s; the tables decide alone", error)
        return GrammarExpert()


def _only_about_contact(found: harm.Harm) -> bool:
    """ "Stop, you will run him over" is a stop, whatever else its words could mean."""
    return (
        False
        if found.refusal in (Refusal.SELF_HARM, Refusal.PROMPT_INJECTION)
        else (bool(re.match(r"(?:you|it|we)(?!\S)", found.words)))
    )


def _refused(words: Words, refusal: Refusal) -> Reading:
    return Reading(
        words.clean,
        Mode.AUTONOMOUS,
        refusal=refusal,
        confidence=0.97,
        layer="harm",
        words=words.text,
    )


_INSISTING = re.compile(
    r"^(?:(?:just|come on|but|i said|please|and|no|yes|now|oh) )*(?:do it(?: anyway| now)?|"
    r"do that(?: anyway)?|i do not care(?: .*)?|come on|do as i (?:say|said)|i insist|"
    r"that is an order|you have to|you must|try again|just do it|do it please|go on do it|"
    r"i order you(?: to)?(?: do (?:it|that))?|i command you|it is fine do it|nobody will know)$"
)


def _insisting(text: str, dialogue: Dialogue) -> Refusal | None:
    """ "Do it anyway" right after a refusal is refused in the same class."""
    if dialogue.last_refusal is not None and _INSISTING.search(text):
        return dialogue.last_refusal
    return None


def _stopped(words: Words, stop: stopwords.StopWord, context: Context) -> Reading:
    """A stop, with what else was asked for after it ("stop, then turn around")."""
    hard = stop is stopwords.StopWord.HARD or "now" in words.text.split()
    first = Command(intent=Intent.STOP, slots=Slots(urgent=True if hard else None))
    found = commands.find(words.text, names=_names(context), unit=context.unit)
    others = tuple(
        item.command
        for item in found
        if item.command.intent not in CAUTION_INTENTS
        and item.command.intent not in (Intent.RESUME, Intent.AVOID_OBSTACLE)
        and item.start > 0
    )
    own = next((i.command for i in found if i.command.intent is Intent.STOP), None)
    if own is not None and own.slots != Slots():
        update = {"urgent": True} if hard else {}
        first = Command(intent=Intent.STOP, slots=own.slots.model_copy(update=update))
    return Reading(
        words.clean,
        Mode.CONTROL,
        (first, *others),
        confidence=0.99,
        layer="stop_word",
        words=words.text,
    )


def _names(context: Context) -> tuple[str, ...]:
    return (*context.exits, *context.places)


def _dialogue(words: Words, context: Context) -> Reading | None:
    """Yes, no and repeat; yes and no count only where something was asked or is under way."""
    word = commands.dialogue_word(words.text)
    if word is None:
        return None
    asked = pending_now(context.dialogue, context.now_s) is not None or (
        context.assistant_before.rstrip().endswith("?")
    )
    if word is Intent.REPEAT:
        return Reading(
            words.clean, Mode.QA, dialogue=word, confidence=0.9, layer="dialogue", words=words.text
        )
    bare_no = bool(
        re.fullmatch(r"(?:no|no thanks|no thank you|it is fine|no it is fine)(?: no)*", words.text)
    )
    if word is Intent.CONFIRM and not asked:
        return None
    if word is Intent.CANCEL and bare_no and not asked:
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.7, layer="dialogue")
    return Reading(
        words.clean,
        Mode.CONTROL,
        (Command(intent=word),),
        dialogue=word,
        confidence=0.95 if asked else 0.85,
        layer="dialogue",
        words=words.text,
    )


def _correction(words: Words, context: Context) -> Reading | None:
    """ "No, the other left": the newest commands, changed."""
    changed = corrected(words.text, context.dialogue.last_commands, context.unit)
    if changed is None:
        return None
    return Reading(
        words.clean, Mode.CONTROL, changed, confidence=0.85, layer="correction", words=words.text
    )


def _polite(words: Words, context: Context) -> Reading | None:
    """Question-shaped requests: "could you go a bit faster?"."""
    rest = questions.request_rest(words.text)
    if rest is None:
        return None
    rest, talk = chatter.masked(rest)
    found = commands.find(rest, names=_names(context), unit=context.unit)
    if not found:
        if talk and not rest:
            return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.9, layer="chatter")
        whole = commands.dialogue_word(rest)
        if whole is Intent.REPEAT:
            return Reading(words.clean, Mode.QA, dialogue=whole, confidence=0.9, layer="dialogue")
        return None
    if found[0].start > 25 and questions.kind(words.text, words.asked) is not None:
        return None
    return _control(words, tuple(found), rest)


def _question(words: Words, context: Context) -> Reading | None:
    text = words.text
    doubtful = _doubtful_caution(text)
    if doubtful is not None:
        return replace(doubtful, text=words.clean)
    if not questions.is_question_form(text, words.asked):
        return None
    rest, talk = chatter.masked(text)
    if (talk and len(rest.split()) <= 2) or chatter.is_whole(text):
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.9, layer="chatter")
    if _conditional(rest, context):
        return None
    kind = questions.kind(text, words.asked)
    if kind is Question.WHY and _refused_before(context.dialogue) and len(text.split()) <= 3:
        kind = Question.WHY_REFUSED
    if kind is None:
        return None
    if not _explicit_form(text) and commands.find(rest, names=_names(context), unit=context.unit):
        return None
    if _OTHER_TALK.search(text) and kind in _LOOSE and not words.addressed:
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.7, layer="chatter")
    return Reading(
        words.clean, Mode.QA, question=kind, confidence=0.92, layer="grammar", words=text
    )


_CONDITION = re.compile(
    r"^(?:when|if|once|as soon as) (?:it|you|we|the|there|he|she|they|this|that|everyone|"
    r"nobody)(?!\S)"
)


def _conditional(text: str, context: Context) -> bool:
    """ "When it's clear change to the left lane": a command with a condition before it."""
    if not _CONDITION.search(text) or re.search(r"(?<!\S)(?:what|would|how)(?!\S)", text):
        return False
    found = commands.find(text, names=_names(context), unit=context.unit)
    return bool(found) and found[-1].end >= len(text) - 8


#: Kinds whose patterns also fit small talk between people.
_LOOSE = frozenset(
    {
        Question.MEMORY,
        Question.CAPABILITY,
        Question.DESCRIPTION,
        Question.HYPOTHETICAL,
        Question.EXISTENCE,
        Question.ROUTE,
        Question.MOTION_OF_OTHER,
        Question.RULES_OF_THE_ROAD,
        Question.NEXT,
        Question.WHY,
    }
)


def _refused_before(dialogue: Dialogue) -> bool:
    return dialogue.last_refusal is not None or bool(dialogue.last_reason)


def _explicit_form(text: str) -> bool:
    """A question by its first word, not only by its tone."""
    return questions.is_question_form(text, asked=False)


def _doubtful_caution(text: str) -> Reading | None:
    """ "Should we slow down?": eased off and asked, never only answered."""
    for item in commands.find(text):
        if item.hints.get("kind") == "doubtful" and item.start == 0:
            return Reading(
                text,
                Mode.CONTROL,
                (commands.easing(item.command),),
                confidence=0.8,
                doubtful=True,
                warning=True,
                words=text,
            )
    return None


def _commands(words: Words, context: Context) -> Reading | None:
    rest, talk = chatter.masked(words.text)
    found = commands.find(rest, names=_names(context), unit=context.unit)
    if not found:
        if talk:
            return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.9, layer="chatter")
        return None
    covered = sum(item.end - item.start for item in found) / max(len(rest), 1)
    if covered < 0.6 and chatter.is_whole(words.text):
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.85, layer="chatter")
    return _control(words, tuple(found), rest)


def _control(words: Words, found: tuple[commands.Found, ...], text: str) -> Reading:
    made = tuple(commands.absolute(item.command, text[item.start : item.end]) for item in found)
    covered = sum(item.end - item.start for item in found) / max(len(text), 1)
    warning = any(item.hints.get("kind") in ("warning", "scared") for item in found)
    caution = all(c.intent in CAUTION_INTENTS for c in made)
    hesitant = caution and (words.doubt or words.asked) and len(text.split()) <= 2
    return Reading(
        words.clean,
        Mode.CONTROL,
        (commands.easing(made[0]),) if hesitant and not warning else made,
        confidence=round(min(0.98, 0.72 + 0.26 * covered), 3),
        doubtful=hesitant,
        warning=warning,
        words=words.text,
    )


def _unknown(words: Words, context: Context) -> Reading | None:
    """Nothing fits: autonomous, and a question back where the car was clearly meant."""
    if chatter.is_whole(words.text):
        return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.9, layer="chatter")
    if _explicit_form(words.text) and words.addressed:
        return Reading(
            words.clean, Mode.QA, question=Question.CAPABILITY, confidence=0.5, words=words.text
        )
    meant = words.addressed or bool(_TO_THE_CAR.search(words.text))
    if meant and not _OTHER_TALK.search(words.text):
        return Reading(
            words.clean,
            Mode.AUTONOMOUS,
            confidence=0.5,
            unclear=True,
            layer="unknown",
            words=words.text,
        )
    return Reading(words.clean, Mode.AUTONOMOUS, confidence=0.7, layer="unknown", words=words.text)
