"""Why questions, about now and about earlier, and what happened in the last ten minutes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from model.contract.situation import Situation
from modes import seen
from modes.answer_types import UNKNOWN_HERE, Answer, Asked, evidence_of
from modes.causes import STANDING_MPS, because, certain, fallback_words, is_going, sides
from modes.memory import NEVER_HOLD, Episode, last_slowing
from modes.telling import (
    because_of,
    own_cause,
    route_reason,
    tell,
    tell_move,
    tell_speed,
    uncertain,
)
from modes.vocabulary import Lateral, Longitudinal

#: An episode that ended this short a time ago is still "now", s.
_JUST_NOW_S = 3.0
_Test = Callable[[Episode], bool]
#: What the words ask about: pattern, test for an episode, past tense, what the car does now.
_ACTIONS: tuple[tuple[str, str, _Test, str], ...] = (
    ("overtake", r"overtak\w*|pass(?:ed|ing)?(?= )", lambda e: e.trace.longitudinal is
     Longitudinal.ACCELERATE_TO_PASS, "overtook"),
    ("pull_over", r"pull\w* over|pull\w* in|pull\w* off", lambda e: e.moved(Lateral.PULL_OVER),
     "pulled over"),
    ("lane", r"chang\w*(?: \S+)? lanes?|switch\w* lanes?|(?:mov|go|went|chang|merg|shift)\w*"
     r"(?: over)? (?:to (?:the )?)?(?:left|right)|lane change|merg\w*",
     lambda e: e.moved(Lateral.LANE_CHANGE) or e.moved(Lateral.MERGE_OR_SPLIT), "changed lanes"),
    ("turn", r"turn\w*", lambda e: e.moved(Lateral.TURN), "turned"),
    ("swerve", r"swerv\w*|nudg\w*|steer\w*|dodg\w*|go\w* around|drift\w*|mov\w* aside",
     lambda e: e.moved(Lateral.NUDGE_IN_LANE) or e.moved(Lateral.NUDGE_OUT_OF_LANE),
     "moved aside"),
    ("stop", r"stop\w*|stand\w*|halt\w*|wait\w*|not mov\w*|not going|not driv\w*|stuck|held up",
     lambda e: e.stopped or (e.stood and not e.started), "stopped"),
    ("start", r"start\w*|set off|mov\w* off|go again|going again|drive on|driving on|continue|"
     r"did (?:you|we|it|the car) go|begin|began", lambda e: e.started, "drove on"),
    ("brake", r"brak\w*|slow\w*(?: down)?|decelerat\w*|eas\w* off|lose speed",
     lambda e: e.slowed, "slowed down"),
    ("accelerate", r"accelerat\w*|speed\w* up|sped up|fast\w*|hurry|rush\w*",
     lambda e: e.sped_up, "sped up"),
)  # fmt: skip
_PARTICIPLES = {
    "brake": "slowing down",
    "stop": "stopping",
    "accelerate": "speeding up",
    "lane": "changing lanes",
    "turn": "turning",
    "start": "moving off",
    "overtake": "overtaking",
    "swerve": "swerving",
    "pull_over": "pulling over",
}
#: Sideways moves and their past tense; their reason is never the one for the speed.
_SIDEWAYS = {
    "lane": "changed lanes",
    "turn": "turned",
    "swerve": "moved aside",
    "pull_over": "pulled over",
}
_PAST = re.compile(
    r"(?<!\S)(?:did|was|were|had|just now|back there|before|earlier|stopped|a moment)(?!\S)"
)


def why(asked: Asked) -> Answer:
    """Why the car does or did something; says so when it does not do it at all."""
    now = asked.now
    if now is None:
        return _why_from_facts(asked)
    action = _action(asked.text)
    if action is None:
        return _why_now(asked, now)
    name, _, test, past = action
    if _PAST.search(asked.text):
        return _why_then(asked, now, name, test, past)
    if not _doing_it(now, name):
        return _not_doing(asked, now, name, test, past)
    return _why_now(asked, now, name)


def _action(text: str) -> tuple[str, str, _Test, str] | None:
    found = [
        (hit.start(), action)
        for action in _ACTIONS
        if (hit := re.search(rf"(?<!\S)(?:{action[1]})(?!\S)", text))
    ]
    return min(found, key=lambda item: item[0])[1] if found else None


def _doing_it(now: Situation, name: str) -> bool:
    """Is the car doing what the question says? Judged by its motion, not by its plan."""
    ego, trace = now.ego, now.trace
    standing = ego.speed_mps < STANDING_MPS
    moves = {
        "lane": (Lateral.LANE_CHANGE, Lateral.MERGE_OR_SPLIT),
        "turn": (Lateral.TURN,),
        "swerve": (Lateral.NUDGE_IN_LANE, Lateral.NUDGE_OUT_OF_LANE),
        "pull_over": (Lateral.PULL_OVER,),
    }
    if name in moves:
        return trace.lateral in moves[name]
    if name == "stop":
        return standing or (trace.longitudinal is Longitudinal.STOP_STATIC and ego.accel_mps2 < 0)
    if name == "start":
        return not standing and ego.accel_mps2 > 0.1 and ego.speed_mps < 5
    if name == "brake":
        return ego.accel_mps2 < -0.25 or standing
    if name == "accelerate":
        return ego.accel_mps2 > 0.25
    if name == "overtake":
        return trace.longitudinal is Longitudinal.ACCELERATE_TO_PASS
    return True


def _why_now(asked: Asked, now: Situation, name: str = "") -> Answer:
    """The present reason: of the speed, of the sideways move, or of both when no `name` says."""
    proof = evidence_of(now)
    episodes = asked.memory.episodes
    if not certain(now.trace, now.guard.level):
        return Answer(uncertain(now), proof)
    if name in _SIDEWAYS:
        cause = own_cause(now.trace, episodes)
        proof["cause"] = cause.model_dump(mode="json") if cause else None
        return Answer(tell_move(now, episodes), proof)
    if name:
        doing = "" if now.ego.speed_mps < STANDING_MPS else _PARTICIPLES[name]
        return Answer(tell_speed(now, episodes, doing), _proof_of_standing(asked, now, proof))
    return Answer(tell(now, episodes), proof)


def _proof_of_standing(asked: Asked, now: Situation, proof: dict[str, Any]) -> dict[str, Any]:
    """Standing without a present cause rests on the episode that stopped the car."""
    cause = now.trace.cause
    holds = now.trace.longitudinal not in NEVER_HOLD or (cause is not None and is_going(cause))
    if now.ego.speed_mps >= STANDING_MPS or holds:
        return proof
    before = _last(asked.memory.episodes, lambda e: e.stood)
    if before is None:
        return proof
    return evidence_of(None, before.trace, t_s=before.start_s, level=before.guard_level)


def _why_then(asked: Asked, now: Situation, name: str, test: _Test, past: str) -> Answer:
    episode = _found(asked, name, test)
    if episode is None:
        seconds = max(asked.memory.episodes[-1].end_s - asked.memory.episodes[0].start_s, 0.0)
        span = "ten minutes" if seconds > 590 else _ago(seconds)
        return Answer(f"The car has not {_participle(past)} in the last {span}.", evidence_of(now))
    if asked.now_s - episode.end_s < _JUST_NOW_S and _doing_it(now, name) and name != "start":
        return _why_now(asked, now, name)
    return _episode_answer(asked, episode, past)


def _episode_answer(asked: Asked, episode: Episode, past: str) -> Answer:
    trace = episode.trace
    proof = evidence_of(None, trace, t_s=episode.start_s, level=episode.guard_level)
    ago = asked.now_s - _when_s(episode, past)
    when = "just now" if ago < 5 else f"{_ago(ago)} ago"
    verb = past + sides(trace) if past in ("changed lanes", "turned") else past
    if not certain(trace, episode.guard_level):
        fallback = fallback_words(episode.guard_level)
        tail = f" Then {fallback}." if fallback else " The reason is not certain."
        return Answer(f"The car {verb} {when}.{tail}", proof)
    reason = because(trace, past=True)
    if past in _SIDEWAYS.values():
        cause = own_cause(trace, _until(asked.memory.episodes, episode))
        proof["cause"] = cause.model_dump(mode="json") if cause else None
        reason = because_of(cause, past=True) if cause else route_reason(trace)
    if not reason:
        return Answer(f"The car {verb} {when}. I have no reason for it in the record.", proof)
    return Answer(f"The car {verb} {when} {reason}.", proof)


def _not_doing(asked: Asked, now: Situation, name: str, test: _Test, past: str) -> Answer:
    speed = f"{now.ego.speed_mps * 3.6:.0f} km/h"
    state = "standing" if now.ego.speed_mps < STANDING_MPS else f"{_steady(now)} at {speed}"
    first = f"The car is not {_PARTICIPLES[name]} right now, it is {state}."
    if _asks_lack(asked.text):
        reason = because(now.trace) if certain(now.trace, now.guard.level) else ""
        return Answer(tell(now, asked.memory.episodes) if reason else first, evidence_of(now))
    episode = _found(asked, name, test)
    if episode is not None and asked.now_s - _when_s(episode, past) < 30:
        then = _episode_answer(asked, episode, past)
        return Answer(f"{first} {then.text}", then.evidence)
    return Answer(first, evidence_of(now))


def _asks_lack(text: str) -> bool:
    """ "Why are you not overtaking?" asks what holds the car back."""
    return bool(re.search(r"(?<!\S)not(?!\S)", text))


def _steady(now: Situation) -> str:
    if now.ego.accel_mps2 > 0.4:
        return "speeding up"
    return "slowing down" if now.ego.accel_mps2 < -0.4 else "driving"


def _last(episodes: Sequence[Episode], test: _Test) -> Episode | None:
    return next((e for e in reversed(episodes) if test(e)), None)


def _found(asked: Asked, name: str, test: _Test) -> Episode | None:
    """The latest episode of an action; a slowing may run over several of them."""
    episodes = asked.memory.episodes
    return last_slowing(episodes) if name == "brake" else _last(episodes, test)


def _until(episodes: Sequence[Episode], last: Episode) -> Sequence[Episode]:
    return [e for e in episodes if e.start_s <= last.start_s]


def _when_s(episode: Episode, past: str) -> float:
    """When it happened: a stop when the car stood, a slowing when it ended."""
    if past == "drove on":
        return episode.start_s
    if past == "stopped":
        return episode.slowest_s
    return episode.fallen_s if past == "slowed down" else episode.start_s


def _ago(seconds: float) -> str:
    if seconds < 90:
        whole = max(1, round(seconds))
        return f"{whole} second{'s' if whole != 1 else ''}"
    minutes = round(seconds / 60)
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def _participle(past: str) -> str:
    return {"overtook": "overtaken", "drove on": "started from a standstill"}.get(past, past)


def _why_from_facts(asked: Asked) -> Answer:
    """Without a drive the scene's facts can still name what holds the car."""
    facts = asked.facts
    light, ped = facts.text("light"), facts.text("ped")
    gap = facts.number("lead_gap_s")
    if light == "red":
        return Answer("Because the light is red.", {"facts": {"light": light}})
    if ped in ("crossing", "in_path", "waiting"):
        return Answer("Because somebody is at or on the road ahead.", {"facts": {"ped": ped}})
    if gap is not None and gap < 2:
        text = f"Because the gap to the car ahead is only {gap:.1f} seconds."
        return Answer(text, {"facts": {"lead_gap_s": gap}})
    return Answer("I have no record of the drive to answer that from.", {})


def memory_answer(asked: Asked) -> Answer:
    """What happened earlier: events, stops, things that were seen."""
    now = asked.now
    if now is None:
        return Answer(UNKNOWN_HERE, {})
    for handler in (_events, _seen_before, _did):
        found = handler(asked, now)
        if found is not None:
            return found
    return _last_notable(asked, now)


_EVENTS = (
    ("collision", r"hit|crash\w*|collid\w*|accident|touch\w*|bump\w*|noise|bang"),
    ("red_light", r"red light|red lights|run the red|light"),
    ("offroad", r"off the road|off road|leave the road|kerb"),
)


def _events(asked: Asked, now: Situation) -> Answer | None:
    for kind, words in _EVENTS:
        if not re.search(rf"(?<!\S)(?:{words})(?!\S)", asked.text):
            continue
        hits = [(s, e) for s in asked.memory for e in s.events if e.kind == kind]
        if hits:
            situation, event = hits[-1]
            what = {"collision": "The car touched something", "red_light": "The car passed a red "
                    "light", "offroad": "The car left the road"}[kind]  # fmt: skip
            ago = _ago(asked.now_s - event.t_s)
            return Answer(f"{what} {ago} ago. It is in the record.", evidence_of(situation))
        if kind == "collision" and re.search(r"did|have|was", asked.text):
            return Answer("No, there is no contact in the record.", evidence_of(now))
        if kind == "red_light" and re.search(r"(?<!\S)(?:run|ran|pass|jump|cross)\w*", asked.text):
            return Answer("No, the record shows no red light passed.", evidence_of(now))
    return None


def _seen_before(asked: Asked, now: Situation) -> Answer | None:
    if not re.search(
        r"(?<!\S)(?:see|seen|saw|notice\w*|there|spot\w*|was that|who)(?!\S)", asked.text
    ):
        return None
    want = seen.wanted(asked.text)
    if want is None:
        return None
    plain = seen.Wanted(want.name, want.kinds, None, want.colour)
    for situation in reversed(asked.memory):
        items = [i for i in seen.matching(situation, plain) if i.visible and i.distance_m < 60]
        if items:
            item = items[0]
            ago = asked.now_s - situation.t_s
            name = seen.name_of(item.actor)
            place = seen.where(item.bearing_deg)
            far = f"{item.distance_m:.0f} metres {place}"
            if ago < _JUST_NOW_S:
                return Answer(f"Yes, {seen.article(name)} {far}.", evidence_of(situation))
            text = f"Yes, {seen.article(name)} {far}, {_ago(ago)} ago."
            return Answer(text, evidence_of(situation))
    return Answer(f"I have no {want.name} in the last ten minutes.", evidence_of(now))


def _did(asked: Asked, now: Situation) -> Answer | None:
    action = _action(asked.text)
    if action is None:
        return None
    name, _, test, past = action
    return _why_then(asked, now, name, test, past)


def _last_notable(asked: Asked, now: Situation) -> Answer:
    for episode in reversed(asked.memory.episodes):
        notable = episode.stopped or episode.slowed or episode.trace.lateral in (
            Lateral.LANE_CHANGE, Lateral.NUDGE_OUT_OF_LANE, Lateral.PULL_OVER, Lateral.TURN,
            Lateral.ABORT,
        )  # fmt: skip
        if notable and episode.trace.cause is not None:
            past = _past_of(episode)
            return _episode_answer(asked, episode, past)
    return Answer("Nothing unusual is in the record.", evidence_of(now))


def _past_of(episode: Episode) -> str:
    lateral = {
        Lateral.LANE_CHANGE: "changed lanes",
        Lateral.NUDGE_OUT_OF_LANE: "moved aside",
        Lateral.PULL_OVER: "pulled over",
        Lateral.TURN: "turned",
        Lateral.ABORT: "broke off a lane change",
    }
    if episode.stopped:
        return "stopped"
    return lateral.get(episode.trace.lateral, "slowed down")
