"""Is it a question, and of which kind? And which question-shaped sentences are requests?"""

from __future__ import annotations

import re
from functools import cache

from modes.grammar import Pattern, table
from modes.vocabulary import Question

_FORM = re.compile(
    r"^(?:(?:and|but|so|tell me|do you know|any idea|i wonder|i want to know|i would like to know|"
    r"can you tell me|could you tell me|would you tell me|say|please tell me|explain to me|explain|"
    r"remind me|just|wait|okay|out of curiosity|quick question|question|can you explain|"
    r"could you explain|may i ask|can i ask|let me know|i do not (?:get|understand)|show me|sorry|"
    r"then|or|by the way|hold on|no but|yes but|i am curious|curious|car|hypothetically|in theory|"
    r"theoretically|what i want to know is|my question is|do you happen to know|any clue) )*"
    r"(?:why|what|when|where|who|whose|which|how|is|are|am|was|were|do|does|did|has|have|had|can|"
    r"could|will|would|should|shall|may|might|any|anything|anyone|anybody|if|suppose|imagine|"
    r"describe|status|count|eta|arrival|location|since when|at what|in what|on what|"
    r"for what|in which|on which|"
    r"from where|until when|to where|distance|report|reason)(?!\S)"
)
_NO_QUESTION = re.compile(r"^(?:do|have|will|if|any|what the|is|are|what a|how nice|how cool) ?$")
_IMPERATIVE_DO = re.compile(
    r"^(?:who cares|when (?:i|we|he|she|they) (?:was|were|had|went|used)|do (?:not|\d|a|"
    r"the|that|this|it|as|what|exactly|something|some|another|one|u_turn|"
    r"make|go|slow|stop|turn)|have (?:a|fun|the|him|her|some)|if (?:you (?:could|can|would)|it is "
    r"safe|possible|there is (?:room|a gap)|the light)|any (?:chance (?:you|we|of)|time)|"
    r"is (?:it|there (?:any|a) (?:way|chance))? ?(?:possible|any chance|a chance|"
    r"a way)(?: for you)?"
    r" (?:to|you)|what about (?:tak|go|chang|stop|pull|turn|slow|driv)|how about)(?!\S)"
)
REQUEST = re.compile(
    r"^(?:(?:and|but|so|then|okay|car|excuse me|sorry|hello) )*"
    r"(?:(?:can|could|would|will|may|shall|might) (?:you|we|i|the car|it|u)(?! ever|"
    r" rather| really| still| always| have to| be able)(?: (?:not|please|maybe|"
    r"possibly|also|just|kindly|then|now|at least|try to|be so kind (?:as )?to|"
    r"be able to|go ahead and|quickly|like to))*|(?:can|could|will|would) not (?:you|we)|"
    r"(?:would|do) you mind(?: if (?:you|we|i))?|would it be (?:possible|okay|too much|too much "
    r"trouble)(?: for you)?(?: if (?:you|we))? ?(?:to)?|(?:is it|is there any|any|is there a) "
    r"(?:possible|way|chance|possibility)(?: (?:for you|that you could|you could|you can|you|we "
    r"could|we can|of you|of|we|that you|that we))*(?: to)?|(?:how|what) about(?: you| we| if you| "
    r"if we)?|why (?:do|can|could) not (?:you|we)(?: just)?|why not(?: just)?|"
    r"why do (?:you|we) not(?: just)?|do you think you (?:can|could)|would you be (?:able|"
    r"willing|so "
    r"kind|so good)(?: as)? to|could i (?:ask|get|trouble) you to|can i (?:ask|get) you to|"
    r"i wonder if you could|i was wondering if you could|i was hoping you could|are you able to|"
    r"is it possible(?: for you)? to|would you like to|may i ask you to|shall we|should we not|"
    r"should not (?:we|you)|do me a favour and|do us a favour and|might i suggest (?:we|"
    r"you))(?!\S) ?"
)
#: "Will you …" asks about the future where a condition or a thing to react to follows.
_FUTURE = re.compile(
    r"^will (?:you|we|it|the car) .*(?<!\S)(?:for|at|if|when|before|after|to|make|reach|arrive|be|"
    r"see|let|by|in time|on time|next|soon|ever|always|still)(?!\S)|"
    r"^will (?:you|we|it|the car) (?:turn|take|change|overtake|pass|exit|merge|use|leave|follow|"
    r"park|get off)(?!\S)"
)
#: "Would you brake for a squirrel?" asks about principles.
_PRINCIPLE = re.compile(
    r"^would you (?:ever |really )?(?:brake|stop|swerve|slow down|wait|yield|turn|go|"
    r"pull over) for "
    r"(?:a|an|any|someone|somebody|people|animals|pedestrians)(?!\S)|"
    r"^would (?:you|the car|it|we) .+ if (?:i|we|someone|somebody|a|an|there|he|she|they|my)(?!\S)"
)
#: "Can we … here?" asks for leave, not for the deed.
_LEAVE = re.compile(
    r"^may (?:we|i) (?:stop|park|turn|pass|go|use|open|get)(?!\S)|(?<!\S)(?:legally|even|"
    r"allowed|on red|right on red|here or not|or is it|or not|at all)(?!\S)|"
    r"^(?:can|may|could) (?:we|i|one) (?:park|make a u_turn|do a u_turn|u_turn|use the|enter|cross|"
    r"drive (?:in|on)|turn (?:left|right) on|get out|open|overtake here|pass here|turn around here)"
    r"(?!\S)|^(?:can|could|may) (?:we|i|you|one)(?: (?:park|overtake|turn (?:left|right|around)|"
    r"make a u_turn|change lanes))? (?:park |overtake |turn )?(?:here|there)$"
)
_ABILITY = re.compile(
    r"^(?:can|could|do|are) you (?:able to )?(?:also |even |actually |really )?(?:see|hear|"
    r"read|detect|"
    r"recognise|recognize|handle|drive (?:in|at|on|through|without|by)|park (?:yourself|by|on your|"
    r"in parallel|parallel|automatically)|parallel park|speak|understand|tell|know|explain|"
    r"describe|"
    r"fly|swim|sing|talk|think|feel|learn|remember|predict|spot|notice|identify|find out|work|"
    r"operate|sense|connect|cope|deal|brake by|stop by yourself|steer by|overtake (?:by|on your)|"
    r"change lanes (?:by|on your|automatically))(?!\S)"
)
_FOLLOW_UP = re.compile(
    r"^(?:and|what about|how about|and what about)(?: (?:the|on|in|to|behind|ahead|our|that|my|"
    r"those|now|over|next))+(?: .*)?$"
)
_STATED = re.compile(
    r"^(?:(?:i|we) (?:do not|can not|want to|would like to|need to) (?:know|understand|see|get) "
    r"(?:why|what|where|how|when|if|whether|who)|tell me|describe|explain|show me (?:what|why|how|"
    r"the way)|report|i wonder|i am wondering|give (?:me|us) (?:an|a|the|our) (?:overview|"
    r"status|eta|description|summary|update|report|estimate|reason|explanation)(?: \S+)*|"
    r"walk me through|talk me through|summari[sz]e)(?!\S)"
)


@cache
def _patterns() -> tuple[Pattern, ...]:
    return table("questions")


def is_question_form(text: str, asked: bool) -> bool:
    """Does the sentence look like a question (whatever it means)?"""
    if _IMPERATIVE_DO.search(text) or _NO_QUESTION.search(text):
        return False
    return bool(_FORM.search(text) or _STATED.search(text)) or asked


def request_rest(text: str) -> str | None:
    """What is asked for in a question-shaped request, base verb first; None if it is none."""
    hit = REQUEST.search(text)
    if not hit or any(p.search(text) for p in (_FUTURE, _LEAVE, _ABILITY, _PRINCIPLE)):
        return None
    rest = text[hit.end() :].strip()
    if text.startswith("why") and " " not in rest:
        return None  # "why don't we move?" asks for the reason
    return _base_verb(rest) if rest else None


def asks_leave(text: str) -> bool:
    """Is it a question for permission ("can we park here?")?"""
    return bool(_LEAVE.search(text))


def kind(text: str, asked: bool) -> Question | None:
    """The kind of question, None when no table knows it."""
    for form in (text, *_stripped(text)):
        for pattern in _patterns():
            if pattern.regex.fullmatch(form):
                return Question(pattern.label)
    if _FOLLOW_UP.search(text):
        return Question.EXISTENCE
    return None


_LEAD_IN = re.compile(
    r"^(?:(?:and|but|so|okay|tell me|do you know|any idea|i wonder|i want to know|say|"
    r"i would like to know|can you tell me|could you tell me|would you tell me|please tell me|"
    r"just|wait|quick question|sorry|then|by the way|hold on|remind me|may i ask|let me know|"
    r"i am curious|do you happen to know|any clue|out of curiosity|car|yes but|no but|give me|"
    r"i do not (?:get|understand|know)|explain to me|explain|show me) )+(?=\S)"
)


def _stripped(text: str) -> tuple[str, ...]:
    """The sentence without its lead-in ("tell me …"), and with indirect order turned round."""
    bare = _LEAD_IN.sub("", text)
    turned = re.sub(r"^(?:if|whether) (?:you|we|there|it|the|he|she|they)(?= )", _inverted, bare)
    return tuple(dict.fromkeys(form for form in (bare, turned) if form != text))


def _inverted(hit: re.Match[str]) -> str:
    """ "if there …" → "is there …" so that indirect questions meet the same tables."""
    subject = hit.group(0).split(" ", 1)[1]
    return {"there": "is there", "it": "is it"}.get(subject, f"are {subject}")


_GERUNDS = {
    "stopping": "stop", "taking": "take", "slowing": "slow", "going": "go", "driving": "drive",
    "changing": "change", "pulling": "pull", "turning": "turn", "moving": "move", "getting": "get",
    "speeding": "speed", "overtaking": "overtake", "passing": "pass", "parking": "park",
    "keeping": "keep", "making": "make", "letting": "let", "waiting": "wait", "using": "use",
    "leaving": "leave", "finding": "find", "merging": "merge", "switching": "switch",
    "skipping": "skip", "avoiding": "avoid", "heading": "head", "accelerating": "accelerate",
    "braking": "brake", "reducing": "reduce", "increasing": "increase", "setting": "set",
    "dropping": "drop", "giving": "give", "staying": "stay", "following": "follow",
    "bringing": "bring", "exiting": "exit", "easing": "ease", "backing": "back",
    "hurrying": "hurry", "sticking": "stick", "doing": "do", "picking": "pick",
    "reversing": "reverse", "creeping": "creep", "holding": "hold", "yielding": "yield",
    "shifting": "shift", "hanging": "hang", "navigating": "navigate", "starting": "start",
    "not": "do not", "repeating": "repeat", "saying": "say", "opening": "open",
}  # fmt: skip


def _base_verb(rest: str) -> str:
    first, _, tail = rest.partition(" ")
    if first == "to" and tail:
        first, _, tail = tail.partition(" ")
    base = _GERUNDS.get(first, first)
    if base == "do not" and tail:
        second, _, more = tail.partition(" ")
        tail = f"{_GERUNDS.get(second, second)} {more}".strip()
    return f"{base} {tail}".strip()
