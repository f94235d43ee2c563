"""The embedded world: SUMO traffic, our own ego, and the scenario, behind the World contract."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model.contract.observation import (
    HISTORY_STEPS,
    Actor,
    EgoState,
    Observation,
    Perception,
    VehicleShape,
)
from model.contract.plan import Plan
from model.contract.road import Lane, RoadMap
from model.contract.world import TICK_S, WORLD_STEP_S, Cue, WorldEvent
from world.collisions import touched
from world.director import Director, Moment, check_names
from world.ego import EgoBody, advance, target_at, track
from world.geometry import box
from world.lanegrid import LaneGrid, Spot
from world.navigator import Navigator
from world.props import park_cars
from world.roadmap import load_road_map, map_path
from world.route import lanes_ahead, line_ahead, next_instruction
from world.scenario import Scenario
from world.sumo import SumoEngine
from world.traffic import TrafficKeeper

#: Others are perceived this far, m.
SIGHT_M = 160.0
#: Stamp of scenario time 0 in runs that nobody restamps, ns.
T0_NS = 1_000_000_000_000
#: A corner this far off the roadway counts as off the road, m; less is within map accuracy.
OFFROAD_M = 0.2
#: Weather word -> friction and visibility in m; several words take the worst of each.
WEATHER = {
    "clear": (1.0, 300.0),
    "dusk": (1.0, 200.0),
    "night": (1.0, 120.0),
    "rain": (0.7, 150.0),
    "fog": (0.9, 80.0),
}
_STEPS_A_TICK = round(TICK_S / WORLD_STEP_S)
#: Past poses kept for late plans and the history, in world steps (10 s).
_KEPT = 200


class EmbeddedWorld:
    """A scenario running in this process; one at a time (SUMO is one a process).

    Raises `ValueError` for a scenario that does not fit its map. Everything is a function of
    scenario, seed and the plans: the same three give the same drive, bit for bit.
    """

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        self.name = scenario.name
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self.shape = VehicleShape()
        self.cues: Sequence[Cue] = tuple(Cue(c.t_s, c.text) for c in scenario.cues)
        self.road: RoadMap = self._road()
        self._check_words()
        self._grid = LaneGrid(self.road)
        self._steps = 0
        self._seq = 0
        start = self._start_lane()
        self._indicator = "off"
        self._body, self._past = self._start_poses(start)
        self._spot = Spot(start, scenario.ego.s_m, 0.0)
        self._navigator = Navigator(self.road, start.edge, scenario.ego.via)
        self._touching: set[str] = set()
        self._off = False
        self._first_seen: dict[str, float] = {}
        self._seen_props: dict[str, Actor] = {}
        self._observed: Observation | None = None
        self._engine = SumoEngine(
            map_path(scenario.map), self.seed, sublane=scenario.traffic.sublane
        )
        try:
            self._populate()
        except BaseException:
            self.close()
            raise

    # -- the World contract --------------------------------------------------------------------

    @property
    def t_s(self) -> float:
        return round(self._steps * WORLD_STEP_S, 3)

    def observe(self) -> Observation:
        if self._observed is None:
            self._observed = self._observation()
            self._seq += 1
        return self._observed

    def step(self, plan: Plan, age_s: float) -> tuple[WorldEvent, ...]:
        back = round(age_s / WORLD_STEP_S)
        if not 0 <= age_s < (_KEPT - 1) * WORLD_STEP_S:
            raise ValueError(f"a plan is 0 to {_KEPT * WORLD_STEP_S:.0f} s old, not {age_s:.1f} s")
        origin = self._past[max(-1 - back, -len(self._past))]
        self._indicator = plan.indicator
        events: list[WorldEvent] = []
        for k in range(_STEPS_A_TICK):
            self._move_ego(plan, origin, age_s + k * WORLD_STEP_S, events)
            self._engine.step()
            self._steps += 1
        self._observed = None
        self._after_tick(events)
        return tuple(events)

    def set_route(self, edges: Sequence[str], destination_s_m: float | None) -> None:
        self._navigator.set_route(edges, destination_s_m)
        self._engine.set_ego_route(self._navigator.reach())
        self._observed = None

    def close(self) -> None:
        self._engine.close()

    # -- beyond the contract -------------------------------------------------------------------

    def continue_route(self) -> None:
        """After an arrival: back to the scenario's own way, which never ends."""
        self._navigator.go_on()
        self._engine.set_ego_route(self._navigator.reach())
        self._observed = None

    def _road(self) -> RoadMap:
        """The map with the scenario's zones and limits on it."""
        road, scenario = load_road_map(self.scenario.map), self.scenario
        lanes = dict(road.lanes)
        for edge, limit_kph in scenario.limits_kph.items():
            for id in road.edges.get(edge, ()):
                lanes[id] = replace(lanes[id], limit_mps=limit_kph / 3.6)
        return replace(road, lanes=lanes, zones={**road.zones, **scenario.zones})

    # -- start ---------------------------------------------------------------------------------

    def _check_words(self) -> None:
        scenario = self.scenario
        check_names(scenario, self.road)
        unknown = [word for word in scenario.weather.split() if word not in WEATHER]
        if unknown:
            known = ", ".join(WEATHER)
            raise ValueError(f"{self.name}: unknown weather {unknown[0]!r}; words are {known}")

    def _start_lane(self) -> Lane:
        start = self.scenario.ego
        lanes = self.road.drivable(start.edge)
        lane = start.lane
        if lane >= len(lanes):
            raise ValueError(f"{self.name}: {start.edge} has {len(lanes)} car lanes, not {lane}")
        if not start.s_m <= lanes[lane].length_m:
            length = lanes[lane].length_m
            raise ValueError(f"{self.name}: ego.s_m is {start.s_m:.0f}, the edge {length:.0f} m")
        return lanes[lane]

    def _start_poses(self, lane: Lane) -> tuple[EgoBody, deque[EgoBody]]:
        """The first pose, and the poses before it as if the car had come straight up to it."""
        start = self.scenario.ego
        x, y, heading = lane.pose(start.s_m)
        body = EgoBody(x, y, heading, start.speed_mps)
        past: deque[EgoBody] = deque(maxlen=_KEPT)
        for k in range(2 * HISTORY_STEPS, -1, -1):
            back = k * WORLD_STEP_S * start.speed_mps
            cos, sin = math.cos(heading), math.sin(heading)
            past.append(replace(body, x=x - back * cos, y=y - back * sin))
        return body, past

    def _populate(self) -> None:
        scenario, body = self.scenario, self._body
        streams = np.random.SeedSequence(self.seed).spawn(3)
        rngs = [np.random.default_rng(stream) for stream in streams]
        self._engine.add_ego(self._navigator.reach(), self.shape)
        self._place_ego()
        self._engine.step()  # SUMO's own step 0, in which the ego appears
        self._place_ego()
        self._director = Director(scenario, self.road, self._engine, rngs[0])
        for edge in scenario.limits_kph:
            for lane in self.road.edges[edge]:
                self._engine.limit_lane(lane, self.road.lanes[lane].limit_mps)
        self._traffic = TrafficKeeper(self._engine, self.road, scenario.traffic, rngs[2])
        self._director.begin(self._moment())
        props = self._director.props
        props += park_cars(self.road, scenario.traffic.parked, rngs[1], tuple(props))
        clear = [(body.x, body.y, 20.0 + 1.5 * body.speed_mps)]
        clear += [(*at, 30.0) for id in self._director.guests if (at := self._where(id))]
        self._traffic.fill(body.x, body.y, self._spot.lane.road, clear)
        self._engine.step()
        self._place_ego()
        self._seen = self._look()

    # -- one tick ------------------------------------------------------------------------------

    def _move_ego(
        self, plan: Plan, origin: EgoBody, age_s: float, events: list[WorldEvent]
    ) -> None:
        accel, curve = track(self._body, target_at(plan, origin, age_s))
        before = self._spot.s_m + self.shape.front_ahead_m
        friction = self._conditions()[0]
        self._body = advance(self._body, accel, curve, WORLD_STEP_S, self.shape, friction)
        self._past.append(self._body)
        old = self._spot.lane
        spot = self._grid.locate(
            self._body.x, self._body.y, self._body.heading, self._junction_lanes()
        )
        self._spot = spot or self._spot
        if self._spot.lane is old:
            self._check_light(old, before, self._spot.s_m + self.shape.front_ahead_m, events)
        self._place_ego()

    def _place_ego(self) -> None:
        front = self._body.front(self.shape)
        spot = self._grid.locate(*front, self._body.heading, self._junction_lanes())
        edge, lane = (spot.lane.edge, spot.lane.index) if spot else ("", -1)
        self._engine.place_ego(front, self._body.heading, edge, lane)

    def _junction_lanes(self) -> set[str]:
        """Lanes of our way through the present and the next junction."""
        spot = self._spot
        chain = lanes_ahead(self.road, spot.lane, spot.s_m, self._navigator.edges, 30.0)
        return {lane.id for lane in chain}

    def _check_light(self, lane: Lane, before: float, now: float, events: list[WorldEvent]) -> None:
        """Did the front cross the stop line at the end of `lane` on red?"""
        if not before <= lane.length_m < now:
            return
        onward = self._navigator.edges[1] if len(self._navigator.edges) > 1 else None
        links = [k for k in lane.links if k.light is not None]
        ours = [k for k in links if self.road.lanes[k.to_lane].edge == onward] or links
        lights = self._engine.lights() if ours else {}
        if ours and all(lights[k.light or ""][k.light_index] == "r" for k in ours):
            events.append(WorldEvent("red_light", self.t_s, ours[0].light, lane.id))

    def _after_tick(self, events: list[WorldEvent]) -> None:
        changed, arrived = self._navigator.update(self._spot, self._body.speed_mps)
        if changed or self._engine.ego_strayed():
            self._engine.set_ego_route(self._navigator.reach())
        if arrived:
            events.append(WorldEvent("arrived", self.t_s, detail=self._navigator.edges[0]))
        events += self._director.update(self._moment())
        if self._steps % round(1 / WORLD_STEP_S) == 0:
            self._traffic.keep_up(self._body.x, self._body.y, self._spot.lane.road)
            for id in self._director.guests:
                if self._engine.has(id):
                    self._traffic.lead_on(id)
        self._seen = self._look()
        self._check_body(events)

    def _check_body(self, events: list[WorldEvent]) -> None:
        """Contacts and leaving the road, each told once when it begins."""
        hit = touched(self._body, self.shape, self._seen)
        events += [
            WorldEvent("collision", self.t_s, actor.id, str(actor.kind))
            for actor in hit
            if actor.id not in self._touching
        ]
        self._touching = {actor.id for actor in hit}
        x, y = self._body.centre(self.shape)
        corners = box(x, y, self._body.heading, self.shape.length_m, self.shape.width_m)
        outside = self._grid.outside_m(corners)
        if outside > OFFROAD_M and not self._off:
            events.append(WorldEvent("offroad", self.t_s, detail=f"{outside:.1f} m"))
        self._off = outside > OFFROAD_M

    # -- reading -------------------------------------------------------------------------------

    def _conditions(self) -> tuple[float, float]:
        """Friction and visibility in m of the present weather."""
        words = [WEATHER[word] for word in self._director.weather.split() if word in WEATHER]
        return min(w[0] for w in words), min(w[1] for w in words)

    def _where(self, id: str) -> tuple[float, float] | None:
        for prop in self._director.props:
            if prop.id == id:
                return prop.x, prop.y
        return self._engine.position(id) if self._engine.has(id) else None

    def _moment(self) -> Moment:
        body = self._body
        return Moment(
            self.t_s, self._spot, body.x, body.y, body.heading, body.speed_mps, self._where
        )

    def _look(self) -> tuple[Actor, ...]:
        """Everything within sight, with the time it was first seen."""
        x, y, now = self._body.x, self._body.y, self.t_s
        seen = [
            replace(actor, first_seen_s=self._first_seen.setdefault(actor.id, now))
            for actor in self._engine.actors(x, y, SIGHT_M)
        ]
        for prop in self._director.props:
            if math.hypot(prop.x - x, prop.y - y) <= SIGHT_M:
                if prop.id not in self._seen_props:
                    self._seen_props[prop.id] = replace(prop, first_seen_s=now)
                seen.append(self._seen_props[prop.id])
        return tuple(seen)

    def _ego_state(self) -> EgoState:
        body, spot = self._body, self._spot
        return EgoState(
            x=body.x,
            y=body.y,
            heading=body.heading,
            speed_mps=body.speed_mps,
            accel_mps2=body.accel_mps2,
            curvature_1pm=body.curvature_1pm,
            lane=spot.lane.id,
            s_m=spot.s_m,
            lateral_m=spot.lateral_m,
            indicator=self._indicator,
        )

    def _history(self) -> tuple[np.ndarray, np.ndarray]:
        """Poses of the last 16 tenths of a second in the present ego frame."""
        past = list(self._past)[-1 - 2 * (HISTORY_STEPS - 1) :: 2]
        body = self._body
        cos, sin = math.cos(body.heading), math.sin(body.heading)
        xyz = np.zeros((HISTORY_STEPS, 3), np.float32)
        rot = np.zeros((HISTORY_STEPS, 3, 3), np.float32)
        for k, pose in enumerate(past):
            dx, dy = pose.x - body.x, pose.y - body.y
            xyz[k, :2] = cos * dx + sin * dy, cos * dy - sin * dx
            c, s = math.cos(pose.heading - body.heading), math.sin(pose.heading - body.heading)
            rot[k] = ((c, -s, 0), (s, c, 0), (0, 0, 1))
        return xyz, rot

    def _route_xy(self) -> np.ndarray:
        body, spot = self._body, self._spot
        line = line_ahead(self.road, spot.lane, spot.s_m, self._navigator.edges)
        rel = line - [body.x, body.y]
        cos, sin = math.cos(body.heading), math.sin(body.heading)
        turned = np.stack([cos * rel[:, 0] + sin * rel[:, 1], cos * rel[:, 1] - sin * rel[:, 0]])
        return turned.T.astype(np.float32)

    def _observation(self) -> Observation:
        navigator, spot = self._navigator, self._spot
        xyz, rot = self._history()
        friction, visibility = self._conditions()
        own_edge = spot.lane.edge == navigator.edges[0]
        s_m = (
            spot.s_m
            if own_edge
            else self.road.lanes[self.road.edges[navigator.edges[0]][-1]].length_m
        )
        return Observation(
            seq=self._seq,
            t0_ns=T0_NS + self._steps * round(WORLD_STEP_S * 1e9),
            cameras={},
            ego_history_xyz=xyz,
            ego_history_rot=rot,
            route=next_instruction(self.road, navigator.edges, s_m, navigator.destination_s_m),
            route_xy=self._route_xy(),
            perception=Perception(
                t_s=self.t_s,
                ego=self._ego_state(),
                actors=self._seen,
                lights=self._engine.lights(),
                closed_lanes=dict(self._director.closed_lanes),
                route=tuple(navigator.edges),
                destination_s_m=navigator.destination_s_m,
                weather=self._director.weather,
                friction=friction,
                visibility_m=visibility,
            ),
            road=self.road,
            shape=self.shape,
        )
