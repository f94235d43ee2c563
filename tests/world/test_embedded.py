"""The embedded world as a driver meets it: contract, determinism, traffic that reacts, events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract.observation import ActorKind, Observation
from model.contract.plan import Plan
from model.contract.world import World, WorldEvent
from tests.world.driver import follow_route
from world.embedded import T0_NS, EmbeddedWorld
from world.route import shortest_path
from world.scenario import Scenario, load_scenario, parse_scenario, scenario_names

PATH = Path("test.yaml")


def quiet(map: str, ego: str, more: str = "") -> Scenario:
    """A scenario without usual traffic."""
    text = f"title: t\ndescription: d\nlength_s: 60\nmap: {map}\nego: {ego}\n{more}"
    return parse_scenario(text, PATH)


@contextmanager
def running(scenario: Scenario, seed: int | None = None) -> Iterator[EmbeddedWorld]:
    world = EmbeddedWorld(scenario, seed)
    try:
        yield world
    finally:
        world.close()


def drive(
    world: EmbeddedWorld,
    seconds: float,
    speed_mps: float | Callable[[Observation], float],
    watch: Callable[[Observation], None] = lambda _: None,
) -> list[WorldEvent]:
    """Drives along the route at a speed, or at what a rule says."""
    events: list[WorldEvent] = []
    for _ in range(round(seconds * 10)):
        observation = world.observe()
        watch(observation)
        speed = speed_mps if isinstance(speed_mps, float) else speed_mps(observation)
        events += world.step(follow_route(observation, speed), 0.0)
    return events


def kinds(events: list[WorldEvent]) -> list[str]:
    return [event.kind for event in events]


# -- contract ----------------------------------------------------------------------------------


def test_an_observation_has_the_shapes_of_the_contract() -> None:
    with running(load_scenario("town_grid")) as world:
        contract: World = world
        first = contract.observe()
        assert first is contract.observe()
        assert (first.seq, first.t0_ns, world.t_s) == (0, T0_NS, 0.0)
        drive(world, 2.0, 8.0)
        seen = world.observe()
        assert (seen.seq, seen.t0_ns, world.t_s) == (20, T0_NS + 2_000_000_000, 2.0)
        assert seen.ego_history_xyz.shape == (16, 3)
        assert seen.ego_history_rot.shape == (16, 3, 3)
        assert seen.ego_history_xyz.dtype == seen.ego_history_rot.dtype == np.float32
        assert seen.ego_history_xyz[-1].tolist() == [0, 0, 0]
        assert seen.ego_history_rot[-1] == pytest.approx(np.eye(3))
        assert seen.route_xy.shape[1] == 2
        assert seen.route_xy.dtype == np.float32
        assert np.hypot(*seen.route_xy[0]) < 1.0
        assert seen.road is world.road
        perception = seen.perception
        assert perception is not None
        assert perception.t_s == 2.0
        assert perception.ego.lane == "market_1e_2"
        assert perception.route[0] == "market_1e"
        assert set(perception.lights) == {"n12", "n22", "n32", "n21"}
        far = [np.hypot(a.x - perception.ego.x, a.y - perception.ego.y) for a in perception.actors]
        assert max(far) <= 160
        ids = [a.id for a in perception.actors]
        assert len(set(ids)) == len(ids)
        assert all(a.colour for a in perception.actors)


def test_the_history_is_where_the_ego_was() -> None:
    with running(quiet("motorway", "{edge: a7_6, s_m: 100, speed_mps: 20}")) as world:
        poses = []
        drive(world, 3.0, 25.0, lambda o: poses.append(o.perception.ego))  # type: ignore[union-attr]
        seen = world.observe()
        ego = seen.perception.ego  # type: ignore[union-attr]
        for k, past in enumerate(poses[-15:]):
            dx, dy = past.x - ego.x, past.y - ego.y
            cos, sin = np.cos(ego.heading), np.sin(ego.heading)
            expected = (cos * dx + sin * dy, cos * dy - sin * dx)
            assert seen.ego_history_xyz[k, :2] == pytest.approx(expected, abs=1e-3)


def test_a_late_plan_drives_the_same_way() -> None:
    """A constant plan used 0.3 s late must be taken up 0.3 s in, not from its start."""
    with running(quiet("motorway", "{edge: a7_6, s_m: 100, speed_mps: 20}")) as world:
        plan = follow_route(world.observe(), 20.0)
        for age in (0.0, 0.1, 0.2, 0.3, 0.4):
            world.step(plan, age)
        ego = world.observe().perception.ego  # type: ignore[union-attr]
        assert ego.s_m == pytest.approx(110.0, abs=0.05)
        assert ego.lateral_m == pytest.approx(0.0, abs=0.02)
        with pytest.raises(ValueError, match="a plan is 0 to 10 s old"):
            world.step(plan, 11.0)


def test_one_world_a_process() -> None:
    scenario = quiet("town", "{edge: quay_1e}")
    with running(scenario), pytest.raises(RuntimeError, match="already runs a world"):
        EmbeddedWorld(scenario)
    with running(scenario) as again:
        assert again.observe().perception is not None


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (quiet("town", "{edge: quay_9e}"), "test: no road called 'quay_9e' on this map; did you"),
        (quiet("town", "{edge: quay_1e, via: [mill]}"), "no road called 'mill'"),
        (quiet("town", "{edge: quay_1e}", "init: [{close_lane: quay_1e_7}]"), "no lane called"),
        (
            quiet("town", "{edge: quay_1e}", "init: [{walk: {id: w, crossing: z}}]"),
            "no crossing called 'z' on this map; did you mean",
        ),
        (quiet("town", "{edge: quay_1e, lane: 3}"), "quay_1e has 1 car lanes, not 3"),
        (quiet("town", "{edge: quay_1e, s_m: 500}"), "ego.s_m is 500, the edge"),
        (quiet("town", "{edge: quay_1e}", "weather: hail"), "unknown weather 'hail'; words are"),
        (quiet("mars", "{edge: quay_1e}"), "no map called 'mars'"),
    ],
)
def test_a_scenario_that_does_not_fit_is_one_line(scenario: Scenario, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        EmbeddedWorld(scenario)


# -- determinism -------------------------------------------------------------------------------


def digest(scenario: Scenario, seed: int, seconds: float) -> str:
    with running(scenario, seed) as world:
        state = hashlib.sha256()

        def note(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            words = (perception.ego, perception.actors, perception.lights, perception.route)
            state.update(repr(words).encode())

        events = drive(world, seconds, 8.0, note)
        state.update(repr(events).encode())
    return state.hexdigest()


def test_same_seed_and_same_driving_are_the_same_minute_bit_for_bit() -> None:
    scenario = load_scenario("town_grid")
    first = digest(scenario, 5, 60)
    assert digest(scenario, 5, 60) == first
    assert digest(scenario, 6, 5) != digest(scenario, 5, 5)


# -- scenarios ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_every_scenario_drives(name: str) -> None:
    with running(load_scenario(name)) as world:
        seen = []
        events = drive(world, 6.0, 7.0, lambda o: seen.append(len(o.perception.actors)))  # type: ignore[union-attr]
        assert max(seen) > 0
        assert "offroad" not in kinds(events)
        assert abs(world.observe().perception.ego.lateral_m) < 0.2  # type: ignore[union-attr]


def test_walkers_cross_when_the_ego_comes() -> None:
    with running(load_scenario("zebra")) as world:
        crossed: set[str] = set()

        def look(observation: Observation) -> None:
            for actor in observation.perception.actors:  # type: ignore[union-attr]
                if actor.lane == ":quay_2_zebra_c0_0":
                    crossed.add(actor.id)

        drive(world, 24.0, 8.0, look)
        assert {"walker_right", "walker_left"} <= crossed


def test_the_double_parked_van_stays_and_traffic_gets_round_it() -> None:
    with running(load_scenario("town_grid")) as world:
        places = set()

        def look(observation: Observation) -> None:
            for actor in observation.perception.actors:  # type: ignore[union-attr]
                if actor.id == "delivery_van":
                    places.add((round(actor.x, 2), round(actor.y, 2)))

        drive(world, 20.0, 1.0, look)
        assert len(places) == 1


def test_a_closed_lane_is_told_and_no_traffic_uses_it() -> None:
    with running(load_scenario("work_zone")) as world:
        inside: list[str] = []

        def look(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            assert dict(perception.closed_lanes) == {"a7_works_1": 0.0}
            inside.extend(a.id for a in perception.actors if a.lane == "a7_works_1")

        drive(world, 45.0, 25.0, look)
        placed = ("taper", "cone", "barrier", "works", "worker")
        assert inside
        assert all(id.startswith(placed) for id in inside)
        assert world.road.zones["a7_works"] == "work_zone"
        assert world.road.lanes["a7_works_2"].limit_mps == pytest.approx(80 / 3.6)


def test_the_slow_lorry_comes_into_sight_in_time_for_the_question() -> None:
    with running(load_scenario("motorway_exit")) as world:
        first: list[float] = []

        def look(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            if not first and any(a.id == "slow_lorry" for a in perception.actors):
                first.append(perception.t_s)

        drive(world, 40.0, 31.0, look)
        assert 20.5 < first[0] < 34


def test_the_ambulance_with_its_siren_comes_from_behind_and_passes() -> None:
    with running(load_scenario("emergency_vehicle")) as world:
        ahead: list[float] = []

        def look(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            ego = perception.ego
            for actor in perception.actors:
                if actor.kind is ActorKind.EMERGENCY:
                    assert actor.siren
                    dx, dy = actor.x - ego.x, actor.y - ego.y
                    ahead.append(np.cos(ego.heading) * dx + np.sin(ego.heading) * dy)

        drive(world, 40.0, 22.0, look)
        assert ahead[0] < -100
        assert ahead[-1] > 20


# -- traffic and the ego -----------------------------------------------------------------------


def test_a_follower_stops_behind_a_stopping_ego() -> None:
    more = "init: [{spawn: {id: f, kind: car, ahead_m: -40, lane: 0, speed_mps: 12}}]"
    with running(quiet("town", "{edge: mill_2e, s_m: 60, speed_mps: 12}", more)) as world:
        events = drive(world, 14.0, lambda o: 12.0 if o.perception.t_s < 1 else 0.0)  # type: ignore[union-attr]
        perception = world.observe().perception
        assert perception is not None
        follower = next(a for a in perception.actors if a.id == "f")
        gap = perception.ego.x - 1.0 - (follower.x + follower.length_m / 2)
        assert "collision" not in kinds(events)
        assert follower.speed_mps < 0.1
        assert 1.0 < gap < 5.0


def test_hitting_something_is_told_once_with_its_name() -> None:
    more = "init: [{spawn: {id: wall, kind: van, edge: mill_2e, s_m: 60, stands: true}}]"
    with running(quiet("town", "{edge: mill_2e, s_m: 10, speed_mps: 12}", more)) as world:
        events = [e for e in drive(world, 7.0, 12.0) if e.kind == "collision"]
        assert [(e.object_id, e.detail) for e in events] == [("wall", "van")]


def aside(plan: Plan, metres: float) -> Plan:
    """The plan moved sideways within about two seconds."""
    shift = metres * np.clip(np.arange(1, 65) / 20, 0, 1)
    xyz = plan.xyz.copy()
    xyz[:, 1] += shift
    return replace(plan, xyz=xyz.astype(np.float32))


def test_leaving_the_road_is_told_and_the_shoulder_is_road() -> None:
    with running(quiet("motorway", "{edge: a7_6, s_m: 100, speed_mps: 15}")) as world:
        plan = aside(follow_route(world.observe(), 15.0), -3.4)
        events = [event for k in range(40) for event in world.step(plan, k / 10)]
        ego = world.observe().perception.ego  # type: ignore[union-attr]
        assert ego.lane == "a7_6_0"
        assert not events
        plan = aside(follow_route(world.observe(), 15.0), -9.0)
        events = [event for k in range(40) for event in world.step(plan, k / 10)]
        assert kinds(events) == ["offroad"]


def test_a_red_light_is_told_when_the_front_passes_the_line() -> None:
    def green(observation: Observation) -> bool:
        return observation.perception.lights["n22"][23] in "Gg"  # type: ignore[union-attr]

    with running(quiet("town", "{edge: market_2e, s_m: 20, speed_mps: 4}")) as world:
        while green(world.observe()):
            drive(world, 0.1, 0.0)
        drive(world, 4.0, 0.0)  # through amber into red
        events = drive(world, 13.0, 9.0)
        red = [e for e in events if e.kind == "red_light"]
        assert [(e.object_id, e.detail) for e in red] == [("n22", "market_2e_2")]


def test_the_exit_is_taken_when_the_route_says_so_and_the_drive_goes_on() -> None:
    ego = "{edge: a7_exit1_lane, lane: 0, s_m: 100, speed_mps: 20}"
    with running(quiet("motorway", ego)) as world:
        way = shortest_path(world.road, "a7_exit1_lane", "b12_3e")
        world.set_route(way, None)
        said = world.observe().route
        assert said is not None
        assert (said.kind, said.onto) == ("take_exit", "Exit 1 Alderford, Hospital")
        events = drive(world, 60.0, 12.0)
        perception = world.observe().perception
        assert perception is not None
        assert perception.route[0] == "b12_3e"
        assert len(perception.route) > 1
        assert not kinds(events)


def test_a_route_that_does_not_begin_here_is_refused() -> None:
    with running(quiet("town", "{edge: quay_1e}")) as world:
        with pytest.raises(ValueError, match="the route begins on market_4w"):
            world.set_route(["market_4w"], None)
        assert world.observe().perception.route[0] == "quay_1e"  # type: ignore[union-attr]


def test_arriving_and_going_on() -> None:
    with running(quiet("town", "{edge: quay_1e, s_m: 20, speed_mps: 8}")) as world:
        world.set_route(["quay_1e", "quay_2e"], 30.0)

        def speed(observation: Observation) -> float:
            route = observation.route
            return 8.0 if route is None or route.distance_m > 18 else 0.0

        events = drive(world, 30.0, speed)
        assert kinds(events) == ["arrived"]
        world.continue_route()
        drive(world, 20.0, 8.0)
        perception = world.observe().perception
        assert perception is not None
        assert perception.route[0] != "quay_1e"
        assert perception.ego.speed_mps > 6


def test_night_rain_is_slippery_and_dark() -> None:
    with running(load_scenario("night_rain_town")) as world:
        perception = world.observe().perception
        assert perception is not None
        assert perception.weather == "night rain"
        assert (perception.friction, perception.visibility_m) == (0.7, 120.0)
