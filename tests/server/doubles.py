"""Small drives made by hand: situations, a link that gives them, a service around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from model.contract.situation import (
    ActorView,
    CancelCommand,
    CauseView,
    DriveControl,
    EgoView,
    GuardView,
    Hello,
    Notice,
    PlanView,
    RequestView,
    RouteView,
    SendCommand,
    Situation,
    StopNow,
    ToDriving,
    TraceView,
)
from modes.vocabulary import (
    Component,
    Intent,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
    Mode,
    RequestState,
)
from server.sources import FromDrive, LinkState

VAN = CauseView(
    component=Component.CRITICAL_OBJECT,
    label="white van",
    does="is braking",
    object_id="van1",
    kind="van",
    bearing_deg=2.0,
    distance_m=22.0,
    first_seen_s=1.0,
    visible_in=("camera_front_wide_120fov",),
)
#: A calm motorway: everything that scene rules ask about is known and favourable.
FACTS: dict[str, bool | float | str | tuple[str, ...]] = {
    "speed_kph": 90.0, "limit_kph": 120.0, "place": "highway", "lane": 2.0, "lanes": 3.0,
    "in_junction": False, "left_lane": "free", "right_lane": "free", "lane_line": "dashed",
    "blind_spot_left": "free", "blind_spot_right": "free", "rear_left_gap_s": 9.0,
    "rear_right_gap_s": 9.0, "rear_left_closing_kph": 0.0, "rear_right_closing_kph": 0.0,
    "rear_gap_s": 6.0, "lead_gap_s": 3.0, "gap_s": 3.0, "exit_m": 900.0, "exits": 3.0,
    "shoulder": "wide", "ped": "none", "lead": "van", "traffic": "free_flow", "weather": "clear",
    "visibility_m": 300.0, "sight_m": 300.0, "odd": "inside", "workers": 0.0,
}  # fmt: skip


def situation(
    t_s: float,
    *,
    speed_mps: float = 25.0,
    requests: tuple[RequestView, ...] = (),
    level: str = "F0",
    slowing: bool = True,
) -> Situation:
    """One tick of a car that slows for a white van."""
    trace = TraceView(
        id=f"tr{round(t_s * 10)}",
        longitudinal=Longitudinal.LEAD_FOLLOWING if slowing else Longitudinal.SET_SPEED_TRACKING,
        lateral=Lateral.KEEP_LANE,
        cause=VAN if slowing else None,
        sentence="Slow down for the white van 22 m ahead because it is braking."
        if slowing
        else "Keep the speed because the road is clear.",
    )
    meta = MetaLongitudinal.GENTLE_DECELERATE if slowing else MetaLongitudinal.MAINTAIN_SPEED
    return Situation(
        seq=round(t_s * 10),
        t_s=round(t_s, 3),
        t0_ns=round(t_s * 1e9),
        ego=EgoView(
            x=25 * t_s, y=0.0, heading=0.0, speed_mps=speed_mps,
            accel_mps2=-1.5 if slowing else 0.0, curvature_1pm=0.0, lane="a_1", s_m=25 * t_s,
            indicator="off",
        ),
        actors=(
            ActorView(
                id="van1", kind="van", x=25 * t_s + 26, y=0.0, heading=0.0, speed_mps=18.0,
                length_m=5.2, width_m=2.0, height_m=2.3, braking=True, colour="white",
            ),
        ),
        lights={},
        facts={**FACTS, "speed_kph": round(speed_mps * 3.6, 1)},
        mode=Mode.AUTONOMOUS,
        plan=PlanView(
            source="classical", xy=((25 * t_s + 10, 0.0), (25 * t_s + 20, 0.0)),
            speed_mps=(25.0, 24.0),
            longitudinal=meta, lateral=MetaLateral.STRAIGHT, lane=MetaLane.KEEP,
        ),
        trace=trace,
        guard=GuardView(level=level),
        requests=requests,
        route=RouteView(kind="continue", distance_m=2_000.0, onto="A7"),
        route_edges=("a", "b"),
    )  # fmt: skip


class FakeLink:
    """A drive that slows for a van, tick by tick as the test says, and remembers what it is sent.

    Commands come back as requests that are under way at the next tick and done at the one after.
    """

    def __init__(self, folder: Path) -> None:
        self.state: LinkState = "ok"
        self.sent: list[ToDriving] = []
        self.t_s = 0.0
        self._requests: dict[str, RequestView] = {}
        self._map = folder / "map.json"
        self._map.write_text(
            json.dumps(
                {"v": 1, "name": "double", "lanes": [], "junctions": [], "crossings": [],
                 "exits": [{"edge": "x", "from": "a", "name": "Exit 2", "towards": "Harbour"}],
                 "streets": {}, "scenery": []}
            )
        )  # fmt: skip
        self._out: asyncio.Queue[FromDrive | None] = asyncio.Queue()
        self._news = asyncio.Condition()

    def hello(self, scenario: str = "double", **more: Any) -> None:
        self._out.put_nowait(
            Hello(
                pid=1, scenario=scenario, title="A double", seed=1, model="classical",
                map_path=str(self._map), cues=((5.0, "why are you slowing"),),
                **{"frames_path": None, **more},
            )
        )  # fmt: skip

    def tick(self, count: int = 1, **more: Any) -> None:
        for _ in range(count):
            self.t_s = round(self.t_s + 0.1, 3)
            self._out.put_nowait(situation(self.t_s, requests=self._moved_on(), **more))

    def give(self, message: FromDrive) -> None:
        self._out.put_nowait(message)

    async def messages(self) -> AsyncIterator[FromDrive]:
        while (message := await self._out.get()) is not None:
            yield message

    async def send(self, message: ToDriving) -> None:
        if self.state != "ok":
            raise ConnectionError("the drive is not there")
        async with self._news:
            self.sent.append(message)
            self._news.notify_all()
        match message:
            case SendCommand():
                self._requests[message.id] = RequestView(
                    id=message.id, command=message.command, state=RequestState.ACCEPTED,
                    text="Take exit 2", since_s=self.t_s,
                )  # fmt: skip
            case CancelCommand(id=str() as request):
                self._move(request, RequestState.CANCELLED)
            case _:
                pass

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None:
        self._out.put_nowait(None)

    async def until_sent(self, kind: type[ToDriving]) -> None:
        """Waits until the conversation has sent a message of this kind."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: any(isinstance(m, kind) for m in self.sent))

    def commands(self) -> list[Intent]:
        return [m.command.intent for m in self.sent if isinstance(m, SendCommand)]

    def stops(self) -> list[StopNow]:
        return [m for m in self.sent if isinstance(m, StopNow)]

    def controls(self) -> list[DriveControl]:
        return [m for m in self.sent if isinstance(m, DriveControl)]

    def refuse(self, request: str, message: str) -> None:
        self.give(Notice(level="error", code="x", message=message, request_id=request))

    def _moved_on(self) -> tuple[RequestView, ...]:
        views = tuple(self._requests.values())
        for view in views:
            if view.state is RequestState.ACCEPTED:
                self._move(view.id, RequestState.UNDER_WAY)
            elif view.state is RequestState.UNDER_WAY:
                self._move(view.id, RequestState.DONE)
        return views

    def _move(self, request: str, state: RequestState) -> None:
        view = self._requests.get(request)
        if view is not None:
            self._requests[request] = view.model_copy(update={"state": state})
