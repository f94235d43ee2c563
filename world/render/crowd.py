"""Actors on the stage: their models, placed and lit all together in a few array operations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import Actor
from world.render.actors import actor_glow, actor_mesh
from world.render.looks import Look
from world.render.mesh import Glow, Mesh
from world.render.shading import Eye, base_light, lamp_light_at, seen_colour
from world.render.stage import Drawn, Stage, seen_from
from world.render.tiles import Tiles, tile_of

F32 = NDArray[np.float32]

#: Farther away wheels are discs and nobody sees mirrors.
_FINE_WITHIN_M = 35.0
#: Beyond this a car is less than two pixels high in the largest wide picture.
_WIDE_WITHIN_M = 120.0


@dataclass
class _Body:
    mesh: Mesh
    drawn: Drawn


class Crowd:
    """One node per actor, kept as long as the actor is there."""

    def __init__(self, stage: Stage, tiles: Tiles) -> None:
        self._stage, self._tiles = stage, tiles
        self._bodies: dict[str, _Body] = {}

    def draw(self, actors: Sequence[Actor], look: Look, eye: Eye, t_s: float) -> None:
        for gone in self._bodies.keys() - {actor.id for actor in actors}:
            self._bodies.pop(gone).drawn.remove()
        if not actors:
            return
        bodies = [self._body(actor, eye, t_s) for actor in actors]
        placed, owner = _placed([body.mesh for body in bodies], actors)
        tables = np.stack([actor_glow(actor, look, t_s) for actor in actors])
        # One row of light per actor and kind of glow, looked up as if it were one long table.
        glow = (owner * len(Glow) + placed.glow).astype(np.int64)
        base = base_light(placed, look, tables.reshape(-1, 3), rows=glow)
        base += placed.albedo * self._lamp_light(actors, look)[owner]
        rgba = seen_colour(placed, base, look, eye)
        start = 0
        for actor, body in zip(actors, bodies, strict=True):
            end = start + len(body.mesh.points)
            body.drawn.place(actor.x, actor.y, actor.heading)
            gap = math.hypot(actor.x - eye.x, actor.y - eye.y)
            body.drawn.show(seen_from(gap, _WIDE_WITHIN_M, math.inf))
            body.drawn.colour(rgba[start:end])
            start = end

    def identify(self, actor_id: str, number: int) -> None:
        self._bodies[actor_id].drawn.identify(number)

    def _body(self, actor: Actor, eye: Eye, t_s: float) -> _Body:
        near = math.hypot(actor.x - eye.x, actor.y - eye.y) < _FINE_WITHIN_M
        mesh = actor_mesh(actor, t_s, fine=near)
        body = self._bodies.get(actor.id)
        if body is not None and body.mesh is mesh:
            return body
        if body is not None:
            body.drawn.remove()
        made = _Body(mesh, self._stage.add(mesh, solid=True))
        self._bodies[actor.id] = made
        return made

    def _lamp_light(self, actors: Sequence[Actor], look: Look) -> F32:
        """Light of street lamps on each actor as a whole, [actors, 3]."""
        light = np.zeros((len(actors), 3), np.float32)
        if look.lamps > 0.3:
            for i, actor in enumerate(actors):
                lamps = self._tiles.lanterns(tile_of(actor.x, actor.y), reach=1)
                light[i] = lamp_light_at(lamps, (actor.x, actor.y, 1.0), look)
        return light


def _placed(meshes: Sequence[Mesh], actors: Sequence[Actor]) -> tuple[Mesh, NDArray[np.int64]]:
    """All meshes in the map frame as one, and which actor each vertex belongs to."""
    owner = np.repeat(np.arange(len(meshes)), [len(mesh.points) for mesh in meshes])
    pose = np.array(
        [(a.x, a.y, math.cos(a.heading), math.sin(a.heading)) for a in actors], np.float32
    )[owner]
    points = np.concatenate([mesh.points for mesh in meshes])
    normals = np.concatenate([mesh.normals for mesh in meshes])
    x, y, cos, sin = pose.T
    turned, facing = points.copy(), normals.copy()
    turned[:, 0] = points[:, 0] * cos - points[:, 1] * sin + x
    turned[:, 1] = points[:, 0] * sin + points[:, 1] * cos + y
    facing[:, 0] = normals[:, 0] * cos - normals[:, 1] * sin
    facing[:, 1] = normals[:, 0] * sin + normals[:, 1] * cos
    albedo = np.concatenate([mesh.albedo for mesh in meshes])
    glow = np.concatenate([mesh.glow for mesh in meshes])
    return Mesh(turned, facing, albedo, glow, np.zeros((0, 3), np.int32)), owner
