"""The stop-word path: a deterministic, model-free test for "stop the car", safe on partials.

It looks at the words alone and is a pure function. It errs towards stopping where a bare stop
word stands, but knows the phrases in which the word means something else ("bus stop", "don't
stop", "stop talking", "why did you stop").
"""

from __future__ import annotations

import re
from enum import StrEnum

from modes.normalise import normalise


class StopWord(StrEnum):
    """How to stop: a controlled stop, or braking hard."""

    STOP = "stop"
    HARD = "hard"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\S)(?:{pattern})(?!\S)" for pattern in patterns))


_SOON = r"(?: (?:now|here|immediately|right now|right here|at once|this instant|already|asap))*"
_HEAD = (
    r"(?:(?:hey|whoa|woah|wow|no|oh|god|please|okay|car|wait|hold on|quick|just|stop|watch out|"
    r"look out|careful|oh no|my god|jesus|christ|shit|driver|so|and|now|you (?:need|have) to|"
    r"i said|i told you to|can you|could you|would you|will you|would you mind|"
    r"i want you to|i need you to|we need to|we have to|you should|you must|let us|everyone|"
    r"for god sake|for the love of god|mommy|mummy|mama|daddy|papa) )*"
)
#: The whole utterance (or what is known of it) is a stop word and nothing else.
_BARE = re.compile(
    rf"^{_HEAD}(?:stop(?:ping)?|halt|brake|freeze|whoa|woah|stop it|stop stop)"
    rf"(?: (?:stop|brake|halt|please|car|hey|whoa|no|god|i said|i mean it|man|dude))*{_SOON}$"
)
#: A stop order with its reason behind it: "stop! there is a child".
_WITH_REASON = re.compile(
    rf"^{_HEAD}(?:stop|brake|halt)(?: stop)* (?:there (?:is|are)|watch|look|you are|"
    rf"you will|he|she|"
    r"they|kids?|child|children|dog|cat|person|people|man|woman|someone|somebody|pedestrian|bike|"
    r"cyclist|red|i am|i feel|i need|i want|i have|i can not|we are|we have|it is|that is|let me|"
    r"what are|my|a (?:kid|child|dog|cat|man|woman|person|car|bike|cyclist|ball|pedestrian|deer))"
    r"(?!\S)"
)
_TO_A_STOP = re.compile(
    r"(?<!\S)(?:bring|get) (?:the|this|it|us) (?:car |thing )?to (?:a|an) "
    r"(?:immediate |complete |full |dead )?(?:stop|halt|standstill)(?!\S)"
)
#: A stop that says what is stopped or how; other words may stand around it.
_EXPLICIT = _any(
    r"stop (?:the|this|our) (?:car|taxi|cab|drive|ride|thing|van)",
    r"come to (?:a|an) (?:immediate |complete |full )?(?:stop|halt|standstill)",
    r"make it stop",
    r"(?:stop|halt|brake) (?:right now|immediately|at once|this instant|asap|right here)",
    r"stop (?:right )?here",
    r"stop now",
    r"stop driving",
    r"stop moving",
    r"(?:stop|brake|halt) (?:stop|brake|halt)",
)
_HARD = _any(
    r"emergency (?:stop|brake|braking|halt)",
    r"(?:slam|hit|slam on|step on|stand on|jam on|stamp on|smash|press|push) the brakes?",
    r"full brakes?",
    r"brake hard(?:er)?",
    r"hard brake",
    r"panic stop",
    r"(?:stop|brake|halt) (?:stop|brake|halt) (?:stop|brake|halt)",
    r"(?:stop|brake) (?:right now|immediately|at once|this instant)",
    r"brakes(?: brakes)*$",
)
#: Contexts in which the word is no order to stop the car now.
_NOT = _any(
    r"(?:do not|did not|does not|never|not|without|not to|no need to|why (?:did|do|are|would) you|"
    r"why did it|why did we|why are we|would not|should not|must not|will not|can not|could not) "
    r"(?:\S+ ){0,2}?(?:stop|brake|halt|stopping|braking|slam|hit)",
    r"(?:bus|tram|train|next|last|rest|pit|truck|full|first|second|one|another|a|that|any|"
    r"gas|coffee|lunch|tube|subway|metro|our|my|the|quick|short|door|non) stops?",
    r"stop (?:sign|signs|light|lights|line|watch|over|street|gap|motion|lamp|words?)",
    r"stop it (?:you|kids|guys|both|boys|girls)",
    r"stop (?:talking|telling|saying|asking|speaking|explaining|it with|that music|the music|"
    r"the radio|the song|the heating|the ac|the fan|the wipers?|the navigation|the recording|"
    r"listening|singing|playing|crying|kicking|hitting|laughing|shouting|yelling|being|"
    r"worrying|beeping|that noise|the noise|recording|interrupting|repeating|following|"
    r"tailgating|accelerating|speeding|changing|swerving|weaving|overtaking|honking|"
    r"bothering|nagging|arguing|whining|teasing|pushing|touching|lying|joking|fighting|"
    r"wasting|calling|ignoring|looking|reading|the video|the podcast|the playlist)",
    r"(?:when|if|until|till|after|before|once|unless|while|whenever) (?:you|we|it|they|he|"
    r"she|the|i) "
    r"(?:\S+ ){0,3}?(?:stop|stops|stopped|brake|brakes|halt)",
    r"(?:did|do|does|have|has|had|are|were|was|is|would|should) (?:you|we|it|they|the car|"
    r"he|she|that) "
    r"(?:\S+ ){0,2}?(?:stop|stopped|stopping|brake|braking|halt)",
    r"(?:how|when|where|what|which|who) (?:\S+ ){0,5}?(?:stop|stopping|brake|brakes|braking|halt)",
    r"non ?stop",
    r"will (?:you|we|it|they|that|he|she) (?:ever )?stop (?:for|at|if|when)",
    r"(?:going|about) to (?:stop|brake|halt)",
    r"(?:to|they|he|she|it|that car|him|cars?|people|traffic|always|ever|cannot|just) "
    r"(?:stopped|stops|braked|brakes|halted)",
    r"stop (?:at|by|for|in|near|next|behind|before|after|when|if|outside|on|beside|over there|"
    r"as soon|somewhere|once|past|until|along|around|opposite|up|just|a bit)",
    r"(?:brake|stop) (?:assist|pedal|pads?|fluid|test|check|lights?|disc)",
    r"(?:it is )?hard to stop",
    r"(?:i|we|they|he|she) (?:\S+ )?(?:want|need|would like|have) to stop (?:at|by|for|in|smoking)",
    r"(?:stop|brake) (?:him|her|them|me|us)",
)


def stop_word(raw: str) -> StopWord | None:
    """The stop word in `raw` (a transcript or a stable partial), or None."""
    return in_text(normalise(raw).text)


_ASKED = re.compile(
    r"^(?:why|how|when|who|which|was|were|did|does|what (?:was|is|are|did|do|made|happened))(?!\S)"
    r"|(?<!\S)(?:legally|allowed to)(?!\S)"
)


def in_text(text: str) -> StopWord | None:
    """The same for words that `normalise` has already cleaned."""
    if len(text) > 400:
        text = text[:400]
    if _ASKED.search(text):
        return None
    hard = _HARD.search(text)
    if _TO_A_STOP.search(text) and not re.search(r"(?<!\S)(?:not|did|why|when|how)(?!\S)", text):
        return StopWord.STOP
    if _NOT.search(text):
        return _beside(text)
    if hard:
        return StopWord.HARD
    if _BARE.search(text) or _EXPLICIT.search(text) or _WITH_REASON.search(text):
        return StopWord.STOP
    return None


def _beside(text: str) -> StopWord | None:
    """A stop that stands beside a harmless phrase: "stop the car, don't stop at the bus stop"."""
    rest = _NOT.sub(" | ", text)
    for part in rest.split("|"):
        part = part.strip()
        if _HARD.search(part) and not part.startswith("the "):
            return StopWord.HARD
        if part and _EXPLICIT.search(part):
            return StopWord.STOP
    first = rest.split("|", 1)[0].strip()
    return StopWord.STOP if first and _BARE.search(first) else None
