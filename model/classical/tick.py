"""What all rules look at in one tick, and the little that the planner remembers between ticks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt

from model.classical.constraints import Reason
from model.classical.index import RoadIndex
from model.classical.predict import Prediction
from model.classical.route import LanePlan
from model.classical.settings import Style
from model.contract.observation import Actor, ActorKind, EgoState, Perception, VehicleShape
from model.contract.plan import DriveRequest
from modes.vocabulary import Intent


@dataclass
class Change:
    """A lane change under way: the lane it leads into, kept up to date along the route."""

    lane: str
    side: int  # +1 left, -1 right
    why: str
    started_s: float
    width_m: float
    object_id: str | None = None


@dataclass
class PullOver:
    """The chosen place to stop at the side; positions on a lane."""

    lane: str
    at_m: float  # front bumper at standstill
    offset_m: float  # of the rear axle from that lane's centre
    target_lane: str | None
    ramp_m: float  # length of the way from the lane to the side


@dataclass
class Memory:
    """State between ticks; with the same inputs in the same order it is always the same."""

    t_s: float = -1.0
    lane: str | None = None  # that the car follows
    change: Change | None = None
    last_change_s: float = -100.0
    wish_since_s: float = -1.0  # since when a lane change waits for a gap
    passing: dict[str, float] = field(default_factory=dict)  # obstacle -> committed offset
    ramps: dict[str, float] = field(default_factory=dict)  # obstacle -> length of the way round
    pull_over: PullOver | None = None
    pulled_over: bool = False
    held_by: Intent | None = None  # a stop that was carried out and holds until resume
    stop_at: tuple[str, float] | None = None  # lane and place of a commanded stop
    commanded: tuple[str | None, Intent] | None = None  # last lane-change request served
    stopped_at: dict[str, float] = field(default_factory=dict)  # stop line -> when we stood
    waiting_since: dict[str, float] = field(default_factory=dict)
    committed: dict[str, float] = field(default_factory=dict)  # amber line -> when we went on
    standing_since: dict[str, float] = field(default_factory=dict)  # actor -> when it stopped
    held_reason: Reason | None = None
    going_since_s: float = -100.0
    gone_reason: Reason | None = None
    standstill_s: float = -1.0  # since when we stand
    creep_until_s: float = -1.0  # until when what stands beside our way is crept past closely
    verb: str = ""  # of the last sentence, so that it does not flicker


@dataclass(frozen=True)
class Tick:
    """Inputs of one tick, with look-ups that several rules share."""

    index: RoadIndex
    plan: LanePlan
    perception: Perception
    actors: Sequence[Actor]
    prediction: Prediction
    request: DriveRequest
    style: Style
    shape: VehicleShape
    memory: Memory

    @property
    def ego(self) -> EgoState:
        return self.perception.ego

    @property
    def t_s(self) -> float:
        return self.perception.t_s

    @property
    def lights(self) -> Mapping[str, str]:
        return self.perception.lights

    @cached_property
    def by_lane(self) -> Mapping[str, list[Actor]]:
        """Vehicles by the lane they are on."""
        result: dict[str, list[Actor]] = defaultdict(list)
        for actor in self.actors:
            if actor.lane is not None and actor.kind is not ActorKind.PEDESTRIAN:
                result[actor.lane].append(actor)
        return result

    @cached_property
    def pedestrians(self) -> Sequence[Actor]:
        return [a for a in self.actors if a.kind is ActorKind.PEDESTRIAN]

    @property
    def stuck(self) -> bool:
        """Stood for long, and not let out yet by creeping."""
        return self.t_s < self.memory.creep_until_s

    @property
    def gap_s(self) -> float:
        """Wanted time gap: by request, else by style, longer on a slippery road."""
        gap = self.request.gap_s or self.style.gap_s
        return gap / sqrt(max(min(self.perception.friction, 1.0), 0.4))

    def stood_for_s(self, actor: Actor) -> float:
        """How long somebody has been standing, as far as we saw, s."""
        since = self.memory.standing_since.get(actor.id)
        return 0.0 if since is None else self.t_s - since


def remember_standing(memory: Memory, perception: Perception) -> None:
    """Notes since when each actor stands; forgets those that are gone or move."""
    now = {a.id for a in perception.actors if a.speed_mps < 0.3}
    for actor_id in list(memory.standing_since):
        if actor_id not in now:
            del memory.standing_since[actor_id]
    for actor_id in now:
        memory.standing_since.setdefault(actor_id, perception.t_s)
