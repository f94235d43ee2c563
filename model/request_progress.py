"""How open requests move on with the car: released, under way, done, expired. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from math import hypot

from model.lane_frame import route_ahead
from model.request_admission import Context, released
from model.request_book import HOLDING, LANE_GROUP, SPEED_GROUP, Book, Moment, NewRoute, Request
from model.request_checks import MOVING_MPS, begun, done, fired, missed, moves
from model.request_texts import trigger_text
from modes.vocabulary import ROUTE_INTENTS, Intent, RequestState

#: A lane manoeuvre that has begun is waited for this much longer, s.
BEGUN_GRACE_S = 15.0
_METRES = re.compile(r"in (\d+) m\b")
#: Why a request ended when its time was up.
_EXPIRED = {
    Intent.OVERTAKE: "there was no chance to overtake",
    Intent.YIELD: "the way stayed as it was",
    Intent.SPEED_UP: "traffic did not allow it",
    Intent.SET_SPEED: "traffic did not allow it",
    Intent.KEEP_LIMIT: "traffic did not allow it",
    Intent.SET_GAP: "traffic did not allow it",
    Intent.RESUME: "the way stayed blocked",
    Intent.PARK: "no parking place was found",
    Intent.AVOID_OBSTACLE: "there was no room to pass",
}
_FAILED_BEFORE = "what was to come first did not happen"


def advanced(book: Book, context: Context) -> tuple[Book, NewRoute | None]:
    """The book with every open request looked at once; a route where one was released."""
    route: NewRoute | None = None
    moment = context.moment
    if moment.ego.speed_mps > MOVING_MPS:
        book = replace(book, letting_go=False)
    book = _hold_ended(book, moment)
    for request in book.open():
        request = _travelled(request, moment)
        if request.released:
            request = _watched(request, moment)
        else:
            book, request, came = _held_back(book, request, context)
            route = came or route
        if request.state is RequestState.DONE and request.intent in HOLDING:
            until = request.command.slots.until
            over = until is not None and fired(until, request.until_object, request, moment)
            book = replace(book, holding=None if over else request, letting_go=over)
        if request.state is RequestState.EXPIRED and request.target_mps is not None:
            # The wish was not reached: what stood before stands again.
            book = replace(book, wishes=request.wishes_before)
        book = _put(book, request)
    return book, route


def _put(book: Book, request: Request) -> Book:
    return replace(
        book, requests=tuple(request if r.id == request.id else r for r in book.requests)
    )


def _hold_ended(book: Book, moment: Moment) -> Book:
    """A stop "until it is green" ends by itself."""
    held = book.holding
    if held is None:
        return book
    held = _travelled(held, moment)
    until = held.command.slots.until
    if until is not None and fired(until, held.until_object, held, moment):
        return replace(book, holding=None, letting_go=True)
    return replace(book, holding=held)


def _travelled(request: Request, moment: Moment) -> Request:
    begin, ego = request.begin, moment.ego
    moved = hypot(ego.x - begin.x, ego.y - begin.y)
    memory = dict(request.trigger_memory)
    if moment.facts.flag("in_junction"):
        memory["in_junction"] = 1.0
    begin = replace(begin, x=ego.x, y=ego.y, driven_m=begin.driven_m + moved)
    return replace(request, begin=begin, trigger_memory=memory)


def _held_back(
    book: Book, request: Request, context: Context
) -> tuple[Book, Request, NewRoute | None]:
    """Waits for its trigger, its predecessor, or the scene rules."""
    moment = context.moment
    if request.expires_s is not None and moment.t_s >= request.expires_s:
        waited = request.waiting_for or "a safe moment"
        reason = f"{waited} did not come in time"
        return book, request.closed(RequestState.EXPIRED, moment.t_s, reason), None
    before = next((r for r in book.requests if r.id == request.after_id), None)
    if before is not None and before.open:
        return book, request, None
    if before is not None and before.state is not RequestState.DONE:
        closed = request.closed(RequestState.CANCELLED, moment.t_s, _FAILED_BEFORE)
        return book, closed, None
    after = request.command.slots.after
    if after is not None and not fired(after, request.after_object, request, moment):
        return book, replace(request, waiting_for=trigger_text(after)), None
    return released(book, request, context.judge(request.command, moment.facts), context)


def _watched(request: Request, moment: Moment) -> Request:
    """A released request, in the light of what the car does."""
    if request.first_motion_s is None and moves(request, moment):
        request = replace(request, first_motion_s=moment.t_s)
    if request.released_s is not None and moment.t_s > request.released_s and done(request, moment):
        return request.closed(RequestState.DONE, moment.t_s)
    until = request.command.slots.until
    if until is not None and fired(until, request.until_object, request, moment):
        return request.closed(RequestState.DONE, moment.t_s)
    reason = missed(request, moment)
    if reason:
        return request.closed(RequestState.EXPIRED, moment.t_s, reason)
    now_begun = request.state is RequestState.UNDER_WAY or begun(request, moment)
    # A lane change that has begun may take its time, but not for ever.
    grace_s = BEGUN_GRACE_S if now_begun and request.intent in LANE_GROUP else 0.0
    if request.expires_s is not None and moment.t_s >= request.expires_s + grace_s:
        reason = _EXPIRED.get(request.intent, "no gap came in time")
        return request.closed(RequestState.EXPIRED, moment.t_s, reason)
    return _phase(request, moment, now_begun)


def _phase(request: Request, moment: Moment, now_begun: bool) -> Request:
    says = moment.progress if moment.progress_id == request.id else None
    if says is not None and says.phase == "waiting" and not now_begun:
        waits = _coarse(says.waiting_for) or _on_the_way(request, moment)
        return replace(request, state=RequestState.WAITING, waiting_for=waits)
    if now_begun:
        return replace(request, state=RequestState.UNDER_WAY, waiting_for=_held_up(request, moment))
    waits = _on_the_way(request, moment)
    state = RequestState.WAITING if waits else request.state
    return replace(request, state=state, waiting_for=waits)


def _held_up(request: Request, moment: Moment) -> str:
    """A faster speed is under way but somebody slow drives ahead."""
    gap = moment.facts.number("lead_gap_s")
    if request.intent in SPEED_GROUP - {Intent.SLOW_DOWN} and gap is not None and gap < 3.0:
        return "the car ahead"
    return ""


def _on_the_way(request: Request, moment: Moment) -> str:
    """ "The exit in 800 m": how far it is to where the route changes."""
    route = request.route
    if route is None or route.gate_edge is None or request.intent not in ROUTE_INTENTS:
        return ""
    if not moment.route or moment.edge != moment.route[0]:
        return ""
    ahead = route_ahead(moment.road, moment.route, moment.ego.s_m)
    end = next((b for edge, _, b in ahead if edge == route.gate_edge), None)
    if end is None:
        return ""
    what = "exit" if request.intent in (Intent.TAKE_EXIT, Intent.SKIP_EXIT) else "junction"
    return f"the {what} in {_rounded_m(end)} m"


def _rounded_m(metres: float) -> int:
    """As one says it, so that a card does not flicker on every tick."""
    step = 100 if metres > 250 else 50 if metres > 75 else 10
    return max(round(metres / step) * step, 10)


def _coarse(text: str) -> str:
    return _METRES.sub(lambda match: f"in {_rounded_m(float(match[1]))} m", text)
