"""S.FAST, S.SLOW, S.GAP: speed and distance to the car ahead."""

from __future__ import annotations

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Degree, Intent, Unit
from safety.policy import Policy
from safety.rules.common import (
    kph,
    limited_to_kph,
    person_near,
    speed_cap_kph,
    step_kph,
)
from safety.rules.verdict import Rule, Verdict, verdict

_FASTER = frozenset({Intent.SPEED_UP, Intent.SET_SPEED, Intent.STYLE_SPORTY})
#: A wish this close to the cap counts as being at it, km/h.
_AT_CAP_KPH = 2.0


def _wants_more(command: Command, facts: SceneFacts) -> bool:
    """Is this a request to go faster than now? Unknown speed: yes."""
    if command.intent in (Intent.SPEED_UP, Intent.STYLE_SPORTY):
        return True
    wish, speed = kph(command), facts.number("speed_kph")
    return wish is None or speed is None or wish > speed + _AT_CAP_KPH


def cap(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Never above the posted limit, the weather cap, or what can be seen."""
    if command.intent is Intent.STYLE_SPORTY:
        return None
    cap_kph, why = speed_cap_kph(facts, policy)
    speed = facts.number("speed_kph")
    wish = kph(command) if command.intent is Intent.SET_SPEED else None
    if cap_kph is None:
        if not _wants_more(command, facts):
            return None
        return verdict(Decision.REFUSE, command, why, speed_kph=speed)
    if wish is None and speed is None:
        return verdict(
            Decision.LIMIT, limited_to_kph(command, cap_kph), f"cap_{why}", cap_kph=cap_kph
        )
    if wish is None and speed is not None:
        if speed >= cap_kph - _AT_CAP_KPH:
            return verdict(
                Decision.REFUSE,
                command,
                f"at_cap_{why}",
                cap_kph=cap_kph,
                speed_kph=speed,
                margin=cap_kph - speed,
            )
        wish = speed + step_kph(command, policy)
        if command.slots.value is None:  # a plain "faster" means: as far as it is allowed
            return verdict(
                Decision.ALLOW, command, "below_cap", margin=cap_kph - speed, cap_kph=cap_kph
            )
    if wish is not None and wish > cap_kph + 0.5:
        if speed is not None and speed >= cap_kph - _AT_CAP_KPH and why == "limit":
            reason = "at_cap_limit"
        else:
            reason = f"cap_{why}"
        return verdict(
            Decision.LIMIT,
            limited_to_kph(command, cap_kph),
            reason,
            cap_kph=cap_kph,
            wish_kph=wish,
            margin=cap_kph - wish,
        )
    return verdict(
        Decision.ALLOW, command, "below_cap", margin=cap_kph - (wish or 0), cap_kph=cap_kph
    )


def traffic_ahead(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No faster with a short gap, a person near the way, a siren or a hazard ahead."""
    if not _wants_more(command, facts):
        return None
    defer_s = policy.speed.defer_s
    gaps = [v for key in ("lead_gap_s", "gap_s") if (v := facts.number(key)) is not None]
    if gaps and min(gaps) < policy.speed.follow_gap_s:
        margin = min(gaps) - policy.speed.follow_gap_s
        return verdict(
            Decision.DEFER, command, "lead_gap", gap_s=min(gaps), margin=margin, expires_s=defer_s
        )
    if person_near(facts, policy):
        return verdict(
            Decision.DEFER,
            command,
            "person_near",
            ped=facts.text("ped"),
            ped_distance_m=facts.number("ped_distance_m"),
            expires_s=defer_s,
        )
    if facts.text("traffic") == "jam":
        return verdict(Decision.DEFER, command, "jam", expires_s=defer_s)
    if facts.text("siren") not in (None, "none", "off") or facts.flag("siren"):
        return verdict(Decision.DEFER, command, "siren", expires_s=defer_s)
    if facts.text("hazard_ahead") not in (None, "none"):
        return verdict(
            Decision.DEFER, command, "hazard", hazard=facts.text("hazard_ahead"), expires_s=defer_s
        )
    if facts.text("light") in ("red", "amber"):
        return verdict(
            Decision.DEFER, command, "light_ahead", light=facts.text("light"), expires_s=defer_s
        )
    return None


def sight_ahead(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No faster just before a crest or a tight curve whose far side nobody can see."""
    if not _wants_more(command, facts):
        return None
    crest = facts.number("crest_m")
    if crest is not None and 0 <= crest <= policy.speed.crest_near_m:
        return verdict(
            Decision.DEFER, command, "crest", crest_m=crest, expires_s=policy.speed.defer_s
        )
    if facts.text("curve") in ("sharp", "tight", "blind", "hairpin"):
        return verdict(Decision.DEFER, command, "curve", expires_s=policy.speed.defer_s)
    return None


def work_and_water(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """No faster past road workers, and not through deep water."""
    if not _wants_more(command, facts):
        return None
    if (facts.number("workers") or 0) > 0:
        return verdict(Decision.REFUSE, command, "workers")
    depth = facts.number("water_depth_m")
    if depth is not None and depth > policy.speed.water_depth_m:
        margin = policy.speed.water_depth_m - depth
        return verdict(Decision.REFUSE, command, "water", water_depth_m=depth, margin=margin)
    return None


def crawl(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Crawling in free motorway flow is bounded; everything else that is slower passes."""
    if facts.text("place") != "highway" or facts.text("traffic") != "free_flow":
        return None
    floor, limit = policy.speed.crawl_kph, facts.number("limit_kph")
    floor = min(floor, limit) if limit is not None else floor
    wish, speed = kph(command), facts.number("speed_kph")
    if command.intent is Intent.SLOW_DOWN:
        if command.slots.value is not None and speed is not None:
            wish = speed - step_kph(command, policy)
        elif speed is not None and speed <= floor:
            wish = speed - policy.speed.step_kph
        else:
            return None
    if wish is None or wish >= floor:
        return None
    return verdict(
        Decision.LIMIT,
        limited_to_kph(command, floor),
        "crawl",
        floor_kph=floor,
        wish_kph=wish,
        margin=wish - floor,
    )


def gap_floor(command: Command, facts: SceneFacts, policy: Policy) -> Verdict | None:
    """Never closer than two seconds by request."""
    slots = command.slots
    floor, ceiling = policy.gap.floor_s, policy.gap.cap_s
    if slots.unit is Unit.METRES and slots.value is not None:
        speed = facts.number("speed_kph")
        if speed is None or speed <= 0:
            return (
                None if slots.kind != "closer" else verdict(Decision.REFUSE, command, "gap_floor")
            )
        wish: float | None = slots.value / (speed / 3.6)
    elif slots.value is not None:
        wish = slots.value
    else:
        wish = None
    current = next(
        (v for key in ("gap_s", "lead_gap_s") if (v := facts.number(key)) is not None), None
    )
    if slots.kind == "closer" and wish is None:
        if current is None or current - policy.gap.step_s < floor:
            return verdict(Decision.REFUSE, command, "gap_floor", floor_s=floor, gap_s=current)
        return verdict(Decision.ALLOW, command, "gap_room", margin=current - floor)
    if wish is not None and wish < floor:
        return _set_gap(command, floor, "gap_floor", wish)
    if wish is not None and wish > ceiling:
        return _set_gap(command, ceiling, "gap_cap", wish)
    return None


def _set_gap(command: Command, seconds: float, reason: str, wish: float) -> Verdict:
    slots = command.slots.model_copy(
        update={"value": seconds, "unit": Unit.SECONDS, "degree": Degree.NORMAL}
    )
    bounded = Command(intent=Intent.SET_GAP, slots=slots)
    return verdict(
        Decision.LIMIT, bounded, reason, wish_s=wish, bound_s=seconds, margin=wish - seconds
    )


RULES = (
    Rule("S.FAST.1", frozenset({Intent.SPEED_UP, Intent.SET_SPEED}), cap),
    Rule("S.FAST.2", _FASTER, traffic_ahead),
    Rule("S.FAST.3", _FASTER, sight_ahead),
    Rule("S.FAST.4", _FASTER, work_and_water),
    Rule("S.SLOW.1", frozenset({Intent.SLOW_DOWN, Intent.SET_SPEED}), crawl),
    Rule("S.GAP.1", frozenset({Intent.SET_GAP}), gap_floor),
)
