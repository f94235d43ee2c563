// Scenery of the map document (kinds and fields: `world/scenery.py`). Unknown kinds are skipped.

import {
  type BufferGeometry,
  ConeGeometry,
  CylinderGeometry,
  Float32BufferAttribute,
  IcosahedronGeometry,
  Matrix4,
  PlaneGeometry,
  Quaternion,
  Vector3,
} from 'three'
import { mergeVertices } from 'three/addons/utils/BufferGeometryUtils.js'
import { number, points, type RoadDocument, type SceneryItem } from './document'
import { buildBuilding } from './buildings'
import type { Materials } from './materials'
import { frame } from './lines'
import type { Mesher, Rgb } from './mesher'
import type { SignBoards } from './signs'

type Builder = (item: SceneryItem, mesher: Mesher, materials: Materials, signs: SignBoards) => void

const BUILDERS: Record<string, Builder> = {
  house: (item, mesher, materials) => buildBuilding(item, mesher, materials),
  shop: (item, mesher, materials) => buildBuilding(item, mesher, materials),
  tower: (item, mesher, materials) => buildBuilding(item, mesher, materials),
  tree,
  bush,
  hedge: (item, mesher, materials) => {
    const height = number(item.height, 1.2)
    mesher.wall(
      materials.foliage,
      points(item),
      number(item.thick, 0.7),
      0,
      height,
      [0.95, 0.95, 0.95],
    )
  },
  field: (item, mesher, materials) => {
    const tone = 0.86 + 0.3 * ((Math.abs(item.x * 7 + item.y * 3) % 10) / 10)
    mesher.polygon(materials.field, points(item), -0.04, [tone, tone, tone])
  },
  lamp,
  bench: (item, mesher, materials) => {
    mesher.box(materials.trunk, item.x, item.y, 0.4, item.h, 0.45, number(item.w, 1.6), 0.06)
  },
  bus_stop: (item, mesher, materials) => {
    const w = number(item.w, 3),
      d = number(item.d, 1.4),
      at = frame(item.x, item.y, item.h)
    const [bx, by] = at(-d / 2, 0)
    mesher.box(materials.window, bx, by, 0.3, item.h, 0.06, w, 1.9)
    mesher.box(materials.metal, item.x, item.y, 2.3, item.h, d + 0.2, w + 0.2, 0.1)
  },
  guard_rail: (item, mesher, materials) => {
    const height = number(item.height, 0.75),
      line = points(item)
    mesher.wall(materials.metal, line, 0.06, height - 0.3, height)
    posts(line, 4, ([x, y]) =>
      mesher.box(materials.metal, x, y, 0, 0, 0.1, 0.1, height - 0.05, [0.7, 0.7, 0.7]),
    )
  },
  noise_wall: (item, mesher, materials) => {
    mesher.wall(materials.kerb, points(item), 0.25, 0, number(item.height, 3), [0.75, 0.75, 0.75])
  },
  parapet: (item, mesher, materials) => {
    mesher.wall(materials.kerb, points(item), 0.3, 0, number(item.height, 1))
  },
  sign_exit: (item, mesher, materials, signs) => {
    const w = number(item.w, 4),
      pole = number(item.pole, 2.5),
      at = frame(item.x, item.y, item.h)
    for (const side of [-0.35, 0.35]) {
      const [x, y] = at(-0.12, side * w)
      mesher.box(
        materials.metal,
        x,
        y,
        0,
        item.h,
        0.14,
        0.14,
        pole + number(item.height, 2.4),
        [0.8, 0.8, 0.8],
      )
    }
    signs.board(item)
  },
  gantry: (item, mesher, materials, signs) => {
    const span = number(item.span, 16),
      top = number(item.pole, 5.5) + number(item.height, 2.4)
    const at = frame(item.x, item.y, item.h)
    for (const side of [-0.5, 0.5]) {
      const [x, y] = at(-0.25, side * span)
      mesher.box(materials.metal, x, y, 0, item.h, 0.3, 0.3, top, [0.8, 0.8, 0.8])
    }
    const [x, y] = at(-0.25, 0)
    mesher.box(materials.metal, x, y, top - 0.9, item.h, 0.3, span, 0.3, [0.8, 0.8, 0.8])
    signs.board(item)
  },
  sign_limit: roundSign,
  sign_stop: roundSign,
  sign_yield: roundSign,
  sign_zebra: roundSign,
  traffic_light: (item, mesher, materials) => {
    const top = number(item.height, 3.4),
      arm = number(item.arm, 0)
    const at = frame(item.x, item.y, item.h)
    mesher.box(
      materials.metal,
      item.x,
      item.y,
      0,
      item.h,
      0.14,
      0.14,
      arm > 0 ? top + 0.2 : top - 0.9,
      [0.75, 0.75, 0.75],
    )
    if (arm > 0) {
      // Traffic looks against `h`, so its left is the sign's right.
      const [x, y] = at(0, -arm / 2)
      mesher.box(materials.metal, x, y, top + 0.06, item.h, 0.12, arm, 0.12, [0.75, 0.75, 0.75])
    }
  },
}

export function buildScenery(
  mesher: Mesher,
  road: RoadDocument,
  materials: Materials,
  signs: SignBoards,
): void {
  for (const item of road.scenery) BUILDERS[item.kind]?.(item, mesher, materials, signs)
}

// ------------------------------------------------------------------ plants

/** Darker towards the ground, as if the sky lit it: what instances are tinted with. */
function shaded<T extends BufferGeometry>(geometry: T, low: number): T {
  geometry.computeBoundingBox()
  const box = geometry.boundingBox!,
    position = geometry.getAttribute('position')
  const colours = new Float32Array(position.count * 3)
  for (let i = 0; i < position.count; i++) {
    const share = (position.getZ(i) - box.min.z) / (box.max.z - box.min.z)
    colours.fill(low + (1.08 - low) * share, 3 * i, 3 * i + 3)
  }
  return geometry.setAttribute('color', new Float32BufferAttribute(colours, 3)) as T
}

/** Shared corners: softer to look at, and a sixth of the work. */
function soft(geometry: BufferGeometry): BufferGeometry {
  geometry.deleteAttribute('uv')
  geometry.deleteAttribute('normal')
  const joined = mergeVertices(geometry, 1e-3)
  joined.computeVertexNormals()
  return joined
}

const CROWN = shaded(soft(new IcosahedronGeometry(1, 1)), 0.62)
const CONE = shaded(new ConeGeometry(1, 1, 7).rotateX(Math.PI / 2).translate(0, 0, 0.5), 0.72)
const TRUNK = shaded(
  new CylinderGeometry(0.7, 1, 1, 6).rotateX(Math.PI / 2).translate(0, 0, 0.5),
  0.9,
)
const POOL = new PlaneGeometry(1, 1)
const matrix = new Matrix4(),
  place = new Vector3(),
  size = new Vector3(),
  turn = new Quaternion()
const UP = new Vector3(0, 0, 1)

function put(
  mesher: Mesher,
  name: string,
  shape: BufferGeometry,
  material: Materials[keyof Materials],
  at: [number, number, number],
  scale: [number, number, number],
  angle: number,
  colour: Rgb,
): void {
  turn.setFromAxisAngle(UP, angle)
  matrix.compose(place.set(...at), turn, size.set(...scale))
  mesher.instance(name, shape, material, matrix, colour)
}

function tree(item: SceneryItem, mesher: Mesher, materials: Materials): void {
  const height = number(item.height, 8),
    r = number(item.r, 2.2)
  const green = leaf(number(item.tint, 0.5)),
    { x, y, h } = item
  const dark: Rgb = [green[0] * 0.84, green[1] * 0.84, green[2] * 0.84]
  const trunkTo = item.species === 'broad' ? height * 0.55 : height * 0.3
  put(
    mesher,
    'trunk',
    TRUNK,
    materials.trunk,
    [x, y, 0],
    [0.05 * r + 0.1, 0.05 * r + 0.1, trunkTo],
    h,
    [1, 1, 1],
  )
  if (item.species === 'conifer') {
    for (const [base, width, top] of [
      [0.14, 1, 0.62],
      [0.4, 0.76, 0.82],
      [0.64, 0.5, 1],
    ]) {
      put(
        mesher,
        'cone',
        CONE,
        materials.foliage,
        [x, y, base * height],
        [r * width, r * width, (top - base) * height],
        h + base,
        base > 0.3 ? green : dark,
      )
    }
    return
  }
  if (item.species === 'poplar') {
    put(
      mesher,
      'crown',
      CROWN,
      materials.foliage,
      [x, y, height * 0.56],
      [r, r, height * 0.45],
      h,
      green,
    )
    return
  }
  const c = Math.cos(h),
    s = Math.sin(h)
  put(
    mesher,
    'crown',
    CROWN,
    materials.foliage,
    [x, y, height * 0.64],
    [r, r, height * 0.34],
    h,
    green,
  )
  put(
    mesher,
    'crown',
    CROWN,
    materials.foliage,
    [x + c * r * 0.42, y + s * r * 0.42, height * 0.52],
    [r * 0.66, r * 0.66, height * 0.22],
    h + 1,
    dark,
  )
  put(
    mesher,
    'crown',
    CROWN,
    materials.foliage,
    [x - s * r * 0.4, y + c * r * 0.4, height * 0.56],
    [r * 0.6, r * 0.6, height * 0.22],
    h + 2,
    dark,
  )
}

function bush(item: SceneryItem, mesher: Mesher, materials: Materials): void {
  const height = number(item.height, 1),
    r = number(item.r, 0.8)
  put(
    mesher,
    'crown',
    CROWN,
    materials.foliage,
    [item.x, item.y, height * 0.4],
    [r, r, height * 0.6],
    item.h,
    leaf(number(item.tint, 0.5)),
  )
}

function leaf(tint: number): Rgb {
  const tone = 0.84 + 0.34 * tint
  return [tone * (0.94 + 0.1 * tint), tone, tone * (1.04 - 0.12 * tint)]
}

// ------------------------------------------------------------------ street furniture

function lamp(item: SceneryItem, mesher: Mesher, materials: Materials): void {
  const height = number(item.height, 6),
    arm = number(item.arm, 1.2),
    at = frame(item.x, item.y, item.h)
  mesher.box(materials.metal, item.x, item.y, 0, item.h, 0.12, 0.12, height, [0.62, 0.62, 0.62])
  const [ax, ay] = at(arm / 2, 0),
    [lx, ly] = at(arm, 0)
  mesher.box(materials.metal, ax, ay, height - 0.08, item.h, arm, 0.09, 0.09, [0.62, 0.62, 0.62])
  mesher.box(materials.lantern, lx, ly, height - 0.12, item.h, 0.7, 0.24, 0.1)
  put(
    mesher,
    'pool',
    POOL,
    materials.pool,
    [lx, ly, 0.15],
    [height * 2.3, height * 2.3, 1],
    0,
    [1, 1, 1],
  )
}

function roundSign(
  item: SceneryItem,
  mesher: Mesher,
  materials: Materials,
  signs: SignBoards,
): void {
  const [x, y] = frame(item.x, item.y, item.h)(-0.05, 0)
  mesher.box(
    materials.metal,
    x,
    y,
    0,
    item.h,
    0.07,
    0.07,
    number(item.pole, 2.1) + number(item.w, 0.7),
    [0.8, 0.8, 0.8],
  )
  signs.plate(item)
}

function posts(
  line: [number, number][],
  everyM: number,
  build: (at: [number, number]) => void,
): void {
  let left = 0
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i],
      [bx, by] = line[i + 1]
    const length = Math.hypot(bx - ax, by - ay)
    for (; left < length; left += everyM) {
      build([ax + ((bx - ax) * left) / length, ay + ((by - ay) * left) / length])
    }
    left -= length
  }
}
