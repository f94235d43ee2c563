"""Pictures by the software renderer: what is in them, and which ids the cameras really see."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from model.contract.observation import CAMERAS, Actor, ActorKind, EgoState
from model.contract.road import RoadMap
from world.render.renderer import Pictures, Renderer
from world.render.snapshot import Snapshot
from world.roadmap import load_road_map
from world.scenery import scenery

LEFT, FRONT, RIGHT, TELE = CAMERAS
SIZE = (160, 96)


@pytest.fixture(scope="module")
def road() -> RoadMap:
    return load_road_map("town")


@pytest.fixture(scope="module")
def nearby(road: RoadMap) -> list[dict[str, Any]]:
    """What stands near the street of these tests; the rest of the town only costs time."""
    x, y, _ = at(road, 50.0)
    return [i for i in scenery(road) if math.hypot(i["x"] - x, i["y"] - y) < 130]


@pytest.fixture(scope="module")
def renderer(road: RoadMap, nearby: list[dict[str, Any]]) -> Iterator[Renderer]:
    made = Renderer(road, nearby, SIZE)
    yield made
    made.close()


def at(road: RoadMap, s_m: float, lane: str = "market_2e_2") -> tuple[float, float, float]:
    return road.lanes[lane].pose(s_m)


def snapshot(road: RoadMap, actors: tuple[Actor, ...] = (), **fields: object) -> Snapshot:
    x, y, h = at(road, 20.0)
    base = Snapshot(3.0, EgoState(x, y, h, 10.0), actors)
    return replace(base, **fields)  # type: ignore[arg-type]


def car(road: RoadMap, s_m: float, left_m: float = 0.0, **fields: object) -> Actor:
    x, y, h = at(road, s_m)
    x, y = x - math.sin(h) * left_m, y + math.cos(h) * left_m
    base = Actor("car", ActorKind.CAR, x, y, h, 10, 0, 4.6, 1.85, 1.45, colour="white")
    return replace(base, **fields)  # type: ignore[arg-type]


def seen_in(pictures: Pictures, actor_id: str) -> set[str]:
    return {camera for camera, ids in pictures.visible.items() if actor_id in ids}


def test_four_pictures_of_the_asked_size(renderer: Renderer, road: RoadMap) -> None:
    pictures = renderer.render(snapshot(road))
    assert pictures.rgb.shape == (4, 96, 160, 3)
    assert pictures.rgb.dtype == np.uint8
    assert set(pictures.visible) == set(CAMERAS)


def test_the_same_snapshots_give_the_same_pixels(
    road: RoadMap, nearby: list[dict[str, Any]]
) -> None:
    fresh, again = Renderer(road, nearby, SIZE), Renderer(road, nearby, SIZE)
    for t in range(4):
        x, y, h = at(road, 20.0 + 3 * t)
        now = snapshot(road, (car(road, 50),), t_s=3.0 + t / 10, ego=EgoState(x, y, h, 30.0))
        a, b = fresh.render(now), again.render(now)
        assert (a.rgb == b.rgb).all()
        assert a.visible == b.visible
    fresh.close()
    again.close()


def test_sky_is_above_and_road_below(renderer: Renderer, road: RoadMap) -> None:
    front = renderer.render(snapshot(road)).rgb[1].astype(int)
    sky, ground = front[:10].reshape(-1, 3).mean(axis=0), front[-10:].reshape(-1, 3).mean(axis=0)
    assert sky[2] > sky[0] + 20
    assert abs(ground - ground.mean()).max() < 12
    assert sky.mean() > ground.mean() + 20


def test_a_car_ahead_is_seen_in_front_and_one_behind_in_none(
    renderer: Renderer, road: RoadMap
) -> None:
    assert seen_in(renderer.render(snapshot(road, (car(road, 40),))), "car") >= {FRONT, TELE}
    assert seen_in(renderer.render(snapshot(road, (car(road, 8),))), "car") == set()


def test_cars_at_the_sides_are_seen_by_the_cross_cameras(renderer: Renderer, road: RoadMap) -> None:
    left = renderer.render(snapshot(road, (car(road, 24, left_m=6.0),)))
    assert LEFT in seen_in(left, "car")
    assert RIGHT not in seen_in(left, "car")
    right = renderer.render(snapshot(road, (car(road, 24, left_m=-6.0),)))
    assert RIGHT in seen_in(right, "car")
    assert LEFT not in seen_in(right, "car")


def test_a_car_behind_a_truck_or_a_house_is_not_seen(renderer: Renderer, road: RoadMap) -> None:
    truck = car(road, 38, id="truck", kind=ActorKind.TRUCK, length_m=10, width_m=2.5, height_m=3.8)
    hidden = renderer.render(snapshot(road, (truck, car(road, 52))))
    assert seen_in(hidden, "truck") >= {FRONT, TELE}
    assert seen_in(hidden, "car") == set()
    behind_houses = renderer.render(snapshot(road, (car(road, 45, left_m=40.0),)))
    assert seen_in(behind_houses, "car") == set()


def test_braking_shows_red_lamps(renderer: Renderer, road: RoadMap) -> None:
    def red(braking: bool) -> int:
        lead = car(road, 36, braking=braking)
        tele = renderer.render(snapshot(road, (lead,))).rgb[3].astype(int)
        return int(((tele[..., 0] > 150) & (tele[..., 1] < 90) & (tele[..., 2] < 90)).sum())

    assert red(True) > 2 * red(False) + 10


def test_a_traffic_light_is_seen_and_changes_colour(renderer: Renderer, road: RoadMap) -> None:
    x, y, h = at(road, 85.0)
    ego = EgoState(x, y, h, 5.0)
    tls = next(i.light for lane in road.lanes.values() for i in lane.links
               if i.light and lane.id == "market_2e_2")  # fmt: skip
    pictures = {
        state: renderer.render(snapshot(road, ego=ego, lights={tls: state * 60}))
        for state in ("r", "G")
    }
    heads = {key for ids in pictures["r"].visible.values() for key in ids}
    assert any(key.startswith(f"light:{tls}:") for key in heads)
    change = pictures["r"].rgb.astype(int) - pictures["G"].rgb
    assert (change[..., 0] > 60).any()
    assert (change[..., 1] < -60).any()


def test_night_is_dark_fog_is_flat_and_rain_is_grey(renderer: Renderer, road: RoadMap) -> None:
    looks = {
        weather: renderer.render(snapshot(road, weather=weather)).rgb.astype(float)
        for weather in ("clear", "dusk", "night", "rain", "fog", "night_rain")
    }
    level = {weather: picture.mean() for weather, picture in looks.items()}
    assert level["night"] < 0.6 * level["dusk"] < 0.6 * level["clear"]
    assert level["night_rain"] < 0.5 * level["rain"]
    far = {weather: picture[3, 20:50] for weather, picture in looks.items()}  # down the street
    assert far["fog"].std() < 0.7 * far["clear"].std()
    colour = {w: np.ptp(p, axis=-1).mean() for w, p in looks.items()}
    assert colour["rain"] < 0.6 * colour["clear"]


def test_fog_hides_a_car_that_clear_air_shows(renderer: Renderer, road: RoadMap) -> None:
    far = (car(road, 110),)
    assert TELE in seen_in(renderer.render(snapshot(road, far)), "car")
    assert seen_in(renderer.render(snapshot(road, far, visibility_m=40.0)), "car") == set()


def test_actors_come_and_go(renderer: Renderer, road: RoadMap) -> None:
    crowd = tuple(car(road, 30 + i, id=f"car{i}", left_m=3.0 * (i % 5)) for i in range(240))
    assert len(seen_in(renderer.render(snapshot(road, crowd)), "car1")) > 0
    assert all(ids == {} or all(key.startswith("light:") for key in ids)
               for ids in renderer.render(snapshot(road)).visible.values())  # fmt: skip


@pytest.mark.parametrize("kind", list(ActorKind))
def test_every_kind_can_be_drawn(renderer: Renderer, road: RoadMap, kind: ActorKind) -> None:
    x = car(road, 28, kind=kind, length_m=1.5, width_m=1.0, height_m=1.4, siren=True)
    assert TELE in seen_in(renderer.render(snapshot(road, (x,))), "car")


def test_an_empty_map_is_grass_and_sky() -> None:
    made = Renderer(RoadMap("nowhere", {}, {}, {}), [], (64, 48))
    pictures = made.render(Snapshot(0.0, EgoState(0, 0, 0, 0)))
    below = pictures.rgb[1][-6:].reshape(-1, 3).astype(int).mean(axis=0)
    assert below[1] > below[0] > below[2]
    made.close()
