// Building blocks of the low-poly models: lofted bodies, boxes, wheels.
//
// Body frame: x forward, y left, z up, origin on the ground in the middle of the body. White
// vertices take the paint of the instance; dark ones (glass, tyres) stay dark under any paint.

import { BoxGeometry, BufferGeometry, Color, CylinderGeometry, Float32BufferAttribute } from 'three'
import {
  mergeGeometries,
  mergeVertices,
  toCreasedNormals,
} from 'three/addons/utils/BufferGeometryUtils.js'

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

export const PAINT = 1
export const GLASS = 0.1
export const TYRE = 0.07
export const TRIM = 0.16
export const METAL = 0.55

/** A closed body through cross-sections (right half given, mirrored). */
export function loft(sections: readonly Section[], tone: number): BufferGeometry {
  const rings = sections.map(([x, half]) => [
    ...half.map(([y, z]) => [x, -y, z]),
    ...half.toReversed().map(([y, z]) => [x, y, z]),
  ])
  const positions: number[] = []
  const face = (...corners: number[][]) => {
    for (let i = 1; i + 1 < corners.length; i++)
      positions.push(...corners[0], ...corners[i], ...corners[i + 1])
  }
  for (let s = 0; s + 1 < rings.length; s++) {
    const a = rings[s],
      b = rings[s + 1]
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

export function toned(source: BufferGeometry, tone: number | Color): BufferGeometry {
  const geometry = source.index ? source.toNonIndexed() : source
  geometry.deleteAttribute('uv')
  const count = geometry.getAttribute('position').count
  const colour = typeof tone === 'number' ? new Color(tone, tone, tone) : tone
  const colours = new Float32Array(count * 3)
  for (let i = 0; i < count; i++) colour.toArray(colours, i * 3)
  geometry.setAttribute('color', new Float32BufferAttribute(colours, 3))
  return geometry
}

export function block(
  x: number,
  y: number,
  z: number,
  l: number,
  w: number,
  h: number,
  tone: number,
): BufferGeometry {
  return toned(new BoxGeometry(l, w, h).translate(x, y, z + h / 2), tone)
}

export function wheels(
  xs: readonly number[],
  y: number,
  r: number,
  width = 0.24,
): BufferGeometry[] {
  return xs.flatMap((x) =>
    [-1, 1].flatMap((side) => [
      toned(new CylinderGeometry(r, r, width, 14).translate(x, side * y, r), TYRE),
      toned(
        new CylinderGeometry(r * 0.6, r * 0.6, 0.02, 12).translate(x, side * (y + width / 2), r),
        METAL,
      ),
    ]),
  )
}

export function model(parts: BufferGeometry[], lamps: number | null): Model {
  const geometry = mergeVertices(mergeGeometries(parts))
  geometry.computeBoundingBox()
  const box = geometry.boundingBox!
  return {
    geometry,
    lamps,
    length: box.max.x - box.min.x,
    width: box.max.y - box.min.y,
    height: box.max.z,
  }
}

/** Rounded half cross-section of a lower body. */
export function hull(halfWidth: number, bottom: number, top: number): [number, number][] {
  const h = top - bottom
  return [
    [halfWidth * 0.86, bottom],
    [halfWidth * 0.98, bottom + 0.16 * h],
    [halfWidth, bottom + 0.55 * h],
    [halfWidth * 0.96, bottom + 0.84 * h],
    [halfWidth * 0.86, top],
  ]
}

export function cabin(
  base: number,
  halfBase: number,
  top: number,
  halfTop: number,
): [number, number][] {
  return [
    [halfBase, base],
    [halfTop + 0.05, top - 0.1],
    [halfTop - 0.06, top],
  ]
}
