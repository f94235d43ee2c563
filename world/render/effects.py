"""Things that are rebuilt every frame: shadows on the ground, halos of lamps, wet gleam, rain."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from model.contract.observation import Actor, ActorKind
from world.render.looks import Look
from world.render.mesh import RGB, Vec
from world.render.shading import Eye, haze_at
from world.render.sky import Painted

F32 = NDArray[np.float32]

_TWO_LAMPS = frozenset({
    ActorKind.CAR, ActorKind.VAN, ActorKind.TRUCK, ActorKind.BUS, ActorKind.EMERGENCY,
})  # fmt: skip
_NOTHING = Painted(
    np.zeros((0, 3), np.float32), np.zeros((0, 4), np.uint8), np.zeros((0, 3), np.int32)
)


@dataclass(frozen=True)
class Lamp:
    """A point that shines: place, colour, size of its halo, and where it shines to."""

    at: Vec
    colour: RGB
    radius_m: float
    #: Heading of its beam, None when it shines all around.
    beam: float | None = None


def body_shadows(actors: Sequence[Actor], look: Look, eye: Eye) -> Painted:
    """A soft dark patch under every actor, drawn out away from the sun where there is one."""
    if not actors:
        return _NOTHING
    corner = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], float)
    parts = []
    reach = look.shadow / max(look.sun[2], 0.25)
    for actor in actors:
        cos, sin = math.cos(actor.heading), math.sin(actor.heading)
        turn = np.array([[cos, sin], [-sin, cos]])
        half = np.array([actor.length_m / 2, actor.width_m / 2])
        away = -np.array(look.sun[:2]) * min(actor.height_m, 2.5) * reach * 0.9
        inner = (corner * half * 0.96) @ turn + (actor.x, actor.y)
        far = inner + away
        outer = (corner * (half + 0.35)) @ turn + (actor.x, actor.y) + away * 1.12
        parts.append(np.concatenate([(inner + far) / 2, outer]))
    points = np.zeros((len(parts) * 8, 3), np.float32)
    points[:, :2] = np.concatenate(parts)
    distance = np.hypot(points[:, 0] - eye.x, points[:, 1] - eye.y)
    alpha = (0.30 + 0.45 * look.shadow) * (1 - haze_at(distance.astype(np.float32), look))
    alpha *= np.tile([1.0] * 4 + [0.0] * 4, len(parts))
    ring = [(0, 1, 2), (0, 2, 3)]
    ring += [
        t
        for i in range(4)
        for t in ((i, 4 + i, 4 + (i + 1) % 4), (i, 4 + (i + 1) % 4, (i + 1) % 4))
    ]
    colours = np.zeros((len(points), 4), np.uint8)
    colours[:, 3] = alpha * 255
    return Painted(points, colours, _repeated(ring, 8, len(parts)))


def vehicle_lamps(actors: Iterable[Actor], t_s: float) -> list[Lamp]:
    """Lamps of traffic after dark, as sources of halos and gleam."""
    lamps: list[Lamp] = []
    for actor in actors:
        cos, sin = math.cos(actor.heading), math.sin(actor.heading)
        half_l, half_w = actor.length_m / 2, actor.width_m / 2 - 0.25
        if actor.kind not in _TWO_LAMPS and actor.kind is not ActorKind.MOTORCYCLE:
            continue
        for side in (half_w, -half_w) if actor.kind in _TWO_LAMPS else (0.0,):
            for ahead, colour, size, beam in (
                (half_l, (1.0, 0.97, 0.88), 0.55, actor.heading),
                (
                    -half_l,
                    (1.0, 0.10, 0.06),
                    0.55 if actor.braking else 0.32,
                    actor.heading + math.pi,
                ),
            ):
                x = actor.x + cos * ahead - sin * side
                y = actor.y + sin * ahead + cos * side
                lamps.append(Lamp((x, y, 0.7), colour, size, beam))
        if actor.siren:
            side = half_w if t_s % 0.4 < 0.2 else -half_w
            at = (actor.x - sin * side, actor.y + cos * side, actor.height_m)
            lamps.append(Lamp(at, (0.3, 0.5, 1.0), 1.1))
    return lamps


def halos(lamps: Sequence[Lamp], look: Look, eye: Eye) -> Painted:
    """A glow around each lamp, turned to the eye; lamps that shine away from it have none."""
    seen = [(lamp, _towards(lamp, eye)) for lamp in lamps]
    seen = [(lamp, part) for lamp, part in seen if part > 0.05]
    if not seen or look.lamps < 0.3:
        return _NOTHING
    sides = 10
    ring = np.arange(sides) * (2 * np.pi / sides) + 0.31  # no edge lies along a pixel row
    points = np.zeros((len(seen), sides + 1, 3), np.float32)
    colours = np.zeros((len(seen), sides + 1, 4), np.uint8)
    for k, (lamp, part) in enumerate(seen):
        x, y, z = lamp.at
        gap = math.hypot(x - eye.x, y - eye.y) or 1.0
        right = np.array([(y - eye.y) / gap, -(x - eye.x) / gap, 0.0])
        # A step towards the eye keeps the halo in front of the body that carries the lamp.
        centre = np.array([x - (x - eye.x) / gap * 0.4, y - (y - eye.y) / gap * 0.4, z])
        radius = lamp.radius_m * (1.0 + gap / 90.0)
        points[k, 0] = centre
        points[k, 1:] = centre + radius * (
            np.outer(np.cos(ring), right) + np.outer(np.sin(ring), [0.0, 0.0, 1.0])
        )
        fade = 1.0 - 0.6 * float(haze_at(np.array([gap], np.float32), look)[0])
        colours[k, :, :3] = np.array(lamp.colour) * 255
        colours[k, 0, 3] = 200 * part * look.lamps * fade
    fan = [(0, 1 + i, 1 + (i + 1) % sides) for i in range(sides)]
    return Painted(
        points.reshape(-1, 3), colours.reshape(-1, 4), _repeated(fan, sides + 1, len(seen))
    )


def gleam(lamps: Sequence[Lamp], look: Look, eye: Eye) -> Painted:
    """Lamps mirrored in a wet road: a streak on the ground from below the lamp towards the eye."""
    lamps = [lamp for lamp in lamps if _towards(lamp, eye) > 0.05]
    if not lamps or look.wet < 0.2 or look.lamps < 0.3:
        return _NOTHING
    points = np.zeros((len(lamps), 9, 3), np.float32)
    colours = np.zeros((len(lamps), 9, 4), np.uint8)
    strength = 150 * look.wet * look.lamps
    for k, lamp in enumerate(lamps):
        x, y, z = lamp.at
        gap = math.hypot(x - eye.x, y - eye.y) or 1.0
        ux, uy = (eye.x - x) / gap, (eye.y - y) / gap
        # Mirror law: the light hits the ground where heights divide the distance; the streak is
        # drawn out along the line of sight, as ripples do.
        hit = gap * z / (z + eye.z)
        half = 0.12 + 0.35 * lamp.radius_m
        for i, spread in enumerate((0.55, 1.0, 1.3)):
            along = min(spread * hit, gap - 1.5)
            for j, side in enumerate((half, 0.0, -half)):
                points[k, 3 * i + j, :2] = x + ux * along - uy * side, y + uy * along + ux * side
        fade = 1.0 - float(haze_at(np.array([gap], np.float32), look)[0])
        colours[k, :, :3] = np.array(lamp.colour) * 255
        # High lamps spread their light over a wide patch, so that no streak of it is bright.
        spread_thin = min(1.0, 1.2 / max(z, 0.1)) ** 0.7
        colours[k, 4, 3] = strength * fade * spread_thin * _towards(lamp, eye)
    strip = [t for a in (0, 1, 3, 4) for t in ((a, a + 1, a + 4), (a, a + 4, a + 3))]
    return Painted(points.reshape(-1, 3), colours.reshape(-1, 4), _repeated(strip, 9, len(lamps)))


def rain(look: Look, eye: Eye, t_s: float, speed_mps: float) -> Painted:
    """Falling streaks around the cameras, slanted by the ego's own speed."""
    count = int(170 * look.rain)
    if count == 0:
        return _NOTHING
    rng = np.random.default_rng(round(t_s * 20) % 100_000)
    distance, turn = rng.uniform(1.6, 14.0, count), rng.uniform(-2.2, 2.2, count) + eye.heading
    at = np.stack([eye.x + distance * np.cos(turn), eye.y + distance * np.sin(turn),
                   eye.z + rng.uniform(-0.55, 0.75, count) * distance], axis=1)  # fmt: skip
    fall = np.array([-math.cos(eye.heading) * speed_mps, -math.sin(eye.heading) * speed_mps, -9.0])
    streak = fall * 0.022 * rng.uniform(0.7, 1.3, count)[:, None]
    half = np.stack([np.sin(turn), -np.cos(turn), np.zeros(count)], axis=1)
    half *= (0.0016 * distance + 0.0018)[:, None]
    points = np.stack([at - half, at + half, at + streak], axis=1).reshape(-1, 3)
    colours = np.full((3 * count, 4), 255, np.uint8)
    tone = np.clip(np.array(look.haze) * 1.15 + 0.12, 0, 1) * 255
    colours[:, :3] = tone
    colours[:, 3] = np.tile([105, 105, 25], count)
    return Painted(points.astype(np.float32), colours, _repeated([(0, 1, 2)], 3, count))


def _towards(lamp: Lamp, eye: Eye) -> float:
    """How much of the lamp's light comes to the eye, 0..1."""
    if lamp.beam is None:
        return 1.0
    gap = math.hypot(eye.x - lamp.at[0], eye.y - lamp.at[1]) or 1.0
    cos = (
        math.cos(lamp.beam) * (eye.x - lamp.at[0]) + math.sin(lamp.beam) * (eye.y - lamp.at[1])
    ) / gap
    return float(max(0.0, cos) ** 1.5)


def _repeated(
    triangles: Sequence[tuple[int, int, int]], points: int, count: int
) -> NDArray[np.int32]:
    first = (np.arange(count) * points)[:, None, None]
    return np.asarray((first + np.array(triangles)).reshape(-1, 3), np.int32)
