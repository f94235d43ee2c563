// All road users of a situation as instanced meshes, with brake lights, indicators and sirens.

import {
  AdditiveBlending,
  BoxGeometry,
  BufferGeometry,
  Color,
  EdgesGeometry,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  MeshBasicMaterial,
  MeshLambertMaterial,
  Object3D,
  PlaneGeometry,
  Quaternion,
  Vector3,
} from 'three'
import { mergeGeometries } from 'three/addons/utils/BufferGeometryUtils.js'
import type { ActorView } from '../protocol'
import { softBeam, softRing, softSpot } from './decals'
import type { Pose } from './interpolate'
import { modelName, VULNERABLE, type ModelName } from './kinds'
import { modelOf } from './models'
import { Pool } from './pool'
import { MEANING, muted, type Look } from './palette'

const UP = new Vector3(0, 0, 1)
const BLINK_S = 0.36
const STANDING_MPS = 0.25

/** Lamps in a unit box (−½…½ along and across, 0 = lamp height), scaled with each vehicle. */
function lamps(
  at: readonly (readonly [number, number])[],
  l: number,
  w: number,
  h: number,
): BufferGeometry {
  return mergeGeometries(at.map(([x, y]) => new BoxGeometry(l, w, h).translate(x, y, 0)))
}

const TAILS = lamps(
  [
    [-0.488, -0.29],
    [-0.488, 0.29],
  ],
  0.026,
  0.24,
  1,
)
const HEADS = lamps(
  [
    [0.476, -0.27],
    [0.476, 0.27],
  ],
  0.026,
  0.2,
  0.7,
)
const LEFT = lamps(
  [
    [-0.482, 0.4],
    [0.455, 0.4],
  ],
  0.03,
  0.08,
  1,
)
const RIGHT = lamps(
  [
    [-0.482, -0.4],
    [0.455, -0.4],
  ],
  0.03,
  0.08,
  1,
)
const SIREN = new BoxGeometry(0.06, 0.62, 1)

export class Actors {
  readonly root = new Object3D()
  readonly #paint = new MeshLambertMaterial({ vertexColors: true })
  readonly #glow = new MeshBasicMaterial()
  readonly #shade: MeshBasicMaterial
  readonly #beam: MeshBasicMaterial
  readonly #pools = new Map<ModelName, Pool>()
  readonly #tails: Pool
  readonly #heads: Pool
  readonly #left: Pool
  readonly #right: Pool
  readonly #siren: Pool
  readonly #shadow: Pool
  readonly #beams: Pool
  readonly #unknown: Pool
  readonly #outline: LineSegments<BufferGeometry, LineBasicMaterial>
  readonly #halo: InstancedMesh
  #night = 0
  #vulnerable = new Color(MEANING.vulnerable)
  #cited: string | null = null

  constructor() {
    this.#shade = new MeshBasicMaterial({
      map: softSpot(),
      color: 0x000000,
      transparent: true,
      depthWrite: false,
      opacity: 0.5,
    })
    this.#beam = new MeshBasicMaterial({
      map: softBeam(),
      transparent: true,
      depthWrite: false,
      blending: AdditiveBlending,
      fog: true,
    })
    const glow = this.#glow
    this.#tails = new Pool(TAILS, glow)
    this.#heads = new Pool(HEADS, glow)
    this.#left = new Pool(LEFT, glow)
    this.#right = new Pool(RIGHT, glow)
    this.#siren = new Pool(SIREN, glow)
    this.#shadow = new Pool(new PlaneGeometry(1, 1), this.#shade)
    this.#beams = new Pool(new PlaneGeometry(1, 1).translate(0.5, 0, 0), this.#beam)
    this.#unknown = new Pool(
      new BoxGeometry(1, 1, 1).translate(0, 0, 0.5),
      new MeshLambertMaterial({ transparent: true, opacity: 0.45, depthWrite: false }),
    )
    this.#outline = new LineSegments(
      new EdgesGeometry(new BoxGeometry(1, 1, 1).translate(0, 0, 0.5)),
      new LineBasicMaterial({ color: MEANING.cited, fog: false }),
    )
    this.#halo = new InstancedMesh(
      new PlaneGeometry(1, 1),
      new MeshBasicMaterial({
        map: softRing(),
        color: MEANING.cited,
        transparent: true,
        depthWrite: false,
        fog: false,
      }),
      1,
    )
    this.#halo.frustumCulled = false
    this.#outline.matrixAutoUpdate = false
    for (const pool of this.#all()) this.root.add(pool.root)
    this.root.add(this.#outline, this.#halo)
  }

  applyLook(look: Look, dark: boolean): void {
    this.#night = look.night
    this.#vulnerable.setHex(dark ? MEANING.vulnerable : MEANING.vulnerableLight)
    this.#shade.opacity = (dark ? 0.55 : 0.32) * (1 - 0.4 * look.night)
    this.#beam.opacity = 0.32 * look.night
  }

  /** The object that the reason names: amber outline. */
  cite(id: string | null): void {
    this.#cited = id
  }

  /** Places everything for one picture; `pose` gives where each one is drawn. */
  draw(actors: readonly ActorView[], pose: (actor: ActorView) => Pose, timeS: number): void {
    for (const pool of this.#all()) pool.begin()
    this.#outline.visible = false
    this.#halo.visible = false
    for (const actor of actors) this.#place(actor, pose(actor), timeS)
    for (const pool of this.#all()) pool.end()
  }

  *#all(): Iterable<Pool> {
    yield* this.#pools.values()
    yield* [
      this.#tails,
      this.#heads,
      this.#left,
      this.#right,
      this.#siren,
      this.#shadow,
      this.#beams,
      this.#unknown,
    ]
  }

  #place(actor: ActorView, at: Pose, timeS: number): void {
    let name = modelName(actor.kind)
    if (name === 'pedestrian' && actor.speed_mps < STANDING_MPS) name = 'standing'
    turn.setFromAxisAngle(UP, at.heading)
    this.#dropShadow(actor, at)
    if (actor.id === this.#cited) this.#showCited(actor, at)
    if (name === null) {
      matrix.compose(
        place.set(at.x, at.y, 0.02),
        turn,
        size.set(actor.length_m, actor.width_m, actor.height_m),
      )
      this.#unknown.add(matrix, paint.setRGB(0.62, 0.68, 0.74))
      return
    }
    const model = modelOf(name)
    const person = VULNERABLE.has(name)
    // People keep their shape; vehicles take the size that the car measured.
    const rise = actor.height_m / model.height
    if (person) size.setScalar(rise)
    else size.set(actor.length_m / model.length, actor.width_m / model.width, rise)
    matrix.compose(place.set(at.x, at.y, 0.01), turn, size)
    this.#pool(name).add(matrix, this.#colour(actor, name))
    if (model.lamps !== null) this.#light(actor, at, model.lamps, timeS)
  }

  #colour(actor: ActorView, name: ModelName): Color {
    if (VULNERABLE.has(name)) return paint.copy(this.#vulnerable)
    if (name === 'cone') return paint.setHex(0xb9653f)
    if (name === 'trash_can') return paint.setHex(0x56665c)
    if (name === 'barrier') return paint.setHex(0xc9d0d7)
    if (actor.kind === 'emergency') return paint.setHex(0xe6ebf0)
    const [red, green, blue] = muted(actor.colour || 'silver', 0.3)
    return paint.setRGB(red, green, blue).convertSRGBToLinear().multiplyScalar(0.9)
  }

  #light(actor: ActorView, at: Pose, share: number, timeS: number): void {
    const lampM = Math.min(0.16, actor.height_m * 0.1)
    size.set(actor.length_m, actor.width_m, lampM)
    matrix.compose(place.set(at.x, at.y, actor.height_m * share), turn, size)
    const off = 0.16 + 0.3 * this.#night
    this.#tails.add(
      matrix,
      actor.braking
        ? paint.setHex(MEANING.brake).multiplyScalar(1.6)
        : paint.setRGB(off, off * 0.1, off * 0.1),
    )
    const head = 0.55 + 0.75 * this.#night
    // Head lamps sit lower than tail lamps: bonnets slope.
    matrix.elements[14] *= 0.78
    this.#heads.add(matrix, paint.setRGB(head, head, head * 0.94))
    const blink = timeS % (2 * BLINK_S) < BLINK_S
    const { indicator } = actor
    if (blink && (indicator === 'left' || indicator === 'hazard'))
      this.#left.add(matrix, paint.setHex(MEANING.indicator))
    if (blink && (indicator === 'right' || indicator === 'hazard'))
      this.#right.add(matrix, paint.setHex(MEANING.indicator))
    if (this.#night > 0.3) {
      size.set(13, actor.width_m * 2.2, 1)
      const front = actor.length_m * 0.48
      matrix.compose(
        place.set(at.x + Math.cos(at.heading) * front, at.y + Math.sin(at.heading) * front, 0.05),
        turn,
        size,
      )
      this.#beams.add(matrix, paint.setRGB(1, 0.96, 0.86))
    }
    if (actor.siren) {
      size.set(actor.length_m, actor.width_m, 0.16)
      matrix.compose(
        place.set(
          at.x + Math.cos(at.heading) * actor.length_m * 0.2,
          at.y + Math.sin(at.heading) * actor.length_m * 0.2,
          actor.height_m + 0.09,
        ),
        turn,
        size,
      )
      this.#siren.add(
        matrix,
        timeS % 0.5 < 0.25 ? paint.setHex(MEANING.siren) : paint.setHex(0xdfe8ff),
      )
    }
  }

  #dropShadow(actor: ActorView, at: Pose): void {
    size.set(actor.length_m + 0.9, actor.width_m + 0.8, 1)
    matrix.compose(place.set(at.x, at.y, 0.035), turn, size)
    this.#shadow.add(matrix, paint.setRGB(1, 1, 1))
  }

  #showCited(actor: ActorView, at: Pose): void {
    size.set(actor.length_m + 0.35, actor.width_m + 0.35, actor.height_m + 0.25)
    this.#outline.matrix.compose(place.set(at.x, at.y, 0.03), turn, size)
    this.#outline.matrixWorldNeedsUpdate = true
    this.#outline.visible = true
    size.set(actor.length_m + 2.4, actor.width_m + 2.4, 1)
    matrix.compose(place.set(at.x, at.y, 0.05), turn, size)
    this.#halo.setMatrixAt(0, matrix)
    this.#halo.instanceMatrix.needsUpdate = true
    this.#halo.visible = true
  }

  #pool(name: ModelName): Pool {
    const known = this.#pools.get(name)
    if (known) return known
    const fresh = new Pool(modelOf(name).geometry, this.#paint)
    this.#pools.set(name, fresh)
    this.root.add(fresh.root)
    fresh.begin()
    return fresh
  }
}

const matrix = new Matrix4(),
  place = new Vector3(),
  size = new Vector3(),
  turn = new Quaternion()
const paint = new Color()
