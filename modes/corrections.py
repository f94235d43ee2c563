"""Corrections of the newest command: "no, the other left", "the second one", "make it 80"."""

from __future__ import annotations

import re

from modes.commands import flipped
from modes.slots import ORDINALS
from modes.vocabulary import Command, Intent, Unit

_START = re.compile(
    r"^(?:no|no wait|wait no|sorry|i mean|i meant|i said|rather|not that|not that one|correction|"
    r"no i mean|no i meant|no sorry|wait|oops|no no|make (?:that|it)|better|not left|not right|"
    r"no not that(?: one)?|not the (?:left|right|next|first|second|third)(?: one| exit|"
    r" lane)?)(?!\S) ?"
)
_OTHER = re.compile(
    r"^(?:(?:to |on |in )?(?:the |your )?other (?:left|right|side|way|direction|one|lane)|"
    r"wrong (?:side|way|direction|lane)|the opposite(?: side| direction)?)(?: please)?$"
)
_SIDE = re.compile(
    r"^(?:(?:to |on |in )?the )?(?P<side>left|right)(?: side| one| lane)?(?: please)?$"
)
_ORDINAL = re.compile(
    rf"^(?:the )?(?P<n>{'|'.join(ORDINALS)})(?: one| exit| turn| left| right| street)?(?: please)?$"
)
_ONE_AFTER = re.compile(r"^(?:the )?(?:one|exit) after(?: (?:that|this|the next))?(?: one)?$")
_NUMBER = re.compile(r"^(?:to )?(?P<n>\d{1,3})(?: (?P<u>kph|mph))?(?: please| instead)?$")
_SIDED = {
    Intent.TURN_LEFT: (Intent.TURN_LEFT, Intent.TURN_RIGHT),
    Intent.TURN_RIGHT: (Intent.TURN_LEFT, Intent.TURN_RIGHT),
    Intent.LANE_CHANGE_LEFT: (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT),
    Intent.LANE_CHANGE_RIGHT: (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT),
}
_WITH_SPEED = frozenset({Intent.SET_SPEED, Intent.SPEED_UP, Intent.SLOW_DOWN, Intent.KEEP_LIMIT})
_WITH_ORDINAL = frozenset({Intent.TAKE_EXIT, Intent.TURN_LEFT, Intent.TURN_RIGHT, Intent.SKIP_EXIT})


def corrected(text: str, last: tuple[Command, ...], unit: Unit) -> tuple[Command, ...] | None:
    """The last command as the words change it, None when they change nothing."""
    if not last:
        return None
    newest = last[-1]
    start = _START.match(text)
    rest = text[start.end() :].strip() if start else text
    if _OTHER.match(rest):
        other = flipped(newest)
        return (other,) if other else None
    side = _SIDE.match(rest)
    if side and start and newest.intent in _SIDED:
        left, right = _SIDED[newest.intent]
        intent = left if side.group("side") == "left" else right
        return (Command(intent=intent, slots=newest.slots),)
    if not start:
        return None
    return _new_value(rest, newest, unit)


def _new_value(rest: str, newest: Command, unit: Unit) -> tuple[Command, ...] | None:
    if newest.intent in _WITH_ORDINAL:
        ordinal = _ORDINAL.match(rest)
        count = ORDINALS[ordinal.group("n")] if ordinal else 2 if _ONE_AFTER.match(rest) else None
        if count is not None:
            slots = newest.slots.model_copy(update={"ordinal": count, "name": None})
            return (Command(intent=newest.intent, slots=slots),)
    number = _NUMBER.match(rest)
    if number and newest.intent in _WITH_SPEED:
        spoken = {"mph": Unit.MPH, "kph": Unit.KPH}.get(number.group("u") or "", newest.slots.unit)
        update = {"value": float(number.group("n")), "unit": spoken or unit, "degree": None}
        slots = newest.slots.model_copy(update=update)
        return (Command(intent=Intent.SET_SPEED, slots=slots),)
    return None
