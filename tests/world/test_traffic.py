"""The usual traffic stays at its level, varied, seeded, and out of nobody's way."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from model.contract.observation import ActorKind, Observation
from model.contract.road import RoadClass
from tests.world.test_embedded import drive, running
from world.scenario import load_scenario


def test_traffic_follows_the_ego_over_a_long_way() -> None:
    """After two kilometres of motorway there are as many around as at the start."""
    scenario = load_scenario("motorway_exit")
    with running(scenario) as world:
        counts: list[int] = []

        def look(observation: Observation) -> None:
            counts.append(len(list(world._engine.vehicles())))

        drive(world, 75.0, 28.0, look)
        wish = scenario.traffic.vehicles
        assert min(counts[5:]) > 0.75 * wish
        assert max(counts) < 1.25 * wish
        ego = world.observe().perception.ego  # type: ignore[union-attr]
        far = [np.hypot(x - ego.x, y - ego.y) for _, x, y in world._engine.vehicles()]
        assert max(far) < scenario.traffic.radius_m + 250


def test_newcomers_appear_out_of_sight() -> None:
    with running(load_scenario("town_grid")) as world:
        known: set[str] = set()
        near: list[float] = []

        def look(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            for actor in perception.actors:
                if actor.id not in known and perception.t_s > 1:
                    gap = np.hypot(actor.x - perception.ego.x, actor.y - perception.ego.y)
                    near.append(0.0 if actor.id in ("shopper", "tourist") else float(gap))
                known.add(actor.id)

        drive(world, 25.0, 8.0, look)
        assert near
        assert min(gap for gap in near if gap) > 120


def test_a_town_has_many_kinds_and_colours() -> None:
    with running(load_scenario("town_grid")) as world:
        perception = world.observe().perception
        assert perception is not None
        kinds = Counter(actor.kind for actor in perception.actors)
        assert {ActorKind.CAR, ActorKind.VAN, ActorKind.PEDESTRIAN} <= kinds.keys()
        assert len({actor.colour for actor in perception.actors}) >= 6


def test_slow_and_heavy_ones_keep_to_their_roads() -> None:
    with running(load_scenario("night_rain_town"), seed=3) as world:
        for _ in range(40):
            way = world._traffic.wander("market_1e", slow_roads=True)
            classes = {world.road.lanes[world.road.edges[edge][0]].road for edge in way}
            assert classes <= {RoadClass.URBAN, RoadClass.RESIDENTIAL}
            assert len(way) > 10


@pytest.mark.parametrize("name", ["town_grid", "motorway_shoulder"])
def test_nobody_runs_into_anybody(name: str) -> None:
    """A minute of traffic around a standing ego: no two vehicles ever overlap."""
    from world.geometry import box, boxes_overlap

    with running(load_scenario(name)) as world:
        met: set[tuple[str, str]] = set()

        def look(observation: Observation) -> None:
            perception = observation.perception
            assert perception is not None
            if perception.t_s < 2 or observation.seq % 5:
                return
            movers = [a for a in perception.actors if a.kind is not ActorKind.PEDESTRIAN]
            shapes = [box(a.x, a.y, a.heading, a.length_m, a.width_m) for a in movers]
            for i, a in enumerate(movers):
                for j in range(i + 1, len(movers)):
                    b = movers[j]
                    if np.hypot(a.x - b.x, a.y - b.y) < 12 and boxes_overlap(shapes[i], shapes[j]):
                        met.add((a.id, b.id))

        drive(world, 40.0, 0.0, look)
        assert not met
