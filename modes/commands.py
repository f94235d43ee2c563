"""Commands in a piece of text: which intents stand in it, in order, and with which slots."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from modes.grammar import Pattern, table
from modes.slots import fill
from modes.vocabulary import Command, Degree, Intent, Slots, Unit

_DIALOGUE = ("confirm", "cancel", "repeat")
#: Of two matches of equal length the intent further left is meant.
_PREFER = (
    "emergency", "lane_change_left", "lane_change_right", "cancel", "no_overtake", "keep_lane",
    "skip_exit", "wait", "yield", "add_stop", "u_turn",
    "take_exit", "set_speed", "keep_limit", "pull_over", "park", "set_gap", "overtake",
    "avoid_obstacle", "style_gentle", "slow_down", "stop", "go_straight", "turn_left",
    "turn_right", "navigate",
)  # fmt: skip
_NEGATED = {
    "lane_change_left": Intent.KEEP_LANE,
    "lane_change_right": Intent.KEEP_LANE,
    "merge": Intent.KEEP_LANE,
    "overtake": Intent.NO_OVERTAKE,
    "avoid_obstacle": Intent.KEEP_LANE,
    "turn_left": Intent.GO_STRAIGHT,
    "turn_right": Intent.GO_STRAIGHT,
    "u_turn": Intent.GO_STRAIGHT,
    "take_exit": Intent.SKIP_EXIT,
    "speed_up": Intent.SLOW_DOWN,
    "style_sporty": Intent.STYLE_GENTLE,
    "stop": Intent.RESUME,
    "park": Intent.RESUME,
    "pull_over": Intent.RESUME,
    "resume": Intent.STOP,
    "creep_forward": Intent.STOP,
    "navigate": Intent.CANCEL,
    "add_stop": Intent.CANCEL,
}
_NEGATION = re.compile(
    r"(?<!\S)(?:(?:do|does|should|would|must|could|can|need|will|may) not|never|not|without|no)"
    r"(?: (?:you|we|to|please|just|ever|even|have to|need to|want you to|want to))* $"
)
#: Before a command: words that make it a wish of the speaker.
_FRAME = re.compile(
    r"(?:^|(?<=\s))(?:(?:you|we|the car|it) (?:should|need to|have to|can|must|could|might want to|"
    r"may|ought to|had better|better|would better|shall|will)|(?:i|we) (?:want|need|would like|"
    r"would love|would prefer|prefer|like|ask|wish|beg|order|command|told|tell|said|expect|"
    r"would want)(?: (?:you|the car|it|us|for you))?(?: to)?|let us|let|i think you should|"
    r"i think we should|it would be (?:nice|great|better|good) (?:if|to)(?: you| we)?(?: could)?|"
    r"if (?:you|we) (?:could|can|would)|be so kind(?: as)? to|go ahead and|try to|"
    r"make sure (?:you|to|that you)|"
    r"time to|remember to|do not forget to|feel free to|i said|i meant|i mean|you to|we|you|"
    r"i need to|i want to|i have to|have you|want to|need to|have to|would you mind|you mind|"
    r"kindly|simply|now|please) $"
)
_OTHERS = re.compile(
    r"(?<!\S)(?:i|they|people|who|everyone|nobody|kids|always|usually|used to|did|does|had to|"
    r"has to|never|to|they all|cars|trucks|drivers|would|could|can|when i|i will|what|how|where|"
    r"my \S+ (?:will|would|always|used to|had to|told me to|says|said)|he will|she will|it will)"
    r"(?: (?:will|would|always|usually|never|just|can|could|should|did|do|had to|has to|wants? to|"
    r"told \S+ to|tried to|said to|likes? to|have to|also))? $"
)
_JOIN_BEFORE = re.compile(
    r"(?:^|(?<!\S)(?:and|then|but|now|so|okay|yes|no|please|or|first|next|also|immediately|"
    r"instead|again|afterwards|later|here|there|wait|stop|go|just|street|lane|exit|green|red) )$"
)
_JOINED = re.compile(r"(?<!\S)(?:and|then|but)(?!\S)")
_JOIN_AFTER = re.compile(
    r"^(?:$| (?:and|then|but|now|please|or|so|immediately|when|after|before|until|if|as soon as|"
    r"because|first|again|here|there|at|quickly|in|for|with|once|right|stop|go|car|hey|yes|no)"
    r"(?!\S))"
)


@dataclass(frozen=True)
class Found:
    """A command with the place in the text where its words stand."""

    command: Command
    start: int
    end: int
    hints: dict[str, str] = field(default_factory=dict)


def dialogue_word(text: str) -> Intent | None:
    """Confirm, cancel or repeat, when the whole text is one of these."""
    for pattern in table("commands"):
        if pattern.label in _DIALOGUE and pattern.regex.fullmatch(text):
            return Intent(pattern.label)
    return None


def find(text: str, *, names: Sequence[str] = (), unit: Unit = Unit.KPH) -> tuple[Found, ...]:
    """All commands in normalised `text`, in the order in which they are said."""
    spans = _spans(text)
    out: list[Found] = []
    previous_end = 0
    for i, (hit, pattern) in enumerate(spans):
        next_start = spans[i + 1][0].start() if i + 1 < len(spans) else len(text)
        around = text[previous_end : max(next_start, hit.end())].strip()
        command = _command(text, hit, pattern, around, names, unit)
        previous_end = hit.end()
        if command is not None:
            hints = dict(pattern.hints)
            out.append(Found(command, hit.start(), hit.end(), hints))
    return tuple(_merged(out))


def _spans(text: str) -> list[tuple[re.Match[str], Pattern]]:
    """The longest matches that do not overlap, by place."""
    hits: list[tuple[re.Match[str], Pattern]] = []
    for pattern in table("commands"):
        if pattern.label in _DIALOGUE:
            continue
        found = (hit for hit in pattern.regex.finditer(text) if hit.group(0))
        hits.extend((_longest(text, hit, pattern), pattern) for hit in found)
    hits = [(hit, pattern) for hit, pattern in hits if _stands(text, hit)]
    hits.sort(key=lambda item: (-len(item[0].group(0)), _rank(item[1].label)))
    taken: list[tuple[re.Match[str], Pattern]] = []
    for hit, pattern in hits:
        if all(hit.end() <= t.start() or hit.start() >= t.end() for t, _ in taken):
            taken.append((hit, pattern))
    taken.sort(key=lambda item: item[0].start())
    return taken


def _longest(text: str, hit: re.Match[str], pattern: Pattern) -> re.Match[str]:
    """The hit, stretched by up to three words where an alternative of the pattern goes further."""
    tail = text[hit.end() :]
    ends = [m.end() for m in re.finditer(r"\S+", tail)][:3]
    for end in reversed(ends):
        if _JOINED.search(tail[:end]):
            continue
        longer = pattern.regex.fullmatch(text, hit.start(), hit.end() + end)
        if longer:
            return longer
    return hit


def _rank(label: str) -> int:
    return _PREFER.index(label) if label in _PREFER else len(_PREFER)


def _stands(text: str, hit: re.Match[str]) -> bool:
    """A single word is a command only where it stands alone between connectors."""
    words = hit.group(0).strip()
    before, after = text[: hit.start()], text[hit.end() :]
    if _OTHERS.search(before) and not _FRAME.search(before):
        return False
    if " " in words:
        return True
    alone_before = bool(_JOIN_BEFORE.search(before) or _FRAME.search(before))
    return alone_before and bool(_JOIN_AFTER.search(after))


def _command(
    text: str,
    hit: re.Match[str],
    pattern: Pattern,
    around: str,
    names: Sequence[str],
    unit: Unit,
) -> Command | None:
    if _NEGATION.search(text[: hit.start()]):
        opposite = _NEGATED.get(pattern.label)
        return Command(intent=opposite) if opposite else None
    intent = Intent(pattern.label)
    slots = fill(intent, hit.group(0).strip(), around, dict(pattern.hints), names=names, unit=unit)
    return _settled(Command(intent=intent, slots=slots))


def _settled(command: Command) -> Command:
    """One meaning for two ways of saying: "slow down to 50" sets the speed."""
    slots = command.slots
    if command.intent is Intent.SET_SPEED and slots.value is None:
        return Command(intent=Intent.SLOW_DOWN, slots=slots)
    if command.intent is Intent.CREEP_FORWARD and slots.kind == "closer":
        return Command(intent=Intent.SET_GAP, slots=slots)
    return command


def absolute(command: Command, said: str) -> Command:
    """ "Slow down to 50" is a set speed, "slow down by 10" is a step."""
    if command.intent not in (Intent.SLOW_DOWN, Intent.SPEED_UP) or command.slots.value is None:
        return command
    if re.search(r"(?<!\S)to \d", said):
        return Command(intent=Intent.SET_SPEED, slots=command.slots)
    return command


def _merged(found: list[Found]) -> list[Found]:
    """Drops repetitions and caution that only echoes a stronger command beside it."""
    out: list[Found] = []
    for item in found:
        if any(o.command.intent is item.command.intent for o in out):
            same = next(o for o in out if o.command.intent is item.command.intent)
            if item.command.slots == Slots() or item.command == same.command:
                continue
            if same.command.slots == Slots():
                out[out.index(same)] = item
                continue
            if item.command.intent in (Intent.STOP, Intent.SLOW_DOWN, Intent.RESUME):
                continue
        out.append(item)
    intents = {o.command.intent for o in out}
    if Intent.RESUME in intents and len(intents) > 1:
        moving = {Intent.SPEED_UP, Intent.GO_STRAIGHT, Intent.NAVIGATE, Intent.TURN_LEFT,
                  Intent.TURN_RIGHT, Intent.SET_SPEED, Intent.OVERTAKE}  # fmt: skip
        if intents & moving:
            out = [o for o in out if o.command.intent is not Intent.RESUME or o.hints]
    return out


def flipped(command: Command) -> Command | None:
    """The same command to the other side ("no, the other left"); None where it has no side."""
    other = {
        Intent.TURN_LEFT: Intent.TURN_RIGHT,
        Intent.TURN_RIGHT: Intent.TURN_LEFT,
        Intent.LANE_CHANGE_LEFT: Intent.LANE_CHANGE_RIGHT,
        Intent.LANE_CHANGE_RIGHT: Intent.LANE_CHANGE_LEFT,
    }.get(command.intent)
    return Command(intent=other, slots=command.slots) if other else None


def easing(command: Command) -> Command:
    """The mild form of a doubtful call for caution: ease off a little."""
    return Command(intent=Intent.SLOW_DOWN, slots=Slots(degree=Degree.SLIGHT, kind="doubtful"))
