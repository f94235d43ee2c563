"""A small road and world for tests: three lanes and a shoulder, a light, a crossing, an exit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from math import cos, sin

import numpy as np

from model.contract.observation import (
    Actor,
    ActorKind,
    EgoState,
    Observation,
    Perception,
    VehicleShape,
)
from model.contract.plan import (
    Cause,
    CommandProgress,
    DriveRequest,
    MetaAction,
    Plan,
    ReasoningTrace,
)
from model.contract.road import (
    Control,
    Exit,
    Lane,
    LaneKind,
    LaneLink,
    RoadClass,
    RoadMap,
    Turn,
)
from model.contract.world import Cue, WorldEvent
from modes.vocabulary import (
    Component,
    Intent,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
)

WIDTH_M = 3.5
LENGTH_M = 1500.0
LIMIT_MPS = 120 / 3.6


def lane_y(index: int) -> float:
    """Centre of lane `index`; 0 is the shoulder, 1 the right lane."""
    return index * WIDTH_M


def straight_road(
    *, light: bool = False, stop_sign: bool = False, road: RoadClass = RoadClass.MOTORWAY
) -> RoadMap:
    """Edge `a` (with the exit lane `x` off its right lane), then edge `b`, both along +x."""
    lanes: dict[str, Lane] = {}
    control = Control.LIGHT if light else Control.STOP if stop_sign else Control.FREE
    for edge, start in (("a", 0.0), ("b", LENGTH_M)):
        for index in range(4):
            links: tuple[LaneLink, ...] = ()
            if edge == "a" and index > 0:
                links = (
                    LaneLink(
                        f"a_{index}",
                        f"b_{index}",
                        (),
                        Turn.STRAIGHT,
                        control,
                        light="tl" if light else None,
                        light_index=index - 1 if light else -1,
                    ),
                )
            if edge == "a" and index == 1:
                links += (LaneLink("a_1", "x_0", (), Turn.RIGHT, Control.FREE),)
            lanes[f"{edge}_{index}"] = Lane(
                id=f"{edge}_{index}",
                edge=edge,
                index=index,
                kind=LaneKind.SHOULDER if index == 0 else LaneKind.DRIVE,
                road=road,
                centre=np.array([[start, lane_y(index)], [start + LENGTH_M, lane_y(index)]]),
                width_m=WIDTH_M,
                limit_mps=LIMIT_MPS,
                left=f"{edge}_{index + 1}" if index < 3 else None,
                right=f"{edge}_{index - 1}" if index > 0 else None,
                left_dashed=0 < index < 3,
                right_dashed=index > 1,
                links=links,
            )
    lanes["x_0"] = Lane(
        id="x_0",
        edge="x",
        index=0,
        kind=LaneKind.DRIVE,
        road=RoadClass.RAMP,
        centre=np.array([[LENGTH_M, WIDTH_M], [LENGTH_M + 300.0, -40.0]]),
        width_m=WIDTH_M,
        limit_mps=60 / 3.6,
    )
    return RoadMap(
        name="straight",
        lanes=lanes,
        edges={
            "a": tuple(f"a_{i}" for i in range(4)),
            "b": tuple(f"b_{i}" for i in range(4)),
            "x": ("x_0",),
        },
        following={"a": ("b", "x"), "b": (), "x": ()},
        exits=(Exit("x", "a", "Exit 1", "Harbour"),),
    )


def car(
    id: str = "car",
    x: float = 60.0,
    lane: int = 1,
    speed: float = 0.0,
    kind: ActorKind = ActorKind.CAR,
    **other: object,
) -> Actor:
    """A car with its middle at `x` in a lane of edge `a`."""
    actor = Actor(
        id=id,
        kind=kind,
        x=x,
        y=lane_y(lane),
        heading=0.0,
        speed_mps=speed,
        accel_mps2=0.0,
        length_m=4.6,
        width_m=1.8,
        height_m=1.5,
        lane=f"a_{lane}",
        s_m=x + 2.3,
        colour="grey",
    )
    return replace(actor, **other)  # type: ignore[arg-type]


def observed(
    road: RoadMap,
    *,
    x: float = 100.0,
    lane: int = 1,
    speed: float = 25.0,
    actors: Sequence[Actor] = (),
    lights: Mapping[str, str] | None = None,
    route: tuple[str, ...] = ("a", "b"),
    t_s: float = 0.0,
    seq: int = 0,
    **ego: object,
) -> Observation:
    """The ego in the middle of a lane of edge `a` or `b`."""
    edge = "a" if x < LENGTH_M else "b"
    state = EgoState(
        x=x,
        y=lane_y(lane),
        heading=0.0,
        speed_mps=speed,
        lane=f"{edge}_{lane}",
        s_m=x if edge == "a" else x - LENGTH_M,
    )
    return Observation(
        seq=seq,
        t0_ns=int(t_s * 1e9),
        cameras={},
        ego_history_xyz=np.zeros((16, 3), np.float32),
        ego_history_rot=np.tile(np.eye(3, dtype=np.float32), (16, 1, 1)),
        perception=Perception(
            t_s=t_s,
            ego=replace(state, **ego),  # type: ignore[arg-type]
            actors=tuple(actors),
            lights=lights or {},
            route=route,
        ),
        road=road,
    )


def plan_of(
    speed: float,
    accel: float | np.ndarray = 0.0,
    curvature: float | np.ndarray = 0.0,
    **other: object,
) -> Plan:
    """A plan that starts at `speed` and holds accelerations and curvatures, never backwards."""
    accels = np.broadcast_to(np.asarray(accel, float), (64,)).copy()
    bends = np.broadcast_to(np.asarray(curvature, float), (64,)).copy()
    xyz, headings = np.zeros((64, 3), np.float32), np.zeros(64, np.float32)
    x = y = heading = 0.0
    v = speed
    for k in range(64):
        after = max(v + accels[k] * 0.1, 0.0)
        accels[k] = (after - v) / 0.1
        step = (v + after) / 2 * 0.1
        x += step * cos(heading + bends[k] * step / 2)
        y += step * sin(heading + bends[k] * step / 2)
        heading += bends[k] * step
        v = after
        xyz[k, :2], headings[k] = (x, y), heading
    plan = Plan(
        seq=0,
        t0_ns=0,
        xyz=xyz,
        heading=headings,
        controls=np.stack((accels, bends), axis=1).astype(np.float32),
        trace=ReasoningTrace(
            Longitudinal.SET_SPEED_TRACKING,
            Lateral.KEEP_LANE,
            "Hold the speed because the road is clear.",
            cause=Cause(Component.LANE, "road", "is clear"),
        ),
        meta=MetaAction(MetaLongitudinal.MAINTAIN_SPEED, MetaLateral.STRAIGHT, MetaLane.KEEP),
        source="test",
    )
    return replace(plan, **other)  # type: ignore[arg-type]


def lane_change(speed: float, offset_m: float = WIDTH_M, seconds: float = 4.0) -> Plan:
    """A plan that moves `offset_m` to the left along a quintic."""
    t = np.arange(1, 65) * 0.1
    u = np.clip(t / seconds, 0.0, 1.0)
    y = offset_m * (10 * u**3 - 15 * u**4 + 6 * u**5)
    x = speed * t
    dx, dy = np.gradient(x, 0.1), np.gradient(y, 0.1)
    heading = np.arctan2(dy, dx)
    curvature = np.gradient(heading, 0.1) / np.hypot(dx, dy)
    plan = plan_of(speed)
    xyz = np.stack((x, y, 0 * x), axis=1).astype(np.float32)
    controls = np.stack((0 * t, curvature), axis=1).astype(np.float32)
    return replace(plan, xyz=xyz, heading=heading.astype(np.float32), controls=controls)


class CruiseModel:
    """Holds the lane at the speed that the request allows; stops when told to."""

    name = "cruise"
    shares_weights = False

    def __init__(self, speed: float = 25.0) -> None:
        self.speed = speed
        self.requests: list[DriveRequest] = []

    def plan(self, observation: Observation, request: DriveRequest) -> Plan:
        self.requests.append(request)
        assert observation.perception is not None
        ego = observation.perception.ego
        command = request.command.intent if request.command else None
        goal = min(self.speed, request.speed_cap_mps or 1e9)
        if command in (Intent.STOP, Intent.WAIT, Intent.PULL_OVER):
            goal = 0.0
        accel = np.clip((goal - ego.speed_mps) / 1.0, -3.0, 1.5)
        plan = plan_of(ego.speed_mps, float(accel))
        speeds = np.clip(ego.speed_mps + accel * np.arange(1, 65) * 0.1, 0, None)
        speeds = np.maximum(speeds, goal) if accel < 0 else np.minimum(speeds, goal)
        accels = np.diff(np.concatenate(([ego.speed_mps], speeds))) / 0.1
        plan = plan_of(ego.speed_mps, accels)
        progress = CommandProgress("under_way") if command else None
        return replace(plan, seq=observation.seq, t0_ns=observation.t0_ns, progress=progress)

    async def answer(
        self, observation: Observation, question: str, facts: Mapping[str, object]
    ) -> AsyncIterator[str]:
        yield "I don't know."


class StraightWorld:
    """The straight road as a `World`: the ego does exactly what the plan's first step says."""

    def __init__(self, actors: Sequence[Actor] = (), *, seed: int = 1, speed: float = 25.0) -> None:
        self.name, self.seed = "straight", seed
        self.road = straight_road()
        self.shape = VehicleShape()
        self.cues: tuple[Cue, ...] = (Cue(5.0, "slow down"),)
        self.routes: list[tuple[str, ...]] = []
        self.closed = False
        self._actors = list(actors)
        self._ticks = 0
        self._x, self._lateral, self._heading, self._speed, self._accel = 10.0, 0.0, 0.0, speed, 0.0
        self._route: tuple[str, ...] = ("a", "b")
        self._indicator = "off"

    @property
    def t_s(self) -> float:
        return round(self._ticks * 0.1, 3)

    def observe(self) -> Observation:
        # The road is a ring in effect: nobody wants to see its end in a test.
        return observed(
            self.road,
            x=self._x % (LENGTH_M - 400.0),
            speed=self._speed,
            actors=self._actors,
            route=self._route,
            t_s=self.t_s,
            seq=self._ticks,
            accel_mps2=self._accel,
            indicator=self._indicator,
        )

    def step(self, plan: Plan, age_s: float) -> tuple[WorldEvent, ...]:
        accel = float(plan.controls[0, 0])
        after = max(self._speed + accel * 0.1, 0.0)
        self._x += (self._speed + after) / 2 * 0.1
        self._accel, self._speed = (after - self._speed) / 0.1, after
        self._indicator = plan.indicator
        self._ticks += 1
        self._actors = [
            replace(a, x=a.x + a.speed_mps * 0.1, s_m=a.s_m + a.speed_mps * 0.1)
            for a in self._actors
        ]
        return ()

    def set_route(self, edges: Sequence[str], destination_s_m: float | None) -> None:
        if edges[0] != "a":
            raise ValueError("the route begins elsewhere")
        self._route = tuple(edges)
        self.routes.append(self._route)

    def close(self) -> None:
        self.closed = True
