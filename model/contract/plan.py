"""What a driving model is asked, and what it gives back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import Observation
from modes.vocabulary import (
    Command,
    Component,
    Direction,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
    Mode,
)

F32 = NDArray[np.float32]


@dataclass(frozen=True)
class DriveRequest:
    """What the driving model is asked for: one token and at most one active command.

    There is no field for free text (policy A1). `id` names the request in life-cycle events.
    """

    mode: Mode = Mode.AUTONOMOUS
    command: Command | None = None
    id: str | None = None
    #: Standing wishes that outlive their command, already bounded by the scene rules.
    speed_cap_mps: float | None = None
    speed_wish_mps: float | None = None
    gap_s: float | None = None
    style: str = "normal"  # gentle, normal, sporty
    overtaking: bool = True
    expires_s: float | None = None  # scenario time


@dataclass(frozen=True)
class Cause:
    """The strongest reason behind the decision: the component, where it is and what it does."""

    component: Component
    label: str  # "white van", "traffic light", "speed limit 50"
    does: str  # "is braking", "is red", "closes our lane"
    object_id: str | None = None
    kind: str | None = None  # ActorKind value, or light, stop_sign, crossing, limit, exit …
    bearing_deg: float | None = None  # 0 ahead, left positive
    distance_m: float | None = None
    first_seen_s: float | None = None
    visible_in: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReasoningTrace:
    """Why the plan is as it is, in the closed vocabulary, with one factual sentence."""

    longitudinal: Longitudinal
    lateral: Lateral
    sentence: str
    direction: Direction | None = None
    cause: Cause | None = None


@dataclass(frozen=True)
class MetaAction:
    longitudinal: MetaLongitudinal
    lateral: MetaLateral
    lane: MetaLane


@dataclass(frozen=True)
class CommandProgress:
    """What the plan does about the active command; `done` is never claimed here."""

    phase: str  # waiting, under_way
    waiting_for: str = ""  # "a gap on the left", "the exit in 400 m"


@dataclass(frozen=True)
class Plan:
    """A trajectory of 64 points at 10 Hz (6.4 s), the first one 0.1 s after t0."""

    seq: int
    t0_ns: int
    xyz: F32  # [64, 3] m, ego frame at t0, rear axle
    heading: F32  # [64] rad, relative to the heading at t0
    controls: F32  # [64, 2] acceleration m/s², curvature 1/m, held over each 0.1 s step
    trace: ReasoningTrace
    meta: MetaAction
    source: str  # classical, mini, alpamayo …: who made it
    progress: CommandProgress | None = None
    #: Lane that the manoeuvre leads into and the indicator to show; for guard and lamps.
    target_lane: str | None = None
    indicator: str = "off"
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    samples: int = 1


@runtime_checkable
class DrivingModel(Protocol):
    """A driving model behind one small interface."""

    name: str
    #: True when planning and answering use the same weights: planning then goes first.
    shares_weights: bool

    def plan(self, observation: Observation, request: DriveRequest) -> Plan:
        """A plan for this observation; raises `ValueError` on an observation it cannot use."""
        ...

    def answer(
        self, observation: Observation, question: str, facts: Mapping[str, object]
    ) -> AsyncIterator[str]:
        """An answer in pieces of text; it never has a way to the actuators (policy A2)."""
        ...
