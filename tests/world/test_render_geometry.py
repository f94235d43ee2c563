"""The pure parts of the renderer: shapes, paint, light."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from model.contract.observation import Actor, ActorKind
from model.contract.road import LaneKind, RoadMap
from world.render.actors import PAINTS, actor_glow, actor_mesh, light_glow
from world.render.boards import Board, atlas
from world.render.cast import cast_shadows
from world.render.looks import DAY, NIGHT, look
from world.render.markings import markings
from world.render.mesh import Builder, Glow, Mesh, blob
from world.render.ribbons import polygon, ribbon
from world.render.rig import RIG, camera_size
from world.render.roads import surfaces
from world.render.shading import Eye, base_light, glow_table, haze_at, seen_colour
from world.roadmap import load_road_map


def actor(kind: ActorKind = ActorKind.CAR, **fields: object) -> Actor:
    base = Actor("a", kind, 0, 0, 0, 0, 0, 4.6, 1.85, 1.45, colour="red")
    return replace(base, **fields)  # type: ignore[arg-type]


def area(mesh: Mesh) -> float:
    a, b, c = (mesh.points[mesh.triangles[:, i]] for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


def outward(mesh: Mesh) -> bool:
    """Do winding and normals of a body that contains the origin agree and point outwards?"""
    corners = mesh.points[mesh.triangles]
    wound = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    middle = corners.mean(axis=1)
    agree = (wound * mesh.normals[mesh.triangles[:, 0]]).sum(axis=1) > 0
    return bool(((wound * middle).sum(axis=1) > 0).all() and agree.all())


def test_a_box_is_closed_and_looks_outwards() -> None:
    made = Builder()
    made.box((-1, -2, -3), (1, 2, 3), (1, 1, 1), bottom=True)
    mesh = made.build()
    assert outward(mesh)
    assert area(mesh) == pytest.approx(2 * (2 * 4 + 2 * 6 + 4 * 6))


def test_a_blob_looks_outwards() -> None:
    assert outward(blob(4, 8, 1, 0.1))


def test_a_moved_mesh_is_scaled_turned_and_shifted() -> None:
    made = Builder()
    made.box((0, 0, 0), (1, 1, 1), (1, 1, 1))
    moved = made.build().moved(10, 20, math.pi / 2, (2, 3, 4))
    assert moved.points.min(axis=0) == pytest.approx([7, 20, 0], abs=1e-5)
    assert moved.points.max(axis=0) == pytest.approx([10, 22, 4], abs=1e-5)
    assert np.linalg.norm(moved.normals, axis=1) == pytest.approx(1)


def test_a_ribbon_has_the_area_of_its_strip() -> None:
    line = np.array([[0.0, 0], [10, 0], [20, 0]])
    assert area(ribbon(line, (-1.5, 0, 1.5), (1, 1, 1), (1, 1, 1))) == pytest.approx(60)


@pytest.mark.parametrize("turned", [False, True])
def test_a_hollow_polygon_is_filled_exactly(turned: bool) -> None:
    outline = np.array([[0.0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])
    mesh = polygon(outline[::-1] if turned else outline, (1, 1, 1))
    assert area(mesh) == pytest.approx(10.0)


def test_every_lane_has_a_surface_of_its_own_size() -> None:
    road = load_road_map("town")
    lanes = [lane for lane in road.lanes.values() if lane.kind is LaneKind.DRIVE][:20]
    only = RoadMap("few", {lane.id: lane for lane in lanes}, {}, {})
    expected = sum(lane.length_m * (lane.width_m + 0.16) for lane in lanes)
    assert area(surfaces(only)) == pytest.approx(expected, rel=0.02)


def test_paint_stays_on_the_road() -> None:
    road = load_road_map("town")
    paint = markings(road)
    points = np.concatenate([lane.centre for lane in road.lanes.values()])
    low, high = points.min(axis=0) - 3, points.max(axis=0) + 3
    assert (paint.points[:, :2] > low).all()
    assert (paint.points[:, :2] < high).all()
    assert (paint.points[:, 2] == 0).all()


def test_each_zebra_is_painted_in_stripes_along_the_traffic() -> None:
    road = load_road_map("town")
    zebra = next(c for c in road.crossings.values() if c.priority)
    alone = RoadMap("one", {}, {}, {}, crossings={zebra.id: zebra})
    stripes = len(markings(alone).triangles) // 2
    length = float(np.hypot(*(zebra.shape[-1] - zebra.shape[0])))
    assert stripes == pytest.approx(length, abs=1.5)


@pytest.mark.parametrize("kind", list(ActorKind))
def test_every_kind_of_actor_has_a_model_of_its_own_size(kind: ActorKind) -> None:
    mesh = actor_mesh(actor(kind, length_m=2.0, width_m=1.0, height_m=1.6), 0.0)
    size = np.ptp(mesh.points, axis=0)
    # Mirrors and lamps stand out a little; walkers keep their build whatever their box.
    if kind is not ActorKind.PEDESTRIAN:
        assert size[:2] == pytest.approx([2.0, 1.0], rel=0.3)
    assert size[2] == pytest.approx(1.6, rel=0.15)
    assert mesh.points[:, 2].min() > -0.1
    assert len(mesh.points) < 2500


def test_walkers_legs_move_with_their_pace() -> None:
    walking = [actor_mesh(actor(ActorKind.PEDESTRIAN, speed_mps=1.4), t / 10) for t in range(10)]
    standing = [actor_mesh(actor(ActorKind.PEDESTRIAN), t / 10) for t in range(10)]
    assert len({id(mesh) for mesh in walking}) > 1
    assert len({id(mesh) for mesh in standing}) == 1


def test_an_unknown_colour_word_still_paints_the_same_actor_alike() -> None:
    assert actor_mesh(actor(colour="tartan"), 0) is actor_mesh(actor(colour="tartan"), 5)
    assert "tartan" not in PAINTS


def test_brake_lamps_indicators_and_siren_shine_only_when_on() -> None:
    off = actor_glow(actor(), DAY, 0.0)
    assert off.max() == 0
    assert actor_glow(actor(braking=True), DAY, 0.0)[Glow.BRAKE, 0] == 1
    left = [actor_glow(actor(indicator="left"), DAY, t / 10)[Glow.LEFT, 0] for t in range(8)]
    assert {0.0, 1.0} == set(left)
    hazard = actor_glow(actor(indicator="hazard"), DAY, 0.0)
    assert hazard[Glow.LEFT, 0] == hazard[Glow.RIGHT, 0] == 1
    blue = [actor_glow(actor(ActorKind.EMERGENCY, siren=True), DAY, t) for t in (0.1, 0.3)]
    assert blue[0][Glow.SIREN_A, 2] == blue[1][Glow.SIREN_B, 2] == 1
    assert actor_glow(actor(), NIGHT, 0.0)[Glow.HEAD, 0] == 1


@pytest.mark.parametrize(("state", "shines"), [
    ("r", {Glow.RED}), ("u", {Glow.RED, Glow.AMBER}), ("y", {Glow.AMBER}), ("g", {Glow.GREEN}),
    ("G", {Glow.GREEN}), ("O", set()), ("", set()),
])  # fmt: skip
def test_a_light_shows_its_state(state: str, shines: set[Glow]) -> None:
    table = light_glow(state, DAY, 0.0)
    lenses = (Glow.RED, Glow.AMBER, Glow.GREEN)
    assert {lens for lens in lenses if table[lens].max() > 0} == shines


def test_weather_words_give_looks() -> None:
    assert look("clear") == DAY
    assert look("flying saucers") == DAY
    assert look("night").lamps == 1
    wet = look("night rain")
    assert wet == look("night_rain")
    assert (wet.lamps, wet.wet, wet.rain) == (1, 1, 1)
    assert look("rain").shadow < DAY.shadow
    assert look("fog").haze_half_m < look("rain").haze_half_m < DAY.haze_half_m
    assert look("clear", visibility_m=60).reach_m == pytest.approx(60 * 4.5 / 4.3)


def test_haze_grows_with_distance_and_hides_the_end_of_the_world() -> None:
    distance = np.linspace(0, DAY.reach_m, 50).astype(np.float32)
    haze = haze_at(distance, DAY)
    assert haze[0] == 0
    assert (np.diff(haze) > 0).all()
    assert haze[-1] == pytest.approx(1)


def test_faces_towards_the_sun_are_brighter_and_glow_needs_no_sun() -> None:
    made = Builder()
    made.box((-1, -1, -1), (1, 1, 1), (0.5, 0.5, 0.5), glow=Glow.BRAKE)
    mesh = made.build()
    dark = base_light(mesh, DAY, glow_table(DAY))
    facing = mesh.normals @ np.array(DAY.sun, np.float32)
    assert dark[facing.argmax()].mean() > 1.5 * dark[facing.argmin()].mean()
    lit = base_light(mesh, DAY, glow_table(DAY, BRAKE=(1.0, 0.0, 0.0)))
    assert lit[:, 0] - dark[:, 0] == pytest.approx(1)


def test_headlamps_light_the_road_ahead_and_not_behind() -> None:
    line = np.array([[-40.0, 0], [-20, 0], [20, 0], [40, 0]])
    road = ribbon(line, (-1, 1), (1, 1), (0.5, 0.5, 0.5))
    base = base_light(road, NIGHT, glow_table(NIGHT))
    seen = seen_colour(road, base, NIGHT, Eye(0, 0, 1.4, 0.0))[:, :3].mean(axis=1)
    x = road.points[:, 0]
    assert seen[x == 20].min() > 2 * seen[x == -20].max()


def test_a_house_casts_its_shadow_away_from_the_sun() -> None:
    house = {"kind": "house", "x": 0.0, "y": 0.0, "h": 0.3, "w": 10.0, "d": 8.0, "height": 6.0,
             "roof_h": 3.0}  # fmt: skip
    shadow = cast_shadows([house], DAY)
    middle = shadow.points[:, :2].mean(axis=0)
    assert float(middle @ np.array(DAY.sun[:2])) < 0
    assert cast_shadows([house], look("fog")).empty


def test_each_sign_face_is_drawn_once_and_has_its_own_place() -> None:
    corners = ((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (0.0, 1.0, 2.0), (0.0, 0.0, 2.0))
    faces = [
        ("limit", "50"),
        ("limit", "120"),
        ("stop",),
        ("yield",),
        ("zebra",),
        ("limit", "50"),
        ("plate", "#1d4e9e", "Exit 2", "Harbour", "1000 m"),
        ("name", "Bakery", "#aa3333"),
    ]
    sheet = atlas(faces)
    assert len(sheet.places) == 7
    for u0, v0, u1, v1 in sheet.places.values():
        assert 0 <= u0 < u1 <= 1
        assert 0 <= v0 < v1 <= 1
    mesh = sheet.mesh([Board(face, corners) for face in faces])
    assert len(mesh.triangles) == 2 * len(faces)
    assert mesh.normals == pytest.approx(np.tile([1.0, 0, 0], (4 * len(faces), 1)))


@pytest.mark.parametrize("text", ["", "160", "160x", "axb", "8x8", "4000x96"])
def test_a_wrong_camera_size_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="camera size"):
        camera_size(text)


def test_the_rig_is_that_of_the_alpamayo_family() -> None:
    assert camera_size("576x320") == (576, 320)
    assert [mount.fov_deg for mount in RIG] == [120, 120, 120, 30]
    assert RIG[0].yaw_deg > 0 > RIG[2].yaw_deg
