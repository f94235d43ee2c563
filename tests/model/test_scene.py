"""Scene facts: what is known is said, with source and time; what is not known is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from model.contract.facts import FACTS, SceneFacts
from model.contract.observation import ActorKind, Observation
from model.contract.road import RoadClass, RoadMap
from model.lane_frame import LaneFrames
from model.scene import scene_facts
from tests.model.straight import LENGTH_M, car, observed, straight_road
from world.roadmap import load_road_map

ROAD = straight_road()
FRAMES = LaneFrames(ROAD)


def facts(observation: Observation | None = None, **observation_of: Any) -> SceneFacts:
    return scene_facts(observation or observed(ROAD, **observation_of), FRAMES)


def test_every_fact_is_in_the_list_and_has_a_known_value() -> None:
    some = facts(actors=[car("a", 140.0, speed=20.0), car("b", 60.0, lane=2, speed=30.0)])
    _, strange = SceneFacts.from_plain(some.plain(), source="test")
    assert strange == ()
    assert set(some.facts) <= set(FACTS)


def test_facts_carry_source_and_time() -> None:
    some = facts(t_s=12.5)
    assert some.facts["speed_kph"].source == "perception"
    assert some.facts["exit_m"].source == "map"
    assert some.facts["speed_kph"].t_s == 12.5


def test_system_facts_are_added() -> None:
    some = scene_facts(observed(ROAD), FRAMES, {"mrm": "active"})
    assert some.text("mrm") == "active"
    assert some.facts["mrm"].source == "system"


def test_own_speed_limit_and_lane_counted_from_the_left() -> None:
    some = facts(speed=25.0, lane=1)
    assert some.number("speed_kph") == 90.0
    assert some.number("limit_kph") == 120.0
    assert (some.number("lane"), some.number("lanes")) == (3.0, 3.0)
    assert facts(lane=3).number("lane") == 1.0
    assert some.text("place") == "highway"
    assert some.flag("in_junction") is False


@pytest.mark.parametrize(
    ("lane", "left", "right"), [(1, "free", "none"), (2, "free", "free"), (3, "none", "free")]
)
def test_neighbouring_lanes(lane: int, left: str, right: str) -> None:
    some = facts(lane=lane)
    assert some.text("left_lane") == left
    assert some.text("right_lane") == right
    assert some.text("lane_line") == "dashed"


def test_the_shoulder_is_known() -> None:
    assert facts().text("shoulder") == "wide"
    city = straight_road(road=RoadClass.URBAN)
    kerbside = replace(city.lanes["a_1"], right=None)
    bare: RoadMap = replace(
        city,
        lanes={**city.lanes, "a_1": kerbside},
        edges={**city.edges, "a": ("a_1", "a_2", "a_3")},
    )
    assert scene_facts(observed(bare), LaneFrames(bare)).text("shoulder") == "curb"


def test_somebody_beside_is_in_the_blind_spot() -> None:
    some = facts(actors=[car("beside", 98.0, lane=2, speed=25.0)])
    assert some.text("blind_spot_left") == "occupied"
    assert some.text("left_lane") == "occupied"
    assert some.text("blind_spot_right") is None  # there is no lane on the right


def test_gap_and_closing_speed_of_whoever_comes_from_behind() -> None:
    some = facts(speed=25.0, actors=[car("behind", 60.0, lane=2, speed=30.0)])
    # From its front at 62.3 to our rear bumper at 99: 36.7 m, at 30 m/s.
    assert some.number("rear_left_gap_s") == pytest.approx(1.2, abs=0.05)
    assert some.number("rear_left_closing_kph") == 18.0
    assert some.text("blind_spot_left") == "free"


def test_an_empty_lane_behind_is_free() -> None:
    some = facts()
    assert (some.number("rear_left_gap_s") or 0) >= 10
    assert some.number("rear_left_closing_kph") == 0.0


def test_the_car_ahead_and_the_gap_to_it() -> None:
    some = facts(speed=25.0, actors=[car("lead", 156.1, speed=20.0, kind=ActorKind.TRUCK)])
    # From our front bumper at 103.8 to its tail at 153.8: 50 m at 25 m/s.
    assert some.text("lead") == "truck"
    assert some.number("lead_gap_s") == pytest.approx(2.0)


def test_nobody_ahead_is_known_and_the_gap_is_not() -> None:
    some = facts()
    assert some.text("lead") == "none"
    assert some.number("lead_gap_s") is None


def test_a_standing_car_has_no_time_gap() -> None:
    assert facts(speed=0.0, actors=[car("lead", 110.0)]).number("lead_gap_s") is None


def test_distance_to_the_exit() -> None:
    some = facts(x=100.0)
    assert some.number("exit_m") == LENGTH_M - 100.0
    assert some.number("exits") == 1.0
    past = facts(x=LENGTH_M + 50.0, route=("b",))
    assert past.number("exits") == 0.0
    assert past.number("exit_m") is None


def test_the_light_and_its_colour() -> None:
    road = straight_road(light=True, road=RoadClass.URBAN)
    frames = LaneFrames(road)
    for state, word in (("rrr", "red"), ("yyy", "amber"), ("Ggg", "green")):
        seen = observed(road, x=LENGTH_M - 80.0, lights={"tl": state})
        assert scene_facts(seen, frames).text("light") == word
    far = observed(road, x=LENGTH_M - 500.0, lights={"tl": "rrr"})
    assert scene_facts(far, frames).text("light") is None


def test_weather_words_become_the_one_that_matters_most() -> None:
    seen = observed(ROAD)
    assert seen.perception is not None
    wet = replace(seen, perception=replace(seen.perception, weather="night rain", friction=0.4))
    some = facts(wet)
    assert some.text("weather") == "rain"
    assert some.text("friction") == "low"


def test_a_thing_in_the_lane_is_an_obstacle_and_a_queue_is_none() -> None:
    can = car("can", 140.0, kind=ActorKind.TRASH_CAN, length_m=0.6, width_m=0.6)
    assert facts(actors=[can]).text("obstacle") == "trash_can"
    assert facts(actors=[car("queue", 140.0)]).text("obstacle") == "none"
    parked = replace(car("van", 140.0, kind=ActorKind.VAN), y=2.3)
    assert facts(actors=[parked]).text("obstacle") == "van"


def test_a_walker_in_the_way_and_one_on_the_far_side() -> None:
    def walker(y: float) -> Observation:
        someone = car("w", 130.0, kind=ActorKind.PEDESTRIAN, length_m=0.5, width_m=0.6)
        return observed(ROAD, actors=[replace(someone, y=y, lane=None)])

    assert facts(walker(3.5)).text("ped") == "in_path"
    assert facts(walker(3.5)).number("ped_distance_m") == 30.0
    assert facts(walker(-6.0)).text("ped") == "none"


def test_a_siren_behind() -> None:
    loud = car("amb", 40.0, speed=35.0, kind=ActorKind.EMERGENCY, siren=True)
    assert facts(actors=[loud]).text("siren") == "behind"
    assert facts().text("siren") == "none"


def test_a_car_that_is_on_no_lane_knows_its_speed_but_no_lane() -> None:
    some = facts(lane=1, speed=10.0, y=-40.0)
    seen = observed(ROAD)
    assert seen.perception is not None
    lost = replace(seen.perception.ego, lane=None)
    nowhere = facts(replace(seen, perception=replace(seen.perception, ego=lost)))
    assert nowhere.number("speed_kph") == 90.0
    assert not nowhere.known("lane")
    assert not nowhere.known("left_lane")
    assert some.known("lane")


def test_without_perception_nothing_is_known() -> None:
    assert facts(replace(observed(ROAD), perception=None)).facts == {}


# -- on the real maps --------------------------------------------------------------------------


def at_start_of(road: RoadMap, edge: str, s_m: float) -> Observation:
    lane = road.drivable(edge)[0]
    x, y, heading = lane.pose(s_m)
    seen = observed(ROAD)
    assert seen.perception is not None
    ego = replace(seen.perception.ego, x=x, y=y, heading=heading, lane=lane.id, s_m=s_m)
    return replace(seen, perception=replace(seen.perception, ego=ego, route=(edge,)))


def test_the_motorway_lists_its_exits_ahead() -> None:
    road = load_road_map("motorway")
    some = scene_facts(at_start_of(road, "a7_start", 60.0), LaneFrames(road))
    assert some.text("place") == "highway"
    assert (some.number("exits") or 0) >= 2
    first, second = some.number("exit_m"), some.number("next_exit_m")
    assert first is not None
    assert second is not None
    assert 0 < first < second


def test_no_stopping_on_the_bridge_and_its_end_is_known() -> None:
    road = load_road_map("motorway")
    bridge = next(edge for edge, zone in road.zones.items() if zone == "bridge")
    some = scene_facts(at_start_of(road, bridge, 5.0), LaneFrames(road))
    assert some.text("place") == "bridge"
    assert (some.number("bridge_end_m") or 0) > 10


def test_a_street_of_the_town_with_a_crossing_ahead() -> None:
    road = load_road_map("town")
    frames = LaneFrames(road)
    found = 0
    for edge in road.following:
        lanes = road.drivable(edge)
        if not lanes or lanes[0].junction is not None or lanes[0].length_m < 40:
            continue
        some = scene_facts(at_start_of(road, edge, 10.0), frames)
        assert some.text("place") in ("urban", "residential", "school_zone")
        found += some.known("crosswalk_m")
    assert found > 5
