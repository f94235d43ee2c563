"""Small hand-made road maps and scenes for planner tests: no world, no files."""

from __future__ import annotations

import numpy as np

from model.contract.observation import Actor, ActorKind, EgoState, Observation, Perception
from model.contract.road import (
    Control,
    Crossing,
    Exit,
    Lane,
    LaneKind,
    LaneLink,
    Place,
    RoadClass,
    RoadMap,
    Turn,
)

WIDTH_M = 3.4


def lane(
    lane_id: str,
    points: list[tuple[float, float]],
    *,
    index: int = 0,
    kind: LaneKind = LaneKind.DRIVE,
    road: RoadClass = RoadClass.URBAN,
    limit: float = 13.9,
    left: str | None = None,
    right: str | None = None,
    links: tuple[LaneLink, ...] = (),
    one_way: bool = True,
    junction: str | None = None,
    solid_last_m: float = 0.0,
    left_dashed: bool | None = None,
) -> Lane:
    """A lane; its edge is its id without the last part."""
    return Lane(
        id=lane_id,
        edge=lane_id.rpartition("_")[0],
        index=index,
        kind=kind,
        road=road,
        centre=np.array(points, np.float64),
        width_m=WIDTH_M,
        limit_mps=limit,
        left=left,
        right=right,
        left_dashed=left is not None if left_dashed is None else left_dashed,
        right_dashed=right is not None,
        links=links,
        junction=junction,
        one_way=one_way,
        solid_last_m=solid_last_m,
    )


def road_of(lanes: list[Lane], **more: object) -> RoadMap:
    """A road map of these lanes; edges, following and all are derived."""
    table = {each.id: each for each in lanes}
    edges: dict[str, list[Lane]] = {}
    for each in lanes:
        edges.setdefault(each.edge, []).append(each)
    following = {
        edge: tuple(
            dict.fromkeys(
                table[k.to_lane].edge
                for each in members
                if each.junction is None
                for k in each.links
            )
        )
        for edge, members in edges.items()
    }
    return RoadMap(
        name="test",
        lanes=table,
        edges={
            edge: tuple(e.id for e in sorted(members, key=lambda m: m.index))
            for edge, members in edges.items()
        },
        following=following,
        **more,  # type: ignore[arg-type]
    )


def motorway(length: float = 2000.0, lanes: int = 3) -> RoadMap:
    """Straight lanes eastwards with a hard shoulder (`m_0`), and an exit from the rightmost lane.

    Edges: `m`, then `n`; the exit `x` leaves at the end of `m`.
    """
    made = [
        lane("m_0", [(0, 0), (length, 0)], kind=LaneKind.SHOULDER, road=RoadClass.MOTORWAY,
             limit=33.3, left="m_1", left_dashed=False)
    ]  # fmt: skip
    for k in range(1, lanes + 1):
        y = k * WIDTH_M
        links = [LaneLink(f"m_{k}", f"n_{k}", (), Turn.STRAIGHT, Control.FREE)]
        if k == 1:
            links.append(LaneLink("m_1", "x_0", (), Turn.RIGHT, Control.FREE))
        made.append(
            lane(f"m_{k}", [(0, y), (length, y)], index=k, road=RoadClass.MOTORWAY, limit=33.3,
                 left=f"m_{k + 1}" if k < lanes else None, right=f"m_{k - 1}" if k > 1 else "m_0",
                 links=tuple(links))
        )  # fmt: skip
        made.append(
            lane(f"n_{k}", [(length, y), (2 * length, y)], index=k, road=RoadClass.MOTORWAY,
                 limit=33.3, left=f"n_{k + 1}" if k < lanes else None,
                 right=f"n_{k - 1}" if k > 1 else None)
        )  # fmt: skip
    made.append(
        lane("x_0", [(length, WIDTH_M), (length + 200, WIDTH_M - 20), (length + 900, -200)],
             road=RoadClass.RAMP, limit=16.7)
    )  # fmt: skip
    exits = (Exit("x", "m", "Exit 1", "Harbour"),)
    return road_of(made, exits=exits)


def street(*, one_way: bool = False, crossing_at: float | None = None) -> RoadMap:
    """One lane each way, 300 m; a zebra across both at `crossing_at`."""
    east = lane("e_0", [(0, 0), (300, 0)], one_way=one_way)
    west = lane("w_0", [(300, WIDTH_M), (0, WIDTH_M)], one_way=one_way)
    crossings = {}
    if crossing_at is not None:
        crossings["z"] = Crossing(
            "z", "j", np.array([(crossing_at, -1.7), (crossing_at, 5.1)]), 4.0,
            {"e_0": crossing_at - 2.0, "w_0": 300 - crossing_at - 2.0}, priority=True,
        )  # fmt: skip
    places = (Place("Bakery", "e", 200.0),)
    return road_of([east, west], crossings=crossings, places=places)


def junction(control: Control, *, light: str | None = None) -> RoadMap:
    """A crossroads: `a` eastwards gives way as told to `c`, which comes from the south.

    `a` ends at x = 100, `b` goes on from x = 120; `c` ends at (110, -10) and `d` goes on north.
    """
    straight = LaneLink("a_0", "b_0", ("j1_0",), Turn.STRAIGHT, control, light, 0 if light else -1,
                        ("j2_0",) if control is not Control.FREE else (), ("j2_0",))  # fmt: skip
    crossing = LaneLink("c_0", "d_0", ("j2_0",), Turn.STRAIGHT,
                        control if control is Control.ALL_WAY_STOP else Control.FREE,
                        light, 1 if light else -1, (), ("j1_0",))  # fmt: skip
    return road_of(
        [
            lane("a_0", [(0, 0), (100, 0)], links=(straight,)),
            lane("j1_0", [(100, 0), (120, 0)], kind=LaneKind.JUNCTION, junction="j",
                 links=(straight,)),
            lane("b_0", [(120, 0), (400, 0)]),
            lane("c_0", [(110, -200), (110, -10)], links=(crossing,)),
            lane("j2_0", [(110, -10), (110, 10)], kind=LaneKind.JUNCTION, junction="j",
                 links=(crossing,)),
            lane("d_0", [(110, 10), (110, 200)]),
        ]
    )  # fmt: skip


def bend() -> RoadMap:
    """80 m straight, a left-hand quarter of 12 m radius, 100 m north."""
    angles = np.linspace(-np.pi / 2, 0, 12)
    arc = [(80 + 12 * np.cos(t), 12 + 12 * np.sin(t)) for t in angles]
    return road_of([lane("a_0", [(0, 0), *arc, (92, 112)])])


def car(
    actor_id: str, x: float, y: float, speed: float = 0.0, heading: float = 0.0, **more: object
) -> Actor:
    """A red car, unless told otherwise."""
    given: dict[str, object] = {
        "kind": ActorKind.CAR, "length_m": 4.6, "width_m": 1.8, "height_m": 1.5,
        "accel_mps2": 0.0, "colour": "red", "first_seen_s": 0.0,
    }  # fmt: skip
    return Actor(actor_id, x=x, y=y, heading=heading, speed_mps=speed, **{**given, **more})  # type: ignore[arg-type]


def walker(actor_id: str, x: float, y: float, speed: float, heading: float) -> Actor:
    return car(actor_id, x, y, speed, heading, kind=ActorKind.PEDESTRIAN, length_m=0.5,
               width_m=0.5, colour="")  # fmt: skip


def scene(
    road: RoadMap,
    x: float,
    y: float,
    speed: float,
    *actors: Actor,
    t_s: float = 0.0,
    heading: float = 0.0,
    route: tuple[str, ...] = (),
    **more: object,
) -> Observation:
    """An observation with exact perception."""
    state: dict[str, object] = {"accel_mps2": 0.0, "curvature_1pm": 0.0, "lane": None}
    given = {"lights": {}, **more}
    for key in list(given):
        if key in state:
            state[key] = given.pop(key)
    ego = EgoState(x, y, heading, speed, **state)  # type: ignore[arg-type]
    perception = Perception(t_s, ego, tuple(actors), route=route, **given)  # type: ignore[arg-type]
    return Observation(
        seq=round(t_s * 10),
        t0_ns=round(t_s * 1e9),
        cameras={},
        ego_history_xyz=np.zeros((16, 3), np.float32),
        ego_history_rot=np.zeros((16, 3, 3), np.float32),
        perception=perception,
        road=road,
    )
