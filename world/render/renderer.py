"""Pictures of a snapshot: what each camera shows, and which ids it really sees."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import Actor
from model.contract.road import RoadMap
from world.render.actors import light_glow
from world.render.crowd import Crowd
from world.render.effects import (
    Lamp,
    body_shadows,
    gleam,
    halos,
    rain,
    vehicle_lamps,
)
from world.render.furniture import light_head_at, light_head_mesh
from world.render.looks import Look, look
from world.render.mesh import Mesh
from world.render.rig import RIG, Mount
from world.render.shading import Eye, base_light, seen_colour
from world.render.sky import Painted
from world.render.snapshot import Snapshot
from world.render.stage import MOST_IDS, Drawn, Stage, seen_from
from world.render.statics import DYNAMIC_ORDER, Statics
from world.render.tiles import Tiles, tile_of

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

#: An id is visible in a camera from this many pixels of the small instance-id picture on.
VISIBLE_PIXELS = 3
_MOST_LIGHTS = 40
_MOST_ACTORS = MOST_IDS - _MOST_LIGHTS
_LIGHTS_WITHIN_M = 160.0
_MOST_LAMPS = 40  # that have a halo and a gleam, the nearest first


@dataclass(frozen=True)
class Pictures:
    """uint8 [cameras, H, W, 3], and camera -> id -> pixels of what it sees.

    Ids are those of actors, and `light:TLS:LINK` for heads of traffic lights.
    """

    rgb: U8
    visible: Mapping[str, Mapping[str, int]]


@dataclass
class _Head:
    id: str
    tls: str
    link: int
    mesh: Mesh  # in the map frame
    drawn: Drawn
    at: tuple[float, float, float]
    facing: float
    key: tuple[object, ...] = ()


class Renderer:
    """Holds the scene of one map; `render` is called with snapshots in any order of time."""

    def __init__(
        self,
        road: RoadMap,
        scenery: Sequence[Mapping[str, Any]],
        size: tuple[int, int],
        *,
        supersample: int | None = None,
        gpu: bool = False,
        rig: Sequence[Mount] = RIG,
    ) -> None:
        over = supersample or (2 if size[0] * size[1] <= 320 * 192 else 1)
        self._rig = rig
        self._stage = Stage(rig, size, supersample=over, gpu=gpu)
        self._tiles = Tiles(road, scenery)
        self._statics = Statics(self._stage, self._tiles, zlib.crc32(road.name.encode()))
        self._crowd = Crowd(self._stage, self._tiles)
        self._heads = [self._head(item) for item in self._tiles.lights]
        self._fleeting: list[Drawn] = []

    def render(self, snapshot: Snapshot) -> Pictures:
        ego = snapshot.ego
        eye = Eye(ego.x, ego.y, 1.45, ego.heading)
        now = look(snapshot.weather, snapshot.visibility_m)
        actors = _nearest(snapshot.actors, eye, now)
        self._statics.update(eye, now)
        self._crowd.draw(actors, now, eye, snapshot.t_s)
        heads = self._draw_heads(snapshot, now, eye)
        self._draw_fleeting(actors, heads, now, eye, snapshot)
        names = self._identify(actors, heads)
        rgb, ids = self._stage.render(eye)
        return Pictures(rgb, self._count(ids, names))

    @property
    def driver(self) -> str:
        """Who draws: `software`, or the graphics driver's own name once a picture was made."""
        return self._stage.driver

    def close(self) -> None:
        self._stage.close()

    def _head(self, item: dict[str, Any]) -> _Head:
        """A head stands in the map frame; its node is placed at the origin."""
        x, y, z = light_head_at(item)
        cos, sin = math.cos(item["h"]), math.sin(item["h"])
        at = (item["x"] + x * cos - y * sin, item["y"] + x * sin + y * cos, z)
        own = light_head_mesh()
        mesh = own.moved(at[0], at[1], item["h"])
        mesh.points[:, 2] += z
        drawn = self._stage.add(mesh, solid=True)
        name = f"light:{item['tls']}:{item['link']}"
        return _Head(name, item["tls"], item["link"], mesh, drawn, at, item["h"])

    def _draw_heads(self, snapshot: Snapshot, now: Look, eye: Eye) -> list[tuple[_Head, str]]:
        """Colours the heads nearby, nearest first, and hides the others."""
        near = []
        for head in self._heads:
            gap = math.hypot(head.at[0] - eye.x, head.at[1] - eye.y)
            reach = min(_LIGHTS_WITHIN_M, now.reach_m)
            head.drawn.show(seen_from(gap, reach, reach))
            if gap < reach:
                near.append((gap, head))
        near.sort(key=lambda pair: pair[0])
        shown = []
        for gap, head in near:
            states = snapshot.lights.get(head.tls, "")
            state = states[head.link] if 0 <= head.link < len(states) else "O"
            blink = snapshot.t_s % 1.0 < 0.5 if state == "o" else True
            key = (state, blink, now, round(gap / max(0.02 * now.haze_half_m, 1.0)))
            if key != head.key:
                head.key = key
                base = base_light(head.mesh, now, light_glow(state, now, snapshot.t_s))
                head.drawn.colour(seen_colour(head.mesh, base, now, eye))
            shown.append((head, state))
        return shown

    def _draw_fleeting(self, actors: Sequence[Actor], heads: Sequence[tuple[_Head, str]],
                       now: Look, eye: Eye, snapshot: Snapshot) -> None:  # fmt: skip
        for drawn in self._fleeting:
            drawn.remove()
        lamps: list[Lamp] = []
        if now.lamps > 0.3:
            lamps = vehicle_lamps(actors, snapshot.t_s)
            lamps += [_head_lamp(head, state) for head, state in heads if state in _SHINING]
            street = self._tiles.lanterns(tile_of(eye.x, eye.y), reach=2)
            lamps += [Lamp((float(x), float(y), float(z)), (1.0, 0.86, 0.58), 1.1)
                      for x, y, z in street]  # fmt: skip
            lamps = sorted(lamps, key=lambda lamp: math.dist(lamp.at[:2], (eye.x, eye.y)))
            lamps = lamps[:_MOST_LAMPS]
        parts: list[tuple[Painted, int | None]] = [
            (body_shadows(actors, now, eye), DYNAMIC_ORDER),
            (gleam(lamps, now, eye), DYNAMIC_ORDER + 1),
            (halos(lamps, now, eye), None),
            (rain(now, eye, snapshot.t_s, snapshot.ego.speed_mps), None),
        ]
        made = [self._stage.once(p.points, p.colours, p.triangles, order=o) for p, o in parts]
        self._fleeting = [drawn for drawn in made if drawn is not None]

    def _identify(self, actors: Sequence[Actor], heads: Sequence[tuple[_Head, str]]) -> list[str]:
        """Numbers what may be seen; index 0 is the background."""
        names = [""]
        for actor in actors[:_MOST_ACTORS]:
            self._crowd.identify(actor.id, len(names))
            names.append(actor.id)
        for head, _ in heads[:_MOST_LIGHTS]:
            head.drawn.identify(len(names))
            names.append(head.id)
        return names

    def _count(self, ids: U8, names: Sequence[str]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for mount, picture in zip(self._rig, ids, strict=True):
            pixels = np.bincount(picture.ravel(), minlength=len(names))
            seen = {names[i]: int(pixels[i]) for i in range(1, len(names)) if pixels[i]}
            found[mount.name] = {i: n for i, n in seen.items() if n >= VISIBLE_PIXELS}
        return found


_RED, _AMBER, _GREEN = (1.0, 0.12, 0.1), (1.0, 0.66, 0.1), (0.1, 1.0, 0.5)
_SHINING = {"r": _RED, "u": _RED, "y": _AMBER, "Y": _AMBER, "g": _GREEN, "G": _GREEN}


def _head_lamp(head: _Head, state: str) -> Lamp:
    return Lamp(head.at, _SHINING[state], 0.55, head.facing)


def _nearest(actors: Sequence[Actor], eye: Eye, now: Look) -> list[Actor]:
    """Actors inside the haze, nearest first."""
    gaps = [(math.hypot(a.x - eye.x, a.y - eye.y), a.id, a) for a in actors]
    return [a for gap, _, a in sorted(gaps, key=lambda t: t[:2]) if gap < now.reach_m]
