"""The safety policy: all bounds of the rules and the guard, typed, read-only and hashed.

The numbers live in `policy.yaml` beside this file. `load_policy` checks that every bound is
there, finite and has a unit and a reason; a missing or strange one is a `PolicyError`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

POLICY_PATH = Path(__file__).with_name("policy.yaml")


class PolicyError(ValueError):
    """The policy file cannot be used; the message says where and how to mend it."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LaneChange(_Section):
    reaction_s: float
    rear_decel_mps2: float
    rear_headway_s: float
    front_gap_s: float
    defer_s: float
    assumed_closing_kph: float
    assumed_speed_kph: float
    min_width_m: float

    def rear_distance_m(self, closing_mps: float, speed_mps: float) -> float:
        """Room needed to a car that closes in from behind: Δv·t + Δv²/2a + v·1 s, m."""
        closing = max(closing_mps, 0.0)
        return (
            closing * self.reaction_s
            + closing**2 / (2 * self.rear_decel_mps2)
            + speed_mps * self.rear_headway_s
        )


class Exit(_Section):
    change_s: float
    settle_s: float
    defer_max_s: float


class PullOver(_Section):
    clear_junction_m: float
    max_wait_m: float
    defer_s: float


class Stop(_Section):
    clear_m: float
    follower_gap_s: float
    defer_s: float


class Speed(_Section):
    sight_decel_mps2: float
    follow_gap_s: float
    person_near_m: float
    crest_near_m: float
    rain_cap_kph: float
    heavy_rain_cap_kph: float
    fog_cap_kph: float
    dense_fog_cap_kph: float
    dense_fog_m: float
    snow_cap_kph: float
    ice_cap_kph: float
    low_friction_cap_kph: float
    crawl_kph: float
    step_kph: float
    slight_step_kph: float
    strong_step_kph: float
    defer_s: float
    water_depth_m: float


class Go(_Section):
    defer_s: float


class Turn(_Section):
    left_gap_s: float
    u_turn_gap_s: float
    defer_s: float
    u_turn_width_m: float


class Overtake(_Section):
    oncoming_s: float
    cyclist_clearance_m: float
    sight_m: float
    defer_s: float


class Gap(_Section):
    floor_s: float
    cap_s: float
    step_s: float


class Doors(_Section):
    cyclist_s: float


class Handover(_Section):
    clear_s: float


class Authority(_Section):
    confirm_s: float
    asr_confidence_min: float
    doubtful_easing_mps2: float


class Trajectory(_Section):
    """Bounds T1 to T14 of the trajectory guard."""

    horizon_s: float
    stop_decel_mps2: float
    start_m: float
    start_deg: float
    start_mps: float
    image_age_ms: float
    plan_age_soft_ms: float
    plan_age_hard_ms: float
    continuity_m: float
    lateral_mps2: float
    accel_mps2: float
    decel_mps2: float
    emergency_decel_mps2: float
    jerk_mps3: float
    curvature_1pm: float
    hard_factor: float
    margin_static_m: float
    margin_pedestrian_m: float
    margin_cyclist_m: float
    ttc_soft_s: float
    ttc_hard_s: float
    footprint_m: float


class _Bounds(_Section):
    lane_change: LaneChange
    exit: Exit
    pull_over: PullOver
    stop: Stop
    speed: Speed
    go: Go
    turn: Turn
    overtake: Overtake
    gap: Gap
    doors: Doors
    handover: Handover
    authority: Authority
    trajectory: Trajectory


@dataclass(frozen=True)
class Bound:
    """One number of the policy with its unit and why it is what it is."""

    value: float
    unit: str
    reason: str


class Policy(_Bounds):
    """The whole policy; `bounds` names each number as ``section.name``."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    version: int
    sha256: str
    bounds: MappingProxyType[str, Bound]


def parse_policy(text: bytes) -> Policy:
    """The policy in a YAML document; raises `PolicyError` when a bound is missing or strange."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PolicyError(f"policy.yaml is no valid YAML: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("version"), int):
        raise PolicyError("policy.yaml has no integer `version`: restore the file from the release")
    sections = {key: part for key, part in document.items() if key != "version"}
    bounds = {
        f"{section}.{name}": _bound(f"{section}.{name}", raw)
        for section, names in sections.items()
        for name, raw in _mapping(section, names).items()
    }
    values: dict[str, dict[str, float]] = {section: {} for section in sections}
    for key, bound in bounds.items():
        section, name = key.split(".", 1)
        values[section][name] = bound.value
    try:
        return Policy(
            version=document["version"],
            sha256=hashlib.sha256(text).hexdigest(),
            bounds=MappingProxyType(bounds),
            **values,  # type: ignore[arg-type]  # pydantic turns each mapping into its section
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PolicyError(f"policy.yaml, {where}: {first['msg']}") from error


@cache
def load_policy(path: Path = POLICY_PATH) -> Policy:
    """The policy at `path`, read once; raises `PolicyError`."""
    try:
        return parse_policy(path.read_bytes())
    except OSError as error:
        raise PolicyError(f"cannot read the safety policy: {error}") from error


def _mapping(section: str, raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise PolicyError(f"policy.yaml, {section}: expected bounds by name")
    return raw


def _bound(key: str, raw: Any) -> Bound:
    if not isinstance(raw, dict) or set(raw) != {"value", "unit", "reason"}:
        raise PolicyError(f"policy.yaml, {key}: expected value, unit and reason")
    value, unit, reason = raw["value"], raw["unit"], raw["reason"]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not math.isfinite(value):
        raise PolicyError(f"policy.yaml, {key}: value must be a finite number, not {value!r}")
    if not unit or not reason:
        raise PolicyError(f"policy.yaml, {key}: unit and reason must not be empty")
    return Bound(float(value), str(unit), str(reason))
