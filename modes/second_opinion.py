"""Where the tables do not know, the n-gram model may speak, bounded by what a mistake costs.

A missed harm costs most, so little certainty is enough to refuse what no table knows. Moving the
car needs much, calls for caution less. Thresholds were chosen by cross-validation over the
training lines (`modes.training.train.held_out_guesses`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from modes import harm
from modes.commands import easing
from modes.ngrams import Guess, NgramModel
from modes.reading import Reading
from modes.slots import fill
from modes.vocabulary import CAUTION_INTENTS, DIALOGUE_INTENTS, Command, Intent, Mode, Unit

#: For words that no table knows.
REFUSE_UNKNOWN = 0.5
CONTROL_UNKNOWN = 0.7
CAUTION_UNKNOWN = 0.35
#: Less certain calls for caution than this are doubtful: ease off and ask.
CAUTION_SURE = 0.6
QUESTION_UNKNOWN = 0.6
#: Against a command that a table found; calls for caution are never overruled.
REFUSE_COMMAND = 0.8
#: The intent alone must be this likely.
INTENT_MIN = 0.4
#: Words of caution: where they stand, the model may ease off but not speed up.
_CAUTION_WORDS = re.compile(
    r"(?<!\S)(?:slow|slower|slowly|slowing|careful|carefully|cautious|gentle|gently|softer|softly|"
    r"smooth|smoothly|scared|afraid|nervous|anxious|scary|dangerous|danger|sick|nauseous|brake|"
    r"braking|distance|too fast|too close|watch out|look out)(?!\S)"
)
#: Unless talk is likelier than this.
_TALK = 0.5
#: Intents whose arguments the model cannot give.
_NEVER = DIALOGUE_INTENTS | {Intent.HANDOVER_TO_DRIVER, Intent.ENGAGE, Intent.SET_SPEED}


def consult(text: str, reading: Reading, model: NgramModel, unit: Unit) -> Reading:
    """`reading`, or what the model makes of the normalised `text` where it may speak."""
    if reading.layer == "unknown" and len(text.split()) > 1:
        plain = harm.without_idioms(text)
        told = harm.is_warning(plain) and plain == text
        return _unknown(text, reading, model.guess(plain), unit, told=told)
    if reading.mode is Mode.CONTROL and reading.layer == "grammar" and not _careful(reading):
        guess = model.guess(text)
        if guess.refuse >= REFUSE_COMMAND:
            return _refused(reading, guess)
    return reading


def _careful(reading: Reading) -> bool:
    calm = CAUTION_INTENTS | {Intent.EMERGENCY}
    return any(command.intent in calm for command in reading.commands)


def _refused(reading: Reading, guess: Guess) -> Reading:
    refusal, _ = guess.refusal()
    return replace(
        reading,
        mode=Mode.AUTONOMOUS,
        commands=(),
        question=None,
        refusal=refusal,
        confidence=round(guess.refuse, 3),
        layer="model",
        unclear=False,
        doubtful=False,
    )


def _unknown(text: str, reading: Reading, guess: Guess, unit: Unit, *, told: bool) -> Reading:
    """`told`: news of an accident or a plea, in which harm words ask for nothing."""
    intent, p = guess.intent()
    caution = sum(
        float(v)
        for label, v in zip(guess.labels, guess.probabilities, strict=True)
        if label in CAUTION_INTENTS
    )
    if guess.refuse >= REFUSE_UNKNOWN and guess.refuse > caution and not told:
        return _refused(reading, guess)
    if _CAUTION_WORDS.search(text) and intent not in CAUTION_INTENTS and guess.qa < _TALK:
        if guess.autonomous >= _TALK or told:
            return reading
        intent, caution = Intent.SLOW_DOWN, CAUTION_UNKNOWN
    careful = intent in CAUTION_INTENTS and caution >= CAUTION_UNKNOWN
    sure = guess.control >= CONTROL_UNKNOWN and p >= INTENT_MIN and intent not in _NEVER
    if careful or sure:
        command = Command(intent=intent, slots=fill(intent, text, text, {}, unit=unit))
        doubtful = careful and caution < CAUTION_SURE
        return replace(
            reading,
            mode=Mode.CONTROL,
            commands=(easing(command) if doubtful else command,),
            confidence=round(caution if careful else p, 3),
            layer="model",
            unclear=False,
            doubtful=doubtful,
        )
    if guess.qa >= QUESTION_UNKNOWN:
        kind, _ = guess.question()
        return replace(
            reading,
            mode=Mode.QA,
            question=kind,
            confidence=round(guess.qa, 3),
            layer="model",
            unclear=False,
        )
    return reading
