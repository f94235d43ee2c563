"""Answers about the car itself and the trip: speed, limit, what it does, what comes next."""

from __future__ import annotations

import re

from model.contract.situation import RequestView, Situation
from modes.answer_types import UNKNOWN_HERE, Answer, Asked, evidence_of, with_facts
from modes.causes import act, certain, fallback_words
from modes.nowline import open_requests
from modes.phrases import metres, number, phrase
from modes.telling import tell
from modes.vocabulary import RequestState

_KM_PER_MILE = 1.609344


def _mph(text: str) -> bool:
    return bool(re.search(r"(?<!\S)(?:mph|miles)(?!\S)", text))


def _spoken(kph: float, text: str) -> str:
    return f"{kph / _KM_PER_MILE:.0f} mph" if _mph(text) else f"{kph:.0f} km/h"


def own_speed(asked: Asked) -> Answer:
    """The speed, and how it lies to the limit."""
    kph = asked.facts.number("speed_kph")
    if asked.now is not None:
        kph = asked.now.ego.speed_mps * 3.6
    if kph is None:
        return Answer("I don't know the speed right now.", {})
    proof = with_facts(asked, "speed_kph", "limit_kph")
    if kph < 1:
        return Answer("The car is standing still.", proof)
    limit = asked.facts.number("limit_kph")
    tail = f" The limit is {_spoken(limit, asked.text)}." if limit is not None else ""
    return Answer(f"The car is going {_spoken(kph, asked.text)}.{tail}", proof)


def speed_limit(asked: Asked) -> Answer:
    """The limit, and whether the car keeps it."""
    limit = asked.facts.number("limit_kph")
    proof = with_facts(asked, "limit_kph", "speed_kph")
    if limit is None:
        return Answer("I don't know the limit here.", proof)
    kph = asked.now.ego.speed_mps * 3.6 if asked.now else asked.facts.number("speed_kph")
    text = f"The limit is {_spoken(limit, asked.text)}."
    if kph is not None and re.search(
        r"(?<!\S)(?:speeding|over|above|within|under)(?!\S)", asked.text
    ):
        over = kph > limit + 1
        first = "Yes" if over == ("over" in asked.text or "speeding" in asked.text) else "No"
        return Answer(f"{first}, the car is going {_spoken(kph, asked.text)}. {text}", proof)
    return Answer(text, proof)


def doing(asked: Asked) -> Answer:
    """What the car is doing now, with its reason where that is certain."""
    now = asked.now
    if now is None:
        kph = asked.facts.number("speed_kph")
        if kph is None:
            return Answer(UNKNOWN_HERE, {})
        return own_speed(asked)
    proof = evidence_of(now)
    words = act(now)
    yes_no = _yes_no(asked.text, words, now)
    if not certain(now.trace, now.guard.level):
        fallback = fallback_words(now.guard.level)
        tail = f": {fallback}" if fallback else ""
        return Answer(f"{yes_no}The car is {words}{tail}.", proof)
    waiting = _waiting(now)
    if waiting:
        text = (
            f"The car is {words} and waits for {waiting.waiting_for} to {phrase(waiting.command)}."
        )
        return Answer(yes_no + text, proof)
    return Answer(yes_no + tell(now, asked.memory.episodes), proof)


_ASKED_ACTS = (
    (r"slow\w*|brak\w*", "slowing down"),
    (r"accelerat\w*|speed\w* up", "speeding up"),
    (r"stopp\w*|stand\w*|wait\w*|parked", "standing"),
    (r"chang\w*", "changing lanes"),
    (r"turning", "turning"),
    (r"giving way|yield\w*", "giving way"),
    (r"pull\w* over", "pulling over"),
)


def _yes_no(text: str, words: str, now: Situation) -> str:
    if not re.match(r"(?:are|is) (?:you|we|it|the car)(?!\S)", text):
        return ""
    for pattern, act_words in _ASKED_ACTS:
        if re.search(rf"(?<!\S)(?:{pattern})(?!\S)", text):
            return "Yes. " if words.startswith(act_words) else "No. "
    return ""


def _waiting(now: Situation) -> RequestView | None:
    waiting = [r for r in now.requests if r.state is RequestState.WAITING and r.waiting_for]
    return waiting[-1] if waiting else None


_STEPS = {
    "continue": "go straight on",
    "turn_left": "turn left",
    "turn_right": "turn right",
    "take_exit": "take the exit",
    "merge": "merge",
    "u_turn": "turn around",
    "arrive": "arrive",
}


def _step(now: Situation) -> str | None:
    route = now.route
    if route is None:
        return None
    what = _STEPS.get(route.kind, route.kind.replace("_", " "))
    onto = f" {'at' if route.kind == 'arrive' else 'onto'} {route.onto}" if route.onto else ""
    if route.distance_m < 5:
        return f"{what}{onto}, right here"
    return f"{what}{onto} in {metres(route.distance_m)}"


def next_step(asked: Asked) -> Answer:
    """What comes next: an open request first, then the route."""
    now = asked.now
    if now is None:
        return Answer("I don't know what comes next here.", {})
    proof = evidence_of(now)
    requests = open_requests(now)
    step = _step(now)
    if requests:
        first = requests[-1]
        wait = f", as soon as there is {first.waiting_for}" if first.waiting_for else ""
        return Answer(f"Next the car will {phrase(first.command)}{wait}.", proof)
    if step is None:
        return Answer("The car follows this road. I don't know of a next turn.", proof)
    return Answer(f"Next the car will {step}.", proof)


def route(asked: Asked) -> Answer:
    """Where the route leads, as far as it is known."""
    now = asked.now
    if now is None:
        return Answer("I don't know the route here.", {})
    step = _step(now)
    if step is None:
        return Answer("The car follows this road. No destination is set.", evidence_of(now))
    return Answer(f"On the route the car will {step}.", evidence_of(now))


def eta_or_distance(asked: Asked) -> Answer:
    """How far and how long, from the route or from exit and stopping distances in the facts."""
    named = _named_distance(asked)
    if named is not None:
        return named
    now = asked.now
    if now is None or now.route is None:
        return Answer("I don't know the distance or the arrival time.", evidence_of(now))
    proof = with_facts(asked, "speed_kph")
    distance, speed = max(now.route.distance_m, 0.0), now.ego.speed_mps
    what = _STEPS.get(now.route.kind, "the next turn")
    if now.route.kind == "arrive":
        if speed < 1:
            return Answer(f"It is {metres(distance)} to the destination.", proof)
        minutes = max(1, round(distance / speed / 60))
        unit = "minute" if minutes == 1 else "minutes"
        return Answer(
            f"It is {metres(distance)} to the destination, about {minutes} {unit} at this speed.",
            proof,
        )
    ahead = f"In {metres(distance)} the car will" if distance >= 5 else "Right here the car will"
    return Answer(f"{ahead} {what}. I don't know the arrival time.", proof)


_DISTANCES = (
    (r"exit|off ramp|ramp", "exit_m", "the next exit"),
    (r"crossing|crosswalk|zebra", "crosswalk_m", "the crossing"),
    (r"rest area|rest_stop|services", "rest_area_m", "the rest area"),
    (r"pedestrian|person|people", "ped_distance_m", "the person"),
    (r"bay", "emergency_bay_m", "the emergency bay"),
)


def _named_distance(asked: Asked) -> Answer | None:
    for words, key, name in _DISTANCES:
        if not re.search(rf"(?<!\S)(?:{words})(?!\S)", asked.text):
            continue
        value = asked.facts.number(key)
        proof = with_facts(asked, key)
        if value is None:
            return Answer(f"I don't know how far {name} is.", proof)
        if value < 0:
            return Answer(f"{name.capitalize()} is already behind us.", proof)
        return Answer(f"{name.capitalize()} is {metres(value)} away.", proof)
    gap = asked.facts.number("lead_gap_s")
    asks_gap = re.search(
        r"(?<!\S)(?:car|truck|van|bus|vehicle|one)(?: \S+)? ?(?:ahead|in front)?", asked.text
    )
    if (
        asks_gap
        and gap is not None
        and re.search(r"(?<!\S)(?:far|close|distance|gap)(?!\S)", asked.text)
    ):
        text = f"The gap to the vehicle ahead is {number(gap)} seconds."
        return Answer(text, with_facts(asked, "lead_gap_s"))
    return None


def confidence(asked: Asked) -> Answer:
    """How certain the last explanation is, in words; no number that nobody measured."""
    now = asked.now
    if now is None:
        return Answer("I only say what the record shows, and I say so when it is not certain.", {})
    proof = evidence_of(now)
    visible = now.trace.cause.visible_in if now.trace.cause else None
    if not certain(now.trace, now.guard.level):
        return Answer("Not certain: the reason does not fully match what the car drives.", proof)
    if visible:
        return Answer(
            f"The plan passed every check, and {len(visible)} of the cameras sees the cause."
            if len(visible) == 1
            else f"The plan passed every check, and {len(visible)} cameras see the cause.",
            proof,
        )
    return Answer("The plan passed every check. No camera confirms the cause by itself.", proof)
