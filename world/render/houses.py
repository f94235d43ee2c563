"""Houses, shops and towers: walls and roofs, and the windows and doors that are seen nearby."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from world.render.boards import Board
from world.render.mesh import RGB, Builder, Glow, Mesh, Vec, rgb, shade

_EAVES_M = 0.45
_GLASS: tuple[RGB, ...] = (
    (0.30, 0.38, 0.45), (0.25, 0.32, 0.38), (0.36, 0.44, 0.50), (0.52, 0.53, 0.50),
)  # fmt: skip
_DOORS: tuple[RGB, ...] = ((0.35, 0.20, 0.12), (0.16, 0.30, 0.25), (0.55, 0.16, 0.13),
                           (0.20, 0.26, 0.38))  # fmt: skip


@dataclass(frozen=True)
class Wall:
    """One wall of a block in its own frame: `u` to the right as one looks at it."""

    at: Vec  # middle of its foot
    right: tuple[float, float]
    out: tuple[float, float]
    width: float

    def point(self, u: float, z: float, out_m: float = 0.0) -> Vec:
        return (
            self.at[0] + self.right[0] * u + self.out[0] * out_m,
            self.at[1] + self.right[1] * u + self.out[1] * out_m,
            z,
        )

    def rect(self, u: tuple[float, float], z: tuple[float, float], out_m: float) -> tuple[Vec, ...]:
        return (
            self.point(u[0], z[0], out_m),
            self.point(u[1], z[0], out_m),
            self.point(u[1], z[1], out_m),
            self.point(u[0], z[1], out_m),
        )


def walls(w: float, d: float) -> tuple[Wall, Wall, Wall, Wall]:
    """Front (looks along +x), back, left and right wall of a block."""
    return (
        Wall((d / 2, 0, 0), (0, 1), (1, 0), w),
        Wall((-d / 2, 0, 0), (0, -1), (-1, 0), w),
        Wall((0, w / 2, 0), (-1, 0), (0, 1), d),
        Wall((0, -w / 2, 0), (1, 0), (0, -1), d),
    )


def building_base(item: dict[str, Any]) -> Mesh:
    """Walls and roof."""
    made = Builder()
    wall = rgb(item["colour"])
    height, w, d = item["height"], item["w"], item["d"]
    for i, side in enumerate(walls(w, d)):
        half = side.width / 2
        made.quad(side.rect((-half, half), (0.0, height), 0.0), shade(wall, 0.97 if i else 1.0))
    _roof(made, item, wall)
    if item.get("chimney"):
        top = height + item["roof_h"]
        made.box((-0.9, w * 0.22, height), (-0.3, w * 0.22 + 0.6, top + 0.7), (0.45, 0.26, 0.21))
    return made.build()


def _roof(made: Builder, item: dict[str, Any], wall: RGB) -> None:
    w, d, z = item["w"], item["d"], item["height"]
    roof = rgb(item["roof_colour"])
    if item["roof"] == "flat":
        o = 0.12
        made.box((-d / 2 - o, -w / 2 - o, z - 0.35), (d / 2 + o, w / 2 + o, z), shade(wall, 0.86))
        made.quad(((-d / 2, -w / 2, z + 0.01), (d / 2, -w / 2, z + 0.01), (d / 2, w / 2, z + 0.01),
                   (-d / 2, w / 2, z + 0.01)), roof)  # fmt: skip
        return
    rise, o = item["roof_h"], _EAVES_M
    low = z - o * rise / (d / 2)
    x, y = d / 2 + o, w / 2 + (o if item["roof"] == "hip" else 0.25)
    ridge = max(w / 2 - d / 2, 0.3) if item["roof"] == "hip" else y
    top = z + rise
    front = ((x, -y, low), (x, y, low), (0.0, ridge, top), (0.0, -ridge, top))
    back = ((-x, y, low), (-x, -y, low), (0.0, -ridge, top), (0.0, ridge, top))
    made.quad(front, roof)
    made.quad(back, shade(roof, 0.95))
    if item["roof"] == "hip":
        made.triangle((x, y, low), (-x, y, low), (0.0, ridge, top), roof)
        made.triangle((-x, -y, low), (x, -y, low), (0.0, -ridge, top), roof)
        return
    for s in (1.0, -1.0):
        a, b = (d / 2 * s, w / 2 * s, z), (-d / 2 * s, w / 2 * s, z)
        made.triangle(a, b, (0.0, w / 2 * s, top - 0.02), wall)
    # The underside of the eaves closes the gap that would show the sky.
    made.quad(((x, y, low), (x, -y, low), (d / 2, -w / 2, z), (d / 2, w / 2, z)), shade(roof, 0.45))
    made.quad(((-x, -y, low), (-x, y, low), (-d / 2, w / 2, z), (-d / 2, -w / 2, z)),
              shade(roof, 0.45))  # fmt: skip


def building_detail(item: dict[str, Any]) -> Mesh:
    """Windows, door, shop front and awning."""
    made = Builder()
    front, back, left, right = walls(item["w"], item["d"])
    lit = set(item["lit"])
    storey = (item["height"] - (1.4 if item["kind"] == "shop" else 0.5)) / item["storeys"]
    for row in range(item["storeys"]):
        base = row * storey + (1.1 if item["kind"] == "shop" and row else 0.0)
        shop_floor = item["kind"] == "shop" and row == 0
        for i, (side, cols) in enumerate(
            ((front, item["cols"]), (back, item["cols"]), (left, item["side_cols"]),
             (right, item["side_cols"]))
        ):  # fmt: skip
            if shop_floor and i == 0:
                continue
            for col in range(cols):
                index = row * cols + col
                shines = index in lit if i == 0 else (index * 7 + i * 3 + len(lit)) % 4 == 0
                if i == 0 and row == 0 and col == item["door"]:
                    _door(made, side, side.width, cols, col, len(lit))
                else:
                    _window(made, item, side, cols, col, base, shines, framed=i == 0)
    if item["kind"] == "shop":
        _shop_front(made, item, front)
    if item["kind"] == "tower":
        for side in (front, back, left, right):
            for row in range(1, item["storeys"]):
                z = row * storey
                made.quad(side.rect((-side.width / 2, side.width / 2), (z - 0.12, z + 0.12), 0.06),
                          shade(rgb(item["colour"]), 0.85))  # fmt: skip
    return made.build()


def _window(made: Builder, item: dict[str, Any], side: Wall, cols: int, col: int, base: float,
            shines: bool, *, framed: bool) -> None:  # fmt: skip
    pitch = side.width / cols
    u = -side.width / 2 + (col + 0.5) * pitch
    half = min(0.62 if item["kind"] != "tower" else 1.0, pitch * 0.36)
    z = (base + 1.0, base + 2.35)
    if framed:
        trim = rgb(item["trim"])
        made.quad(
            side.rect((u - half - 0.1, u + half + 0.1), (z[0] - 0.12, z[1] + 0.08), 0.04), trim
        )
    glass = _GLASS[(col * 5 + int(base * 3) + int(u * 7)) % len(_GLASS)]
    glow = Glow.WINDOW if shines else Glow.NONE
    if not framed:
        made.quad(side.rect((u - half, u + half), z, 0.06), glass, glow)
        return
    # Two panes with a bar between them read as a window even at a few pixels.
    made.quad(side.rect((u - half, u - 0.03), z, 0.08), glass, glow)
    made.quad(side.rect((u + 0.03, u + half), z, 0.08), shade(glass, 1.12), glow)


def _door(made: Builder, side: Wall, width: float, cols: int, col: int, pick: int) -> None:
    u = -width / 2 + (col + 0.5) * width / cols
    made.quad(side.rect((u - 0.65, u + 0.65), (0.0, 2.3), 0.04), (0.85, 0.83, 0.78))
    made.quad(side.rect((u - 0.5, u + 0.5), (0.0, 2.15), 0.08), _DOORS[pick % len(_DOORS)])
    x, y, _ = side.point(u, 0.0, 0.4)
    made.box((x - 0.4, y - 0.8, 0.0), (x + 0.4, y + 0.8, 0.16), (0.62, 0.60, 0.57))


def _shop_front(made: Builder, item: dict[str, Any], front: Wall) -> None:
    half = item["w"] / 2 - 0.4
    made.quad(front.rect((-half, half), (0.35, 2.75), 0.05), (0.20, 0.26, 0.29), Glow.WINDOW)
    for k in range(1, 5):
        u = -half + 2 * half * k / 5
        made.quad(front.rect((u - 0.06, u + 0.06), (0.3, 2.8), 0.09), (0.9, 0.89, 0.86))
    colour = rgb(item["awning"])
    stripes = 8
    for k in range(stripes):
        u0, u1 = (-half + 2 * half * (k + j) / stripes for j in (0, 1))
        a, b = front.point(u0, 2.45, 1.1), front.point(u1, 2.45, 1.1)
        c, d = front.point(u1, 2.95, 0.05), front.point(u0, 2.95, 0.05)
        tone = colour if k % 2 == 0 else (0.95, 0.94, 0.90)
        made.quad((a, b, c, d), tone)
        made.quad((b, a, d, c), shade(tone, 0.6))


def building_boards(item: dict[str, Any]) -> Iterator[Board]:
    """The name above a shop's window."""
    if item["kind"] == "shop":
        front = walls(item["w"], item["d"])[0]
        half = min(item["w"] / 2 - 0.6, 0.42 * len(item["name"]) / 2 + 0.8)
        corners = front.rect((-half, half), (3.05, 3.85), 0.08)
        yield Board(("name", item["name"], item["awning"]), corners)
