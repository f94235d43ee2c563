// Collects triangles and instances by tile and material, so that a map is few draw calls and
// whole tiles are culled.

import {
  BufferGeometry,
  Float32BufferAttribute,
  InstancedMesh,
  Matrix4,
  Mesh,
  Object3D,
  ShapeUtils,
  Vector2,
  type Material,
} from 'three'
import type { Point } from './document'
import { frame, offset } from './lines'

export type Rgb = readonly [number, number, number]
export const WHITE: Rgb = [1, 1, 1]
const TILE_M = 110

class Triangles {
  readonly positions: number[] = []
  readonly normals: number[] = []
  readonly colours: number[] = []
  readonly index: number[] = []

  geometry(): BufferGeometry {
    const geometry = new BufferGeometry()
    geometry.setAttribute('position', new Float32BufferAttribute(this.positions, 3))
    geometry.setAttribute('normal', new Float32BufferAttribute(this.normals, 3))
    geometry.setAttribute('color', new Float32BufferAttribute(this.colours, 3))
    geometry.setIndex(this.index)
    return geometry
  }
}

interface Instances {
  geometry: BufferGeometry
  matrices: Matrix4[]
  colours: number[]
}

/** Geometry of a whole map, by tile. Add shapes, then call `build` once. */
export class Mesher {
  readonly #triangles = new Map<string, Map<Material, Triangles>>()
  readonly #instances = new Map<string, Map<string, Instances & { material: Material }>>()

  /** One flat triangle; the normal comes from its winding. */
  triangle(material: Material, a: number[], b: number[], c: number[], colour: Rgb = WHITE): void {
    this.#face(material, [a, b, c], colour).push(0, 1, 2)
  }

  /** Corners counter-clockwise as seen from outside. */
  quad(
    material: Material,
    a: number[],
    b: number[],
    c: number[],
    d: number[],
    colour: Rgb = WHITE,
  ): void {
    this.#face(material, [a, b, c, d], colour).push(0, 1, 2, 0, 2, 3)
  }

  /** A box that stands at (x, y, z0), its length along `h`. The bottom is left open. */
  box(
    material: Material,
    x: number,
    y: number,
    z0: number,
    h: number,
    length: number,
    width: number,
    height: number,
    colour: Rgb = WHITE,
  ): void {
    const at = frame(x, y, h)
    const l = length / 2,
      w = width / 2
    const foot = [at(-l, -w), at(l, -w), at(l, w), at(-l, w)]
    const low = foot.map(([px, py]) => [px, py, z0])
    const high = foot.map(([px, py]) => [px, py, z0 + height])
    for (let i = 0; i < 4; i++) {
      const j = (i + 1) % 4
      this.quad(material, low[i], low[j], high[j], high[i], colour)
    }
    this.quad(material, high[0], high[1], high[2], high[3], colour)
  }

  /** A flat band of `width` around a line at height `z`. */
  band(
    material: Material,
    line: readonly Point[],
    width: number,
    z: number,
    colour: Rgb = WHITE,
  ): void {
    const right = offset(line, -width / 2),
      left = offset(line, width / 2)
    for (let i = 0; i + 1 < line.length; i++) {
      this.quad(
        material,
        [...right[i], z],
        [...right[i + 1], z],
        [...left[i + 1], z],
        [...left[i], z],
        colour,
      )
    }
  }

  /** A wall along a line, seen from both sides. */
  wall(
    material: Material,
    line: readonly Point[],
    thick: number,
    z0: number,
    z1: number,
    colour: Rgb = WHITE,
  ): void {
    const right = offset(line, -thick / 2),
      left = offset(line, thick / 2)
    for (let i = 0; i + 1 < line.length; i++) {
      this.quad(
        material,
        [...right[i], z0],
        [...right[i + 1], z0],
        [...right[i + 1], z1],
        [...right[i], z1],
        colour,
      )
      this.quad(
        material,
        [...left[i + 1], z0],
        [...left[i], z0],
        [...left[i], z1],
        [...left[i + 1], z1],
        colour,
      )
      this.quad(
        material,
        [...right[i], z1],
        [...right[i + 1], z1],
        [...left[i + 1], z1],
        [...left[i], z1],
        colour,
      )
    }
  }

  /** A filled flat polygon. */
  polygon(material: Material, outline: readonly Point[], z: number, colour: Rgb = WHITE): void {
    const contour = outline.map(([x, y]) => new Vector2(x, y))
    if (ShapeUtils.isClockWise(contour)) contour.reverse()
    for (const [i, j, k] of ShapeUtils.triangulateShape(contour, [])) {
      const [a, b, c] = [contour[i], contour[j], contour[k]]
      this.triangle(material, [a.x, a.y, z], [b.x, b.y, z], [c.x, c.y, z], colour)
    }
  }

  /** One more copy of a shared geometry. */
  instance(
    name: string,
    geometry: BufferGeometry,
    material: Material,
    matrix: Matrix4,
    colour: Rgb = WHITE,
  ): void {
    const tile = tileOf(matrix.elements[12], matrix.elements[13])
    const byName = this.#instances.get(tile) ?? new Map()
    this.#instances.set(tile, byName)
    const group = byName.get(name) ?? { geometry, material, matrices: [], colours: [] }
    byName.set(name, group)
    group.matrices.push(matrix.clone())
    group.colours.push(...colour)
  }

  build(): Object3D {
    const root = new Object3D()
    for (const byMaterial of this.#triangles.values()) {
      for (const [material, triangles] of byMaterial) {
        root.add(still(new Mesh(triangles.geometry(), material)))
      }
    }
    for (const byName of this.#instances.values()) {
      for (const { geometry, material, matrices, colours } of byName.values()) {
        const mesh = new InstancedMesh(geometry, material, matrices.length)
        const colour = new Float32Array(colours)
        matrices.forEach((matrix, i) => mesh.setMatrixAt(i, matrix))
        mesh.instanceColor = new (
          mesh.instanceMatrix.constructor as new (
            array: Float32Array,
            size: number,
          ) => typeof mesh.instanceMatrix
        )(colour, 3)
        mesh.computeBoundingSphere()
        root.add(still(mesh))
      }
    }
    return root
  }

  /** Corners of one flat face; what is pushed to the result is its triangles. */
  #face(material: Material, corners: number[][], colour: Rgb): { push(...local: number[]): void } {
    const [a, b, c] = corners
    const target = this.#target(material, (a[0] + c[0]) / 2, (a[1] + c[1]) / 2)
    const first = target.positions.length / 3
    const ux = b[0] - a[0],
      uy = b[1] - a[1],
      uz = b[2] - a[2]
    const vx = c[0] - a[0],
      vy = c[1] - a[1],
      vz = c[2] - a[2]
    const nx = uy * vz - uz * vy,
      ny = uz * vx - ux * vz,
      nz = ux * vy - uy * vx
    const length = Math.hypot(nx, ny, nz) || 1
    for (const corner of corners) {
      target.positions.push(corner[0], corner[1], corner[2])
      target.normals.push(nx / length, ny / length, nz / length)
      target.colours.push(colour[0], colour[1], colour[2])
    }
    return { push: (...local) => target.index.push(...local.map((i) => first + i)) }
  }

  #target(material: Material, x: number, y: number): Triangles {
    const tile = tileOf(x, y)
    const byMaterial = this.#triangles.get(tile) ?? new Map<Material, Triangles>()
    this.#triangles.set(tile, byMaterial)
    const triangles = byMaterial.get(material) ?? new Triangles()
    byMaterial.set(material, triangles)
    return triangles
  }
}

function tileOf(x: number, y: number): string {
  return `${Math.floor(x / TILE_M)}:${Math.floor(y / TILE_M)}`
}

function still<T extends Object3D>(object: T): T {
  object.matrixAutoUpdate = false
  object.updateMatrix()
  return object
}
