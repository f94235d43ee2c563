"""The road map says what the nets mean: lanes, links, right of way, crossings, exits."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from model.contract.road import Control, LaneKind, RoadClass, RoadMap, Turn
from world.roadmap import load_road_map, map_path


@pytest.fixture(scope="module")
def town() -> RoadMap:
    return load_road_map("town")


@pytest.fixture(scope="module")
def motorway() -> RoadMap:
    return load_road_map("motorway")


@pytest.mark.parametrize("name", ["town", "motorway", "commute"])
def test_every_name_that_a_lane_mentions_exists(name: str) -> None:
    road = load_road_map(name)
    for lane in road.lanes.values():
        assert lane.edge in road.edges
        assert lane.left is None or road.lanes[lane.left].right == lane.id
        for link in lane.links:
            for id in (link.from_lane, link.to_lane, *link.via, *link.yields_to, *link.conflicts):
                assert id in road.lanes
            assert set(link.yields_to) <= set(link.conflicts)
    for crossing in road.crossings.values():
        for id, s in crossing.crosses.items():
            assert 0 <= s <= road.lanes[id].length_m
    for exit in road.exits:
        assert exit.edge in road.following[exit.from_edge]
    for place in road.places:
        assert place.s_m <= road.lanes[road.edges[place.edge][-1]].length_m, place
    assert set(road.zones) <= set(road.edges)


@pytest.mark.parametrize("name", ["town", "motorway", "commute"])
def test_links_join_their_lanes(name: str) -> None:
    road = load_road_map(name)
    for lane in road.lanes.values():
        for link in lane.links:
            chain = [lane, *(road.lanes[id] for id in link.via), road.lanes[link.to_lane]]
            for a, b in pairwise(chain):
                gap = abs(a.centre[-1] - b.centre[0]).max()
                assert gap < 0.3, (a.id, b.id, gap)


def test_from_every_car_lane_of_the_ring_the_drive_goes_on(motorway: RoadMap) -> None:
    drives = [lane for lane in motorway.lanes.values() if lane.kind is LaneKind.DRIVE]
    ends = {lane.id for lane in drives if not lane.links}
    assert ends == {"a7_join_west_1", "a7_join_east_1"}  # merge lanes end, as merge lanes do


def test_the_motorway_has_three_named_exits_with_their_own_lanes(motorway: RoadMap) -> None:
    assert [(e.name, e.towards) for e in motorway.exits] == [
        ("Exit 1", "Alderford, Hospital"),
        ("Exit 2", "Larch Hill, Airport"),
        ("Exit 3", "Port Selby, Harbour"),
    ]
    lane = motorway.drivable("a7_exit1_lane")[0]
    assert lane.left_dashed
    assert not lane.right_dashed
    assert [link.to_lane for link in lane.links] == ["exit1_1"]
    assert motorway.lanes[lane.right or ""].kind is LaneKind.SHOULDER
    assert lane.road is RoadClass.MOTORWAY
    assert lane.limit_mps == pytest.approx(120 / 3.6, abs=0.01)


def test_there_is_no_shoulder_on_the_bridge(motorway: RoadMap) -> None:
    assert motorway.zones["a7_bridge"] == "bridge"
    kinds = {motorway.lanes[id].kind for id in motorway.edges["a7_bridge"]}
    assert kinds == {LaneKind.DRIVE}


def test_a_ramp_gives_way_to_the_road_it_meets(motorway: RoadMap) -> None:
    left = next(k for k in motorway.lanes["exit1_end_1"].links if k.turn is Turn.LEFT)
    assert left.control is Control.YIELD
    links = [link for lane in motorway.lanes.values() for link in lane.links]
    before = {k.from_lane for k in links if set(k.via[:1]) & set(left.yields_to)}
    assert {motorway.lanes[id].edge for id in before} == {"b12_2e", "b12_3w"}


@pytest.mark.parametrize(
    ("lane", "control"),
    [
        ("market_2e_2", Control.LIGHT),
        ("lime_1n_2", Control.STOP),
        ("orchard_3n_1", Control.ALL_WAY_STOP),
        ("mill_1e2_1", Control.FREE),
        ("garden_1e_2", Control.YIELD),
    ],
)
def test_controls_at_the_end_of_a_lane(town: RoadMap, lane: str, control: Control) -> None:
    straight = next(k for k in town.lanes[lane].links if k.turn is Turn.STRAIGHT)
    assert straight.control is control


def test_left_turns_across_oncoming_traffic_give_way(town: RoadMap) -> None:
    left = next(k for k in town.lanes["market_2e_3"].links if k.turn is Turn.LEFT)
    oncoming = next(k for k in town.lanes["market_3w2_2"].links if k.turn is Turn.STRAIGHT)
    assert oncoming.via[0] in left.yields_to
    assert left.via[0] not in oncoming.yields_to


def test_priority_to_the_right_in_the_quiet_quarter(town: RoadMap) -> None:
    link = next(k for k in town.lanes["garden_1e_2"].links if k.turn is Turn.STRAIGHT)
    from_right = next(k for k in town.lanes["lime_3n_2"].links if k.turn is Turn.STRAIGHT)
    from_left = next(k for k in town.lanes["lime_4s_2"].links if k.turn is Turn.STRAIGHT)
    assert from_right.via[0] in link.yields_to
    assert from_left.via[0] not in link.yields_to


def test_one_way_and_centre_lines(town: RoadMap, motorway: RoadMap) -> None:
    assert not town.lanes["quay_1e_1"].one_way
    assert town.lanes["quay_1e_1"].left_dashed
    assert town.lanes["market_1e_2"].one_way
    assert not town.lanes["market_1e_3"].one_way
    assert not town.lanes["market_1e_3"].left_dashed
    assert town.lanes["market_1e_2"].left_dashed
    assert town.lanes["market_1e_2"].solid_last_m == 30.0
    assert motorway.lanes["a7_1_3"].one_way
    assert motorway.lanes["a7_1_3"].solid_last_m == 0.0


def test_a_zebra_and_a_crossing_with_lights(town: RoadMap) -> None:
    zebra = town.crossings[":market_3_zebra_c0"]
    assert zebra.priority
    assert len(zebra.crosses) == 4  # two lanes each way
    ruled = town.crossings[":n22_c0"]
    assert not ruled.priority
    assert (ruled.light, ruled.light_index) == ("n22", 26)


def test_names_zones_and_places(town: RoadMap) -> None:
    assert town.street_names["market_1e"] == "Market Street"
    assert town.zones["garden_2e"] == "school_zone"
    kinds = {place.kind for place in town.places}
    assert {"petrol", "parking", "hospital", "home", "station"} <= kinds


def test_any_net_loads_without_metadata(tmp_path: Path) -> None:
    path = tmp_path / "mine.net.xml"
    path.write_bytes(map_path("motorway").read_bytes())
    road = load_road_map(str(path))
    assert road.name == "mine"
    assert [(e.name, e.edge) for e in road.exits] == [
        ("Exit 1", "exit1"),
        ("Exit 2", "exit2"),
        ("Exit 3", "exit3"),
    ]
    assert road.places == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<osm/>", "not a SUMO net but <osm>; convert it with `netconvert --osm-files"),
        ("<net/>", "this SUMO net has no roads"),
        ("<net><edge", "not readable as a SUMO net"),
        ('<net><edge id="a"><lane id="a_0" index="0" speed="x"/></edge></net>', "damaged SUMO net"),
    ],
)
def test_a_broken_map_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.net.xml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        load_road_map(str(path))
    assert "broken.net.xml" in str(error.value)
    assert "\n" not in str(error.value)


def test_unknown_map_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="no map called 'mars': there are commute, motorway, town"):
        load_road_map("mars")


def test_wrong_metadata_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "mine.net.xml"
    path.write_bytes(map_path("town").read_bytes())
    (tmp_path / "mine.yaml").write_text("exists: []")
    with pytest.raises(ValueError, match=r"mine\.yaml: only the keys exits, places and zones"):
        load_road_map(str(path))
