"""Writing and symbols: every sign face of a map drawn once into one texture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from world.render.mesh import Glow, Mesh, Vec

#: What to draw: the style and its words.
Face = tuple[str, ...]

_WHITE, _BLACK, _RED, _BLUE = (250, 250, 247), (22, 22, 24), (196, 26, 32), (26, 82, 160)
_OVER = 4  # drawn this much larger and reduced, for smooth edges
_ATLAS_W = 1024


@dataclass(frozen=True)
class Board:
    """A face on a quad: corners counter-clockwise from the lower left as one reads it."""

    face: Face
    corners: Sequence[Vec]

    def moved(self, x: float, y: float, h: float) -> Board:
        turn = np.array([[np.cos(h), np.sin(h), 0], [-np.sin(h), np.cos(h), 0], [0, 0, 1]])
        at = np.array(self.corners) @ turn + (x, y, 0)
        return Board(self.face, [(float(a), float(b), float(c)) for a, b, c in at])


@dataclass(frozen=True)
class Atlas:
    """One picture with all faces, and where each lies: u0, v0, u1, v1 with v upwards."""

    picture: NDArray[np.uint8]  # [H, W, 4]
    places: dict[Face, tuple[float, float, float, float]]

    def mesh(self, boards: Sequence[Board]) -> Mesh:
        """Textured quads; faces throw headlamp light back as real signs do."""
        count = len(boards)
        points = np.array([b.corners for b in boards], np.float32).reshape(count, 4, 3)
        normals = np.cross(points[:, 1] - points[:, 0], points[:, 3] - points[:, 0])
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        uv = [
            ((u0, v0), (u1, v0), (u1, v1), (u0, v1))
            for u0, v0, u1, v1 in (self.places[b.face] for b in boards)
        ]
        first = np.arange(count)[:, None] * 4
        return Mesh(
            points.reshape(-1, 3),
            np.repeat(normals, 4, axis=0).astype(np.float32),
            np.ones((4 * count, 3), np.float32),
            np.full(4 * count, Glow.SIGN, np.uint8),
            (first + np.array([0, 1, 2, 0, 2, 3])).reshape(-1, 3).astype(np.int32),
            np.array(uv, np.float32).reshape(-1, 2),
        )


def atlas(faces: Iterable[Face]) -> Atlas:
    """Draws each different face once, on shelves from the bottom up."""
    pictures = {face: _draw(face) for face in sorted(set(faces))}
    x = y = shelf = 0
    spots: dict[Face, tuple[int, int]] = {}
    for face, picture in sorted(pictures.items(), key=lambda p: -p[1].height):
        if x + picture.width + 2 > _ATLAS_W:
            x, y, shelf = 0, y + shelf + 2, 0
        spots[face] = (x, y)
        x, shelf = x + picture.width + 2, max(shelf, picture.height)
    height = 64
    while height < y + shelf:
        height *= 2
    sheet = Image.new("RGBA", (_ATLAS_W, height), (128, 128, 128, 0))
    places = {}
    for face, (left, top) in spots.items():
        picture = pictures[face]
        sheet.paste(picture, (left, top))
        places[face] = (left / _ATLAS_W, 1 - (top + picture.height) / height,
                        (left + picture.width) / _ATLAS_W, 1 - top / height)  # fmt: skip
    return Atlas(np.asarray(sheet), places)


def _draw(face: Face) -> Image.Image:
    style, *words = face
    if style == "plate":
        return _plate(words[0], words[1:])
    if style == "name":
        return _plate(words[1], [words[0]])
    size = 64 * _OVER
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    if style == "limit":
        pen.ellipse((0, 0, size - 1, size - 1), fill=_RED)
        rim = size * 0.14
        pen.ellipse((rim, rim, size - 1 - rim, size - 1 - rim), fill=_WHITE)
        _text(
            pen, words[0], (size / 2, size / 2), size * (0.5 if len(words[0]) < 3 else 0.38), _BLACK
        )
    elif style == "stop":
        cut = size * 0.293
        pen.polygon([(cut, 0), (size - cut, 0), (size, cut), (size, size - cut), (size - cut, size),
                     (cut, size), (0, size - cut), (0, cut)], fill=_RED)  # fmt: skip
        _text(pen, "STOP", (size / 2, size / 2), size * 0.34, _WHITE)
    elif style == "yield":
        pen.polygon([(0, 0), (size, 0), (size / 2, size * 0.9)], fill=_RED)
        pen.polygon([(size * 0.2, size * 0.12), (size * 0.8, size * 0.12), (size / 2, size * 0.66)],
                    fill=_WHITE)  # fmt: skip
    else:  # zebra
        pen.rectangle((0, 0, size, size), fill=_BLUE)
        pen.polygon([(size / 2, size * 0.1), (size * 0.9, size * 0.88), (size * 0.1, size * 0.88)],
                    fill=_WHITE)  # fmt: skip
        _walker(pen, size)
    return picture.resize((64, 64), Image.Resampling.BOX)


def _walker(pen: ImageDraw.ImageDraw, size: int) -> None:
    s = size / 64
    pen.ellipse((30 * s, 22 * s, 36 * s, 28 * s), fill=_BLACK)
    for a, b in (((33, 28), (32, 41)), ((32, 41), (26, 52)), ((32, 41), (39, 51)),
                 ((33, 30), (26, 37)), ((33, 30), (40, 36))):  # fmt: skip
        pen.line([(a[0] * s, a[1] * s), (b[0] * s, b[1] * s)], fill=_BLACK, width=int(3 * s))


def _plate(colour: str, lines: Sequence[str]) -> Image.Image:
    """A plate with centred white lines, the first one larger where there are several."""
    sizes = [26.0] + [22.0] * (len(lines) - 1)
    fonts = [_font(size * _OVER) for size in sizes]
    wide = max(font.getlength(line) for font, line in zip(fonts, lines, strict=True))
    width = int(min(max(wide / _OVER + 22, 60), 250))
    height = int(sum(sizes) * 1.28 + 14)
    picture = Image.new("RGBA", (width * _OVER, height * _OVER), colour)
    pen = ImageDraw.Draw(picture)
    edge = 3 * _OVER
    if len(lines) > 1:
        pen.rounded_rectangle((edge, edge, width * _OVER - edge, height * _OVER - edge),
                              8 * _OVER, outline=_WHITE, width=2 * _OVER)  # fmt: skip
    y = 7.0
    for line, size in zip(lines, sizes, strict=True):
        y += size * 0.64
        room = (width - 12) * _OVER
        fit = min(1.0, room / max(_font(size * _OVER).getlength(line), 1.0))
        _text(pen, line, (width * _OVER / 2, y * _OVER), size * _OVER * fit, _WHITE)
        y += size * 0.64
    return picture.resize((width, height), Image.Resampling.BOX)


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # a Pillow built without FreeType
        raise RuntimeError("Pillow lacks FreeType: install the Pillow wheel to draw signs")
    return font


def _text(pen: ImageDraw.ImageDraw, text: str, at: tuple[float, float], size: float,
          colour: tuple[int, int, int]) -> None:  # fmt: skip
    stroke = max(1, int(size / 28))  # the built-in font is light for a sign
    pen.text(at, text, fill=colour, font=_font(size), anchor="mm", stroke_width=stroke,
             stroke_fill=colour)  # fmt: skip
