"""What the assistant says: at most two short sentences, what, why, and what else.

"The car" drives, "I" is the assistant. Nothing is called done before the state shows it, and
nothing is claimed beyond the evidence.
"""

from __future__ import annotations

from collections.abc import Mapping

from model.contract.situation import RequestView
from modes.phrases import joined, metres, number, phrase, title
from modes.reasons import ASK, INSTEAD, UNTIL, WHY
from modes.vocabulary import Command, Decision, Intent, Refusal, RequestState, Slots
from safety.rules import Verdict

_REFUSED: Mapping[Refusal, str] = {
    Refusal.HARM_PERSON: "The car will not endanger anyone. It keeps its distance and drives on.",
    Refusal.HARM_ANIMAL: "The car will not hurt an animal. It slows down for it.",
    Refusal.HARM_PROPERTY: "The car will not damage anything. It can go around it.",
    Refusal.ROAD_AGGRESSION: (
        "The car will not crowd or provoke others. It can keep more distance or change lanes."
    ),
    Refusal.TRAFFIC_LAW: (
        "The car keeps to the traffic rules. It can take the fastest lawful way."
    ),
    Refusal.RECKLESS_MANOEUVRE: (
        "The car will not do that, it is too dangerous. It can drive briskly within the rules."
    ),
    Refusal.EVADE_AUTHORITY: (
        "The car will not evade the police or a check. It can pull over safely."
    ),
    Refusal.PROHIBITED_AREA: (
        "The car may not drive there. It can look for another way or a place to stop."
    ),
    Refusal.SAFETY_SYSTEM_DEFEAT: ("The safety systems stay on. I can explain what they do."),
    Refusal.OCCUPANT_ENDANGERMENT: (
        "The car will not put anyone on board at risk. It can stop at a safe place."
    ),
    Refusal.CONTROL_AUTHORITY: (
        "Everybody in the car can ask it to be careful, and the driver can always take over. "
        "I cannot change that."
    ),
    Refusal.PROMPT_INJECTION: (
        "My rules do not change by what is said. Tell me what the car should do."
    ),
    Refusal.CRIMINAL_USE: "The car will not help with that. It can go on with the trip.",
    Refusal.SELF_HARM: (
        "I am worried about you, and I am here with you. "
        "Shall I stop at a safe place and call someone you can talk to?"
    ),
}
_EMERGENCY: Mapping[str, str] = {
    "medical": "Stay calm, the car takes the fastest lawful way to help. Call the "
    "emergency number now.",
    "fire": "The car stops at once. Get everybody out and away from it.",
    "police": "The car stays on a lawful way to a safe place. Call the emergency number now.",
    "accident": "The car stops and turns the hazard lights on. Check whether anybody is hurt.",
    "driver": "The car stops at a safe place. Try to wake the driver and call the "
    "emergency number.",
    "help": "The car heads for a safe place. Tell me what happened.",
}
MISHEARD = "Sorry, I did not get that."
UNCLEAR = "Sorry, I did not get that. What should the car do?"
NOTHING_SAID = "I have not said anything yet."
NOTHING_PENDING = "There is nothing to drop. The car drives on."
DROPPED = "All right, I dropped that."
DOUBTFUL = "The car eases off. Should it slow down more?"
WARNED = "The car slows down and watches out."
SCARED = "The car slows down and drives more gently."
SAFETY_STOP = 'The car is making a safety stop; say "go on" when it stands and the road is clear.'
AFTER_SAFETY_STOP = 'The car stands after a safety stop; say "go on" first, when the road is clear.'
NOT_YOURS = "Somebody else in the car has to agree to that."


def refusal_text(refusal: Refusal) -> str:
    """The sentence for a refusal class."""
    return _REFUSED[refusal]


def decision_text(verdicts: tuple[Verdict, ...]) -> str:
    """What is said about judged commands: the strictest of them speaks."""
    if not verdicts:
        return ""
    held = [v for v in verdicts if v.decision not in (Decision.ALLOW, Decision.NONE)]
    if not held:
        return allowed_text(tuple(v.command for v in verdicts))
    return verdict_text(held[0])


def allowed_text(commands: tuple[Command, ...]) -> str:
    """What the car will do, without saying that it is done."""
    first = commands[0]
    kind = first.slots.kind
    if first.intent is Intent.SLOW_DOWN and kind in ("warning", "scared"):
        return SCARED if kind == "scared" else WARNED
    if first.intent is Intent.STOP and len(commands) == 1 and first.slots.place is None:
        return "The car will stop at once." if first.slots.urgent else "The car will stop."
    if first.intent is Intent.WAIT and len(commands) == 1:
        return "The car waits."
    return f"The car will {joined(commands)}."


def verdict_text(verdict: Verdict) -> str:
    """The sentence for one verdict, with reason and alternative."""
    command, code = verdict.command, verdict.reason
    why = _filled(WHY.get(code, ""), verdict)
    if verdict.decision is Decision.EMERGENCY:
        return _emergency(command, code)
    if code == "mrm_active":
        return SAFETY_STOP
    if code == "mrm_completed" and verdict.decision is Decision.REFUSE:
        return AFTER_SAFETY_STOP
    if verdict.decision is Decision.CONFIRM:
        ask = ASK.get(code, "Shall the car {phrase}?")
        return ask.format(phrase=phrase(command))
    if verdict.decision is Decision.REFUSE:
        return _refuse(command, code, why, verdict)
    if verdict.decision is Decision.DEFER:
        return _defer(command, code, why, verdict)
    if verdict.decision is Decision.LIMIT:
        reason = f", because {why}" if why else ""
        return f"The car will {phrase(command)}{reason}."
    return allowed_text((command,))


def reason_text(verdict: Verdict) -> str:
    """The reason alone, as a line on a card: "The light is red"."""
    why = _filled(WHY.get(verdict.reason, ""), verdict)
    return why[:1].upper() + why[1:]


def _refuse(command: Command, code: str, why: str, verdict: Verdict) -> str:
    instead = INSTEAD.get(code, "")
    ahead = verdict.values.get("next_exit_m")
    if isinstance(ahead, float) and code.startswith("exit_"):
        instead = f"It can take the next one in {metres(ahead)}."
    reason = f": {why}" if why else ""
    return f"The car cannot {phrase(command, conditions=False)}{reason}. {instead}".strip()


def _defer(command: Command, code: str, why: str, verdict: Verdict) -> str:
    place = verdict.values.get("place")
    if place is not None and command.intent in (Intent.PULL_OVER, Intent.PARK):
        distance = verdict.values.get("distance_m")
        how_far = f" in {metres(distance)}" if isinstance(distance, float) else ""
        return f"The car will {phrase(command, conditions=False)}{how_far}, because {why}."
    until = UNTIL.get(code, "it is safe")
    if command.intent is Intent.RESUME:
        return f"The car will go on when {until}."
    reason = f" Now {why}." if why else ""
    return f"The car will {phrase(command, conditions=False)} as soon as {until}.{reason}"


def _emergency(command: Command, code: str) -> str:
    if code == "person_in_path":
        return "The car brakes hard. Somebody is in the way."
    return _EMERGENCY.get(command.slots.kind or "help", _EMERGENCY["help"])


def _filled(text: str, verdict: Verdict) -> str:
    shown = {
        key: number(value) if isinstance(value, float) else str(value)
        for key, value in verdict.values.items()
    }
    try:
        return text.format(**shown)
    except KeyError:  # a value that the rule did not know: say it without
        return text.split("{", 1)[0].strip()


def progress_text(request: RequestView) -> tuple[str, str]:
    """Title and detail of a command's card: ("Take exit 2", "Waiting for a gap on the left")."""
    name = title(request.command)
    state = request.state
    if state is RequestState.WAITING:
        waiting = request.waiting_for or "the right moment"
        return name, f"Waiting for {waiting}"
    details = {
        RequestState.ACCEPTED: "Accepted",
        RequestState.UNDER_WAY: "Under way",
        RequestState.DONE: "Done",
        RequestState.EXPIRED: request.reason or "It was not possible in time",
        RequestState.REFUSED: request.reason or "Not possible",
        RequestState.SUPERSEDED: "Replaced by a newer request",
        RequestState.CANCELLED: "Cancelled",
    }
    return name, details[state]


_DONE: Mapping[Intent, str] = {
    Intent.STOP: "The car has stopped.",
    Intent.PULL_OVER: "The car has pulled over.",
    Intent.PARK: "The car is parked.",
    Intent.TAKE_EXIT: "The car has taken the exit.",
    Intent.LANE_CHANGE_LEFT: "The car is in the left lane.",
    Intent.LANE_CHANGE_RIGHT: "The car is in the right lane.",
    Intent.OVERTAKE: "The car has overtaken.",
    Intent.TURN_LEFT: "The car has turned left.",
    Intent.TURN_RIGHT: "The car has turned right.",
    Intent.U_TURN: "The car has turned around.",
    Intent.NAVIGATE: "The car is there.",
}


def life_cycle_text(request: RequestView) -> str:
    """What is said when a command ends; empty for states that a card alone can tell."""
    what = phrase(request.command, conditions=False)
    if request.state is RequestState.DONE:
        return _DONE.get(request.command.intent, "")
    if request.state is RequestState.EXPIRED:
        why = f": {request.reason}" if request.reason else " in time"
        return f"The car could not {what}{why}. Ask again if you still want it."
    if request.state is RequestState.REFUSED:
        why = f": {request.reason}" if request.reason else ""
        return f"The car cannot {what}{why}."
    return ""


def ask_again(command: Command) -> str:
    """A question back about a command that was heard badly."""
    return f"Shall the car {phrase(command)}?"


def plain(intent: Intent) -> str:
    """The intent alone, for lists of what can be said."""
    return title(Command(intent=intent, slots=Slots()))
