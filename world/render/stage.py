"""The Panda3D shell: offscreen buffers, four cameras, and nodes whose colours are set from arrays.

`p3tinydisplay` renders in software and needs no graphics library; `p3headlessgl` draws the same
nodes on a GPU. Nothing here knows about roads or traffic.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from world import linkshim
from world.render.boards import Atlas
from world.render.mesh import Mesh
from world.render.rig import Mount
from world.render.shading import Eye

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]

linkshim.ensure()  # before Panda3D loads its display module

from panda3d import core  # noqa: E402

# Without these Panda3D would also look for a screen, and complain that there is none.
core.loadPrcFileData("", "load-display p3tinydisplay\naux-display\naudio-library-name null\n")
# Solid things are drawn in the order in which they came, not by the addresses of their states:
# where two surfaces meet at equal depth, the picture is then the same in every run.
_bins = core.CullBinManager.getGlobalPtr()
_bins.setBinType("opaque", core.CullBinManager.BTUnsorted)


class Seen(IntFlag):
    """In which pictures something is drawn: those of wide and tele cameras, and their ids."""

    NOWHERE = 0
    WIDE = 1
    TELE = 2
    WIDE_IDS = 4
    TELE_IDS = 8
    PICTURES = WIDE | TELE
    EVERYWHERE = PICTURES | WIDE_IDS | TELE_IDS


#: A camera that sees less than this across is a tele camera and sees details farther away.
_TELE_DEG = 60.0
_NEAR_M, _FAR_M = 0.35, 3200.0
_TAG = "instance"
#: Instance ids are shades of one 8-bit colour.
MOST_IDS = 240

_stages = count()


#: Farther away even a truck is too small for the instance-id picture of a wide camera.
_WIDE_IDS_TO_M = 60.0


def seen_from(gap_m: float, wide_to_m: float, tele_to_m: float) -> Seen:
    """Where a thing at a distance is drawn that wide and tele cameras see up to these limits."""
    seen = Seen.NOWHERE
    if gap_m < wide_to_m:
        seen |= Seen.WIDE
    if gap_m < min(wide_to_m, _WIDE_IDS_TO_M):
        seen |= Seen.WIDE_IDS
    if gap_m < tele_to_m:
        seen |= Seen.TELE | Seen.TELE_IDS
    return seen


class Drawn:
    """One mesh on the stage; colours can be replaced at any time."""

    def __init__(self, node: Any, data: Any, seen: Seen) -> None:
        self._node = node
        self._data = data
        self._may = self._seen = seen
        self._node.hide(_mask(Seen.EVERYWHERE & ~seen))

    def colour(self, rgba: U8) -> None:
        """RGBA [N, 4] for its vertices."""
        memoryview(self._data.modifyArray(1)).cast("B")[:] = rgba.tobytes()

    def place(self, x: float, y: float, heading: float, z: float = 0.0) -> None:
        self._node.setPosHpr(x, y, z, float(np.degrees(heading)), 0.0, 0.0)

    def identify(self, number: int) -> None:
        """Shows up in the instance-id picture as this number (1 to `MOST_IDS`)."""
        self._node.setTag(_TAG, str(number))

    def show(self, seen: Seen) -> None:
        """Draws it in these pictures only, as far as its nature allows; nowhere costs nothing."""
        seen &= self._may
        if seen == self._seen:
            return
        if bool(seen) != bool(self._seen):
            (self._node.unstash if seen else self._node.stash)()
        self._seen = seen
        self._node.hide(_mask(Seen.EVERYWHERE & ~seen))
        self._node.show(_mask(seen))

    def remove(self) -> None:
        self._node.removeNode()


class Stage:
    """Buffers and cameras of one rig, and the nodes that they see."""

    def __init__(
        self,
        rig: Sequence[Mount],
        size: tuple[int, int],
        *,
        id_size: tuple[int, int] = (80, 48),
        supersample: int = 1,
        gpu: bool = False,
    ) -> None:
        """Raises `RuntimeError` when the display module cannot make a buffer."""
        self.size, self._id_size, self._over = size, id_size, supersample
        self._rig = rig
        self._engine = core.GraphicsEngine()
        self._pipe = _gpu_pipe() if gpu else _software_pipe()
        self._root = core.NodePath(f"stage{next(_stages)}")
        self._lens_nodes: list[Any] = []
        columns = 2
        rows = -(-len(rig) // columns)
        self._grid = (columns, rows)
        wide, high = size[0] * supersample, size[1] * supersample
        self._picture, self._pixels = self._buffer("rgb", (wide * columns, high * rows))
        self._ids, self._id_pixels = self._buffer("id", (id_size[0] * columns, id_size[1] * rows))
        aspect = size[0] / size[1]
        self._eyes = [self._camera(mount, i, aspect) for i, mount in enumerate(rig)]
        self._engine.openWindows()
        if not self._picture.isValid():
            raise RuntimeError("the graphics driver gave no picture; use the software renderer")

    # --- nodes ---

    def add(self, mesh: Mesh, *, order: int | None = None, solid: bool = False,
            blend: bool = False) -> Drawn:  # fmt: skip
        """A mesh in the map frame. `order` puts it on the ground: painter's order, no depth.

        Only `solid` things hide others in the instance-id picture; `blend` uses alpha.
        """
        node, data = self._geometry(mesh.points, mesh.triangles, mesh.uv)
        if order is not None:
            _flat_on_ground(node, order)
        if blend:
            node.setTransparency(core.TransparencyAttrib.MAlpha)
            node.setDepthWrite(False)
        return Drawn(node, data, Seen.EVERYWHERE if solid else Seen.PICTURES)

    def texture(self, sheet: Atlas) -> Any:
        """The picture of all sign faces, for `dress`."""
        height, width = sheet.picture.shape[:2]
        texture = core.Texture("signs")
        texture.setup2dTexture(width, height, core.Texture.TUnsignedByte, core.Texture.FRgba)
        texture.setRamImageAs(np.ascontiguousarray(sheet.picture[::-1]).tobytes(), "RGBA")
        texture.setMinfilter(core.SamplerState.FTLinearMipmapLinear)
        texture.setMagfilter(core.SamplerState.FTLinear)
        return texture

    def dress(self, drawn: Drawn, texture: Any) -> None:
        """Puts a texture on a mesh that has texture coordinates; alpha cuts its outline."""
        drawn._node.setTexture(texture)
        drawn._node.setTransparency(core.TransparencyAttrib.MAlpha)

    def once(self, points: F32, colours: U8, triangles: NDArray[np.int32], *,
             order: int | None = None, sky: bool = False) -> Drawn | None:  # fmt: skip
        """Coloured triangles for one frame, with alpha unless they are the sky."""
        if len(triangles) == 0:
            return None
        node, data = self._geometry(points, triangles, None)
        drawn = Drawn(node, data, Seen.PICTURES)
        drawn.colour(colours)
        if order is not None:
            _flat_on_ground(node, order)
        if not sky:
            node.setTransparency(core.TransparencyAttrib.MAlpha)
            node.setDepthWrite(False)
        node.setTwoSided(True)
        return drawn

    def _geometry(self, points: F32, triangles: NDArray[np.int32], uv: F32 | None) -> Any:
        data = core.GeomVertexData("mesh", _vertex_format(uv is not None), core.Geom.UHStatic)
        data.uncleanSetNumRows(len(points))
        rows = points if uv is None else np.concatenate([points, uv], axis=1)
        memoryview(data.modifyArray(0)).cast("B")[:] = np.ascontiguousarray(
            rows, np.float32
        ).tobytes()
        memoryview(data.modifyArray(1)).cast("B")[:] = b"\xff" * (4 * len(points))
        small = len(points) < 65_536
        primitive = core.GeomTriangles(core.Geom.UHStatic)
        primitive.setIndexType(core.Geom.NTUint16 if small else core.Geom.NTUint32)
        indices = primitive.modifyVertices()
        indices.uncleanSetNumRows(triangles.size)
        kind = np.uint16 if small else np.uint32
        memoryview(indices).cast("B")[:] = triangles.astype(kind).tobytes()
        geom = core.Geom(data)
        geom.addPrimitive(primitive)
        made = core.GeomNode("mesh")
        made.addGeom(geom)
        # The node keeps a copy of the vertex data on write; colours go to the one it holds.
        node = self._root.attachNewNode(made)
        return node, made.modifyGeom(0).modifyVertexData()

    # --- pictures ---

    def render(self, eye: Eye) -> tuple[U8, U8]:
        """Pictures [cameras, H, W, 3] and instance numbers [cameras, h, w]."""
        cos, sin = np.cos(eye.heading), np.sin(eye.heading)
        for mount, node in zip(self._rig, self._eyes, strict=True):
            x = eye.x + mount.x * cos - mount.y * sin
            y = eye.y + mount.x * sin + mount.y * cos
            # Panda's cameras look along +y, hence the quarter turn.
            heading = np.degrees(eye.heading) + mount.yaw_deg - 90.0
            node.setPosHpr(float(x), float(y), mount.z, float(heading), 0.0, 0.0)
        self._engine.renderFrame()
        numbers = _sheet(self._id_pixels)[::-1, :, 0]
        return self._pictures(), self._cells(numbers, self._id_size)

    def _pictures(self) -> U8:
        sheet = _sheet(self._pixels)
        if self._over > 1:
            # Pillow averages whole blocks in native code; the rows stay upside down meanwhile.
            high, wide, depth = sheet.shape
            mode = "RGBX" if depth == 4 else "RGB"
            image = Image.frombuffer(mode, (wide, high), sheet.tobytes(), "raw", mode, 0, 1)
            sheet = np.asarray(image.reduce(self._over))
        return np.ascontiguousarray(self._cells(sheet[::-1, :, 2::-1], self.size))

    @property
    def driver(self) -> str:
        """What the graphics driver calls itself; `software` for the built-in renderer."""
        return str(self._picture.getGsg().getDriverRenderer()) or "software"

    def close(self) -> None:
        self._engine.removeAllWindows()
        self._root.removeNode()

    def _cells(self, sheet: U8, size: tuple[int, int]) -> U8:
        width, height = size
        columns, _ = self._grid
        return np.stack([
            sheet[(i // columns) * height :, (i % columns) * width :][:height, :width]
            for i in range(len(self._rig))
        ])  # fmt: skip

    def _buffer(self, name: str, size: tuple[int, int]) -> tuple[Any, Any]:
        properties = core.FrameBufferProperties()
        properties.setRgbaBits(8, 8, 8, 0)
        properties.setDepthBits(24)
        buffer = self._engine.makeOutput(
            self._pipe, name, 0, properties, core.WindowProperties.size(*size),
            core.GraphicsPipe.BFRefuseWindow,
        )  # fmt: skip
        if buffer is None:
            raise RuntimeError(f"the renderer cannot make a picture of {size[0]}x{size[1]}")
        pixels = core.Texture(name)
        buffer.addRenderTexture(pixels, core.GraphicsOutput.RTMCopyRam)
        buffer.setClearColor((0, 0, 0, 1))
        return buffer, pixels

    def _camera(self, mount: Mount, index: int, aspect: float) -> Any:
        lens = core.PerspectiveLens()
        lens.setAspectRatio(aspect)
        lens.setFov(mount.fov_deg)
        lens.setNearFar(_NEAR_M, _FAR_M)
        eye = self._root.attachNewNode(mount.name)
        tele = mount.fov_deg < _TELE_DEG
        for buffer, seen in (
            (self._picture, Seen.TELE if tele else Seen.WIDE),
            (self._ids, Seen.TELE_IDS if tele else Seen.WIDE_IDS),
        ):
            camera = core.Camera(mount.name, lens)
            camera.setCameraMask(_mask(seen))
            if buffer is self._ids:
                _show_ids(camera)
            self._lens_nodes.append(camera)
            columns, rows = self._grid
            column, row = index % columns, rows - 1 - index // columns
            region = buffer.makeDisplayRegion(
                column / columns, (column + 1) / columns, row / rows, (row + 1) / rows
            )
            region.setCamera(eye.attachNewNode(camera))
        return eye


def _mask(seen: Seen) -> Any:
    return core.BitMask32(seen.value)


def _software_pipe() -> Any:
    pipe = core.GraphicsPipeSelection.getGlobalPtr().makePipe("TinyOffscreenGraphicsPipe")
    if pipe is None:
        raise RuntimeError("Panda3D's software renderer did not load; reinstall panda3d")
    return pipe


def _gpu_pipe() -> Any:
    pipe = core.GraphicsPipeSelection.getGlobalPtr().makeModulePipe("p3headlessgl")
    if pipe is None:
        raise RuntimeError("no EGL display for the GPU renderer; use the software renderer")
    return pipe


def _vertex_format(textured: bool) -> Any:
    place = core.GeomVertexArrayFormat()
    place.addColumn(core.InternalName.getVertex(), 3, core.Geom.NTFloat32, core.Geom.CPoint)
    if textured:
        name = core.InternalName.getTexcoord()
        place.addColumn(name, 2, core.Geom.NTFloat32, core.Geom.CTexcoord)
    paint = core.GeomVertexArrayFormat()
    paint.addColumn(core.InternalName.getColor(), 4, core.Geom.NTUint8, core.Geom.CColor)
    made = core.GeomVertexFormat()
    made.addArray(place)
    made.addArray(paint)
    return core.GeomVertexFormat.registerFormat(made)


def _flat_on_ground(node: Any, order: int) -> None:
    node.setBin("background", order)
    node.setDepthTest(False)
    node.setDepthWrite(False)
    node.setTwoSided(True)


def _show_ids(camera: Any) -> None:
    """The id camera paints tagged nodes in the colour of their number and all else black."""
    plain = core.NodePath("plain")
    plain.setTextureOff(100)
    plain.setTransparency(core.TransparencyAttrib.MNone, 100)
    plain.setColor((0, 0, 0, 1), 100)
    camera.setInitialState(plain.getState())
    camera.setTagStateKey(_TAG)
    for number in range(1, MOST_IDS + 1):
        tagged = core.NodePath("tagged")
        # TinyGL cuts, not quite evenly, where GPUs round; with this both give the number back.
        tagged.setColor((0, 0, (number + 0.14) / 255, 1), 200)
        camera.setTagState(str(number), tagged.getState())


def _sheet(pixels: Any) -> U8:
    """The whole buffer as [H, W, 3 or 4] in Panda3D's order: bottom row first, blue first."""
    shape = (pixels.getYSize(), pixels.getXSize(), pixels.getNumComponents())
    return np.frombuffer(pixels.getRamImage(), np.uint8).reshape(shape)
