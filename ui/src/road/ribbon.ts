// The planned path as a ribbon on the road, and the ghost of the path it replaced.

import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DynamicDrawUsage,
  Mesh,
  MeshBasicMaterial,
  Object3D,
} from 'three'
import type { Pose } from './interpolate'
import { MEANING } from './palette'

const MAX_POINTS = 96
const HALF_WIDTH_M = 0.85
export const GHOST_MS = 400
const GREY = new Color()
/** From the rear axle to the front bumper, m. */
const NOSE_M = 3.8
const STEPS = 3
const MAX_KNOTS = Math.floor((MAX_POINTS - 1) / STEPS) + 1

/** Catmull-Rom through `count` knots into `out` (x and y in turn); the number of points. */
function smooth(knots: Float32Array, count: number, out: Float32Array): number {
  let n = 0
  for (let i = 0; i + 1 < count; i++) {
    const a = 2 * Math.max(0, i - 1),
      b = 2 * i,
      c = 2 * (i + 1),
      d = 2 * Math.min(count - 1, i + 2)
    for (let step = 0; step < STEPS; step++) {
      const t = step / STEPS
      for (let axis = 0; axis < 2; axis++) {
        const p0 = knots[a + axis],
          p1 = knots[b + axis],
          p2 = knots[c + axis],
          p3 = knots[d + axis]
        out[2 * n + axis] =
          p1 +
          0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
      }
      n += 1
    }
  }
  if (count > 1) {
    out[2 * n] = knots[2 * count - 2]
    out[2 * n + 1] = knots[2 * count - 1]
    n += 1
  }
  return n
}

class Strip {
  readonly mesh: Mesh<BufferGeometry, MeshBasicMaterial>
  readonly #position = new Float32Array(MAX_POINTS * 6)
  readonly #colour = new Float32Array(MAX_POINTS * 8)

  constructor(z: number) {
    const geometry = new BufferGeometry()
    geometry.setAttribute(
      'position',
      new BufferAttribute(this.#position, 3).setUsage(DynamicDrawUsage),
    )
    geometry.setAttribute('color', new BufferAttribute(this.#colour, 4).setUsage(DynamicDrawUsage))
    const index: number[] = []
    for (let i = 0; i + 1 < MAX_POINTS; i++) {
      const a = 2 * i
      index.push(a, a + 2, a + 1, a + 1, a + 2, a + 3)
    }
    geometry.setIndex(index)
    const material = new MeshBasicMaterial({
      vertexColors: true,
      transparent: true,
      depthWrite: false,
      polygonOffset: true,
      polygonOffsetFactor: -4,
    })
    this.mesh = new Mesh(geometry, material)
    this.mesh.frustumCulled = false
    this.mesh.position.z = z
    this.mesh.renderOrder = 2
  }

  /** `xy` holds `count` points, x and y in turn. */
  set(xy: Float32Array, count: number): void {
    for (let i = 0; i < count; i++) {
      const a = Math.max(0, i - 1),
        b = Math.min(count - 1, i + 1)
      let dx = xy[2 * b] - xy[2 * a],
        dy = xy[2 * b + 1] - xy[2 * a + 1]
      const length = Math.hypot(dx, dy)
      if (length < 1e-3) {
        dx = i > 0 ? this.#dx : 1
        dy = i > 0 ? this.#dy : 0
      } else {
        dx /= length
        dy /= length
      }
      this.#dx = dx
      this.#dy = dy
      const share = count > 1 ? i / (count - 1) : 0
      const half = HALF_WIDTH_M * (1 - 0.25 * share)
      this.#position.set(
        [
          xy[2 * i] + dy * half,
          xy[2 * i + 1] - dx * half,
          0,
          xy[2 * i] - dy * half,
          xy[2 * i + 1] + dx * half,
          0,
        ],
        6 * i,
      )
      const alpha = Math.min(1, i / 3) * (1 - share) ** 0.7 * 0.95
      this.#colour.set([1, 1, 1, alpha, 1, 1, 1, alpha], 8 * i)
    }
    const { geometry } = this.mesh
    geometry.attributes.position.needsUpdate = true
    geometry.attributes.color.needsUpdate = true
    geometry.setDrawRange(0, Math.max(0, count - 1) * 6)
  }

  #dx = 1
  #dy = 0
}

export class Ribbon {
  readonly root = new Object3D()
  readonly #now = new Strip(0.07)
  readonly #ghost = new Strip(0.06)
  readonly #points = new Float32Array(MAX_POINTS * 2)
  readonly #knots = new Float32Array(MAX_KNOTS * 2)
  #count = 0
  #ghostUntilMs = 0

  constructor() {
    this.root.add(this.#now.mesh, this.#ghost.mesh)
    this.#ghost.mesh.visible = false
  }

  applyLook(dark: boolean): void {
    for (const strip of [this.#now, this.#ghost]) {
      strip.mesh.material.color.setHex(dark ? MEANING.talk : MEANING.talkLight)
    }
    this.#ghost.mesh.material.color.lerp(GREY.setHex(dark ? 0xffffff : 0x4b5b6c), 0.4)
  }

  /** A command changed the plan: what it was stays visible for a moment. */
  leaveGhost(nowMs: number): void {
    if (this.#count < 2) return
    this.#ghost.set(this.#points, this.#count)
    this.#ghostUntilMs = nowMs + GHOST_MS
  }

  /**
   * `ego` is where the car is drawn; the path begins at its nose and is smoothed between the plan's
   * points. True while the ghost fades.
   */
  draw(
    ego: Pose,
    earlier: readonly [number, number][] | null,
    later: readonly [number, number][],
    share: number,
    confidence: number,
    nowMs: number,
  ): boolean {
    const c = Math.cos(ego.heading),
      s = Math.sin(ego.heading)
    let knots = 0
    const knot = (x: number, y: number) => {
      this.#knots[2 * knots] = x
      this.#knots[2 * knots + 1] = y
      knots += 1
    }
    knot(ego.x + c * NOSE_M, ego.y + s * NOSE_M)
    for (let i = 0; i < later.length && knots < MAX_KNOTS; i++) {
      const [x, y] = later[i]
      const [fx, fy] = earlier?.length === later.length ? earlier[i] : later[i]
      const px = fx + (x - fx) * share,
        py = fy + (y - fy) * share
      // What lies under the car is already driven.
      if (knots === 1 && (px - ego.x) * c + (py - ego.y) * s < NOSE_M + 0.5) continue
      knot(px, py)
    }
    this.#count = smooth(this.#knots, knots, this.#points)
    this.#now.set(this.#points, this.#count)
    this.#now.mesh.material.opacity = 0.35 + 0.5 * confidence
    this.#now.mesh.visible = this.#count > 1
    const left = Math.max(0, this.#ghostUntilMs - nowMs) / GHOST_MS
    this.#ghost.mesh.visible = left > 0
    this.#ghost.mesh.material.opacity = 0.5 * left
    return left > 0
  }
}
