"""The model of an actor by kind, size and colour word, and which of its lamps shine when."""

from __future__ import annotations

import zlib
from functools import lru_cache

from model.contract.observation import Actor, ActorKind
from world.render.looks import Look
from world.render.mesh import RGB, Mesh
from world.render.people import OTHERS, STEPS, pedestrian
from world.render.shading import GlowTable, glow_table
from world.render.vehicles import VEHICLES, Size

PAINTS: dict[str, RGB] = {
    "white": (0.92, 0.92, 0.91), "silver": (0.70, 0.72, 0.74), "grey": (0.45, 0.47, 0.49),
    "gray": (0.45, 0.47, 0.49), "black": (0.10, 0.10, 0.12), "red": (0.72, 0.12, 0.11),
    "blue": (0.13, 0.28, 0.62), "green": (0.15, 0.42, 0.26), "yellow": (0.90, 0.73, 0.13),
    "orange": (0.90, 0.45, 0.10), "brown": (0.40, 0.28, 0.19), "beige": (0.80, 0.73, 0.60),
    "purple": (0.40, 0.22, 0.50), "pink": (0.86, 0.48, 0.58),
}  # fmt: skip
_ANY = tuple(PAINTS)
_LAMPED = frozenset(ActorKind) - {
    ActorKind.PEDESTRIAN, ActorKind.TRASH_CAN, ActorKind.CONE, ActorKind.UNKNOWN,
}  # fmt: skip
_BLINK_S = 0.72
_STRIDE_M = 1.45


def style_of(actor_id: str) -> int:
    """A number that stays with an actor for life and picks its variant."""
    return zlib.crc32(actor_id.encode())


def actor_mesh(actor: Actor, t_s: float, *, fine: bool = True) -> Mesh:
    """The actor in its own frame (middle of the body at the origin, x forward), true to size."""
    style = style_of(actor.id)
    colour = actor.colour.lower().split(" ")[0]
    if colour not in PAINTS:
        colour = _ANY[style % len(_ANY)]
    size = (round(actor.length_m, 1), round(actor.width_m, 1), round(actor.height_m, 1))
    step = 0
    if actor.kind is ActorKind.PEDESTRIAN and actor.speed_mps > 0.2:
        step = int(t_s * actor.speed_mps / _STRIDE_M * STEPS + style) % STEPS
    return _sized(actor.kind, colour, style % 12, size, step, fine)


@lru_cache(maxsize=512)
def _sized(kind: ActorKind, colour: str, style: int, size: Size, step: int, fine: bool) -> Mesh:
    paint = PAINTS[colour]
    if kind is ActorKind.PEDESTRIAN:
        mesh, drawn = pedestrian(paint, style, step)
    elif kind.value in VEHICLES:
        if kind is ActorKind.CAR:
            style = _car_style(size)
        mesh, drawn = VEHICLES[kind.value](paint, style, fine=fine)
    else:
        mesh, drawn = OTHERS[kind.value](paint, style)
    if kind is ActorKind.PEDESTRIAN:  # a stride is longer than a body, so only height counts
        k = max(size[2], 0.5) / drawn[2]
        return mesh.moved(0, 0, 0, (k, k, k))
    scale = tuple(max(want, 0.1) / has for want, has in zip(size, drawn, strict=True))
    return mesh.moved(0, 0, 0, (scale[0], scale[1], scale[2]))


def _car_style(size: Size) -> int:
    """0 saloon, 1 hatchback, 2 SUV, as the dimensions suggest."""
    if size[2] >= 1.6:
        return 2
    return 1 if size[0] < 4.4 else 0


def actor_glow(actor: Actor, look: Look, t_s: float) -> GlowTable:
    """Lamps of one actor: tail, brake and head lamps, blinking indicators, flashing blue."""
    dark = look.lamps > 0.3
    shining: dict[str, RGB] = {}
    if actor.kind in _LAMPED and dark:
        shining |= {
            "TAIL": (0.45, 0.02, 0.02),
            "BRAKE": (0.40, 0.02, 0.02),
            "HEAD": (1.0, 1.0, 0.9),
        }
    if actor.braking:
        shining["BRAKE"] = (1.0, 0.10, 0.06)
    if t_s % _BLINK_S < 0.5 * _BLINK_S:
        if actor.indicator in ("left", "hazard"):
            shining["LEFT"] = (1.0, 0.62, 0.08)
        if actor.indicator in ("right", "hazard"):
            shining["RIGHT"] = (1.0, 0.62, 0.08)
    if actor.siren:
        shining["SIREN_A" if t_s % 0.4 < 0.2 else "SIREN_B"] = (0.30, 0.50, 1.0)
    if actor.kind is ActorKind.BARRIER and t_s % 1.0 < 0.5:
        shining["AMBER"] = (1.0, 0.65, 0.1)
    return glow_table(look, **shining)


def light_glow(state: str, look: Look, t_s: float) -> GlowTable:
    """Lenses of a traffic light for one SUMO state letter; `o` blinks amber, `O` is off."""
    colours: dict[str, RGB] = {}
    if state in ("r", "u"):
        colours["RED"] = (1.0, 0.10, 0.08)
    if state in ("y", "u", "Y") or (state == "o" and t_s % 1.0 < 0.5):
        colours["AMBER"] = (1.0, 0.66, 0.08)
    if state in ("g", "G"):
        colours["GREEN"] = (0.08, 1.0, 0.50)
    return glow_table(look, **colours)
