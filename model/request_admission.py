"""How a command enters the request book: what it replaces, what the scene says, what it aims at."""

from __future__ import annotations

from dataclasses import dataclass, replace

from model.contract.situation import SendCommand
from model.request_book import (
    ASIDE,
    HOLDING,
    LANE_GROUP,
    SPEED_GROUP,
    STOP_GROUP,
    STYLE_GROUP,
    Begin,
    Book,
    Judge,
    Moment,
    Navigate,
    NewRoute,
    NoRoute,
    Request,
    Ruling,
)
from model.request_checks import resolve
from model.request_texts import refused_because, title, trigger_text, waiting_for
from model.request_wishes import WISHES, wished
from modes.vocabulary import ROUTE_INTENTS, Command, Decision, Intent, RequestState
from safety.policy import Policy

_NOT_HERE = frozenset({Intent.HANDOVER_TO_DRIVER, Intent.ENGAGE})
_GROUPS = (STOP_GROUP, SPEED_GROUP, LANE_GROUP, STYLE_GROUP, ROUTE_INTENTS)
#: The car itself waits for gaps, lights and places on the way to these; the rules need not.
_CAR_WAITS = ROUTE_INTENTS | ASIDE
#: How long a request is tried once it has begun, s; the others have no end of their own.
_TRIES_S = {
    Intent.OVERTAKE: 60.0,
    Intent.AVOID_OBSTACLE: 30.0,
    Intent.YIELD: 10.0,
    Intent.SPEED_UP: 60.0,
    Intent.SET_SPEED: 60.0,
    Intent.KEEP_LIMIT: 60.0,
    Intent.SET_GAP: 60.0,
    Intent.RESUME: 120.0,
    Intent.PARK: 300.0,
    Intent.CREEP_FORWARD: 30.0,
}


@dataclass(frozen=True)
class Context:
    """What every step of one tick needs."""

    moment: Moment
    judge: Judge
    navigate: Navigate
    policy: Policy


def admitted(
    book: Book, message: SendCommand, context: Context, batch: list[Request]
) -> tuple[Book, Request, NewRoute | None]:
    """The book without what the command replaces, the new request, and the route it asks for."""
    moment = context.moment
    command = message.command
    new = Request(
        id=message.id,
        command=command,
        speaker=message.speaker,
        state=RequestState.ACCEPTED,
        text=title(command),
        since_s=moment.t_s,
        begin=begin_at(moment),
        wishes_before=book.wishes,
        route_before=moment.route,
        trigger_memory={"exits": moment.facts.number("exits") or 0.0},
    )
    if command.intent in _NOT_HERE:
        refusal = "nobody can take the wheel in this drive"
        return book, new.closed(RequestState.REFUSED, moment.t_s, refusal), None
    ruling: Ruling = context.judge(command, moment.facts)
    by_rule = ruling.decision is Decision.REFUSE and message.decision is not Decision.EMERGENCY
    if by_rule:
        reason = refused_because(ruling.reason)
        return book, new.closed(RequestState.REFUSED, moment.t_s, reason), None
    new = with_objects(new, moment)
    if command.intent in (Intent.OVERTAKE, Intent.FOLLOW) and new.target_id is None:
        return book, new.closed(RequestState.REFUSED, moment.t_s, "nobody drives ahead"), None
    book = without_conflicts(book, new, moment)
    new = replace(new, after_id=_comes_after(new, batch))
    after = command.slots.after
    if new.after_id is not None or after is not None:
        waits = trigger_text(after) if after is not None else "the manoeuvre before"
        return book, replace(new, state=RequestState.WAITING, waiting_for=waits), None
    if message.decision is Decision.EMERGENCY:
        ruling = _AtOnce(Decision.EMERGENCY, command)
    return released(book, new, ruling, context)


@dataclass(frozen=True)
class _AtOnce:
    """The ruling on a stop word: nothing stands between it and the brakes."""

    decision: Decision
    command: Command
    reason: str = ""
    expires_s: float | None = None


def released(
    book: Book, request: Request, ruling: Ruling, context: Context
) -> tuple[Book, Request, NewRoute | None]:
    """Hands the request to the driving model, unless the scene says: not yet, or no."""
    moment = context.moment
    if ruling.decision is Decision.REFUSE:
        reason = refused_because(ruling.reason)
        return book, request.closed(RequestState.REFUSED, moment.t_s, reason), None
    command = ruling.command if ruling.decision is not Decision.EMERGENCY else request.command
    if ruling.decision is Decision.DEFER and request.intent not in _CAR_WAITS:
        expires = request.expires_s
        if expires is None and ruling.expires_s is not None:
            expires = moment.t_s + ruling.expires_s
        waits = waiting_for(ruling.reason, request.command)
        held = replace(request, state=RequestState.WAITING, waiting_for=waits, expires_s=expires)
        return book, held, None
    request = replace(
        request,
        command=command,
        text=title(command),
        state=RequestState.ACCEPTED,
        released=True,
        released_s=moment.t_s,
        begin=replace(begin_at(moment), driven_m=request.begin.driven_m),
        waiting_for="",
    )
    return _in_force(book, request, context)


def _in_force(
    book: Book, request: Request, context: Context
) -> tuple[Book, Request, NewRoute | None]:
    """What a released request changes at once: wishes, the route, the hold."""
    moment, intent = context.moment, request.intent
    expires = request.expires_s
    if intent in _TRIES_S:
        expires = moment.t_s + _TRIES_S[intent]
    elif intent in (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT, Intent.MERGE):
        expires = expires or moment.t_s + context.policy.lane_change.defer_s
    request = replace(request, expires_s=expires)
    if intent in WISHES:
        wishes, target = wished(book.wishes, request.command, moment, context.policy)
        return replace(book, wishes=wishes), replace(request, target_mps=target), None
    if intent is Intent.RESUME:
        wishes = replace(book.wishes, speed_cap_mps=None, speed_wish_mps=None)
        return replace(book, holding=None, wishes=wishes), request, None
    if intent in HOLDING:
        return replace(book, holding=None, letting_go=False), request, None
    if intent in (Intent.LANE_CHANGE_LEFT, Intent.LANE_CHANGE_RIGHT):
        lane = moment.road.lanes.get(moment.ego.lane or "")
        left = intent is Intent.LANE_CHANGE_LEFT
        target_lane = None if lane is None else (lane.left if left else lane.right)
        return book, replace(request, target_lane=target_lane), None
    if intent is Intent.OVERTAKE:
        return replace(book, wishes=replace(book.wishes, overtaking=True)), request, None
    if intent in ROUTE_INTENTS:
        return _routed(book, request, context)
    return book, request, None


def _routed(
    book: Book, request: Request, context: Context
) -> tuple[Book, Request, NewRoute | None]:
    try:
        route = context.navigate(request.command, context.moment)
    except NoRoute as error:
        closed = request.closed(RequestState.REFUSED, context.moment.t_s, str(error))
        return book, closed, None
    text = title(request.command, route.label)
    return book, replace(request, route=route, text=text), route


def without_conflicts(book: Book, new: Request, moment: Moment) -> Book:
    """Open requests of the same kind give way; a stop also ends what needs motion sideways."""
    groups = [group for group in _GROUPS if new.intent in group]
    if new.intent in HOLDING:
        groups.append(LANE_GROUP)
    if new.intent in LANE_GROUP or new.intent is Intent.NO_OVERTAKE:
        groups.append(LANE_GROUP)
    if not groups and new.intent in WISHES:
        groups.append(frozenset({new.intent}))
    replaced = frozenset().union(*groups) if groups else frozenset({new.intent})
    requests = tuple(
        r.closed(RequestState.SUPERSEDED, moment.t_s, "a newer request replaced it")
        if r.open and r.intent in replaced
        else r
        for r in book.requests
    )
    return replace(book, requests=requests)


def _comes_after(new: Request, batch: list[Request]) -> str | None:
    """ "Turn around and park": parking waits for the turn that was said in the same breath."""
    if new.intent not in (Intent.PARK, Intent.PULL_OVER, Intent.WAIT, Intent.STOP):
        return None
    if new.command.slots.urgent:
        return None
    first = [r for r in batch if r.open and r.intent in ROUTE_INTENTS]
    return first[-1].id if first else None


def with_objects(request: Request, moment: Moment) -> Request:
    """The objects that the words name, resolved to ids in the scene."""
    slots = request.command.slots
    default = request.intent in (Intent.OVERTAKE, Intent.FOLLOW, Intent.AVOID_OBSTACLE)
    after, until = slots.after, slots.until
    return replace(
        request,
        target_id=resolve(slots.target, moment, default),
        after_object=resolve(after.target, moment, False) if after is not None else None,
        until_object=resolve(until.target, moment, False) if until is not None else None,
    )


def begin_at(moment: Moment) -> Begin:
    ego = moment.ego
    return Begin(ego.speed_mps, ego.lateral_m, ego.lane, ego.x, ego.y)
