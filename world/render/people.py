"""People on foot and on two wheels, and the small objects of a street."""

from __future__ import annotations

import math
from collections.abc import Callable

from world.render.greenery import lifted
from world.render.mesh import RGB, Builder, Glow, Mesh, blob, joined, shade
from world.render.vehicles import Size, end, flank

_SKIN: tuple[RGB, ...] = ((0.87, 0.68, 0.55), (0.72, 0.52, 0.39), (0.48, 0.33, 0.25))
_HAIR: tuple[RGB, ...] = ((0.20, 0.13, 0.09), (0.45, 0.32, 0.18), (0.10, 0.09, 0.09))
_TROUSERS: tuple[RGB, ...] = ((0.17, 0.20, 0.30), (0.25, 0.24, 0.23), (0.42, 0.36, 0.28))
_TYRE: RGB = (0.08, 0.08, 0.08)
_STEEL: RGB = (0.60, 0.61, 0.62)

#: How many leg positions a walker has; the renderer picks one by time and pace.
STEPS = 4


def _limb(made: Builder, top: tuple[float, float, float], swing: float, length: float,
          width: float, colour: RGB, foot: RGB | None = None) -> None:  # fmt: skip
    """A leg or an arm that hangs from `top`, swung forwards by an angle."""
    x, y, z = top
    lean = math.tan(swing) * length
    h = width / 2
    a = [(x - h, y - h, z), (x + h, y - h, z), (x + h, y + h, z), (x - h, y + h, z)]
    b = [(px + lean, py, z - length) for px, py, _ in a]
    for i in range(4):
        j = (i + 1) % 4
        made.quad((b[i], b[j], a[j], a[i]), colour)
    if foot is not None:
        low = z - length
        made.box(
            (x + lean - 0.07, y - 0.05, low - 0.05), (x + lean + 0.17, y + 0.05, low + 0.05), foot
        )


def pedestrian(paint: RGB, style: int, step: int = 0) -> tuple[Mesh, Size]:
    """A walker; `step` is one of `STEPS` positions of the legs, 0 standing."""
    made = Builder()
    swing = (0.0, 0.45, 0.0, -0.45)[step % STEPS]
    skin, hair = _SKIN[style % 3], _HAIR[(style // 3) % 3]
    trousers = _TROUSERS[(style // 2) % 3]
    for side in (1.0, -1.0):
        _limb(made, (0, side * 0.10, 0.88), side * swing, 0.82, 0.16, trousers, (0.12, 0.10, 0.10))
        _limb(made, (0, side * 0.25, 1.40), -side * swing * 0.8, 0.58, 0.10, shade(paint, 0.9))
    made.loft([(-0.11, -0.17, 0.17, 0.84, 1.38), (0.0, -0.22, 0.22, 0.84, 1.46),
               (0.11, -0.17, 0.17, 0.84, 1.38)], paint)  # fmt: skip
    made.prism((0, 0, 1.42), (0.06, 0.06), 0.10, 5, skin, cap=False)
    if style % 4 == 1:  # a rucksack
        made.box((-0.27, -0.15, 0.98), (-0.10, 0.15, 1.40), (0.20, 0.28, 0.24))
    head = blob(3, 7, 5, 0.0).moved(0, 0, 0, (0.11, 0.10, 0.13)).tinted(shade(skin, 1.15))
    cap = blob(3, 7, 5, 0.0).moved(-0.015, 0, 0, (0.12, 0.112, 0.11)).tinted(shade(hair, 1.2))
    return joined([made.build(), lifted(head, 1.62), lifted(cap, 1.67)]), (0.5, 0.55, 1.77)


def _rider(made: Builder, paint: RGB, seat: tuple[float, float], hands: tuple[float, float],
           feet: tuple[float, float], style: int) -> None:  # fmt: skip
    """A seated figure between saddle, handlebar and pedals, given as (x, z)."""
    (sx, sz), (hx, hz), (fx, fz) = seat, hands, feet
    lean = 0.22
    shoulder = (sx + lean, sz + 0.55)
    torso = [
        (sx - 0.12, -0.16, 0.16, sz, sz + 0.3),
        (sx + 0.06, -0.19, 0.19, sz + 0.02, sz + 0.56),
        (shoulder[0] + 0.1, -0.17, 0.17, sz + 0.28, shoulder[1] + 0.04),
    ]
    made.loft(torso, paint)
    for side in (1.0, -1.0):
        y = side * 0.2
        _bar(made, (shoulder[0], y, shoulder[1]), (hx, side * 0.24, hz), 0.045, shade(paint, 0.9))
        knee = ((sx + fx) / 2 + 0.22, side * 0.13, (sz + fz) / 2 + 0.12)
        _bar(made, (sx, side * 0.11, sz + 0.05), knee, 0.07, _TROUSERS[style % 3])
        _bar(made, knee, (fx, side * 0.12, fz), 0.055, _TROUSERS[style % 3])
    skin = _SKIN[style % 3]
    helmet: RGB = ((0.85, 0.85, 0.82), (0.15, 0.15, 0.17), (0.75, 0.25, 0.15))[style % 3]
    head = blob(3, 7, 5, 0.0).moved(shoulder[0] + 0.06, 0, 0, (0.11, 0.10, 0.13))
    cap = blob(3, 7, 5, 0.0).moved(shoulder[0] + 0.045, 0, 0, (0.14, 0.12, 0.12))
    made.add(lifted(head.tinted(shade(skin, 1.15)), shoulder[1] + 0.20))
    made.add(lifted(cap.tinted(shade(helmet, 1.15)), shoulder[1] + 0.26))


def _bar(made: Builder, a: tuple[float, float, float], b: tuple[float, float, float],
         half: float, colour: RGB) -> None:  # fmt: skip
    """A four-sided rod between two points that are not level sideways."""
    dx, dz = b[0] - a[0], b[2] - a[2]
    length = max(math.hypot(dx, dz), 1e-6)
    nx, nz = -dz / length * half, dx / length * half
    ends = [
        [(p[0] - nx, p[1] - half, p[2] - nz), (p[0] - nx, p[1] + half, p[2] - nz),
         (p[0] + nx, p[1] + half, p[2] + nz), (p[0] + nx, p[1] - half, p[2] + nz)]
        for p in (a, b)
    ]  # fmt: skip
    for i in range(4):
        j = (i + 1) % 4
        made.quad((ends[0][j], ends[0][i], ends[1][i], ends[1][j]), colour)


def _hoop(made: Builder, x: float, radius: float, wide: float, *, solid: bool) -> None:
    """A wheel seen from both sides."""
    ring = [math.tau * i / 12 for i in range(13)]
    inner = 0.0 if solid else radius * 0.84
    for i in range(12):
        (ca, sa), (cb, sb) = ((math.cos(ring[k]), math.sin(ring[k])) for k in (i, i + 1))
        for y in (wide, -wide):
            a = (x + inner * ca, y, radius + inner * sa)
            b = (x + inner * cb, y, radius + inner * sb)
            c = (x + radius * cb, y, radius + radius * sb)
            d = (x + radius * ca, y, radius + radius * sa)
            made.quad((a, b, c, d) if y > 0 else (d, c, b, a), _TYRE)


def bicycle(paint: RGB, style: int) -> tuple[Mesh, Size]:
    made = Builder()
    for x in (0.55, -0.55):
        _hoop(made, x, 0.34, 0.025, solid=False)
    frame: RGB = ((0.70, 0.15, 0.12), (0.12, 0.30, 0.55), (0.15, 0.15, 0.16))[style % 3]
    for a, b in (((-0.55, 0.34), (-0.15, 0.85)), ((-0.15, 0.85), (0.42, 0.82)),
                 ((0.0, 0.30), (0.45, 0.82)), ((0.0, 0.30), (-0.18, 0.88)),
                 ((0.55, 0.34), (0.42, 0.98)), ((-0.55, 0.34), (0.0, 0.30))):  # fmt: skip
        _bar(made, (a[0], 0, a[1]), (b[0], 0, b[1]), 0.028, frame)
    made.box((0.38, -0.26, 0.98), (0.44, 0.26, 1.02), _STEEL)
    made.box((-0.30, -0.08, 0.90), (-0.05, 0.08, 0.95), _TYRE)
    _rider(made, paint, (-0.18, 0.93), (0.40, 1.03), (0.02, 0.20), style)
    end(made, -0.62, (-0.06, 0.06), (0.70, 0.78), (0.5, 0.05, 0.05), Glow.TAIL)
    end(made, 0.60, (-0.06, 0.06), (0.84, 0.92), (0.85, 0.86, 0.84), Glow.HEAD)
    return made.build(), (1.78, 0.6, 1.78)


def motorcycle(paint: RGB, style: int) -> tuple[Mesh, Size]:
    made = Builder()
    for x in (0.75, -0.70):
        _hoop(made, x, 0.32, 0.07, solid=True)
    made.loft([(-0.95, -0.10, 0.10, 0.62, 0.82), (-0.2, -0.17, 0.17, 0.40, 0.80),
               (0.3, -0.20, 0.20, 0.42, 1.02), (0.62, -0.15, 0.15, 0.62, 1.05)], paint)  # fmt: skip
    made.box((-0.35, -0.2, 0.28), (0.35, 0.2, 0.55), (0.20, 0.20, 0.21))
    _bar(made, (0.75, 0, 0.32), (0.48, 0, 1.0), 0.07, _STEEL)
    made.box((0.38, -0.36, 1.02), (0.44, 0.36, 1.07), _TYRE)
    _rider(made, shade(paint, 0.7), (-0.30, 0.80), (0.38, 1.08), (0.0, 0.34), style)
    end(made, 0.70, (-0.11, 0.11), (0.82, 1.0), (0.86, 0.88, 0.88), Glow.HEAD)
    end(made, -0.97, (-0.09, 0.09), (0.66, 0.78), (0.5, 0.05, 0.05), Glow.BRAKE)
    for y, turn in ((0.2, Glow.LEFT), (-0.2, Glow.RIGHT)):
        made.box((-0.92, y - 0.04, 0.64), (-0.84, y + 0.04, 0.72), (0.7, 0.36, 0.06), glow=turn)
        made.box((0.60, y - 0.04, 0.92), (0.68, y + 0.04, 1.0), (0.7, 0.36, 0.06), glow=turn)
    return made.build(), (2.1, 0.8, 1.62)


def trash_can(paint: RGB, _: int) -> tuple[Mesh, Size]:
    """A wheeled bin with a lid."""
    made = Builder()
    made.prism((0, 0, 0.08), (0.30, 0.38), 0.84, 4, paint, cap=False)
    made.box((-0.30, -0.29, 0.90), (0.31, 0.29, 0.99), shade(paint, 0.8))
    made.box((-0.36, -0.24, 0.84), (-0.28, 0.24, 0.90), (0.1, 0.1, 0.1))
    for y in (-0.24, 0.2):
        made.box((-0.30, y, 0.0), (-0.12, y + 0.06, 0.18), _TYRE)
    end(made, 0.33, (-0.14, 0.14), (0.55, 0.72), (0.90, 0.90, 0.85))
    return made.build(), (0.65, 0.6, 1.0)


def cone(_: RGB, __: int) -> tuple[Mesh, Size]:
    made = Builder()
    orange: RGB = (0.95, 0.36, 0.08)
    made.box((-0.2, -0.2, 0.0), (0.2, 0.2, 0.05), (0.13, 0.13, 0.13))
    for low, high, r0, r1, colour in ((0.05, 0.3, 0.15, 0.11, orange),
                                      (0.3, 0.5, 0.11, 0.075, (0.95, 0.95, 0.92)),
                                      (0.5, 0.75, 0.075, 0.03, orange)):  # fmt: skip
        made.prism((0, 0, low), (r0, r1), high - low, 8, colour)
    return made.build(), (0.4, 0.4, 0.75)


def barrier(_: RGB, __: int) -> tuple[Mesh, Size]:
    """Red and white boards across the way, with a lamp; drawn 2 m wide."""
    made = Builder()
    for y in (-0.85, 0.8):
        made.box((-0.25, y, 0.0), (0.25, y + 0.06, 0.06), (0.25, 0.25, 0.25))
        made.box((-0.03, y, 0.0), (0.03, y + 0.06, 1.0), _STEEL)
    for k in range(8):
        colour: RGB = (0.80, 0.10, 0.10) if k % 2 else (0.95, 0.95, 0.93)
        y = -1.0 + k * 0.25
        for z in (0.38, 0.72):
            made.box((-0.035, y, z), (0.035, y + 0.25, z + 0.24), colour)
    made.box((-0.06, -0.08, 0.96), (0.06, 0.08, 1.1), (0.8, 0.5, 0.1), glow=Glow.AMBER)
    return made.build(), (0.5, 2.0, 1.0)


def unknown(paint: RGB, _: int) -> tuple[Mesh, Size]:
    """A crate with taped edges, for what nobody has a word for."""
    made = Builder()
    made.box((-0.5, -0.5, 0.0), (0.5, 0.5, 1.0), paint)
    for y in (0.502, -0.502):
        flank(made, y, (-0.08, 0.08), (0.0, 1.0), shade(paint, 1.3))
    for x in (0.502, -0.502):
        end(made, x, (-0.08, 0.08), (0.0, 1.0), shade(paint, 1.3))
    return made.build(), (1.0, 1.0, 1.0)


OTHERS: dict[str, Callable[[RGB, int], tuple[Mesh, Size]]] = {
    "pedestrian": pedestrian,
    "bicycle": bicycle,
    "motorcycle": motorcycle,
    "trash_can": trash_can,
    "cone": cone,
    "barrier": barrier,
    "unknown": unknown,
}
