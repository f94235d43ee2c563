"""Small readings of commands and facts that several rules need."""

from __future__ import annotations

import math

from model.contract.facts import SceneFacts
from modes.vocabulary import CAUTION_INTENTS, Command, Degree, Direction, Intent, Unit
from safety.policy import Policy

#: Places where nobody stops by wish.
NO_STOPPING = {
    "bridge": "bridge_end_m",
    "tunnel": "tunnel_end_m",
    "work_zone": "",
    "rail_crossing": "",
    "intersection": "",
    "roundabout": "",
}
#: Intents that make the car go faster or further into a conflict.
GO_INTENTS = frozenset({Intent.RESUME, Intent.CREEP_FORWARD})


def is_caution(command: Command) -> bool:
    """A request for more caution (policy P2); less distance is none, whatever its intent."""
    if command.intent is Intent.SET_GAP:
        return command.slots.kind != "closer"
    return command.intent in CAUTION_INTENTS and command.slots.kind != "doors"


def kph(command: Command) -> float | None:
    """The speed in the slots in km/h, None without one."""
    speed = command.speed_mps()
    return None if speed is None else speed * 3.6


def limited_to_kph(command: Command, cap_kph: float) -> Command:
    """`set_speed` at the cap, in the unit that the passenger used."""
    if command.slots.unit is Unit.MPH:
        value, unit = math.floor(cap_kph / 1.609344), Unit.MPH
    else:
        value, unit = math.floor(cap_kph), Unit.KPH
    slots = command.slots.model_copy(update={"value": float(value), "unit": unit, "degree": None})
    return Command(intent=Intent.SET_SPEED, slots=slots)


def speed_cap_kph(facts: SceneFacts, policy: Policy) -> tuple[float | None, str]:
    """The highest speed that limit, weather and sight permit, and which of them binds.

    None when the limit is unknown: unknown is not free.
    """
    bounds = policy.speed
    caps: list[tuple[float, str]] = []
    limit = facts.number("limit_kph")
    if limit is None:
        return None, "limit_unknown"
    caps.append((limit, "limit"))
    sight = [v for key in ("visibility_m", "sight_m") if (v := facts.number(key)) is not None]
    if sight:
        free = max(min(sight), 0.0)
        caps.append((math.sqrt(2 * bounds.sight_decel_mps2 * free) * 3.6, "sight"))
    weather = facts.text("weather") or "clear"
    by_weather = {
        "rain": bounds.rain_cap_kph,
        "heavy_rain": bounds.heavy_rain_cap_kph,
        "snow": bounds.snow_cap_kph,
        "ice": bounds.ice_cap_kph,
    }
    if weather in by_weather:
        caps.append((by_weather[weather], "weather"))
    if weather == "fog":
        seen = facts.number("visibility_m")
        dense = seen is not None and seen < bounds.dense_fog_m
        caps.append((bounds.dense_fog_cap_kph if dense else bounds.fog_cap_kph, "weather"))
    if facts.text("friction") in ("low", "ice", "snow", "slippery", "wet_leaves", "icy"):
        caps.append((bounds.low_friction_cap_kph, "weather"))
    friction = facts.number("friction")
    if friction is not None and friction < 0.5:
        caps.append((bounds.low_friction_cap_kph, "weather"))
    return min(caps)


def step_kph(command: Command, policy: Policy) -> float:
    """How much one "faster" or "slower" means, km/h."""
    value = command.slots.value
    if value is not None and command.slots.unit is Unit.MPH:
        return value * 1.609344
    if value is not None:
        return value
    steps = {
        Degree.SLIGHT: policy.speed.slight_step_kph,
        Degree.STRONG: policy.speed.strong_step_kph,
    }
    degree = command.slots.degree
    return steps.get(degree, policy.speed.step_kph) if degree else policy.speed.step_kph


def side_of(command: Command) -> Direction | None:
    """The side that a lane change or a turn leads to."""
    if command.intent in (Intent.LANE_CHANGE_LEFT, Intent.TURN_LEFT, Intent.OVERTAKE):
        return Direction.LEFT
    if command.intent in (Intent.LANE_CHANGE_RIGHT, Intent.TURN_RIGHT):
        return Direction.RIGHT
    return command.slots.direction


def person_near(facts: SceneFacts, policy: Policy) -> bool:
    """Somebody at, on or walking towards the way ahead within the policy's distance."""
    if facts.text("ped") not in ("waiting", "crossing", "in_path"):
        return False
    distances = [facts.number("ped_distance_m"), facts.number("crosswalk_m")]
    known = [d for d in distances if d is not None and d >= 0]
    return not known or min(known) <= policy.speed.person_near_m


def blocked_rails(facts: SceneFacts) -> bool:
    """Gates down or signals flashing at a level crossing; rail signals are absolute."""
    gates = facts.text("gates") or ""
    signals = facts.text("signals") or ""
    down = {"down", "closed", "closing", "lowering", "lowered"}
    flashing = {"flashing", "red", "flashing_red", "on", "active", "ringing"}
    return gates in down or signals in flashing
