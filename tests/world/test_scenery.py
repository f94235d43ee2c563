"""Scenery: where things may stand, that the rules of the road have their signs, repeatability."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from model.contract.road import Control, LaneKind, RoadMap
from world import scenery as module
from world.geometry import box, boxes_overlap
from world.roadmap import load_road_map
from world.scenery import scenery

Item = dict[str, Any]
BUILDINGS = ("house", "shop", "tower")
BUILDING = {"w", "d", "height", "storeys", "roof", "roof_h", "colour", "roof_colour", "trim",
            "cols", "side_cols", "door", "lit", "chimney"}  # fmt: skip
PLATE = {"lines", "stage", "pole", "w", "height", "colour"}
FIELDS = {
    "house": BUILDING,
    "shop": BUILDING | {"awning", "name"},
    "tower": BUILDING,
    "tree": {"species", "height", "r", "tint"},
    "bush": {"height", "r", "tint"},
    "hedge": {"pts", "height", "thick"},
    "field": {"pts", "crop", "colour"},
    "lamp": {"height", "arm"},
    "bench": {"w"},
    "bus_stop": {"w", "d", "name"},
    "guard_rail": {"pts", "height"},
    "noise_wall": {"pts", "height"},
    "parapet": {"pts", "height"},
    "sign_exit": PLATE,
    "gantry": PLATE | {"span"},
    "sign_limit": {"value", "w", "pole"},
    "sign_stop": {"w", "pole"},
    "sign_yield": {"w", "pole"},
    "sign_zebra": {"w", "pole"},
    "traffic_light": {"tls", "link", "also", "height", "arm"},
}


@pytest.fixture(scope="module")
def town() -> tuple[RoadMap, list[Item]]:
    road = load_road_map("town")
    return road, scenery(road)


@pytest.fixture(scope="module")
def motorway() -> tuple[RoadMap, list[Item]]:
    road = load_road_map("motorway")
    return road, scenery(road)


@pytest.fixture(params=["town", "motorway"])
def place(request: pytest.FixtureRequest) -> tuple[RoadMap, list[Item]]:
    made: tuple[RoadMap, list[Item]] = request.getfixturevalue(request.param)
    return made


def footprints(item: Item) -> Iterator[np.ndarray[Any, Any]]:
    """[N, 2] points on the outline of what touches the ground."""
    x, y, h = item["x"], item["y"], item["h"]
    if item["kind"] in BUILDINGS or item["kind"] == "bus_stop":
        corners = box(x, y, h, item["d"], item["w"])
        edges = [
            corners + (np.roll(corners, 1, axis=0) - corners) * t for t in (0, 0.25, 0.5, 0.75)
        ]
        yield np.concatenate(edges)
    elif "pts" in item:
        line = np.array(item["pts"], float)
        t = np.linspace(0, len(line) - 1, 12 * len(line))
        yield np.stack([np.interp(t, range(len(line)), line[:, i]) for i in (0, 1)], axis=1)
    elif item["kind"] == "gantry":
        side = np.array([-math.sin(h), math.cos(h)]) * item["span"] / 2
        middle = np.array([x, y])
        yield np.array([middle + side, middle - side])
    elif item["kind"] in ("tree", "bush"):
        turn = np.linspace(0, 2 * math.pi, 12)
        r = 0.7 * item["r"]
        yield np.stack([x + r * np.cos(turn), y + r * np.sin(turn)], axis=1)
    else:
        yield np.array([[x, y]])


class Roads:
    """Distance from points to the nearest lane border, by brute force near the point."""

    def __init__(self, road: RoadMap) -> None:
        starts, ends, half = [], [], []
        for lane in road.lanes.values():
            starts.append(lane.centre[:-1])
            ends.append(lane.centre[1:])
            half.append(np.full(len(lane.centre) - 1, lane.width_m / 2))
        for crossing in road.crossings.values():
            starts.append(crossing.shape[:-1])
            ends.append(crossing.shape[1:])
            half.append(np.full(len(crossing.shape) - 1, crossing.width_m / 2))
        self.a, self.b = np.concatenate(starts), np.concatenate(ends)
        self.half = np.concatenate(half)
        self.cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for i, (a, b) in enumerate(zip(self.a, self.b, strict=True)):
            for t in np.linspace(0, 1, max(2, int(np.hypot(*(b - a)) / 10))):
                x, y = (a + (b - a) * t) // 25
                for key in ((x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)):
                    if not self.cells[key] or self.cells[key][-1] != i:
                        self.cells[key].append(i)

    def clearance_m(self, point: np.ndarray[Any, Any]) -> float:
        near = self.cells.get((point[0] // 25, point[1] // 25), [])
        if not near:
            return 25.0
        a, b, half = self.a[near], self.b[near], self.half[near]
        d = b - a
        t = np.clip(((point - a) * d).sum(1) / np.maximum((d * d).sum(1), 1e-9), 0, 1)
        return float((np.hypot(*(a + d * t[:, None] - point).T) - half).min())


def test_every_item_holds_the_documented_fields_and_is_plain_json(
    place: tuple[RoadMap, list[Item]],
) -> None:
    _, items = place
    for item in items:
        assert set(item) == {"kind", "x", "y", "h"} | FIELDS[item["kind"]], item
    assert json.loads(json.dumps(items)) == items


def test_the_module_documents_every_kind() -> None:
    assert module.__doc__ is not None
    for kind in FIELDS:
        assert kind in module.__doc__


def test_the_same_map_gives_the_same_scenery(town: tuple[RoadMap, list[Item]]) -> None:
    assert scenery(load_road_map("town")) == town[1]


def test_nothing_stands_on_a_lane_sidewalk_or_crossing(place: tuple[RoadMap, list[Item]]) -> None:
    road, items = place
    roads = Roads(road)
    for item in items:
        for points in footprints(item):
            worst = min(roads.clearance_m(point) for point in points)
            assert worst > -0.05, (item["kind"], item["x"], item["y"], worst)


def test_no_two_buildings_touch(place: tuple[RoadMap, list[Item]]) -> None:
    houses = [item for item in place[1] if item["kind"] in BUILDINGS]
    outlines = [box(i["x"], i["y"], i["h"], i["d"], i["w"]) for i in houses]
    for i, a in enumerate(houses):
        for j in range(i):
            b = houses[j]
            if math.hypot(a["x"] - b["x"], a["y"] - b["y"]) < 40:
                assert not boxes_overlap(outlines[i], outlines[j])


def test_no_tree_stands_in_a_building(place: tuple[RoadMap, list[Item]]) -> None:
    houses = [item for item in place[1] if item["kind"] in BUILDINGS]
    for tree in (item for item in place[1] if item["kind"] == "tree"):
        trunk = box(tree["x"], tree["y"], 0.0, 0.6, 0.6)
        for house in houses:
            if math.hypot(house["x"] - tree["x"], house["y"] - tree["y"]) < 20:
                outline = box(house["x"], house["y"], house["h"], house["d"], house["w"])
                assert not boxes_overlap(trunk, outline)


def test_every_light_rules_from_a_head_that_faces_its_lane(
    town: tuple[RoadMap, list[Item]],
) -> None:
    road, items = town
    heads = [item for item in items if item["kind"] == "traffic_light"]
    shown = {(i["tls"], link) for i in heads for link in (i["link"], *i["also"])}
    for lane in road.lanes.values():
        for link in lane.links:
            if link.light is None or lane.junction is not None:
                continue
            assert (link.light, link.light_index) in shown
            x, y, h = lane.pose(lane.length_m)
            head = next(
                i for i in heads
                if i["tls"] == link.light and link.light_index in (i["link"], *i["also"])
            )  # fmt: skip
            assert math.hypot(head["x"] - x, head["y"] - y) < 12
            assert math.cos(head["h"] - h) < -0.99


def test_stop_streets_and_zebras_have_their_signs(town: tuple[RoadMap, list[Item]]) -> None:
    road, items = town
    stops = [item for item in items if item["kind"] == "sign_stop"]
    edges = {
        lane.edge
        for lane in road.lanes.values()
        if lane.junction is None and lane.links
        and {link.control for link in lane.links} <= {Control.STOP, Control.ALL_WAY_STOP}
    }  # fmt: skip
    assert edges
    for edge in edges:
        lane = road.lanes[road.edges[edge][0]]
        x, y, _ = lane.pose(lane.length_m)
        assert min(math.hypot(s["x"] - x, s["y"] - y) for s in stops) < 6, edge
    zebras = [c for c in road.crossings.values() if c.priority]
    signs = [item for item in items if item["kind"] == "sign_zebra"]
    for zebra in zebras:
        x, y = zebra.shape.mean(axis=0)
        assert min(math.hypot(s["x"] - x, s["y"] - y) for s in signs) < 14


def test_every_exit_is_announced_and_shown_at_the_ramp(
    motorway: tuple[RoadMap, list[Item]],
) -> None:
    road, items = motorway
    plates = [item for item in items if item["kind"] in ("sign_exit", "gantry")]
    for exit in road.exits:
        mine = {item["stage"] for item in plates if item["lines"][0] == exit.name}
        assert "ramp" in mine
        assert mine & {"500", "1000"}
        for item in plates:
            if item["lines"][0] == exit.name and item["stage"] != "ramp":
                assert item["lines"][-1] == f"{item['stage']} m"


def test_a_town_has_rows_of_varied_houses_and_a_motorway_has_rails_and_fields(
    town: tuple[RoadMap, list[Item]], motorway: tuple[RoadMap, list[Item]]
) -> None:
    houses = [item for item in town[1] if item["kind"] == "house"]
    assert len(houses) > 150
    assert len({(h["colour"], h["roof"], h["storeys"]) for h in houses}) > 40
    kinds = {item["kind"] for item in town[1]}
    assert {"shop", "tower", "tree", "lamp", "hedge", "bench", "bus_stop"} <= kinds
    kinds = {item["kind"] for item in motorway[1]}
    assert {"guard_rail", "field", "tree", "parapet", "noise_wall", "sign_limit"} <= kinds


def test_a_map_without_roads_has_no_scenery() -> None:
    assert scenery(RoadMap("nowhere", {}, {}, {})) == []


def test_sidewalk_lamps_hang_over_the_street(town: tuple[RoadMap, list[Item]]) -> None:
    road, items = town
    roads = Roads(road)
    walks = sum(lane.kind is LaneKind.SIDEWALK for lane in road.lanes.values())
    lamps = [item for item in items if item["kind"] == "lamp"]
    assert walks
    for lamp in lamps:
        tip = np.array([lamp["x"] + math.cos(lamp["h"]) * lamp["arm"],
                        lamp["y"] + math.sin(lamp["h"]) * lamp["arm"]])  # fmt: skip
        foot = np.array([lamp["x"], lamp["y"]])
        assert roads.clearance_m(tip) < roads.clearance_m(foot)
