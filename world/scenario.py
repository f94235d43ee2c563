"""Scenario files: one YAML each, in the words of OpenSCENARIO (init, events = trigger, action)."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from model.contract.observation import ActorKind

FOLDER = Path(__file__).parent / "scenarios"
Mps = Annotated[float, Field(ge=0, le=60)]
Metres = Annotated[float, Field(ge=0, le=100_000)]


class _Strict(BaseModel):
    """Unknown keys are errors that name the nearest valid key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        for key in data if isinstance(data, dict) else ():
            if key not in cls.model_fields:
                near = difflib.get_close_matches(str(key), cls.model_fields, n=1, cutoff=0.0)
                raise ValueError(f"unknown key {key!r}; did you mean {near[0]!r}?")
        return data


class EgoStart(_Strict):
    """Where the drive begins and which way it goes on.

    Without `via` the car keeps to the road it is on; with it the edges are visited in turn, again
    and again, so that a drive never ends by itself.
    """

    edge: str
    lane: int = Field(0, ge=0, description="car lanes from the right, 0 = rightmost")
    s_m: Metres = 0.0
    speed_mps: Mps = 0.0
    via: list[str] = []


class Traffic(_Strict):
    """The usual traffic, kept up within `radius_m` of the ego."""

    vehicles: int = Field(0, ge=0, le=150)
    pedestrians: int = Field(0, ge=0, le=80)
    parked: float = Field(0.0, ge=0, le=1, description="share of kerb bays that are taken")
    radius_m: float = Field(450.0, ge=200, le=2_000)
    mix: dict[ActorKind, Annotated[float, Field(ge=0)]] = {
        ActorKind.CAR: 10,
        ActorKind.VAN: 1.5,
        ActorKind.TRUCK: 1,
    }
    sublane: bool = Field(False, description="cars make room sideways; three times the work")


class Spawn(_Strict):
    """A vehicle at a place on the map, or `ahead_m` of the ego (negative: behind)."""

    id: str
    kind: ActorKind = ActorKind.CAR
    colour: str = ""
    edge: str | None = None
    s_m: Metres = 0.0
    #: As in `ego`; with `ahead_m`, merge and exit lanes do not count. None = the ego's lane.
    lane: int | None = Field(None, ge=0)
    ahead_m: float | None = Field(None, ge=-600, le=600)
    speed_mps: Mps = 0.0
    hold_speed: bool = Field(False, description="never goes faster than `speed_mps`")
    stands: bool = Field(False, description="stays where it is")
    siren: bool = False

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.edge is None) == (self.ahead_m is None):
            raise ValueError("give either edge (with s_m) or ahead_m")
        return self


class Walk(_Strict):
    """A pedestrian who crosses at a crossing, from the given side as the ego sees it."""

    id: str
    crossing: str
    side: Literal["left", "right"] = "right"
    wait_m: float = Field(4.0, ge=0, le=60, description="how far from the kerb the walk begins")


class Place(_Strict):
    """An object that stands still beside or on the road; `count` of them make a row."""

    id: str
    kind: ActorKind
    edge: str
    lane: int = Field(ge=0, description="any lanes from the right: pavement and shoulder count")
    s_m: Metres
    lateral_m: float = Field(0.0, ge=-20, le=20, description="from the lane centre, left positive")
    turned_deg: float = 0.0
    colour: str = ""
    count: int = Field(1, ge=1, le=100)
    every_m: float = Field(5.0, gt=0, le=100)
    shift_m: float = Field(0.0, ge=-5, le=5, description="sideways step from one to the next")


class ChangeLane(_Strict):
    actor: str
    lane: int = Field(ge=0, description="car lanes from the right, 0 = rightmost")


class SetSpeed(_Strict):
    actor: str
    speed_mps: Mps
    over_s: float = Field(3.0, ge=0, le=60)


class Action(_Strict):
    """Exactly one of these."""

    spawn: Spawn | None = None
    walk: Walk | None = None
    place: Place | None = None
    close_lane: str | None = Field(None, description="lane id")
    open_lane: str | None = Field(None, description="lane id")
    change_lane: ChangeLane | None = None
    set_speed: SetSpeed | None = None
    remove: str | None = Field(None, description="actor id")
    weather: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"an action is exactly one of {', '.join(type(self).model_fields)}")
        return self


class Near(_Strict):
    """Closer to an edge's point, a crossing or an actor than `lt_m`."""

    edge: str | None = None
    s_m: Metres = 0.0
    crossing: str | None = None
    actor: str | None = None
    lt_m: Annotated[float, Field(gt=0, le=2_000)]

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(x is not None for x in (self.edge, self.crossing, self.actor)) != 1:
            raise ValueError("give exactly one of edge, crossing, actor")
        return self


class Trigger(_Strict):
    """All that is given must hold."""

    t_gt: float | None = Field(None, ge=0)
    ego_on: list[str] | None = Field(None, description="edge ids")
    ego_near: Near | None = None
    speed_gt_mps: Mps | None = None
    speed_lt_mps: Mps | None = None
    after: str | None = Field(None, description="name of an event that has happened")
    after_s: float = Field(0.0, ge=0)


class Event(_Strict):
    name: str
    when: Trigger
    do: Annotated[list[Action], Field(min_length=1)]


class SaidCue(_Strict):
    """A line of the scripted demo."""

    t_s: float = Field(ge=0)
    text: str = Field(min_length=1, max_length=300)


class Scenario(_Strict):
    """One drive: map, start, traffic, what happens when, and what a demo says."""

    name: str = ""  # the file's name
    title: str
    description: str
    length_s: float = Field(gt=0, le=7_200)
    tags: list[str] = []
    seed: int = Field(1, ge=0, le=2**31 - 1)
    map: str
    weather: str = "clear"
    #: Edge -> zone word on top of those of the map (work_zone …).
    zones: dict[str, str] = {}
    #: Edge -> speed limit in force during this drive, km/h.
    limits_kph: dict[str, Annotated[float, Field(ge=5, le=130)]] = {}
    ego: EgoStart
    traffic: Traffic = Field(default_factory=lambda: Traffic.model_validate({}))
    init: list[Action] = []
    events: list[Event] = []
    cues: list[SaidCue] = []

    @model_validator(mode="after")
    def _events_known(self) -> Self:
        names = [event.name for event in self.events]
        for event in self.events:
            if event.when.after is not None and event.when.after not in names:
                raise ValueError(f"event {event.name!r} waits for unknown {event.when.after!r}")
        if len(set(names)) < len(names):
            raise ValueError("two events have the same name")
        return self


def scenario_names() -> list[str]:
    """Names of the scenarios that come with Ridealong, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load_scenario(name: str | Path) -> Scenario:
    """A scenario by its name here, or by the path of a `.yaml` file.

    Raises `ValueError` with one line that names the file, the key and how to mend it.
    """
    path = Path(name) if str(name).endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        near = difflib.get_close_matches(str(name), scenario_names(), n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        known = ", ".join(scenario_names())
        raise ValueError(f"no scenario {str(name)!r}: {hint}there are {known}")
    return parse_scenario(path.read_text(encoding="utf-8"), path)


def parse_scenario(text: str, path: Path) -> Scenario:
    """A scenario from YAML text; `path` gives its name and stands in errors."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: not YAML ({' '.join(str(error).split())})") from None
    if not isinstance(data, dict):
        raise ValueError(f"{path.name}: a scenario is a mapping with title, map, ego and so on")
    try:
        return Scenario.model_validate({"name": path.stem, **data})
    except ValidationError as error:
        first = error.errors()[0]
        where = _dotted(first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise ValueError(f"{path.name}: {where}{message}") from None


def _dotted(location: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return f"{text.lstrip('.')}: " if text else ""
