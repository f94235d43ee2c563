"""S.AUTH, S.SYS, S.HAND: who may ask for what, faults, handover and emergencies."""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import CAUTION_INTENTS, DIALOGUE_INTENTS, Command, Decision, Intent
from safety.policy import Policy
from safety.rules.common import is_caution
from safety.rules.verdict import Rule, Verdict, verdict

EVERY = frozenset(Intent)
#: What a safety stop lets through while it runs, and once the car stands.
_DURING_STOP = DIALOGUE_INTENTS | {Intent.STOP, Intent.EMERGENCY}
_AFTER_STOP = _DURING_STOP | {Intent.RESUME, Intent.WAIT, Intent.HANDOVER_TO_DRIVER}
_DATA_SOURCES = frozenset(
    {"radio", "loudspeaker", "phone", "message", "sms", "sign", "camera", "tv", "video", "outside"}
)
_DRIVER_ONLY = frozenset({Intent.ENGAGE, Intent.HANDOVER_TO_DRIVER})
#: What a child may not ask for alone; a grown-up's yes is asked for.
_GROWN_UP = EVERY - CAUTION_INTENTS - DIALOGUE_INTENTS - {Intent.EMERGENCY, Intent.RESUME}
_NEEDS_SOUND_CAR = frozenset(
    {
        Intent.SPEED_UP,
        Intent.OVERTAKE,
        Intent.LANE_CHANGE_LEFT,
        Intent.LANE_CHANGE_RIGHT,
        Intent.STYLE_SPORTY,
        Intent.ENGAGE,
        Intent.MERGE,
        Intent.U_TURN,
    }
)


def source(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Loudspeakers, messages and signs give data, never commands (A3)."""
    heard = facts.text("source")
    if heard in _DATA_SOURCES or facts.text("speaker") == "loudspeaker":
        return verdict(Decision.REFUSE, command, "not_an_occupant", source=heard or "loudspeaker")
    return None


def running_manoeuvre(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """A running safety stop is not changed by voice; once it stands, "go on" ends it."""
    state = facts.text("mrm")
    if state == "active" and command.intent not in _DURING_STOP:
        if is_caution(command):
            return verdict(Decision.DEFER, command, "mrm_active", expires_s=policy.go.defer_s)
        return verdict(Decision.REFUSE, command, "mrm_active")
    if state != "completed" or command.intent in _AFTER_STOP or is_caution(command):
        return None
    if command.intent is Intent.ENGAGE:
        return verdict(Decision.CONFIRM, command, "mrm_completed")
    return verdict(Decision.REFUSE, command, "mrm_completed")


def sound_car(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """With a fault or outside its operating domain the car does nothing sporty."""
    fault = facts.text("fault")
    if fault not in (None, "none") or facts.flag("fault"):
        return verdict(Decision.REFUSE, command, "fault", fault=fault)
    if facts.text("odd") == "outside":
        return verdict(Decision.REFUSE, command, "outside_domain")
    return None


def child(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """A child's wish is asked back to a grown-up; caution from a child counts at once."""
    if facts.text("speaker") != "child":
        return None
    if command.intent in _DRIVER_ONLY:
        return verdict(Decision.REFUSE, command, "driver_only")
    return verdict(Decision.CONFIRM, command, "child")


def heard_well(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Words that the recogniser is unsure of are asked back, except calls for caution."""
    sure = facts.number("asr_confidence")
    low = policy.authority.asr_confidence_min
    if sure is None or sure >= low or is_caution(command):
        return None
    if command.intent in DIALOGUE_INTENTS or command.intent is Intent.EMERGENCY:
        return None
    return verdict(Decision.CONFIRM, command, "heard_badly", confidence=sure, margin=sure - low)


def handover(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Only to an attentive driver with hands on, with no junction or curve within 5 s."""
    if facts.text("speaker") == "passenger" and facts.text("trip_owner") != "passenger":
        return verdict(Decision.REFUSE, command, "driver_only")
    driver = facts.text("driver")
    if driver != "attentive":
        reason = "driver_unknown" if driver is None else "driver_not_fit"
        return verdict(Decision.REFUSE, command, reason, driver=driver)
    if facts.text("driver_says") in ("drunk", "tired", "sleepy", "had_a_drink", "not_ready"):
        return verdict(Decision.REFUSE, command, "driver_not_fit", driver=facts.text("driver_says"))
    hands = facts.text("hands")
    on = hands == "on" or facts.flag("hands") is True
    if not on:
        return verdict(Decision.DEFER, command, "hands_off", expires_s=20.0)
    near = facts.flag("in_junction") or facts.text("place") in (
        "intersection",
        "roundabout",
        "rail_crossing",
        "work_zone",
    )
    if near or facts.text("curve") not in (None, "none", "straight"):
        return verdict(Decision.DEFER, command, "handover_place", expires_s=20.0)
    return None


def engage(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """The car takes over only inside its operating domain."""
    if facts.text("odd") == "outside":
        return verdict(Decision.REFUSE, command, "outside_domain")
    return None


def emergency(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Help, and the fastest lawful way; no unlawful manoeuvre becomes lawful."""
    return verdict(
        Decision.EMERGENCY,
        command,
        "emergency",
        kind=command.slots.kind,
        hospital_km=facts.number("hospital_km"),
    )


RULES = (
    Rule("S.AUTH.1", EVERY - {Intent.EMERGENCY}, source),
    Rule("S.AUTH.2", frozenset(_GROWN_UP), child),
    Rule("S.AUTH.3", EVERY, heard_well),
    Rule("S.SYS.1", EVERY, running_manoeuvre),
    Rule("S.SYS.2", _NEEDS_SOUND_CAR, sound_car),
    Rule("S.HAND.1", frozenset({Intent.HANDOVER_TO_DRIVER}), handover),
    Rule("S.HAND.2", frozenset({Intent.ENGAGE}), engage),
    Rule("S.EMER.1", frozenset({Intent.EMERGENCY}), emergency),
)
