"""Keeps the tiles around the eye on the stage, lit for the present look and hazed by distance."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from world.render.land import disc
from world.render.looks import Look
from world.render.mesh import Mesh
from world.render.shading import Eye, base_light, glow_table, haze_at, seen_colour, wetted
from world.render.sky import sky
from world.render.stage import Drawn, Stage, seen_from
from world.render.tiles import FINE, GROUND, SEEN_TO_M, TILE_M, Key, Layer, Tiles

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

#: Work per frame once the first picture is there; in counts, so that drives stay repeatable.
_BUILT_PER_FRAME = 2
_RECOLOURED_PER_FRAME = 8
_BEAM_SEEN_M = 60.0
_PAVED = (Layer.PLATE, Layer.SURFACE)
_FINE_WITHIN_M = max(max(SEEN_TO_M[layer]) for layer in FINE)
#: Painter's order before the first ground layer: sky, then the disc.
_SKY, _DISC, _FIRST = 0, 1, 2
#: Order for what lies on the ground and changes every frame: after all static layers.
DYNAMIC_ORDER = _FIRST + len(GROUND)


@dataclass
class _Piece:
    layer: Layer
    mesh: Mesh
    base: F32
    drawn: Drawn
    shown: bool = True
    coloured: bool = False


@dataclass
class _Tile:
    key: Key
    pieces: list[_Piece] = field(default_factory=list)
    fine: bool = False
    coloured_from: tuple[float, float, float] | None = None

    def gap_m(self, eye: Eye) -> float:
        """From the eye to the nearest point of the square."""
        dx = max(abs((self.key[0] + 0.5) * TILE_M - eye.x) - TILE_M / 2, 0.0)
        dy = max(abs((self.key[1] + 0.5) * TILE_M - eye.y) - TILE_M / 2, 0.0)
        return math.hypot(dx, dy)

    def behind(self, eye: Eye) -> bool:
        """No corner lies ahead, where the headlamps reach."""
        dx = (self.key[0] + 0.5) * TILE_M - eye.x
        dy = (self.key[1] + 0.5) * TILE_M - eye.y
        cos, sin = math.cos(eye.heading), math.sin(eye.heading)
        return dx * cos + dy * sin + (abs(cos) + abs(sin)) * TILE_M / 2 < 0.0


class Statics:
    """Everything that stands still."""

    def __init__(self, stage: Stage, tiles: Tiles, seed: int) -> None:
        self._stage, self._tiles, self._seed = stage, tiles, seed
        self._texture = stage.texture(tiles.atlas)
        self._shown: dict[Key, _Tile] = {}
        self._look: Look | None = None
        self._backdrop: list[Drawn] = []

    def update(self, eye: Eye, look: Look) -> None:
        """Brings tiles in and out and refreshes their colours; all at once after a new look."""
        fresh = look != self._look
        if fresh:
            self._restart(look)
        for drawn in self._backdrop:
            drawn.place(eye.x, eye.y, 0.0, eye.z if drawn is self._backdrop[0] else 0.0)
        self._bring(eye, look, everything=fresh)
        self._reveal(eye)
        self._recolour(eye, look, everything=fresh)

    def _restart(self, look: Look) -> None:
        self._look = look
        for tile in self._shown.values():
            _remove(tile)
        self._shown.clear()
        for drawn in self._backdrop:
            drawn.remove()
        dome = sky(look, self._seed)
        above = self._stage.once(dome.points, dome.colours, dome.triangles, order=_SKY, sky=True)
        ground = disc(look.reach_m)
        below = self._stage.add(ground, order=_DISC)
        base = base_light(ground, look, glow_table(look))
        haze = haze_at(np.hypot(ground.points[:, 0], ground.points[:, 1]), look)[:, None]
        colour = np.full((len(base), 4), 255, np.uint8)
        mixed = base * (1 - haze) + np.array(look.haze, np.float32) * haze
        colour[:, :3] = np.clip(mixed, 0, 1) * 255 + 0.5
        below.colour(colour)
        self._backdrop = [drawn for drawn in (above, below) if drawn is not None]

    def _bring(self, eye: Eye, look: Look, *, everything: bool) -> None:
        reach = look.reach_m
        for key in [key for key, tile in self._shown.items() if tile.gap_m(eye) > reach + TILE_M]:
            _remove(self._shown.pop(key))
        i, j = int(eye.x // TILE_M), int(eye.y // TILE_M)
        span = int(reach / TILE_M) + 1
        wanted = [
            (gap, key)
            for key in product(range(i - span, i + span + 1), range(j - span, j + span + 1))
            if key in self._tiles.keys
            and (gap := _Tile(key).gap_m(eye)) < reach
            and (key not in self._shown or (gap < _FINE_WITHIN_M and not self._shown[key].fine))
        ]  # fmt: skip
        wanted.sort()
        for gap, key in wanted if everything else wanted[:_BUILT_PER_FRAME]:
            tile = self._shown.get(key)
            fresh = tile is None
            if tile is None:
                tile = self._shown[key] = _Tile(key)
                self._add(tile, self._tiles.build(key, look), look)
            # While driving, the details of a new tile are left to the next frame.
            if gap < _FINE_WITHIN_M and (everything or not fresh):
                tile.fine = True
                self._add(tile, self._tiles.build_fine(key), look)

    def _add(self, tile: _Tile, meshes: dict[Layer, Mesh], look: Look) -> None:
        lanterns = self._tiles.lanterns(tile.key, reach=1) if look.lamps > 0.3 else None
        table = glow_table(look)
        for layer, mesh in meshes.items():
            near = None
            if lanterns is not None and layer is not Layer.SHADOW:
                near = _within(lanterns, mesh)
            base = base_light(mesh, look, table, near)
            if layer in _PAVED and look.wet > 0:
                base = wetted(base, look)
            drawn = self._stage.add(
                mesh,
                order=_FIRST + layer if layer in GROUND else None,
                solid=layer is Layer.SOLID,
                blend=layer is Layer.SHADOW,
            )
            if layer is Layer.BOARD:
                self._stage.dress(drawn, self._texture)
            tile.pieces.append(_Piece(layer, mesh, base, drawn))

    def _reveal(self, eye: Eye) -> None:
        for tile in self._shown.values():
            gap = tile.gap_m(eye)
            for piece in tile.pieces:
                seen = seen_from(gap, *SEEN_TO_M[piece.layer])
                piece.drawn.show(seen)
                piece.shown = bool(seen)
                if piece.shown and not piece.coloured:
                    tile.coloured_from = None

    def _recolour(self, eye: Eye, look: Look, *, everything: bool) -> None:
        stale = sorted(
            ((_staleness(tile, eye, look), tile.key) for tile in self._shown.values()), reverse=True
        )
        due = [key for amount, key in stale if amount > 1.0]
        for key in due if everything else due[:_RECOLOURED_PER_FRAME]:
            tile = self._shown[key]
            tile.coloured_from = (eye.x, eye.y, eye.heading)
            for piece in tile.pieces:
                piece.coloured = piece.shown
                if piece.shown:
                    piece.drawn.colour(_colour(piece, look, eye))


def _colour(piece: _Piece, look: Look, eye: Eye) -> U8:
    rgba = seen_colour(piece.mesh, piece.base, look, eye)
    if piece.layer in (Layer.SHADOW, Layer.BOARD):
        # These fade into the haze by alpha: a shadow to nothing, a sign to what is behind it.
        gap = piece.mesh.points[:, :2] - np.array((eye.x, eye.y), np.float32)
        haze = haze_at(np.hypot(gap[:, 0], gap[:, 1]), look)
        if piece.layer is Layer.SHADOW:
            rgba[:, :3] = 0
            rgba[:, 3] = (255 * look.shadow * (1 - haze)).astype(np.uint8)
        else:
            rgba[:, :3] = _unhazed(rgba[:, :3], haze, look)
            rgba[:, 3] = (255 * (1 - haze)).astype(np.uint8)
    return rgba


def _unhazed(rgb: U8, haze: F32, look: Look) -> U8:
    part = haze[:, None]
    own = (rgb / 255.0 - np.array(look.haze) * part) / np.maximum(1 - part, 0.05)
    return np.asarray(np.clip(own, 0, 1) * 255, np.uint8)


def _staleness(tile: _Tile, eye: Eye, look: Look) -> float:
    """Above 1 when the eye has moved so far that the tile's haze or headlamp light is wrong."""
    if tile.coloured_from is None:
        return math.inf
    x, y, heading = tile.coloured_from
    moved = math.hypot(eye.x - x, eye.y - y)
    gap = tile.gap_m(eye)
    if look.lamps > 0.8 and gap < _BEAM_SEEN_M and not tile.behind(eye):
        turned = abs(math.remainder(eye.heading - heading, math.tau))
        return 1000.0 - gap if moved > 0.2 or turned > 0.01 else 0.0
    return moved / (0.03 * look.haze_half_m + 0.06 * gap)


def _within(lanterns: F32, mesh: Mesh) -> F32:
    """Those lamps that can light some part of the mesh."""
    if len(lanterns) == 0:
        return lanterns
    low, high = mesh.points.min(axis=0)[:2] - 17.0, mesh.points.max(axis=0)[:2] + 17.0
    inside = ((lanterns[:, :2] > low) & (lanterns[:, :2] < high)).all(axis=1)
    return np.asarray(lanterns[inside])


def _remove(tile: _Tile) -> None:
    for piece in tile.pieces:
        piece.drawn.remove()
