"""The static scene cut into square tiles, made into meshes only when a camera comes near."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract.road import RoadMap
from world.render.boards import Atlas, Board, atlas
from world.render.cast import cast_shadows
from world.render.furniture import (
    bench_mesh,
    lamp_mesh,
    lantern,
    light_post_mesh,
    noise_wall_mesh,
    parapet_mesh,
    rail_mesh,
    shelter_boards,
    shelter_mesh,
    sign_board,
    sign_mesh,
)
from world.render.greenery import bush_mesh, field_mesh, hedge_mesh, tree_mesh
from world.render.houses import building_base, building_boards, building_detail
from world.render.land import grass
from world.render.looks import Look
from world.render.markings import markings
from world.render.mesh import Mesh, joined
from world.render.roads import kerbs, plates, surfaces

F32 = NDArray[np.float32]

TILE_M = 80.0
Key = tuple[int, int]
Item = Mapping[str, Any]


class Layer(IntEnum):
    """What is drawn in which order; the first ones lie flat on the ground, painter's order."""

    GRASS = 0
    FIELD = 1
    PLATE = 2
    SURFACE = 3
    PAINT = 4
    SHADOW = 5
    SOLID = 6
    DETAIL = 7
    BOARD = 8


GROUND = (Layer.GRASS, Layer.FIELD, Layer.PLATE, Layer.SURFACE, Layer.PAINT, Layer.SHADOW)
#: Beyond this a layer is too small to see, m, for a wide and for a tele camera.
SEEN_TO_M: dict[Layer, tuple[float, float]] = {
    Layer.GRASS: (400.0, 600.0),
    Layer.FIELD: (400.0, 600.0),
    Layer.PLATE: (250.0, 600.0),
    Layer.SURFACE: (220.0, 600.0),
    Layer.PAINT: (120.0, 320.0),
    Layer.SHADOW: (110.0, 260.0),
    Layer.SOLID: (200.0, 600.0),
    Layer.DETAIL: (75.0, 190.0),
    Layer.BOARD: (110.0, 240.0),
}

#: Layers that are made only when the eye is near.
FINE = (Layer.DETAIL, Layer.BOARD)

_Make = Callable[[dict[str, Any]], Mesh]
_SOLID: dict[str, _Make] = {"tree": tree_mesh, "bus_stop": shelter_mesh}
_DETAIL: dict[str, _Make] = {
    "bush": bush_mesh,
    "lamp": lamp_mesh,
    "bench": bench_mesh,
    "traffic_light": light_post_mesh,
}
_IN_MAP_FRAME: dict[str, tuple[Layer, _Make]] = {
    "hedge": (Layer.SOLID, hedge_mesh),
    "guard_rail": (Layer.SOLID, rail_mesh),
    "noise_wall": (Layer.SOLID, noise_wall_mesh),
    "parapet": (Layer.SOLID, parapet_mesh),
    "field": (Layer.FIELD, field_mesh),
}
_SIGNS = frozenset({"sign_exit", "gantry", "sign_limit", "sign_stop", "sign_yield", "sign_zebra"})
_BUILDINGS = frozenset({"house", "shop", "tower"})


def tile_of(x: float, y: float) -> Key:
    return int(np.floor(x / TILE_M)), int(np.floor(y / TILE_M))


class _Cut:
    """One big mesh, its triangles sorted by tile."""

    def __init__(self, mesh: Mesh) -> None:
        self._mesh = mesh
        self._groups: dict[Key, NDArray[np.int32]] = {}
        if mesh.empty:
            return
        middle = mesh.points[mesh.triangles].mean(axis=1)
        keys = np.floor(middle[:, :2] / TILE_M).astype(np.int64)
        order = np.lexsort((keys[:, 1], keys[:, 0]))  # stable: painter's order is kept
        ordered = keys[order]
        bounds = np.flatnonzero(np.any(np.diff(ordered, axis=0) != 0, axis=1)) + 1
        for group in np.split(order, bounds):
            i, j = keys[group[0]]
            self._groups[int(i), int(j)] = mesh.triangles[group]

    @property
    def keys(self) -> Iterable[Key]:
        return self._groups

    def piece(self, key: Key) -> Mesh:
        triangles = self._groups.get(key)
        if triangles is None:
            return joined([])
        used, renamed = np.unique(triangles, return_inverse=True)
        m = self._mesh
        return Mesh(m.points[used], m.normals[used], m.albedo[used], m.glow[used],
                    renamed.reshape(-1, 3).astype(np.int32))  # fmt: skip


class Tiles:
    """All tiles of one map; `build` makes the meshes of one of them."""

    def __init__(self, road: RoadMap, scenery: Sequence[Item]) -> None:
        self._cuts = {
            Layer.PLATE: _Cut(plates(road)),
            Layer.SURFACE: _Cut(surfaces(road)),
            Layer.PAINT: _Cut(markings(road)),
            Layer.DETAIL: _Cut(kerbs(road)),
        }
        self._items: dict[Key, list[dict[str, Any]]] = defaultdict(list)
        for item in scenery:
            self._items[self._home(item)].append(dict(item))
        self.lights = [dict(item) for item in scenery if item["kind"] == "traffic_light"]
        self.atlas: Atlas = atlas(b.face for items in self._items.values() for b in _boards(items))
        content = set(self._items) | {key for cut in self._cuts.values() for key in cut.keys}
        self.keys = frozenset((i + a, j + b) for i, j in content for a in (-1, 0, 1)
                              for b in (-1, 0, 1))  # fmt: skip
        self._lanterns: dict[Key, list[tuple[float, float, float]]] = defaultdict(list)
        for item in scenery:
            if item["kind"] == "lamp":
                at = lantern(dict(item))
                self._lanterns[tile_of(at[0], at[1])].append(at)

    @staticmethod
    def _home(item: Item) -> Key:
        if "pts" not in item:
            return tile_of(item["x"], item["y"])
        middle = np.array(item["pts"], float).mean(axis=0)
        return tile_of(float(middle[0]), float(middle[1]))

    def build(self, key: Key, look: Look) -> dict[Layer, Mesh]:
        """The meshes of one tile but for its details; layers without content are missing."""
        parts: dict[Layer, list[Mesh]] = defaultdict(list)
        for layer, cut in self._cuts.items():
            if layer not in FINE:
                parts[layer].append(cut.piece(key))
        parts[Layer.GRASS].append(grass((key[0] * TILE_M, key[1] * TILE_M), TILE_M))
        items = self._items.get(key, [])
        for item in items:
            for layer, mesh in _coarse(item):
                parts[layer].append(mesh)
        parts[Layer.SHADOW].append(cast_shadows(items, look))
        return _joined(parts)

    def build_fine(self, key: Key) -> dict[Layer, Mesh]:
        """Its details: what only shows nearby, a good half of all triangles."""
        parts: dict[Layer, list[Mesh]] = defaultdict(list)
        parts[Layer.DETAIL].append(self._cuts[Layer.DETAIL].piece(key))
        items = self._items.get(key, [])
        parts[Layer.DETAIL] += [mesh for item in items for mesh in _fine(item)]
        boards = list(_boards(items))
        if boards:
            parts[Layer.BOARD].append(self.atlas.mesh(boards))
        return _joined(parts)

    def lanterns(self, key: Key, reach: int = 0) -> F32:
        """Street lamps of a tile and of those within `reach` tiles, [L, 3] m."""
        near = [
            at
            for i in range(-reach, reach + 1)
            for j in range(-reach, reach + 1)
            for at in self._lanterns.get((key[0] + i, key[1] + j), ())
        ]
        return np.array(near, np.float32).reshape(-1, 3)


def _joined(parts: Mapping[Layer, Sequence[Mesh]]) -> dict[Layer, Mesh]:
    made = {layer: joined(meshes) for layer, meshes in parts.items()}
    return {layer: mesh for layer, mesh in made.items() if not mesh.empty}


def _coarse(item: dict[str, Any]) -> Iterable[tuple[Layer, Mesh]]:
    kind = item["kind"]
    at = (item["x"], item["y"], item["h"])
    if kind in _BUILDINGS:
        yield Layer.SOLID, building_base(item).moved(*at)
    elif kind in _SOLID:
        yield Layer.SOLID, _SOLID[kind](item).moved(*at)
    elif kind in _IN_MAP_FRAME:
        layer, make = _IN_MAP_FRAME[kind]
        yield layer, make(item)


def _fine(item: dict[str, Any]) -> Iterable[Mesh]:
    kind = item["kind"]
    at = (item["x"], item["y"], item["h"])
    if kind in _BUILDINGS:
        yield building_detail(item).moved(*at)
    elif kind in _DETAIL:
        yield _DETAIL[kind](item).moved(*at)
    elif kind in _SIGNS:
        yield sign_mesh(item).moved(*at)


def _boards(items: Iterable[dict[str, Any]]) -> Iterable[Board]:
    for item in items:
        at = (item["x"], item["y"], item["h"])
        if item["kind"] in _SIGNS:
            yield sign_board(item).moved(*at)
        elif item["kind"] in _BUILDINGS:
            yield from (board.moved(*at) for board in building_boards(item))
        elif item["kind"] == "bus_stop":
            yield from (board.moved(*at) for board in shelter_boards(item))
