"""What the request book holds: requests with their life cycle, standing wishes, the moment.

All values are frozen; `model.requests.step` makes the next book from the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from model.contract.facts import SceneFacts
from model.contract.observation import Actor, EgoState, VehicleShape
from model.contract.plan import CommandProgress
from model.contract.road import RoadMap
from model.contract.situation import RequestView
from modes.vocabulary import OPEN_STATES, Command, Decision, Intent, Mode, RequestState, Speaker

STOP_GROUP = frozenset(
    {
        Intent.STOP,
        Intent.PULL_OVER,
        Intent.PARK,
        Intent.WAIT,
        Intent.RESUME,
        Intent.YIELD,
        Intent.CREEP_FORWARD,
        Intent.EMERGENCY,
    }
)
SPEED_GROUP = frozenset({Intent.SLOW_DOWN, Intent.SPEED_UP, Intent.SET_SPEED, Intent.KEEP_LIMIT})
LANE_GROUP = frozenset(
    {
        Intent.LANE_CHANGE_LEFT,
        Intent.LANE_CHANGE_RIGHT,
        Intent.KEEP_LANE,
        Intent.MERGE,
        Intent.OVERTAKE,
        Intent.FOLLOW,
        Intent.AVOID_OBSTACLE,
    }
)
STYLE_GROUP = frozenset({Intent.STYLE_GENTLE, Intent.STYLE_SPORTY})
#: Requests that end in a standstill which lasts until somebody says to go on.
HOLDING = frozenset({Intent.STOP, Intent.PULL_OVER, Intent.PARK, Intent.WAIT, Intent.EMERGENCY})
#: Requests that leave the lane for its edge and end there.
ASIDE = frozenset({Intent.PULL_OVER, Intent.PARK, Intent.EMERGENCY})


class Ruling(Protocol):
    """What `step` needs of a scene rule's verdict."""

    @property
    def decision(self) -> Decision: ...
    @property
    def command(self) -> Command: ...
    @property
    def reason(self) -> str: ...
    @property
    def expires_s(self) -> float | None: ...


Judge = Callable[[Command, SceneFacts], Ruling]


@dataclass(frozen=True)
class NewRoute:
    """A route that a request asks for, from the ego's own edge on, and the edge that proves it."""

    edges: tuple[str, ...]
    destination_s_m: float | None = None
    goal_edge: str | None = None
    #: Edge whose end is where the request is decided: passed it, the chance is gone.
    gate_edge: str | None = None
    label: str = ""


class NoRoute(ValueError):
    """The map has no such way; the message is a plain clause."""


Navigate = Callable[[Command, "Moment"], NewRoute]


@dataclass(frozen=True)
class Moment:
    """The present as the request book sees it."""

    t_s: float
    ego: EgoState
    road: RoadMap
    route: tuple[str, ...]
    facts: SceneFacts
    actors: tuple[Actor, ...] = ()
    shape: VehicleShape = field(default_factory=VehicleShape)
    #: What the last plan says about the request that it was given.
    progress: CommandProgress | None = None
    progress_id: str | None = None

    @property
    def edge(self) -> str | None:
        lane = self.road.lanes.get(self.ego.lane or "")
        return None if lane is None else lane.edge


@dataclass(frozen=True)
class Wishes:
    """Standing wishes: they last until changed, `keep_limit`, or taken back."""

    speed_cap_mps: float | None = None
    speed_wish_mps: float | None = None
    gap_s: float | None = None
    style: str = "normal"
    overtaking: bool = True


@dataclass(frozen=True)
class Begin:
    """The car's state when the request came, to see what it changed."""

    speed_mps: float
    lateral_m: float
    lane: str | None
    x: float
    y: float
    #: Straight-line distance driven since, m.
    driven_m: float = 0.0


@dataclass(frozen=True)
class Request:
    """One accepted command and how far it has come."""

    id: str
    command: Command
    speaker: Speaker
    state: RequestState
    text: str
    since_s: float
    begin: Begin
    waiting_for: str = ""
    reason: str = ""
    #: The driving model may act on it: its trigger fired and the scene rules agree.
    released: bool = False
    released_s: float | None = None
    #: Scenario second at which waiting or trying ends, and the clause that is said then.
    expires_s: float | None = None
    closed_s: float | None = None
    first_motion_s: float | None = None
    #: The request that has to be done before this one ("turn around and park").
    after_id: str | None = None
    target_lane: str | None = None
    #: Objects that the command, its `after` and its `until` speak of.
    target_id: str | None = None
    after_object: str | None = None
    until_object: str | None = None
    target_mps: float | None = None
    route: NewRoute | None = None
    #: What was in force before, for taking it back.
    wishes_before: Wishes = Wishes()
    route_before: tuple[str, ...] = ()
    #: What triggers compare with: exits ahead when it came, whether a junction was entered.
    trigger_memory: Mapping[str, float] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def intent(self) -> Intent:
        return self.command.intent

    def closed(self, state: RequestState, t_s: float, reason: str = "") -> Request:
        return replace(self, state=state, closed_s=t_s, reason=reason, waiting_for="")

    def view(self) -> RequestView:
        return RequestView(
            id=self.id,
            command=self.command,
            state=self.state,
            text=self.text,
            waiting_for=self.waiting_for,
            reason=self.reason,
            since_s=round(self.since_s, 2),
            expires_s=None if self.expires_s is None else round(self.expires_s, 2),
            first_motion_s=None if self.first_motion_s is None else round(self.first_motion_s, 2),
        )


@dataclass(frozen=True)
class Book:
    """Every request that is open or was closed lately, and what stands until changed."""

    requests: tuple[Request, ...] = ()
    wishes: Wishes = Wishes()
    #: The stop that was carried out and still holds the car.
    holding: Request | None = None
    #: A hold ended by itself or was taken back: the car is told to go on until it moves.
    letting_go: bool = False
    #: The last mode token without a command, and when.
    spoken: tuple[Mode, float] | None = None

    def open(self) -> tuple[Request, ...]:
        return tuple(r for r in self.requests if r.open)
