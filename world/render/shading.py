"""Light on vertices: sun and sky, street lamps, headlamps, own glow, and haze by distance.

The software renderer has neither shaders nor fog, so colours are computed here per vertex and
interpolated across the triangles; the same colours are used on a GPU. Base light does not depend
on the eye and is computed once; haze and headlamps are added when the eye has moved.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from world.render.looks import Look
from world.render.mesh import RGB, Glow, Mesh, Vec

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

GlowTable = F32  # [len(Glow), 3] light that each kind of glow adds

_LAMP_REACH_M = 17.0
_LAMP_LIGHT: RGB = (1.05, 0.80, 0.48)
_BEAM_LIGHT: RGB = (1.7, 1.62, 1.45)
_BEAM_REACH_M = 62.0


@dataclass(frozen=True)
class Eye:
    """Where the pictures are taken from, for haze and the ego's headlamps."""

    x: float
    y: float
    z: float
    heading: float


def glow_table(look: Look, **shining: RGB) -> GlowTable:
    """Light by kind of glow: the look's windows and lanterns, and what `shining` names."""
    table = np.zeros((len(Glow), 3), np.float32)
    if look.lamps > 0.3:
        # Lit rooms hardly show until the sky is dark.
        table[Glow.WINDOW] = np.array((1.0, 0.78, 0.42)) * look.lamps**2.5
        table[Glow.LANTERN] = np.array((1.0, 0.90, 0.66)) * look.lamps
    for name, colour in shining.items():
        table[Glow[name]] = colour
    return table


def base_light(
    mesh: Mesh,
    look: Look,
    glow: GlowTable,
    lamps: F32 | None = None,
    rows: NDArray[np.int64] | None = None,
) -> F32:
    """Colour [N, 3] without haze; `lamps` is [L, 3], the lanterns that may reach the mesh.

    `rows` says which row of `glow` each vertex takes, by default that of its kind.
    """
    up = mesh.normals[:, 2:]
    facing: NDArray[np.floating] = mesh.normals @ np.array(look.sun, np.float32)
    light = _row(look.bounce) + (_row(look.ambient) - _row(look.bounce)) * (0.5 + 0.5 * up)
    # Light wraps a little around edges, which keeps sides away from the sun readable.
    lit = np.maximum(0.82 * facing + 0.18, 0.0)
    light = light + lit[:, None] * _row(look.sun_light)
    if lamps is not None and len(lamps) and look.lamps > 0.3:
        light = light + _lamp_light(mesh, lamps)[:, None] * _row(_LAMP_LIGHT) * look.lamps
    colour = mesh.albedo * light
    if mesh.glow.any():
        colour = colour + glow[mesh.glow if rows is None else rows]
    result: F32 = np.asarray(colour, np.float32)
    return result


def wetted(base: F32, look: Look) -> F32:
    """The light of a road surface when it rains: darker itself, and a mirror of the sky."""
    sky = _row(look.horizon) * np.float32(0.16)
    result: F32 = (base * np.float32(1.0 - 0.38 * look.wet) + sky * np.float32(look.wet)).astype(
        np.float32
    )
    return result


def _lamp_light(mesh: Mesh, lamps: F32) -> F32:
    total = np.zeros(len(mesh.points), np.float32)
    for lamp in lamps:
        gap: F32 = lamp - mesh.points
        distance = np.sqrt((gap * gap).sum(axis=1))
        facing = np.maximum((gap * mesh.normals).sum(axis=1) / np.maximum(distance, 1e-3), 0.0)
        fade = np.maximum(1.0 - distance / _LAMP_REACH_M, 0.0)
        total += (facing * fade * fade * 2.2).astype(np.float32)
    return np.minimum(total, 1.1)


def lamp_light_at(lamps: F32, at: Vec, look: Look) -> F32:
    """Light [3] of street lamps on a body at one place, whatever way its faces look."""
    distance = np.sqrt(((lamps - np.array(at, np.float32)) ** 2).sum(axis=1))
    fade = np.maximum(1.0 - distance / _LAMP_REACH_M, 0.0)
    amount = min(float((fade * fade).sum()) * 1.1, 0.7) * look.lamps
    return np.array(_LAMP_LIGHT, np.float32) * np.float32(amount)


def seen_colour(mesh: Mesh, base: F32, look: Look, eye: Eye) -> U8:
    """RGBA [N, 4] as the eye sees a mesh in the map frame: headlamps added, then haze."""
    gap = mesh.points - np.array((eye.x, eye.y, eye.z), np.float32)
    distance = np.sqrt((gap * gap).sum(axis=1))
    colour = base
    if look.lamps > 0.8:
        beam = headlamp_beam(gap, distance, mesh.normals, eye)
        beam = np.where(mesh.glow == Glow.SIGN, beam * 1.6, beam)
        colour = colour + mesh.albedo * (beam[:, None] * _row(_BEAM_LIGHT))
    haze = haze_at(distance, look)
    shines = (mesh.glow >= Glow.TAIL) & (mesh.glow <= Glow.LANTERN) & (base.max(axis=1) > 0.6)
    haze = np.where(shines, 0.45 * haze, haze)[:, None]
    seen = np.minimum(colour, 1.0) * (1.0 - haze) + _row(look.haze) * haze
    out = np.full((len(gap), 4), 255, np.uint8)
    out[:, :3] = (seen * 255.0 + 0.5).astype(np.uint8)
    return out


def haze_at(distance: F32, look: Look) -> F32:
    """Part of the haze colour at a distance, 0..1; it reaches 1 where drawing ends."""
    haze = 1.0 - np.exp2(-distance / np.float32(look.haze_half_m))
    edge = np.clip((distance - 0.72 * look.reach_m) / (0.28 * look.reach_m), 0.0, 1.0)
    result: F32 = (haze + (1.0 - haze) * edge).astype(np.float32)
    return result


def headlamp_beam(gap: F32, distance: F32, normals: F32, eye: Eye) -> F32:
    """Low beam of the ego, [N]: wide nearby, to the horizon line in front, fading by distance."""
    ahead = gap[:, 0] * math.cos(eye.heading) + gap[:, 1] * math.sin(eye.heading)
    aside = gap[:, 1] * math.cos(eye.heading) - gap[:, 0] * math.sin(eye.heading)
    ahead = ahead - 2.2  # the lamps are ahead of the cameras
    cone = np.exp(-((aside / (1.9 + 0.21 * np.maximum(ahead, 0.0))) ** 2))
    fade = np.clip(1.0 - ahead / _BEAM_REACH_M, 0.0, 1.0) ** 1.5
    start = np.clip(ahead / 2.0, 0.0, 1.0)
    low = np.clip(1.35 - (gap[:, 2] + 1.0) / 1.8, 0.08, 1.0)  # little light above the lamps
    towards = -(gap * normals).sum(axis=1) / np.maximum(distance, 1e-3)
    facing = np.maximum(towards, 0.0) * 0.75 + 0.5 * np.maximum(normals[:, 2], 0.0)
    result: F32 = (cone * fade * start * low * np.minimum(facing, 1.0)).astype(np.float32)
    return result


def _row(colour: RGB) -> F32:
    return np.array(colour, np.float32)[None, :]
