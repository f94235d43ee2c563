"""Traffic signs and lights, placed where the road map says that their rule holds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from model.contract.road import Control, Exit, Lane, LaneKind, LaneLink, RoadClass, RoadMap, Turn
from world.landscape.ground import Box, Ground
from world.landscape.item import Item, item
from world.landscape.sides import Side, outer_lanes

MOTORWAY_BLUE = "#1d4e9e"
_GIVE_WAY = {
    Control.STOP: "sign_stop",
    Control.ALL_WAY_STOP: "sign_stop",
    Control.YIELD: "sign_yield",
}
#: How far beyond the outer edge of the road a small sign may stand, best first, m.
_NEAR = (0.7, 0.45, 1.2)
#: A crossing this close behind a junction's entry belongs to the road before it, m.
_AT_ENTRY_M = 4.0
_ZEBRA: Item = {"w": 0.7, "pole": 2.1}


def signs(road: RoadMap, along: Sequence[Side], ground: Ground) -> Iterator[Item]:
    """Lights first, since they must stand at their stop line; then signs where room is left."""
    right = {side.edge: side for side in along if side.out < 0}
    for edge, lanes in outer_lanes(road):
        yield from _lights(right[edge], lanes, ground)
        yield from _give_way(right[edge], lanes, ground)
    yield from _zebras(road, right, ground)
    yield from _exits(road, right, ground)
    yield from _limits(road, right, ground)


def _post(
    kind: str, side: Side, s_m: float, ground: Ground, fields: Item, outs: Sequence[float]
) -> Item | None:
    """A sign against the traffic of its side, at the first distance outwards that is free."""
    s = min(max(s_m, 0.0), side.length_m)
    for out in outs:
        x, y, direction = side.at(s, out)
        if ground.place(Box(x, y, 0.15, 0.15)):
            return item(kind, (x, y), direction + math.pi, **fields)
    return None


def _lights(side: Side, lanes: Sequence[Lane], ground: Ground) -> Iterator[Item]:
    """One head per lane: on the post for the rightmost, on an arm for those left of it."""
    first = True
    for lane in (lane for lane in lanes if lane.kind is LaneKind.DRIVE):
        links = [link for link in lane.links if link.light is not None]
        if not links:
            continue
        main = next((link for link in links if link.turn is Turn.STRAIGHT), links[0])
        x, y, direction = side.at(side.length_m - 0.3, 0.7)
        if first and not ground.place(Box(x, y, 0.15, 0.15)):
            x, y, direction = side.at(side.length_m - 0.3, 0.35)  # narrow corner
            ground.take(Box(x, y, 0.15, 0.15))
        arm = 0.0 if first else abs(lane.project(x, y)[1])
        yield item(
            "traffic_light",
            (x, y),
            direction + math.pi,
            tls=main.light,
            link=main.light_index,
            also=sorted({link.light_index for link in links} - {main.light_index}),
            height=3.4 if first else 5.8,
            arm=arm,
        )
        first = False


def _give_way(side: Side, lanes: Sequence[Lane], ground: Ground) -> Iterator[Item]:
    control = approach_control([link for lane in lanes for link in lane.links])
    if side.road is RoadClass.MOTORWAY or control not in _GIVE_WAY:
        return
    kind = _GIVE_WAY[control]
    fields: Item = {"w": 0.75 if kind == "sign_stop" else 0.9, "pole": 2.0}
    yield from _first(
        _post(kind, side, side.length_m - back, ground, fields, _NEAR) for back in (0.8, 2.2)
    )


def approach_control(links: Sequence[LaneLink]) -> Control | None:
    """What rules the whole approach: a left turn that yields to oncoming cars needs no sign."""
    if not links:
        return None
    straight = [link for link in links if link.turn is Turn.STRAIGHT]
    controls = {link.control for link in straight or links}
    return controls.pop() if len(controls) == 1 else None


def _zebras(road: RoadMap, right: Mapping[str, Side], ground: Ground) -> Iterator[Item]:
    entered_from = {
        via: lane.edge
        for lane in road.lanes.values()
        for link in lane.links
        for via in link.via[:1]
        if lane.junction is None
    }
    for crossing in road.crossings.values():
        if not crossing.priority:
            continue
        spots: dict[str, float] = {}
        for key, s_m in sorted(crossing.crosses.items()):
            if key in entered_from and s_m < _AT_ENTRY_M:
                spots[entered_from[key]] = math.inf
            elif key in road.lanes and road.lanes[key].junction is None:
                spots[road.lanes[key].edge] = s_m
        for edge, s_m in spots.items():
            if edge in right:
                at = min(s_m, right[edge].length_m)
                yield from _first(
                    _post("sign_zebra", right[edge], at - back, ground, dict(_ZEBRA), _NEAR)
                    for back in (0.8, 2.2, 4.0)
                )


def _first(tries: Iterable[Item | None]) -> Iterator[Item]:
    """The first try that found free ground; later ones are not made."""
    made = next((item for item in tries if item is not None), None)
    if made is not None:
        yield made


def _exits(road: RoadMap, right: Mapping[str, Side], ground: Ground) -> Iterator[Item]:
    before: dict[str, list[str]] = defaultdict(list)
    for edge, following in road.following.items():
        for target in following:
            before[target].append(edge)
    for exit in road.exits:
        if exit.from_edge not in right:
            continue
        for ahead_m in (1000.0, 500.0):
            spot = _back(exit.from_edge, ahead_m, right, before)
            if spot is not None:
                yield from _side_sign(exit, f"{ahead_m:.0f}", *spot, ground)
        spot = _back(exit.from_edge, min(right[exit.from_edge].length_m, 190.0), right, before)
        if spot is not None:
            yield from _gantry(road, exit, *spot, ground)


def _back(
    edge: str, ahead_m: float, right: Mapping[str, Side], before: Mapping[str, Sequence[str]]
) -> tuple[Side, float] | None:
    """The side and arc length that lie `ahead_m` before the end of `edge`, along the main road."""
    seen = set()
    while edge in right and edge not in seen:
        seen.add(edge)
        side = right[edge]
        if ahead_m <= side.length_m:
            return side, side.length_m - ahead_m
        ahead_m -= side.length_m
        same = [e for e in before.get(edge, ()) if e in right and right[e].road is side.road]
        if not same:
            return None
        edge = same[0]
    return None


def _lines(exit: Exit, stage: str) -> list[str]:
    places = [part.strip() for part in exit.towards.split(",") if part.strip()]
    return [exit.name, *places[:3], *([f"{stage} m"] if stage != "ramp" else [])]


def _side_sign(exit: Exit, stage: str, side: Side, s_m: float, ground: Ground) -> Iterator[Item]:
    lines = _lines(exit, stage)
    width, height = 4.6, 0.5 + 0.62 * len(lines)
    for s, out in ((s_m, 3.4), (s_m, 4.6), (s_m - 10, 3.4), (s_m - 10, 4.6), (s_m - 25, 6.0)):
        x, y, direction = side.at(min(max(s, 0.0), side.length_m), out)
        if ground.place(Box(x, y, 0.25, width / 2, direction)):
            yield item("sign_exit", (x, y), direction + math.pi, lines=lines, stage=stage,
                       pole=1.6, w=width, height=height, colour=MOTORWAY_BLUE)  # fmt: skip
            return


def _gantry(road: RoadMap, exit: Exit, side: Side, s_m: float, ground: Ground) -> Iterator[Item]:
    """A beam over the whole carriageway, where both posts find free ground."""
    lanes = [road.lanes[key] for key in road.edges[side.edge]]
    carriageway_m = sum(lane.width_m for lane in lanes)
    for s in (s_m, s_m + 15, s_m + 30, s_m - 20):
        if not 0 <= s <= side.length_m:
            continue
        for left in (1.0, 0.3):
            posts = [side.at(s, out) for out in (1.0, -carriageway_m - left)]
            if all(ground.free(Box(x, y, 0.3, 0.3)) for x, y, _ in posts):
                for x, y, _ in posts:
                    ground.take(Box(x, y, 0.3, 0.3))
                (ax, ay, direction), (bx, by, _) = posts
                lines = _lines(exit, "ramp")
                yield item("gantry", ((ax + bx) / 2, (ay + by) / 2), direction + math.pi,
                           lines=lines, stage="ramp", pole=5.6, w=6.0,
                           height=0.5 + 0.65 * len(lines), span=math.hypot(bx - ax, by - ay),
                           colour=MOTORWAY_BLUE)  # fmt: skip
                return


def _limits(road: RoadMap, right: Mapping[str, Side], ground: Ground) -> Iterator[Item]:
    """Where the limit changes along the way, and again at the start of long stretches."""
    before: dict[str, set[int]] = defaultdict(set)
    for edge, following in road.following.items():
        if edge in right:
            for target in following:
                before[target].add(_limit_kph(road, edge))
    for edge, side in right.items():
        value = _limit_kph(road, edge)
        if before.get(edge, set()) <= {value} and edge in before:
            continue
        fields: Item = {"value": value, "w": 0.7 if value <= 60 else 0.95, "pole": 2.0}
        yield from _first(
            _post("sign_limit", side, s, ground, fields, (0.8, 1.3, 0.45))
            for s in (10.0, 16.0, 24.0)
            if s < side.length_m - 5.0
        )


def _limit_kph(road: RoadMap, edge: str) -> int:
    return round(max(lane.limit_mps for lane in road.drivable(edge)) * 3.6 / 5) * 5
