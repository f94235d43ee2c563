"""Situations made by hand for tests of answers, memory and the NOW line."""

from typing import Any

from model.contract.situation import (
    ActorView,
    CauseView,
    EgoView,
    GuardView,
    PlanView,
    RouteView,
    Situation,
    TraceView,
)
from modes.vocabulary import (
    Component,
    Direction,
    Lateral,
    Longitudinal,
    MetaLane,
    MetaLateral,
    MetaLongitudinal,
    Mode,
)

VAN = CauseView(
    component=Component.CRITICAL_OBJECT,
    label="white van",
    does="is braking",
    object_id="v7",
    kind="van",
    bearing_deg=2.0,
    distance_m=22.0,
    first_seen_s=90.0,
    visible_in=("camera_front_wide_120fov",),
)
LIGHT = CauseView(
    component=Component.TRAFFIC_LIGHT, label="traffic light", does="is red", distance_m=18.0,
    bearing_deg=0.0,
)  # fmt: skip
LIMIT = CauseView(component=Component.ODD_LIMIT, label="speed limit 120", does="applies",
                  kind="limit")  # fmt: skip
BEND = CauseView(component=Component.LANE, label="right-hand bend", does="needs a lower speed",
                 kind="curve", distance_m=5.0, bearing_deg=170.0)  # fmt: skip
WALKER = CauseView(
    component=Component.CRITICAL_OBJECT, label="pedestrian", does="is near the crossing",
    kind="pedestrian", object_id="p1", distance_m=17.0, bearing_deg=-30.0,
)  # fmt: skip
ROUTE = CauseView(component=Component.ROUTING_INTENT, label="route", does="needs the right lane")
GREEN = LIGHT.model_copy(update={"does": "turned green"})


def actor(kind: str, x: float, y: float, **more: Any) -> ActorView:
    base: dict[str, Any] = {
        "id": f"{kind}@{x},{y}", "kind": kind, "x": x, "y": y, "heading": 0.0, "speed_mps": 0.0,
        "length_m": 4.0, "width_m": 1.8, "height_m": 1.6,
    }  # fmt: skip
    return ActorView(**{**base, **more})


def situation(
    t_s: float,
    *,
    speed: float = 10.0,
    accel: float = 0.0,
    longitudinal: Longitudinal = Longitudinal.SET_SPEED_TRACKING,
    lateral: Lateral = Lateral.KEEP_LANE,
    cause: CauseView | None = None,
    actors: tuple[ActorView, ...] = (),
    level: str = "F0",
    certain: bool = True,
    route: RouteView | None = None,
    direction: Direction | None = None,
    facts: dict[str, Any] | None = None,
    **more: Any,
) -> Situation:
    """One tick with the ego at the origin, heading east."""
    return Situation(
        seq=int(t_s * 10),
        t_s=t_s,
        t0_ns=int(t_s * 1e9),
        ego=EgoView(
            x=0, y=0, heading=0, speed_mps=speed, accel_mps2=accel, curvature_1pm=0, lane="a_0",
            s_m=0, indicator="off",
        ),
        actors=actors,
        lights={},
        facts=facts if facts is not None else {"speed_kph": speed * 3.6, "limit_kph": 50.0},
        mode=Mode.AUTONOMOUS,
        plan=PlanView(
            source="classical",
            xy=((0.0, 0.0),),
            speed_mps=(speed,),
            longitudinal=MetaLongitudinal.MAINTAIN_SPEED,
            lateral=MetaLateral.STRAIGHT,
            lane=MetaLane.KEEP,
        ),
        trace=TraceView(
            id=f"tr{int(t_s * 10)}",
            longitudinal=longitudinal,
            lateral=lateral,
            direction=direction,
            cause=cause,
            sentence="Drive on.",
            certain=certain,
        ),
        guard=GuardView(level=level),
        route=route,
        **more,
    )  # fmt: skip
