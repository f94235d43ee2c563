"""The request book: what becomes of each accepted command, tick by tick.

`step` is a pure state machine: the last book, the moment and the new messages give the next book,
the request for the driving model, what changed, and a new route where one was asked for. Scene
rules are asked again at receipt and while a request is held back; route commands ask `navigate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.contract.plan import DriveRequest
from model.contract.situation import (
    CancelCommand,
    EventView,
    SendCommand,
    SendMode,
    StopNow,
    ToDriving,
)
from model.request_admission import Context, admitted
from model.request_book import (
    ASIDE,
    HOLDING,
    LANE_GROUP,
    Book,
    Judge,
    Moment,
    Navigate,
    NewRoute,
    Request,
    Wishes,
)
from model.request_checks import MOVING_MPS
from model.request_progress import advanced
from modes.vocabulary import Command, Decision, Intent, Mode, RequestState, Slots
from safety.policy import Policy

#: Closed requests stay visible this long, s.
SHOWN_S = 5.0
#: The mode pill shows a question for this long, s.
SPOKEN_S = 3.0
#: Closed ones that are shown at the same time; a flood must not make situations long.
MAX_SHOWN = 16
#: More open requests than anybody can mean; the oldest give way.
MAX_OPEN = 12
CREEP_MPS = 1.5


@dataclass(frozen=True)
class Outcome:
    """What one step gives: the next book, and what the loop has to do."""

    book: Book
    request: DriveRequest
    mode: Mode
    changes: tuple[EventView, ...] = ()
    route: NewRoute | None = None
    #: Somebody asked to go on: confirms the end of a minimal-risk manoeuvre.
    confirmed: bool = False


def step(
    book: Book,
    moment: Moment,
    messages: Sequence[ToDriving],
    *,
    judge: Judge,
    navigate: Navigate,
    policy: Policy,
) -> Outcome:
    """One tick of every request. Messages count in their order; stop words count at once."""
    before = {r.id: r.state for r in book.requests}
    holding_before = book.holding
    context = Context(moment, judge, navigate, policy)
    route: NewRoute | None = None
    batch: list[Request] = []
    for message in messages:
        if isinstance(message, (SendCommand, StopNow)):
            book, new, came = _received(book, message, context, batch)
            batch.append(new)
            route = came or route
        elif isinstance(message, CancelCommand):
            book, back = _cancelled(book, message.id, moment)
            route = back or route
        elif isinstance(message, SendMode):
            book = replace(book, spoken=(message.mode, moment.t_s))
    book, came = advanced(book, context)
    route = came or route
    book = _tidied(book, moment)
    resumed = holding_before is not None and book.holding is None
    confirmed = resumed or any(
        r.intent is Intent.RESUME and r.open and r.released for r in book.requests
    )
    return Outcome(
        book,
        drive_request(book, moment),
        _mode(book, moment),
        tuple(
            EventView(kind="request", t_s=round(moment.t_s, 2), object_id=r.id, detail=r.state)
            for r in book.requests
            if before.get(r.id) is not r.state
        ),
        route,
        confirmed,
    )


def _received(
    book: Book, message: SendCommand | StopNow, context: Context, batch: list[Request]
) -> tuple[Book, Request, NewRoute | None]:
    if isinstance(message, StopNow):
        command = Command(intent=Intent.STOP, slots=Slots(urgent=True))
        message = SendCommand(id=message.id, command=command, decision=Decision.EMERGENCY)
    if any(r.id == message.id for r in book.requests):
        # A repeated message (a reconnect, say) must not start the same thing twice.
        known = next(r for r in book.requests if r.id == message.id)
        return book, known, None
    book, request, route = admitted(book, message, context, batch)
    return replace(book, requests=(*book.requests, request)), request, route


def _cancelled(book: Book, request_id: str | None, moment: Moment) -> tuple[Book, NewRoute | None]:
    """Takes back one open request, with the wishes and the route that it changed."""
    found = [r for r in book.open() if request_id is None or r.id == request_id]
    if not found:
        return book, None
    request = found[-1]
    closed = request.closed(RequestState.CANCELLED, moment.t_s, "taken back")
    book = replace(
        book,
        requests=tuple(closed if r.id == request.id else r for r in book.requests),
        wishes=request.wishes_before if request.target_mps is not None else book.wishes,
        # Taken back just when the car had come to a stop: it goes on again.
        letting_go=book.letting_go
        or (request.intent in HOLDING and moment.ego.speed_mps < MOVING_MPS),
    )
    edge = moment.edge
    if request.route is None or edge not in request.route_before:
        return book, None
    return book, NewRoute(request.route_before[request.route_before.index(edge) :])


def _tidied(book: Book, moment: Moment) -> Book:
    opened = [r.id for r in book.open()]
    dropped = set(opened[:-MAX_OPEN])
    requests = [
        r.closed(RequestState.SUPERSEDED, moment.t_s, "newer requests came")
        if r.id in dropped
        else r
        for r in book.requests
        if r.closed_s is None or moment.t_s - r.closed_s < SHOWN_S
    ]
    closed = [r.id for r in requests if not r.open]
    hidden = set(closed[:-MAX_SHOWN])
    return replace(book, requests=tuple(r for r in requests if r.id not in hidden))


def drive_request(book: Book, moment: Moment) -> DriveRequest:
    """What the driving model is asked for: the weightiest command and the standing wishes."""
    active = _active(book)
    wishes = book.wishes
    cap = wishes.speed_cap_mps
    if active is not None and active.intent is Intent.CREEP_FORWARD:
        cap = CREEP_MPS if cap is None else min(cap, CREEP_MPS)
    command = None if active is None else _for_the_driver(active.command)
    if book.letting_go and (active is None or active.intent not in HOLDING):
        command = Command(intent=Intent.RESUME)
    plain = command is None and wishes == Wishes()
    return DriveRequest(
        mode=Mode.AUTONOMOUS if plain else Mode.CONTROL,
        command=command,
        id=None if active is None else active.id,
        speed_cap_mps=cap,
        speed_wish_mps=wishes.speed_wish_mps,
        gap_s=wishes.gap_s,
        style=wishes.style,
        overtaking=wishes.overtaking,
        expires_s=None if active is None else active.expires_s,
    )


def _for_the_driver(command: Command) -> Command:
    """An emergency begins with the nearest safe place at the side."""
    if command.intent is not Intent.EMERGENCY:
        return command
    return Command(intent=Intent.PULL_OVER, slots=Slots(urgent=True))


def _active(book: Book) -> Request | None:
    """Standing still weighs more than changing lanes, and that more than the way; newest first."""
    released = [r for r in book.open() if r.released]
    if book.holding is not None and not any(r.intent is Intent.CREEP_FORWARD for r in released):
        released.insert(0, book.holding)

    def weight(request: Request) -> int:
        if request.intent in HOLDING | ASIDE:
            return 3
        if request.intent in LANE_GROUP | {Intent.YIELD, Intent.CREEP_FORWARD}:
            return 2
        return 1 if request.route is not None else 0

    best: Request | None = None
    for request in released:
        if best is None or weight(request) >= weight(best):
            best = request
    return best


def _mode(book: Book, moment: Moment) -> Mode:
    if book.open() or book.holding is not None:
        return Mode.CONTROL
    if book.spoken is not None and moment.t_s - book.spoken[1] < SPOKEN_S:
        return book.spoken[0]
    return Mode.AUTONOMOUS


def route_refused(book: Book, request_id: str, reason: str, t_s: float) -> Book:
    """The world could not take a route: its request is refused with the plain reason."""
    return replace(
        book,
        requests=tuple(
            r.closed(RequestState.REFUSED, t_s, reason) if r.id == request_id and r.open else r
            for r in book.requests
        ),
    )
