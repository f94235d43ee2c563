"""Scene facts from one observation: what rules and replies may know, and nothing else.

Pure. A key is filled in only where the perception or the map really knows it; unknown is left
out, because unknown is not free. `model.scene_traffic` does the part about other road users.
"""

from __future__ import annotations

from collections.abc import Mapping

from model.contract.facts import Fact, FactValue, SceneFacts
from model.contract.observation import Observation, Perception
from model.contract.road import Control, Lane, LaneKind, RoadClass, RoadMap
from model.lane_frame import LaneFrame, LaneFrames, drive_lanes, route_ahead
from model.scene_traffic import traffic_facts

#: Lights and signs are facts when they matter by now: within so many seconds, m from and to.
CONTROL_AHEAD_S = 8.0
CONTROL_AHEAD_M = (50.0, 150.0)
#: A work zone this near is a hazard ahead, m.
HAZARD_AHEAD_M = 500.0
#: Friction below this is "low".
LOW_FRICTION = 0.5
#: A shoulder at least this wide takes the car, m.
WIDE_SHOULDER_M = 2.2
#: How far along the route exits, stopping places and rest areas are listed, m.
ROUTE_AHEAD_M = 10_000.0

_PLACES = {
    RoadClass.MOTORWAY: "highway",
    RoadClass.RAMP: "highway",
    RoadClass.RURAL: "rural",
    RoadClass.URBAN: "urban",
    RoadClass.RESIDENTIAL: "residential",
}
_WEATHER = ("ice", "snow", "fog", "heavy_rain", "rain", "night", "dusk", "clear")
_FAST_ROADS = frozenset({RoadClass.MOTORWAY, RoadClass.RAMP})
_NO_STOPPING = frozenset({"bridge", "tunnel", "work_zone", "rail_crossing"})
_SIDE_KINDS = {LaneKind.BUS: "bus", LaneKind.BIKE: "bike"}


def scene_facts(
    observation: Observation, frames: LaneFrames, system: Mapping[str, FactValue] | None = None
) -> SceneFacts:
    """Facts at this observation; `system` adds what only the loop knows (`mrm`, `fault`)."""
    seen = observation.perception
    if seen is None:
        return SceneFacts()
    road = frames.road
    frame = frames.at(seen.ego, seen.route)
    lane = road.lanes.get(seen.ego.lane or "")
    world = _own(seen, lane)
    route: dict[str, FactValue] = {}
    if lane is not None and frame is not None:
        world |= _lane_facts(road, lane, seen.ego.s_m)
        world |= _control(seen, frame)
        route = _route_facts(road, seen, frame)
        world |= traffic_facts(seen, frame, road, observation.shape, lane)
    facts = {key: Fact(value, "perception", seen.t_s) for key, value in world.items()}
    facts |= {key: Fact(value, "map", seen.t_s) for key, value in route.items()}
    facts |= {key: Fact(value, "system", seen.t_s) for key, value in (system or {}).items()}
    return SceneFacts(facts)


def _own(seen: Perception, lane: Lane | None) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {
        "speed_kph": round(seen.ego.speed_mps * 3.6, 1),
        "weather": _worst_weather(seen.weather),
        "visibility_m": round(seen.visibility_m, 0),
        "sight_m": round(seen.visibility_m, 0),
    }
    if seen.friction < LOW_FRICTION:
        facts["friction"] = "low"
    if lane is not None:
        facts["limit_kph"] = round(lane.limit_mps * 3.6, 0)
    return facts


def _worst_weather(words: str) -> str:
    """One word for "night rain": the one that asks for the most care."""
    said = words.split()
    return next((word for word in _WEATHER if word in said), said[0] if said else "clear")


def _lane_facts(road: RoadMap, lane: Lane, s_m: float) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    zone = road.zones.get(lane.edge, "")
    inside = lane.kind is LaneKind.JUNCTION and lane.road not in _FAST_ROADS
    facts["in_junction"] = inside
    facts["on_tracks"] = zone == "rail_crossing"
    place = zone or ("intersection" if inside else _PLACES.get(lane.road))
    if place:
        facts["place"] = place
    lanes = drive_lanes(road, lane.edge)
    facts["lanes"] = float(len(lanes))
    if lane in lanes:
        facts["lane"] = float(len(lanes) - lanes.index(lane))
        facts["left_lane"] = _side(road, lane.left, lane.one_way)
        facts["right_lane"] = _side(road, lane.right, True)
    facts |= _line(road, lane, s_m)
    facts |= _edge_of_road(road, lane)
    return facts


def _side(road: RoadMap, neighbour: str | None, one_way: bool) -> str:
    """What is on that side; traffic facts replace `free` where somebody is there."""
    if neighbour is None:
        return "none" if one_way else "oncoming"
    kind = road.lanes[neighbour].kind
    if kind in (LaneKind.DRIVE, LaneKind.JUNCTION):
        return "free"
    return _SIDE_KINDS.get(kind, "none")


def _line(road: RoadMap, lane: Lane, s_m: float) -> dict[str, FactValue]:
    """Lines to lanes that one could change into; a solid one on either side counts for both."""
    sides = [
        dashed
        for neighbour, dashed in ((lane.left, lane.left_dashed), (lane.right, lane.right_dashed))
        if neighbour is not None and road.lanes[neighbour].kind is LaneKind.DRIVE
    ]
    if not sides:
        return {}
    left_m = lane.length_m - s_m
    if all(sides) and left_m < lane.solid_last_m:
        return {"lane_line": "solid", "solid_ends_m": round(max(left_m, 0.0), 0)}
    return {"lane_line": "dashed" if all(sides) else "solid"}


def _edge_of_road(road: RoadMap, lane: Lane) -> dict[str, FactValue]:
    kinds = {road.lanes[i].kind: road.lanes[i] for i in road.edges.get(lane.edge, ())}
    shoulder = kinds.get(LaneKind.SHOULDER)
    if shoulder is not None:
        return {"shoulder": "wide" if shoulder.width_m >= WIDE_SHOULDER_M else "none"}
    if lane.road in (RoadClass.URBAN, RoadClass.RESIDENTIAL) and lane.junction is None:
        return {"shoulder": "curb"}
    return {"shoulder": "none"}


def _control(seen: Perception, frame: LaneFrame) -> dict[str, FactValue]:
    """The next light and the next sign on the way."""
    facts: dict[str, FactValue] = {}
    nearest, farthest = CONTROL_AHEAD_M
    reach_m = min(max(CONTROL_AHEAD_S * seen.ego.speed_mps, nearest), farthest)
    for on in frame.ahead:
        link = on.link
        if link is None or not 0.0 <= on.to_s <= reach_m:
            continue
        if link.light is not None and "light" not in facts:
            state = seen.lights.get(link.light, "")
            if 0 <= link.light_index < len(state):
                facts["light"] = _COLOURS.get(state[link.light_index], "green")
        if link.control in _SIGNS and "sign" not in facts:
            facts["sign"] = _SIGNS[link.control]
    return facts


_COLOURS = {"r": "red", "u": "red", "y": "amber", "g": "green", "G": "green"}
_SIGNS = {Control.STOP: "stop", Control.ALL_WAY_STOP: "all_way_stop", Control.YIELD: "yield"}


def _route_facts(road: RoadMap, seen: Perception, frame: LaneFrame) -> dict[str, FactValue]:
    facts: dict[str, FactValue] = {}
    crossing = _next_crossing(road, frame)
    if crossing is not None:
        facts["crosswalk_m"] = round(crossing, 0)
    # Inside a junction distances count from the edge that follows it.
    start = next((on for on in frame.ahead if on.lane.kind is not LaneKind.JUNCTION), None)
    if start is None or start.lane.edge not in seen.route[:3]:
        return facts
    onward = seen.route[seen.route.index(start.lane.edge) :]
    ahead = route_ahead(road, onward, -start.from_s)
    if not ahead:
        return facts
    facts |= _exits(road, ahead)
    here = road.zones.get(start.lane.edge, "")
    for zone in ("bridge", "tunnel"):
        if here == zone:
            end = next((a for e, a, _ in ahead if road.zones.get(e) != zone), ahead[-1][2])
            facts[f"{zone}_end_m"] = round(max(end, 0.0), 0)
    stop = next((max(a, 0.0) for e, a, _ in ahead if _may_stop(road, e)), None)
    if stop is not None and stop > 0:
        facts["next_legal_stop_m"] = round(stop, 0)
    spans = {edge: begin for edge, begin, _ in reversed(ahead)}
    rest = [
        spans[p.edge] + p.s_m
        for p in road.places
        if p.edge in spans and p.kind in ("rest_area", "parking", "petrol")
    ]
    rest = [distance for distance in rest if distance > 0]
    if rest:
        facts["rest_area_m"] = round(min(rest), 0)
    closed = [at for lane, at in seen.closed_lanes.items() if lane in road.lanes]
    if closed and any(_closed_ahead(road, seen, spans)):
        facts["hazard_ahead"] = "work_zone"
    return facts


def _next_crossing(road: RoadMap, frame: LaneFrame) -> float | None:
    starts = {
        (lane, begin)
        for crossing in road.crossings.values()
        for lane, begin in crossing.crosses.items()
    }
    by_lane: dict[str, list[float]] = {}
    for lane, begin in starts:
        by_lane.setdefault(lane, []).append(begin)
    found = [on.from_s + begin for on in frame.ahead for begin in by_lane.get(on.lane.id, ())]
    return min((at for at in found if at > 0.0), default=None)


def _exits(road: RoadMap, ahead: list[tuple[str, float, float]]) -> dict[str, FactValue]:
    """Distances to where exits leave; past the route's end the motorway itself goes on."""
    ends = {edge: end for edge, _, end in reversed(ahead)}
    edge, _, at = ahead[-1]
    while at < ROUTE_AHEAD_M:
        onward = [e for e in road.following.get(edge, ()) if _is_motorway(road, e)]
        if not onward or onward[0] in ends:
            break
        edge = onward[0]
        at += road.lanes[road.edges[edge][0]].length_m
        ends[edge] = at
    distances = sorted(ends[e.from_edge] for e in road.exits if e.from_edge in ends)
    distances = [d for d in distances if d > 0]
    motorway = _is_motorway(road, ahead[0][0])
    facts: dict[str, FactValue] = {"exits": float(len(distances))} if motorway else {}
    for key, distance in zip(("exit_m", "next_exit_m"), distances, strict=False):
        facts[key] = round(distance, 0)
    return facts


def _is_motorway(road: RoadMap, edge: str) -> bool:
    lanes = road.edges.get(edge)
    return lanes is not None and road.lanes[lanes[0]].road is RoadClass.MOTORWAY


def _may_stop(road: RoadMap, edge: str) -> bool:
    if road.zones.get(edge) in _NO_STOPPING:
        return False
    lanes = [road.lanes[i] for i in road.edges.get(edge, ())]
    wide = any(k.kind is LaneKind.SHOULDER and k.width_m >= WIDE_SHOULDER_M for k in lanes)
    return wide or any(k.road in (RoadClass.URBAN, RoadClass.RESIDENTIAL) for k in lanes)


def _closed_ahead(road: RoadMap, seen: Perception, spans: Mapping[str, float]) -> list[bool]:
    return [
        -5.0 < spans[road.lanes[lane].edge] + at < HAZARD_AHEAD_M
        for lane, at in seen.closed_lanes.items()
        if lane in road.lanes and road.lanes[lane].edge in spans
    ]
