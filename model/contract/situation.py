"""One tick of the drive as everybody outside the driving process sees it, and what they may send.

The driving process publishes a `Situation` per 100 ms as one JSON line; the talking process
sends `ToDriving` messages. Both sides, the recording and the replay use these models only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from modes.vocabulary import (
    Command,
    Component,
    Decision,
    Direction,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
    Mode,
    RequestState,
    Speaker,
)

VERSION = 1
XY = tuple[float, float]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EgoView(_Wire):
    """The ego in the map frame: rear axle, m, rad counter-clockwise from east, m/s."""

    x: float
    y: float
    heading: float
    speed_mps: float
    accel_mps2: float
    curvature_1pm: float
    lane: str | None
    s_m: float
    indicator: str  # off, left, right, hazard


class ActorView(_Wire):
    """Another road user or object; (x, y) is the middle of its body."""

    id: str
    kind: str
    x: float
    y: float
    heading: float
    speed_mps: float
    length_m: float
    width_m: float
    height_m: float
    indicator: str = "off"
    braking: bool = False
    siren: bool = False
    colour: str = ""
    visible_in: tuple[str, ...] | None = None


class CauseView(_Wire):
    component: Component
    label: str
    does: str
    object_id: str | None = None
    kind: str | None = None
    bearing_deg: float | None = None
    distance_m: float | None = None
    first_seen_s: float | None = None
    visible_in: tuple[str, ...] | None = None


class TraceView(_Wire):
    """The reasoning trace; `id` is what evidence refers to, `certain` the consistency check."""

    id: str
    longitudinal: Longitudinal
    lateral: Lateral
    direction: Direction | None = None
    cause: CauseView | None = None
    sentence: str
    certain: bool = True


class PlanView(_Wire):
    """The planned path in the map frame at 0.4 s spacing, and its speeds."""

    source: str
    xy: tuple[XY, ...]
    speed_mps: tuple[float, ...]
    longitudinal: MetaLongitudinal
    lateral: MetaLateral
    lane: MetaLane
    indicator: str = "off"


class CheckView(_Wire):
    """One guard check that did not pass cleanly."""

    id: str  # T1 … T14
    hard: bool
    margin: float
    detail: str = ""


class GuardView(_Wire):
    """What the trajectory guard said about the plan, and the fallback level in force."""

    level: str = "F0"
    verdict: Literal["pass", "clipped", "rejected"] = "pass"
    failed: tuple[CheckView, ...] = ()


class RequestView(_Wire):
    """An accepted command and how far it has come."""

    id: str
    command: Command
    state: RequestState
    text: str  # "Take exit 2"
    waiting_for: str = ""
    reason: str = ""
    since_s: float
    expires_s: float | None = None
    first_motion_s: float | None = None


class RouteView(_Wire):
    kind: str
    distance_m: float
    onto: str = ""


class EventView(_Wire):
    kind: str
    t_s: float
    object_id: str | None = None
    detail: str = ""


class Situation(_Wire):
    """One tick, recorded: facts, plan, decision, cause, requests, guard verdict, fallback."""

    type: Literal["situation"] = "situation"
    v: int = VERSION
    seq: int
    t_s: float  # scenario time
    t0_ns: int  # monotonic stamp of the observation; scenario time in deterministic drives
    ego: EgoView
    actors: tuple[ActorView, ...]
    lights: dict[str, str]
    facts: dict[str, bool | float | str | tuple[str, ...]]
    mode: Mode
    plan: PlanView
    trace: TraceView
    guard: GuardView
    requests: tuple[RequestView, ...] = ()  # open ones, and those closed in the last 5 s
    route: RouteView | None = None
    route_edges: tuple[str, ...] = ()
    events: tuple[EventView, ...] = ()
    latency_ms: dict[str, float] = Field(default_factory=dict)
    deadline_missed: bool = False


class Hello(_Wire):
    """First line on every connection: what is being driven, by what."""

    type: Literal["hello"] = "hello"
    v: int = VERSION
    pid: int
    scenario: str
    title: str
    seed: int
    model: str
    map_path: str  # the map document (JSON), written once per scenario
    frames_path: str | None  # the camera frame buffer, None without cameras
    cameras: tuple[str, ...] = ()
    cues: tuple[tuple[float, str], ...] = ()
    paused: bool = False


class Notice(_Wire):
    """Something went wrong or was done, in one line; `request_id` where it concerns one."""

    type: Literal["notice"] = "notice"
    level: Literal["info", "warning", "error"]
    code: str
    message: str
    request_id: str | None = None


FromDriving = Annotated[Hello | Situation | Notice, Field(discriminator="type")]


class SendCommand(_Wire):
    """A closed command that passed the words check and the scene rules."""

    type: Literal["command"] = "command"
    id: str = Field(max_length=64)
    command: Command
    decision: Decision  # allow, limit, defer or emergency
    speaker: Speaker = Speaker.UNKNOWN
    rules: tuple[str, ...] = ()


class SendMode(_Wire):
    """The mode token of an utterance that carries no command (autonomous or question)."""

    type: Literal["mode"] = "mode"
    id: str = Field(max_length=64)
    mode: Mode


class CancelCommand(_Wire):
    type: Literal["cancel"] = "cancel"
    id: str | None = Field(
        default=None, max_length=64, description="None drops the newest open one"
    )


class StopNow(_Wire):
    """The stop-word path: no model, no rule in between."""

    type: Literal["stop_now"] = "stop_now"
    id: str = Field(max_length=64)


class DriveControl(_Wire):
    """Start another scenario, pause, go on or start again."""

    type: Literal["drive"] = "drive"
    action: Literal["start", "pause", "resume", "restart"]
    scenario: str | None = Field(default=None, max_length=200)
    seed: int | None = None


ToDriving = Annotated[
    SendCommand | SendMode | CancelCommand | StopNow | DriveControl, Field(discriminator="type")
]
to_driving: TypeAdapter[ToDriving] = TypeAdapter(ToDriving)
from_driving: TypeAdapter[FromDriving] = TypeAdapter(FromDriving)
