"""Low-poly road vehicles: bodies, glass, wheels and lamps that can shine."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise

from world.render.mesh import RGB, Builder, Glow, Mesh, joined, shade

GLASS: RGB = (0.13, 0.17, 0.21)
_TYRE: RGB = (0.07, 0.07, 0.075)
_HUB: RGB = (0.42, 0.43, 0.45)
_DARK: RGB = (0.12, 0.12, 0.13)
_TAIL: RGB = (0.50, 0.05, 0.05)
_AMBER: RGB = (0.70, 0.36, 0.06)
_HEAD: RGB = (0.86, 0.88, 0.88)

#: Length, width and height that each model is drawn with before it is scaled, m.
Size = tuple[float, float, float]


def wheels(
    made: Builder, xs: Sequence[float], half_w: float, radius: float, wide: float, *, fine: bool
) -> None:
    """Wheels at both sides, standing on the ground."""
    wheel = _wheel(radius, wide, fine)
    for x in xs:
        made.add(wheel.moved(x, half_w, 0.0))
        made.add(wheel.moved(x, -half_w, math.pi))


@lru_cache(maxsize=32)
def _wheel(radius: float, wide: float, fine: bool) -> Mesh:
    """A wheel whose outer face looks along +y; from afar only that face."""
    made = Builder()
    made.disc((0.0, 0.0, radius), radius, math.pi / 2, 10 if fine else 6, _TYRE)
    if fine:
        made.disc((0.0, 0.012, radius), 0.58 * radius, math.pi / 2, 8, _HUB)
        ring = [math.tau * (i + 0.5) / 10 for i in range(11)]
        rim = [(radius * math.cos(a), radius + radius * math.sin(a)) for a in ring]
        for (ax, az), (bx, bz) in pairwise(rim):
            made.quad(((ax, -wide, az), (ax, 0, az), (bx, 0, bz), (bx, -wide, bz)), _TYRE)
    return made.build()


Span = tuple[float, float]


def flank(made: Builder, y: float, x: Span, z: Span, colour: RGB, glow: Glow = Glow.NONE) -> None:
    """An upright rectangle that looks away from the middle line, left or right by the sign of y."""
    a, b = (x[1], x[0]) if y > 0 else x
    made.quad(((a, y, z[0]), (b, y, z[0]), (b, y, z[1]), (a, y, z[1])), colour, glow)


def end(made: Builder, x: float, y: Span, z: Span, colour: RGB, glow: Glow = Glow.NONE) -> None:
    """An upright rectangle that looks forwards or backwards by the sign of x."""
    a, b = y if x > 0 else (y[1], y[0])
    made.quad(((x, a, z[0]), (x, b, z[0]), (x, b, z[1]), (x, a, z[1])), colour, glow)


def _lamps(made: Builder, x_front: float, x_rear: float, half_w: float, z_front: float,
           z_rear: float, size: float = 0.34) -> None:  # fmt: skip
    """Head, tail, brake and indicator lamps just proud of both ends."""
    for side, turn in ((1.0, Glow.LEFT), (-1.0, Glow.RIGHT)):
        outer, inner, last = (side * (half_w - at) for at in (0.0, size, size + 0.13))
        lamp, blinker = (min(outer, inner), max(outer, inner)), (min(inner, last), max(inner, last))
        end(made, x_front, lamp, (z_front, z_front + 0.16), _HEAD, Glow.HEAD)
        end(made, x_front, blinker, (z_front, z_front + 0.14), _AMBER, turn)
        end(made, x_rear, lamp, (z_rear, z_rear + 0.17), _TAIL, Glow.BRAKE)
        end(made, x_rear, blinker, (z_rear, z_rear + 0.17), _AMBER, turn)
        at = (x_front - 0.95, x_front - 0.75)
        flank(made, side * (half_w + 0.2), at, (z_front + 0.12, z_front + 0.19), _AMBER, turn)


def _plates(made: Builder, x_front: float, x_rear: float, z: float) -> None:
    white: RGB = (0.90, 0.90, 0.86)
    end(made, x_front, (-0.26, 0.26), (z, z + 0.12), white)
    end(made, x_rear, (-0.26, 0.26), (z + 0.2, z + 0.32), white)


def _cabin(made: Builder, profile: Sequence[tuple[float, float, float]], half: tuple[float, float],
           paint: RGB, belt: float) -> None:  # fmt: skip
    """Glass house: windscreen foot, roof front, roof rear, rear foot as (x, z, 0) points."""
    (x0, _, _), (x1, z1, _), (x2, z2, _), (x3, _, _) = profile
    lo, hi = half
    a0, a1 = (x0, lo, belt), (x0, -lo, belt)
    b0, b1 = (x1, hi, z1), (x1, -hi, z1)
    c0, c1 = (x2, hi, z2), (x2, -hi, z2)
    d0, d1 = (x3, lo, belt), (x3, -lo, belt)
    made.quad((a1, a0, b0, b1), shade(GLASS, 1.25))  # windscreen
    made.quad((d0, d1, c1, c0), shade(GLASS, 1.1))  # rear window
    made.quad((a0, d0, c0, b0), GLASS)
    made.quad((d1, a1, b1, c1), GLASS)
    made.quad((b1, b0, c0, c1), paint)  # roof
    for t in (0.0, 0.48, 1.0):  # pillars, a little outside the glass
        for s in (1.0, -1.0):
            low_x, high_x = x0 + (x3 - x0) * t, x1 + (x2 - x1) * t
            e = 0.012
            lean = -0.11 if t == 0 else 0.11 if t == 1 else 0.06
            pts = [(low_x, s * (lo + e), belt), (low_x + lean, s * (lo + e), belt),
                   (high_x + lean, s * (hi + e), z1 if t < 1 else z2),
                   (high_x, s * (hi + e), z1 if t < 1 else z2)]  # fmt: skip
            clockwise = (lean < 0) == (s > 0)
            made.quad(pts if clockwise else pts[::-1], shade(paint, 0.92))


def car(paint: RGB, style: int, *, fine: bool = True) -> tuple[Mesh, Size]:
    """Three body styles: saloon, hatchback, SUV."""
    made = Builder()
    tall = 0.14 if style == 2 else 0.0
    belt, w = 0.92 + tall, 0.90
    made.loft(
        [
            (-2.28, -0.78, 0.78, 0.42, belt - 0.12),
            (-2.10, -w, w, 0.28, belt - 0.02),
            (-1.00, -w - 0.02, w + 0.02, 0.24, belt + 0.02),
            (0.90, -w - 0.02, w + 0.02, 0.24, belt - 0.02),
            (1.95, -w, w, 0.26, belt - 0.20),
            (2.28, -0.76, 0.76, 0.36, belt - 0.34),
        ],
        paint,
    )
    made.box((-2.2, -0.86, 0.16), (2.2, 0.86, 0.30), _DARK)
    top = 1.42 + 1.6 * tall
    rear, foot = ((-0.95, -1.75), (-1.55, -2.05), (-1.70, -2.05))[style % 3]
    profile = ((1.15, belt, 0.0), (0.25, top, 0.0), (rear, top - 0.02, 0.0), (foot, belt, 0.0))
    _cabin(made, profile, (0.83, 0.62), paint, belt - 0.01)
    _lamps(made, 2.29, -2.295, 0.74, belt - 0.48, belt - 0.32)
    if fine:
        _plates(made, 2.30, -2.30, 0.36)
    made.box((1.7, -0.55, 0.40), (2.295, 0.55, belt - 0.42), _DARK)  # grille
    end(made, rear - 0.03, (-0.2, 0.2), (top - 0.09, top - 0.04), _TAIL, Glow.BRAKE)
    for s in (1.0, -1.0) if fine else ():  # mirrors
        low, high = sorted((s * 0.90, s * 1.02))
        made.box((0.62, low, belt), (0.80, high, belt + 0.13), shade(paint, 0.9))
    wheels(made, (1.38, -1.38), 0.925, 0.33 + tall / 3, 0.22, fine=fine)
    return made.build(), (4.58, 1.86, top)


def van(paint: RGB, _: int, *, fine: bool = True) -> tuple[Mesh, Size]:
    made = Builder()
    body = [(-2.75, -0.98, 0.98, 0.34, 2.28), (1.35, -0.98, 0.98, 0.30, 2.32)]
    made.loft(body, paint, top=shade(paint, 1.05))
    bonnet = [
        (1.35, -0.97, 0.97, 0.30, 1.22),
        (2.45, -0.95, 0.95, 0.32, 1.12),
        (2.72, -0.86, 0.86, 0.40, 0.98),
    ]
    made.loft(bonnet, paint)
    profile = ((2.35, 1.15, 0.0), (1.45, 2.26, 0.0), (1.34, 2.28, 0.0), (1.30, 1.2, 0.0))
    _cabin(made, profile, (0.93, 0.88), paint, 1.13)
    for s in (1.0, -1.0):
        flank(made, 0.99 * s, (0.55, 1.32), (1.25, 1.95), GLASS)
        low, high = sorted((0.99 * s, 1.18 * s))
        made.box((1.35, low, 1.2), (1.5, high, 1.5), _DARK)  # mirrors
        end(made, -2.76, (0.05, 0.8) if s > 0 else (-0.8, -0.05), (1.3, 1.95), GLASS)
    made.box((-2.70, -0.93, 0.18), (2.6, 0.93, 0.36), _DARK)
    _lamps(made, 2.735, -2.765, 0.92, 0.72, 0.95, 0.26)
    if fine:
        _plates(made, 2.74, -2.77, 0.42)
    wheels(made, (1.75, -1.75), 0.99, 0.36, 0.24, fine=fine)
    return made.build(), (5.5, 2.0, 2.34)


def truck(paint: RGB, style: int, *, fine: bool = True) -> tuple[Mesh, Size]:
    """A tractor with a box trailer."""
    made = Builder()
    box = _BOXES[style % len(_BOXES)]
    made.loft([(-5.95, -1.25, 1.25, 1.05, 3.9), (3.3, -1.25, 1.25, 1.05, 3.9)], box, bottom=True)
    cab = [
        (3.75, -1.2, 1.2, 0.6, 3.55),
        (5.2, -1.2, 1.2, 0.5, 3.3),
        (5.95, -1.17, 1.17, 0.45, 2.0),
    ]
    made.loft(cab, paint)
    screen = ((5.97, -1.08, 2.02), (5.97, 1.08, 2.02), (5.32, 1.08, 3.12), (5.32, -1.08, 3.12))
    made.quad(screen, GLASS)
    for s in (1.0, -1.0):
        flank(made, 1.262 * s, (-5.4, 2.7), (2.1, 2.55), paint)
        flank(made, 1.215 * s, (4.3, 5.2), (2.0, 2.85), GLASS)
    made.box((-5.9, -1.1, 0.75), (5.6, 1.1, 1.05), _DARK)
    made.box((5.6, -1.18, 0.35), (6.0, 1.18, 0.8), _DARK)
    made.box((-5.98, -1.2, 0.55), (-5.88, 1.2, 0.72), (0.75, 0.16, 0.12))
    _lamps(made, 6.01, -5.99, 1.15, 0.55, 0.80, 0.4)
    wheels(made, (4.7, 2.4, -2.6, -3.8, -5.0), 1.24, 0.5, 0.34, fine=fine)
    return made.build(), (12.0, 2.5, 3.9)


_BOXES: tuple[RGB, ...] = ((0.86, 0.87, 0.86), (0.30, 0.42, 0.55), (0.75, 0.66, 0.30))


def bus(paint: RGB, _: int, *, fine: bool = True) -> tuple[Mesh, Size]:
    made = Builder()
    body = [
        (-5.95, -1.24, 1.24, 0.34, 3.0),
        (5.85, -1.24, 1.24, 0.34, 3.0),
        (6.0, -1.18, 1.18, 0.45, 2.85),
    ]
    made.loft(body, paint, top=(0.86, 0.86, 0.85))
    for s in (1.0, -1.0):
        for k in range(7):
            x = -5.6 + k * 1.6
            flank(made, 1.252 * s, (x, x + 1.48), (1.25, 2.5), GLASS, Glow.WINDOW)
    for x in (1.0, 4.6):  # doors on the kerb side
        flank(made, -1.256, (x - 0.6, x + 0.6), (0.4, 2.5), shade(GLASS, 1.5))
    end(made, 6.012, (-1.08, 1.08), (1.1, 2.4), shade(GLASS, 1.2))
    end(made, 6.013, (-0.8, 0.8), (2.5, 2.8), (0.75, 0.50, 0.10), Glow.LANTERN)
    end(made, -5.96, (-1.0, 1.0), (1.4, 2.4), GLASS)
    made.box((-5.9, -1.2, 0.2), (5.9, 1.2, 0.4), _DARK)
    _lamps(made, 6.02, -5.97, 1.14, 0.6, 0.8, 0.34)
    wheels(made, (3.6, -3.2), 1.25, 0.48, 0.3, fine=fine)
    return made.build(), (12.0, 2.5, 3.02)


def emergency(_: RGB, style: int, *, fine: bool = True) -> tuple[Mesh, Size]:
    """An ambulance: a white van with a red band and blue lamps on the roof."""
    body, size = van((0.95, 0.95, 0.93), style, fine=fine)
    made = Builder()
    red: RGB = (0.82, 0.14, 0.12)
    for s in (1.0, -1.0):
        flank(made, 0.995 * s, (-2.6, 1.3), (0.80, 1.0), red)
        flank(made, 0.995 * s, (-2.6, 1.3), (1.02, 1.22), (0.95, 0.80, 0.16))
    end(made, -2.77, (-0.6, 0.6), (0.75, 0.95), red)
    blue: RGB = (0.10, 0.16, 0.55)
    for x in (0.92, -2.6):
        made.box((x, 0.1, 2.30), (x + 0.26, 0.75, 2.56), blue, glow=Glow.SIREN_A)
        made.box((x, -0.75, 2.30), (x + 0.26, -0.1, 2.56), blue, glow=Glow.SIREN_B)
    return joined([body, made.build()]), (size[0], size[1], 2.56)


#: Paint and variant -> mesh and the size it was drawn with; coarse ones for farther away.
VEHICLES: dict[str, Callable[..., tuple[Mesh, Size]]] = {
    "car": car,
    "van": van,
    "truck": truck,
    "bus": bus,
    "emergency": emergency,
}
