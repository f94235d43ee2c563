// Low-poly road users with real proportions, each one geometry with vertex colours.
//
// Body frame: x forward, y left, z up, origin on the ground in the middle of the body. White
// vertices take the paint of the instance; dark ones (glass, tyres) stay dark under any paint.

import {
  BoxGeometry, BufferGeometry, CapsuleGeometry, Color, ConeGeometry, CylinderGeometry,
  Float32BufferAttribute, SphereGeometry, TorusGeometry,
} from 'three'
import { mergeGeometries, mergeVertices, toCreasedNormals } from 'three/addons/utils/BufferGeometryUtils.js'
import type { ModelName } from './kinds'

export interface Model {
  geometry: BufferGeometry
  /** Size of the geometry as built: instances are scaled to the object's real one, m. */
  length: number
  width: number
  height: number
  /** Height of its lamps over the ground as a share of its height; null without lamps. */
  lamps: number | null
}

type Section = readonly [x: number, ring: readonly (readonly [y: number, z: number])[]]

const PAINT = 1, GLASS = 0.1, TYRE = 0.07, TRIM = 0.16, METAL = 0.55

/** A closed body through cross-sections (right half given, mirrored). */
function loft(sections: readonly Section[], tone: number): BufferGeometry {
  const rings = sections.map(([x, half]) => [
    ...half.map(([y, z]) => [x, -y, z]),
    ...half.toReversed().map(([y, z]) => [x, y, z]),
  ])
  const positions: number[] = []
  const face = (...corners: number[][]) => {
    for (let i = 1; i + 1 < corners.length; i++) positions.push(...corners[0], ...corners[i], ...corners[i + 1])
  }
  for (let s = 0; s + 1 < rings.length; s++) {
    const a = rings[s], b = rings[s + 1]
    for (let i = 0; i < a.length; i++) {
      const j = (i + 1) % a.length
      face(a[i], b[i], b[j], a[j])
    }
  }
  face(...rings[0])
  face(...rings[rings.length - 1].toReversed())
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new Float32BufferAttribute(positions, 3))
  geometry.computeVertexNormals()
  return toned(toCreasedNormals(geometry, 0.62), tone)
}

function toned(source: BufferGeometry, tone: number | Color): BufferGeometry {
  const geometry = source.index ? source.toNonIndexed() : source
  geometry.deleteAttribute('uv')
  const count = geometry.getAttribute('position').count
  const colour = typeof tone === 'number' ? new Color(tone, tone, tone) : tone
  const colours = new Float32Array(count * 3)
  for (let i = 0; i < count; i++) colour.toArray(colours, i * 3)
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 3))
  return geometry
}

function block(x: number, y: number, z: number, l: number, w: number, h: number, tone: number): BufferGeometry {
  return toned(new BoxGeometry(l, w, h).translate(x, y, z + h / 2), tone)
}

function wheels(xs: readonly number[], y: number, r: number, width = 0.24): BufferGeometry[] {
  return xs.flatMap((x) => [-1, 1].flatMap((side) => [
    toned(new CylinderGeometry(r, r, width, 14).translate(x, side * y, r), TYRE),
    toned(new CylinderGeometry(r * 0.6, r * 0.6, 0.02, 12).translate(x, side * (y + width / 2), r), METAL),
  ]))
}

function model(parts: BufferGeometry[], lamps: number | null): Model {
  const geometry = mergeVertices(mergeGeometries(parts))
  geometry.computeBoundingBox()
  const box = geometry.boundingBox!
  return {
    geometry, lamps, length: box.max.x - box.min.x, width: box.max.y - box.min.y, height: box.max.z,
  }
}

/** Rounded half cross-section of a lower body. */
function hull(halfWidth: number, bottom: number, top: number): [number, number][] {
  const h = top - bottom
  return [
    [halfWidth * 0.86, bottom], [halfWidth * 0.98, bottom + 0.16 * h], [halfWidth, bottom + 0.55 * h],
    [halfWidth * 0.96, bottom + 0.84 * h], [halfWidth * 0.86, top],
  ]
}

function cabin(base: number, halfBase: number, top: number, halfTop: number): [number, number][] {
  return [[halfBase, base], [halfTop + 0.05, top - 0.1], [halfTop - 0.06, top]]
}

function car(own: boolean): Model {
  const body = loft([
    [-2.28, hull(0.66, 0.42, 0.82)], [-2.2, hull(0.8, 0.3, 0.93)], [-1.75, hull(0.89, 0.22, 0.98)],
    [-0.6, hull(0.91, 0.19, 0.96)], [0.75, hull(0.91, 0.19, 0.93)], [1.45, hull(0.89, 0.21, 0.86)],
    [1.95, hull(0.84, 0.24, 0.76)], [2.2, hull(0.74, 0.3, 0.66)], [2.28, hull(0.6, 0.38, 0.58)],
  ], PAINT)
  const glass = loft([
    [-2.0, cabin(0.9, 0.74, 1.0, 0.7)], [-1.45, cabin(0.92, 0.8, 1.33, 0.62)], [-0.75, cabin(0.92, 0.82, 1.45, 0.62)],
    [0.15, cabin(0.9, 0.82, 1.44, 0.62)], [0.7, cabin(0.88, 0.8, 1.22, 0.64)], [1.3, cabin(0.82, 0.74, 0.92, 0.7)],
  ], GLASS)
  const roof = loft([
    [-1.5, [[0.5, 1.3], [0.52, 1.335]]], [-0.75, [[0.57, 1.44], [0.55, 1.475]]],
    [0.15, [[0.57, 1.435], [0.55, 1.465]]], [0.36, [[0.5, 1.36], [0.5, 1.385]]],
  ], 0.92)
  const mirrors = [-1, 1].map((side) => block(0.84, side * 0.96, 0.88, 0.16, 0.14, 0.1, own ? GLASS : PAINT))
  const parts = [body, glass, roof, ...mirrors, ...wheels([-1.38, 1.38], 0.78, 0.33), block(0, 0, 0.17, 3.9, 1.6, 0.2, TYRE)]
  return model(own ? [...parts, ...finish()] : parts, 0.52)
}

/** What makes our own car look like ours: glass roof, light bar, diffuser, plate. */
function finish(): BufferGeometry[] {
  const roof = loft([
    [-1.36, [[0.44, 1.36], [0.44, 1.375]]], [-0.74, [[0.47, 1.476], [0.46, 1.486]]],
    [0.14, [[0.47, 1.466], [0.46, 1.476]]], [0.3, [[0.42, 1.4], [0.42, 1.412]]],
  ], 0.12)
  const bar = toned(new BoxGeometry(0.04, 1.1, 0.045).translate(-2.285, 0, 0.74), new Color(0.45, 0.02, 0.02))
  return [
    roof, bar, block(-2.2, 0, 0.3, 0.14, 1.1, 0.14, TYRE), block(-2.29, 0, 0.56, 0.03, 0.5, 0.11, 0.75),
    block(2.2, 0, 0.3, 0.12, 1.1, 0.16, TRIM),
  ]
}

function van(): Model {
  const body = loft([
    [-2.7, hull(0.96, 0.32, 2.2)], [-2.6, hull(1.0, 0.26, 2.3)], [1.0, hull(1.0, 0.24, 2.3)],
    [1.5, hull(0.99, 0.24, 2.0)], [2.1, hull(0.96, 0.25, 1.22)], [2.6, hull(0.9, 0.28, 1.0)], [2.7, hull(0.8, 0.36, 0.8)],
  ], PAINT)
  const shield = loft([
    [1.12, [[0.78, 1.35], [0.72, 2.24]]], [1.62, [[0.82, 1.3], [0.74, 1.93]]], [2.14, [[0.8, 1.18], [0.76, 1.25]]],
  ], GLASS)
  const sides = [-1, 1].map((side) => block(1.0, side * 0.985, 1.3, 0.9, 0.05, 0.6, GLASS))
  const rear = block(-2.68, 0, 1.35, 0.08, 1.4, 0.6, GLASS)
  return model([body, shield, ...sides, rear, ...wheels([-1.6, 1.7], 0.86, 0.35)], 0.42)
}

function truck(): Model {
  const trailer = [block(-1.3, 0, 1.0, 7.8, 2.5, 2.75, 0.9), block(-1.3, 0, 0.62, 7.6, 1.1, 0.4, TRIM)]
  const cab = loft([
    [2.75, hull(1.2, 0.5, 3.0)], [4.3, hull(1.22, 0.45, 3.0)], [4.85, hull(1.2, 0.45, 2.6)],
    [5.15, hull(1.18, 0.42, 1.6)], [5.2, hull(1.1, 0.42, 1.1)],
  ], PAINT)
  const shield = loft([[4.62, [[1.0, 1.75], [0.95, 2.72]]], [5.16, [[1.05, 1.6], [1.0, 1.72]]]], GLASS)
  const sides = [-1, 1].map((side) => block(4.1, side * 1.2, 1.7, 0.8, 0.06, 0.75, GLASS))
  return model([...trailer, cab, shield, ...sides, ...wheels([-4.2, -3.1, -2.0, 3.9], 1.1, 0.5, 0.3)], 0.24)
}

function bus(): Model {
  const body = loft([
    [-6, hull(1.2, 0.4, 2.95)], [-5.9, hull(1.26, 0.32, 3.1)], [5.7, hull(1.26, 0.3, 3.1)],
    [5.95, hull(1.24, 0.3, 2.9)], [6, hull(1.15, 0.36, 2.6)],
  ], PAINT)
  const band = [-1, 1].map((side) => block(-0.2, side * 1.25, 1.3, 11, 0.06, 1.15, GLASS))
  const ends = [block(5.98, 0, 1.15, 0.08, 2.2, 1.5, GLASS), block(-6, 0, 1.6, 0.06, 2, 0.9, GLASS)]
  return model([body, ...band, ...ends, ...wheels([-3.4, 3.6], 1.12, 0.48, 0.3)], 0.27)
}

function twoWheeler(motor: boolean): Model {
  const r = motor ? 0.31 : 0.34, base = motor ? 0.68 : 0.52
  const wheel = (x: number) => toned(new TorusGeometry(r - 0.04, motor ? 0.09 : 0.035, 6, 18).rotateX(Math.PI / 2).translate(x, 0, r), TYRE)
  const seat = motor ? 0.8 : 0.95
  const parts = [
    wheel(-base), wheel(base),
    motor ? block(0, 0, 0.38, 1.1, 0.28, 0.42, 0.35) : block(0, 0, 0.55, 0.8, 0.05, 0.06, METAL),
    block(base - 0.08, 0, 0.95, 0.06, 0.6, 0.05, TRIM),
    toned(new CapsuleGeometry(0.18, 0.42, 3, 9).rotateX(Math.PI / 2).rotateY(0.42).translate(0.06, 0, seat + 0.36), PAINT),
    toned(new SphereGeometry(0.145, 12, 9).translate(0.26, 0, seat + 0.82), motor ? 0.25 : 0.85),
    ...[-1, 1].map((side) => toned(new CapsuleGeometry(0.075, 0.5, 2, 7).rotateX(Math.PI / 2).rotateY(-0.35 * side).translate(0.1, side * 0.13, seat - 0.28), 0.6)),
    ...[-1, 1].map((side) => toned(new CapsuleGeometry(0.05, 0.4, 2, 6).rotateZ(Math.PI / 2).rotateY(0.45).translate(0.36, side * 0.2, seat + 0.36), 0.8)),
  ]
  return model(parts, null)
}

function person(stride: number): Model {
  const leg = (side: number) => toned(new CapsuleGeometry(0.085, 0.62, 2, 8).rotateX(Math.PI / 2).translate(0, 0, -0.36).rotateY(side * stride).translate(0, side * 0.1, 0.86), 0.55)
  const arm = (side: number) => toned(new CapsuleGeometry(0.055, 0.46, 2, 7).rotateX(Math.PI / 2).translate(0, 0, -0.26).rotateY(-side * stride * 0.8).translate(0, side * 0.25, 1.42), 0.9)
  return model([
    leg(-1), leg(1), arm(-1), arm(1),
    toned(new CapsuleGeometry(0.18, 0.42, 3, 10).rotateX(Math.PI / 2).scale(0.75, 1.1, 1).translate(0, 0, 1.16), PAINT),
    toned(new SphereGeometry(0.125, 12, 10).translate(0.01, 0, 1.62), 0.88),
  ], null)
}

function cone(): Model {
  const band = (z: number, r: number) => toned(new CylinderGeometry(r - 0.02, r, 0.12, 12).rotateX(Math.PI / 2).translate(0, 0, z), new Color(1.35, 1.7, 2))
  return model([
    toned(new ConeGeometry(0.17, 0.72, 12).rotateX(Math.PI / 2).translate(0, 0, 0.4), PAINT),
    band(0.34, 0.135), block(0, 0, 0, 0.38, 0.38, 0.05, 0.3),
  ], null)
}

function barrier(): Model {
  const stripes = [-0.6, -0.2, 0.2, 0.6].map((y, i) => block(0, y, 0.55, 0.06, 0.4, 0.4, i % 2 ? PAINT : 0.45))
  const feet = [-0.6, 0.6].map((y) => block(0, y, 0, 0.5, 0.08, 0.6, TRIM))
  return model([...stripes, ...feet], null)
}

function trashCan(): Model {
  return model([
    toned(new CylinderGeometry(0.3, 0.25, 0.9, 14).rotateX(Math.PI / 2).translate(0, 0, 0.45), PAINT),
    toned(new CylinderGeometry(0.33, 0.33, 0.1, 14).rotateX(Math.PI / 2).translate(0, 0, 0.95), 0.6),
  ], null)
}

function animal(): Model {
  const legs = [-0.25, 0.25].flatMap((x) => [-0.09, 0.09].map((y) => block(x, y, 0, 0.07, 0.07, 0.35, 0.7)))
  return model([
    toned(new CapsuleGeometry(0.15, 0.5, 3, 9).rotateZ(Math.PI / 2).translate(0, 0, 0.45), PAINT),
    toned(new SphereGeometry(0.13, 10, 8).translate(0.46, 0, 0.62), PAINT), ...legs,
  ], null)
}

function parcel(): Model {
  return model([block(0, 0, 0, 1, 1, 1, PAINT)], null)
}

const MAKERS: Record<ModelName, () => Model> = {
  car: () => car(false), ego: () => car(true), van, truck, bus, motorcycle: () => twoWheeler(true), bicycle: () => twoWheeler(false),
  pedestrian: () => person(0.45), standing: () => person(0.05), cone, barrier, trash_can: trashCan,
  animal, parcel,
}
const made = new Map<ModelName, Model>()

export function modelOf(name: ModelName): Model {
  const known = made.get(name)
  if (known) return known
  const fresh = MAKERS[name]()
  made.set(name, fresh)
  return fresh
}
