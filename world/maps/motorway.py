"""The ring motorway A7 with three exits and two on-ramps, and the B12 that they lead to.

The A7 is a closed ring, so a drive on it never ends; cars go round it counter-clockwise with the
exits on the outside. Every ramp meets the B12, a two-way rural road along its southern side, and
the on-ramps lead from there back to the ring.
"""

from __future__ import annotations

import itertools

import numpy as np

from world.maps.curve import Curve, bezier
from world.maps.plain import Plain, Point

STRAIGHT_M, RADIUS_M = 5700.0, 750.0
B12_Y = -230.0
#: A ramp and the B12 meet this far along the road from where it leaves or joins the ring.
RAMP_M = 320.0
MEDIAN_M = 5.0

MAIN = ("shoulder", "fast", "fast", "fast")
WIDE = ("shoulder", "fast", "fast", "fast", "fast")
BRIDGE = ("fast", "fast", "fast")
RAMP = ("verge", "fast")
RURAL = ("verge", "drive")

#: Sections of the ring along its southern straight: id, end in m from the start, lanes.
SECTIONS = (
    ("a7_start", 600, MAIN),
    ("a7_join_west", 900, WIDE),
    ("a7_1", 1300, MAIN),
    ("a7_exit1_lane", 1600, WIDE),
    ("a7_2", 2000, MAIN),
    ("a7_bridge", 2250, BRIDGE),
    ("a7_3", 2700, MAIN),
    ("a7_exit2_lane", 3000, WIDE),
    ("a7_4", 3400, MAIN),
    ("a7_works", 3700, MAIN),
    ("a7_5", 4000, MAIN),
    ("a7_exit3_lane", 4300, WIDE),
    ("a7_6", 5320, MAIN),
    ("a7_join_east", 5620, WIDE),
)
EXITS = (
    ("exit1", "Exit 1", "Alderford, Hospital", 1600.0),
    ("exit2", "Exit 2", "Larch Hill, Airport", 3000.0),
    ("exit3", "Exit 3", "Port Selby, Harbour", 4300.0),
)
JOINS = (("join_west", "a7_join_west", 600.0), ("join_east", "a7_join_east", 5320.0))
_INTO_WIDE = ((0, 0), (1, 2), (2, 3), (3, 4))
_FROM_WIDE = ((0, 0), (2, 1), (3, 2), (4, 3))


def ring() -> Curve:
    """The left border of the outer carriageway, once round, from the south-western corner."""
    x = np.linspace(0.0, STRAIGHT_M, 286)
    south = np.stack([x, 10 * (1 - np.cos(2 * np.pi * x / (STRAIGHT_M / 4)))], axis=1)
    turn = np.linspace(-np.pi / 2, np.pi / 2, 120)[1:]
    east = np.stack([np.cos(turn), 1 + np.sin(turn)], axis=1) * RADIUS_M + [STRAIGHT_M, 0]
    north = np.stack([x[::-1], np.full_like(x, 2 * RADIUS_M)], axis=1)[1:]
    west = np.stack([-np.cos(turn), 1 - np.sin(turn)], axis=1) * RADIUS_M
    return Curve(np.concatenate([south, east, north, west]))


def _station(curve: Curve, x: float) -> float:
    """Arc length at which the southern straight reaches `x`."""
    south = curve.points[:286, 0]
    return float(np.interp(x, south, curve.s[:286]))


def _pairs(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    if after is WIDE:
        return _INTO_WIDE
    if before is WIDE:
        return _FROM_WIDE
    if after is BRIDGE:
        return ((1, 0), (2, 1), (3, 2))
    if before is BRIDGE:
        return ((0, 1), (1, 2), (2, 3))
    return tuple((i, i) for i in range(len(before)))


def _add_carriageway(plain: Plain, curve: Curve) -> None:
    south = [(id, _station(curve, end), lanes) for id, end, lanes in SECTIONS]
    east_end = _station(curve, STRAIGHT_M) + np.pi * RADIUS_M
    rest = [
        ("a7_east", east_end - 200, MAIN),
        ("a7_north", east_end + STRAIGHT_M, MAIN),
        ("a7_west", curve.length_m, MAIN),
    ]
    sections = south + rest
    starts = [0.0, *(end for _, end, _ in sections[:-1])]
    for start, (id, _, _) in zip(starts, sections, strict=True):
        plain.node(f"n_{id}", curve.at(start))
    for i, (start, (id, end, lanes)) in enumerate(zip(starts, sections, strict=True)):
        after, _, next_lanes = sections[(i + 1) % len(sections)]
        shape = curve.cut(start, end)
        plain.edge(id, (f"n_{id}", f"n_{after}"), "motorway", lanes, name="A7", shape=shape)
        pairs = _pairs(lanes, next_lanes)
        if after in {join[1] for join in JOINS}:
            pairs = pairs[1:]  # the ramp comes in where the shoulder was
        plain.connect((id, after), *pairs)


def _add_oncoming(plain: Plain, curve: Curve) -> None:
    """The clockwise carriageway inside the ring, for traffic only."""
    quarters = np.linspace(curve.length_m, 0.0, 7)
    names = [f"a7_back_{i}" for i in range(1, 7)]
    for name, start in zip(names, quarters[:-1], strict=True):
        plain.node(f"n_{name}", curve.at(float(start), MEDIAN_M))
    for i, name in enumerate(names):
        after = names[(i + 1) % len(names)]
        shape = curve.cut(float(quarters[i]), float(quarters[i + 1]), MEDIAN_M)
        ends = (f"n_{name}", f"n_{after}")
        plain.edge(name, ends, "motorway", MAIN, name="A7", shape=shape)
        plain.connect((name, after), *((k, k) for k in range(4)))


def _halves(points: list[Point]) -> tuple[list[Point], list[Point]]:
    middle = len(points) // 2
    return points[: middle + 1], points[middle:]


def _add_exits(plain: Plain, curve: Curve) -> None:
    for id, name, towards, x in EXITS:
        s = _station(curve, x)
        start = curve.at(s, -11.25)
        end = (x + RAMP_M, B12_Y)
        handles = curve.at(s + 190, -18), (end[0], end[1] + 150)
        first, second = _halves(bezier(start, *handles, end))
        after = next(sec[0] for sec in SECTIONS if sec[1] > x)
        plain.node(f"n_{id}_mid", second[0])
        plain.edge(
            id, (f"n_{after}", f"n_{id}_mid"), "ramp", RAMP, name=name, shape=first, limit_kph=80
        )
        plain.edge(
            f"{id}_end",
            (f"n_{id}_mid", f"b12_{id}"),
            "ramp",
            RAMP,
            name=name,
            shape=second,
            limit_kph=50,
            priority=5,
        )
        plain.connect((f"a7_{id}_lane", id), (0, 0), (1, 1))
        plain.connect((id, f"{id}_end"), (0, 0), (1, 1))
        plain.exit(id, f"a7_{id}_lane", name, towards)


def _add_joins(plain: Plain, curve: Curve) -> None:
    for id, onto, x in JOINS:
        s = _station(curve, x)
        start, end = (x - RAMP_M, B12_Y), curve.at(s, -11.25)
        handles = (start[0], start[1] + 150), curve.at(max(s - 190, 0.0), -18)
        first, second = _halves(bezier(start, *handles, end))
        plain.node(f"n_{id}_mid", second[0])
        mid = f"n_{id}_mid"
        plain.edge(id, (f"b12_{id}", mid), "ramp", RAMP, name="A7", shape=first, limit_kph=60)
        plain.edge(
            f"{id}_up",
            (mid, f"n_{onto}"),
            "ramp",
            RAMP,
            name="A7",
            shape=second,
            limit_kph=100,
        )
        plain.connect((id, f"{id}_up"), (0, 0), (1, 1))
        plain.connect((f"{id}_up", onto), (0, 0), (1, 1))


def _wave(a: Point, b: Point) -> list[Point]:
    """A gently winding way from a to b that starts and ends straight."""
    t = np.linspace(0.0, 1.0, max(3, int((b[0] - a[0]) / 40)))
    height = min(12.0, (b[0] - a[0]) / 120)
    x = a[0] + (b[0] - a[0]) * t
    y = a[1] + (b[1] - a[1]) * t - height * (1 - np.cos(2 * np.pi * t))
    return [(float(p), float(q)) for p, q in zip(x, y, strict=True)]


def add_b12(plain: Plain, west: tuple[str, float], east: tuple[str, float]) -> None:
    """The B12 between two end nodes (id, x) that the caller has made; eastbound ids end in e."""
    stops = [west]
    stops += sorted(
        [(f"b12_{id}", x - RAMP_M) for id, _, x in JOINS]
        + [(f"b12_{id}", x + RAMP_M) for id, _, _, x in EXITS],
        key=lambda stop: stop[1],
    )
    stops.append(east)
    for id, x in stops[1:-1]:
        plain.node(id, (x, B12_Y))
    for i, ((a, xa), (b, xb)) in enumerate(itertools.pairwise(stops), start=1):
        shape = _wave((xa, B12_Y), (xb, B12_Y))
        plain.edge(f"b12_{i}e", (a, b), "rural", RURAL, name="Selby Road (B12)", shape=shape)
        plain.edge(f"b12_{i}w", (b, a), "rural", RURAL, name="Selby Road (B12)", shape=shape[::-1])


def add_turn(plain: Plain, node: str, x: float, out: int) -> None:
    """A wide one-way turning loop at the end of the B12; `out` is -1 in the west, 1 in the east."""
    far = (x + 90.0 * out, B12_Y)
    plain.node(f"{node}_far", far)
    there = bezier((x, B12_Y), (x + 30 * out, B12_Y - 45 * out), (far[0], B12_Y - 50 * out), far)
    back = bezier(far, (far[0], B12_Y + 50 * out), (x + 30 * out, B12_Y + 45 * out), (x, B12_Y))
    for id, ends, shape in (
        (f"{node}_there", (node, f"{node}_far"), there),
        (f"{node}_back", (f"{node}_far", node), back),
    ):
        plain.edge(id, ends, "rural", ("drive",), name="Selby Road", shape=shape, limit_kph=30)


def add_ring(plain: Plain) -> None:
    """The A7 and its ramps; the caller adds the B12 that they end on."""
    curve = ring()
    _add_carriageway(plain, curve)
    _add_oncoming(plain, curve)
    _add_exits(plain, curve)
    _add_joins(plain, curve)
    plain.zones["a7_bridge"] = "bridge"
    plain.place("Larch Hill Services", "b12_4e", 250, "petrol")
    plain.place("Larch Hill rest area", "b12_4e", 600, "rest_area")
    plain.place("Larch Hill Airport", "b12_3w", 500, "airport")


def motorway() -> Plain:
    """The map `motorway`: the ring and the B12 with a turning loop at either end."""
    plain = Plain()
    plain.node("b12_west", (-100, B12_Y))
    plain.node("b12_east", (5900, B12_Y))
    add_ring(plain)
    add_b12(plain, ("b12_west", -100), ("b12_east", 5900))
    add_turn(plain, "b12_west", -100, -1)
    add_turn(plain, "b12_east", 5900, 1)
    return plain
