"""Answers about the scene: who and what is there, lights, hazards, place, what is allowed."""

from __future__ import annotations

import re

from modes import commands, seen
from modes.answer_types import UNKNOWN_HERE, Answer, Asked, evidence_of, with_facts
from modes.phrases import metres, number
from modes.reasons import WHY
from modes.replies import verdict_text
from modes.vocabulary import Decision
from safety.policy import load_policy
from safety.rules import judge

_PLACES = {
    "highway": "on a motorway",
    "rural": "on a country road",
    "urban": "in town",
    "residential": "in a residential street",
    "bridge": "on a bridge",
    "tunnel": "in a tunnel",
    "intersection": "at a junction",
    "rail_crossing": "at a railway crossing",
    "roundabout": "in a roundabout",
    "parking": "in a parking area",
    "work_zone": "in a work zone",
    "school_zone": "in a school zone",
}


def existence(asked: Asked) -> Answer:
    """Is something there, where, how far; "I don't see any", never "there is none"."""
    now = asked.now
    special = _special_existence(asked)
    if special is not None:
        return special
    if now is None:
        return _existence_from_facts(asked)
    want = seen.wanted(asked.text) or seen.anything(asked.text)
    items = seen.ahead_first(seen.matching(now, want), want)
    visible = [item for item in items if item.visible]
    proof = evidence_of(now)
    if visible:
        first = visible[0]
        proof["object"] = {"id": first.actor.id, "distance_m": round(first.distance_m, 1),
                           "bearing_deg": round(first.bearing_deg, 1)}  # fmt: skip
        more = f", and {len(visible) - 1} more" if len(visible) > 1 and want.kinds else ""
        name = seen.name_of(first.actor)
        place = seen.where(first.bearing_deg)
        return Answer(
            f"Yes, {seen.article(name)} {first.distance_m:.0f} metres {place}{more}.", proof
        )
    side = {"ahead": " ahead", "behind": " behind us", "left": " on the left",
            "right": " on the right", "near": " near us"}.get(want.side or "", "")  # fmt: skip
    if items:
        first = items[0]
        text = (
            f"No camera sees {seen.article(want.name)}{side} now, but one is reported "
            f"{first.distance_m:.0f} metres {seen.where(first.bearing_deg)}."
        )
        return Answer(text, proof)
    what = (
        "anyone" if want.name == "person" else "anything" if not want.kinds else f"any {want.name}"
    )
    return Answer(f"I don't see {what}{side}.", proof)


def _special_existence(asked: Asked) -> Answer | None:
    text, facts = asked.text, asked.facts
    if re.search(r"(?<!\S)(?:red light|green light|light|lights|sign|stop_sign)(?!\S)", text):
        return light_or_sign(asked)
    for words, key, name in (
        (r"exit|off ramp", "exit_m", "an exit"),
        (r"crosswalk|crossing|zebra", "crosswalk_m", "a crossing"),
        (r"rest area|rest_stop|services", "rest_area_m", "a rest area"),
    ):
        if re.search(rf"(?<!\S)(?:{words})(?!\S)", text) and "pedestrian" not in text:
            value = facts.number(key)
            if value is None or value < 0:
                return Answer(f"I don't know of {name} ahead.", with_facts(asked, key))
            return Answer(f"Yes, {name} in {metres(value)}.", with_facts(asked, key))
    return None


def _existence_from_facts(asked: Asked) -> Answer:
    facts, want = asked.facts, seen.wanted(asked.text)
    side = want.side if want else seen.anything(asked.text).side
    if side in ("left", "right"):
        blind, lane = facts.text(f"blind_spot_{side}"), facts.text(f"{side}_lane")
        proof = with_facts(asked, f"blind_spot_{side}", f"{side}_lane")
        if "occupied" in (blind, lane):
            return Answer(f"Yes, somebody is on the {side}.", proof)
        if "free" in (blind, lane):
            return Answer(f"I don't see anyone on the {side}.", proof)
    if want and want.name == "person":
        ped = facts.text("ped")
        proof = with_facts(asked, "ped", "ped_distance_m")
        if ped in ("waiting", "crossing", "in_path"):
            where = facts.number("ped_distance_m")
            far = f" {metres(where)} ahead" if where is not None else " ahead"
            return Answer(f"Yes, somebody{far}.", proof)
        if ped == "none":
            return Answer("I don't see anyone.", proof)
    lead = facts.text("lead")
    if want and lead not in (None, "none"):
        fits = lead == want.name or (want.name == "vehicle" and lead != "pedestrian")
        if fits and side in (None, "ahead"):
            return Answer(f"Yes, {seen.article(str(lead))} ahead.", with_facts(asked, "lead"))
    what = f"about {seen.article(want.name)}" if want else "about that"
    return Answer(f"I don't know {what} here.", with_facts(asked))


def count(asked: Asked) -> Answer:
    """How many of something are seen."""
    text, facts, now = asked.text, asked.facts, asked.now
    if re.search(r"(?<!\S)lanes?(?!\S)", text):
        lanes = facts.number("lanes")
        words = f"{number(lanes)} lanes." if lanes is not None else UNKNOWN_HERE
        return Answer(words, with_facts(asked, "lanes"))
    if re.search(r"(?<!\S)(?:exits?)(?!\S)", text):
        exits = facts.number("exits")
        known = exits is not None
        return Answer(
            f"I know of {number(exits or 0)} exits ahead." if known else UNKNOWN_HERE,
            with_facts(asked, "exits"),
        )
    if re.search(r"(?<!\S)(?:in the car|on board|inside|occupants|passengers|of us)(?!\S)", text):
        inside = facts.number("occupants")
        words = f"{number(inside)} in the car." if inside is not None else UNKNOWN_HERE
        return Answer(words, with_facts(asked, "occupants"))
    if re.search(r"(?<!\S)workers?(?!\S)", text) and facts.number("workers") is not None:
        return Answer(
            f"{number(facts.number('workers') or 0)} workers.", with_facts(asked, "workers")
        )
    if now is None:
        return Answer(UNKNOWN_HERE, with_facts(asked))
    want = seen.wanted(text) or seen.anything(text)
    items = [item for item in seen.matching(now, want) if item.visible]
    side = {"ahead": " ahead", "behind": " behind us", "left": " on the left",
            "right": " on the right", "near": " near us"}.get(want.side or "", "")  # fmt: skip
    name = "road user" if not want.kinds else want.name
    if not items:
        return Answer(f"I don't see any {seen.plural(name)}{side}.", evidence_of(now))
    noun = name if len(items) == 1 else seen.plural(name)
    reach = f" within {seen.RANGE_M:.0f} metres"
    return Answer(f"I see {len(items)} {noun}{side}{reach}.", evidence_of(now))


def light_or_sign(asked: Asked) -> Answer:
    """The traffic light or sign that counts for the car."""
    facts, text = asked.facts, asked.text
    light, sign = facts.text("light"), facts.text("sign")
    proof = with_facts(asked, "light", "arrow", "sign", "sign_text", "limit_kph")
    about_sign = re.search(r"(?<!\S)(?:sign|signs|stop_sign)(?!\S)", text)
    if about_sign and sign:
        extra = facts.text("sign_text")
        words = f"The sign says {sign.replace('_', ' ')}."
        return Answer(f"{words} Its text reads: {extra}." if extra else words, proof)
    if (about_sign and "limit" in text) or "speed sign" in text:
        limit = facts.number("limit_kph")
        if limit is not None:
            return Answer(f"The limit is {number(limit)} km/h.", proof)
    if about_sign:
        return Answer("I don't see a sign that counts for the car here.", proof)
    if light is None or light == "none":
        return Answer("I don't see a traffic light for the car here.", proof)
    for colour in ("red", "green", "amber"):
        if re.search(rf"(?<!\S){colour}(?!\S)", text) and not text.startswith(("what", "which")):
            yes = "Yes" if colour == light else "No"
            return Answer(f"{yes}, the light is {light}.", proof)
    return Answer(f"The light is {light}.", proof)


def permission(asked: Asked) -> Answer:
    """Would the scene rules allow it? Nothing moves because of the question."""
    found = commands.find(_as_wish(asked.text))
    if not found:
        lane = re.search(r"(?<!\S)(left|right)(?= lane)", asked.text)
        if lane:
            return _existence_from_facts(asked)
        return Answer("I can't tell from here whether that is allowed.", with_facts(asked))
    verdict = judge(found[0].command, asked.facts, load_policy())
    proof = with_facts(asked, *asked.facts.facts)
    proof["rules"] = list(verdict.rules)
    if verdict.decision is Decision.ALLOW:
        return Answer("Yes, as far as the car can tell. Say so if it should do that.", proof)
    if verdict.decision is Decision.DEFER:
        why = WHY.get(verdict.reason, "")
        tail = f", because {why}" if why and "{" not in why else ""
        return Answer(f"Not right now{tail}.", proof)
    return Answer(verdict_text(verdict), proof)


def _as_wish(text: str) -> str:
    text = re.sub(
        r"^(?:(?:are|am|is|may|can|could|would|do|does) )?(?:we|i|you|it|one|the car)? ?"
        r"(?:even |legally |also |safely )*(?:allowed to|permitted to|okay to|legal to|safe to|"
        r"possible to|fine to|have permission to)? ?",
        "",
        text,
    )
    text = re.sub(r"(?<!\S)parking(?!\S)", "park", text)
    return re.sub(r"(?<!\S)(?:turning|turn)(?!\S)", "turn", text)


def hazard(asked: Asked) -> Answer:
    """What deserves care now: facts first, then the nearest vulnerable road user."""
    facts, now = asked.facts, asked.now
    proof = with_facts(asked, "hazard_ahead", "weather", "friction", "ped", "lead_gap_s", "workers")
    named = facts.text("hazard_ahead")
    if named not in (None, "none"):
        return Answer(f"Yes, {str(named).replace('_', ' ')} ahead.", proof)
    if facts.text("ped") in ("crossing", "in_path"):
        return Answer("Yes, somebody is on the road ahead. The car watches them.", proof)
    weather = facts.text("weather")
    if weather in ("ice", "snow", "fog", "heavy_rain"):
        return Answer(
            f"The weather: {weather.replace('_', ' ')}. The car drives more slowly.", proof
        )
    gap = facts.number("lead_gap_s")
    if gap is not None and gap < 1.5:
        return Answer(f"The gap ahead is short, {number(gap)} seconds. The car opens it.", proof)
    if now is not None:
        weak = [
            item
            for item in seen.around(now)
            if item.actor.kind in ("pedestrian", "bicycle", "motorcycle")
            and item.visible
            and item.distance_m < 50
            and abs(item.bearing_deg) < 90
        ]
        if weak:
            first = weak[0]
            name = seen.article(seen.name_of(first.actor))
            return Answer(
                f"The car watches {name} {first.distance_m:.0f} metres "
                f"{seen.where(first.bearing_deg)}.",
                proof,
            )
    return Answer("I don't see any danger right now.", proof)


def location(asked: Asked) -> Answer:
    """Where the car is: kind of road, lane, what the route says."""
    facts, now = asked.facts, asked.now
    place = _PLACES.get(facts.text("place") or "")
    lane, lanes = facts.number("lane"), facts.number("lanes")
    proof = with_facts(asked, "place", "lane", "lanes", "exit_m")
    if place is None and lane is None:
        return Answer("I don't know where exactly we are.", proof)
    text = f"The car is {place}" if place else "The car is on the road"
    if lane is not None and lanes is not None and lanes > 1:
        text += f", in lane {number(lane)} of {number(lanes)} counted from the left"
    ahead = facts.number("exit_m")
    tail = f" The next exit is in {metres(ahead)}." if ahead is not None and ahead >= 0 else ""
    if now is not None and now.route is not None and now.route.onto and not tail:
        tail = f" Next comes {now.route.onto}."
    return Answer(f"{text}.{tail}", proof)


def motion_of_other(asked: Asked) -> Answer:
    """What another road user does, as far as it can be seen."""
    now = asked.now
    if now is None:
        return _motion_from_facts(asked)
    want = seen.wanted(asked.text) or seen.anything(asked.text)
    if want.side is None and want.name == "vehicle":
        want = seen.Wanted(want.name, want.kinds, "ahead", want.colour)
    found = seen.ahead_first(seen.matching(now, want), want)
    items = [item for item in found if item.visible]
    proof = evidence_of(now)
    if not items:
        return Answer(f"I don't see {seen.article(want.name)} there.", proof)
    item = items[0]
    actor = item.actor
    kph = actor.speed_mps * 3.6
    proof["object"] = {"id": actor.id, "speed_kph": round(kph, 1), "braking": actor.braking}
    does = "is standing" if kph < 1 else f"is going {kph:.0f} km/h"
    if actor.braking and kph >= 1:
        does += " and braking"
    elif actor.indicator in ("left", "right"):
        does += f" and signals {actor.indicator}"
    place = seen.where(item.bearing_deg)
    tail = (
        " I can't know what it will do." if re.search(r"going to|will|about to", asked.text) else ""
    )
    return Answer(
        f"The {seen.name_of(actor)} {item.distance_m:.0f} metres {place} {does}.{tail}", proof
    )


def _motion_from_facts(asked: Asked) -> Answer:
    behind = asked.facts.text("behind")
    if re.search(r"(?<!\S)(?:behind|following)(?!\S)", asked.text) and behind:
        return Answer(f"Behind us: {behind.replace('_', ' ')}.", with_facts(asked, "behind"))
    return Answer("I don't know what they are doing.", with_facts(asked, "lead", "behind"))
