// Camera presets and the ease between them.

import { PerspectiveCamera, Vector3 } from 'three'
import type { CameraPreset } from '../options'
import { turnBetween, type Pose } from './interpolate'

const EASE_MS = 600
/** How quickly the view follows a turn of the car, s. */
const FOLLOW_S = 0.45

interface Seat {
  back: number
  up: number
  ahead: number
  aim: number
  fov: number
}

const SEATS: Record<CameraPreset, Seat> = {
  chase: { back: 15, up: 8.5, ahead: 14, aim: 0, fov: 46 },
  top: { back: 16, up: 62, ahead: 16, aim: 0, fov: 46 },
  driver: { back: -1.0, up: 1.42, ahead: 60, aim: -0.4, fov: 58 },
}

export class ChaseCamera {
  readonly camera = new PerspectiveCamera(46, 1, 0.4, 900)
  preset: CameraPreset
  #from: Seat
  #seat: Seat
  #sinceMs = -Infinity
  #heading: number | null = null
  #lastMs = 0
  readonly #target = new Vector3()

  constructor(preset: CameraPreset) {
    this.preset = preset
    this.#seat = { ...SEATS[preset] }
    this.#from = { ...SEATS[preset] }
    this.camera.up.set(0, 0, 1)
  }

  /** Picture of `width` × `height` CSS pixels, lifted so that panels below do not cover the car. */
  frame(width: number, height: number, liftPx: number): void {
    this.camera.aspect = width / height
    if (liftPx > 0) this.camera.setViewOffset(width, height, 0, liftPx, width, height)
    else this.camera.clearViewOffset()
  }

  /** Nothing is drawn beyond the distance where the fog has swallowed it. */
  seeTo(farM: number): void {
    this.camera.far = farM
  }

  choose(preset: CameraPreset, nowMs: number, still: boolean): void {
    if (preset === this.preset) return
    this.preset = preset
    this.#from = { ...this.#seat }
    this.#sinceMs = still ? -Infinity : nowMs
  }

  easing(nowMs: number): boolean {
    return nowMs - this.#sinceMs < EASE_MS
  }

  follow(ego: Pose, nowMs: number): void {
    const passed = Math.min(1, Math.max(0, (nowMs - this.#sinceMs) / EASE_MS))
    const share = passed * passed * (3 - 2 * passed)
    const goal = SEATS[this.preset]
    for (const key of ['back', 'up', 'ahead', 'aim', 'fov'] as const) {
      this.#seat[key] = this.#from[key] + (goal[key] - this.#from[key]) * share
    }
    const stepS = Math.min(1, (nowMs - this.#lastMs) / 1000)
    this.#lastMs = nowMs
    const lag = this.preset === 'driver' ? 1 : 1 - Math.exp(-stepS / FOLLOW_S)
    this.#heading =
      this.#heading === null
        ? ego.heading
        : this.#heading + turnBetween(this.#heading, ego.heading) * lag
    const c = Math.cos(this.#heading),
      s = Math.sin(this.#heading)
    const { back, up, ahead, aim, fov } = this.#seat
    this.camera.position.set(ego.x - c * back, ego.y - s * back, up)
    this.#target.set(ego.x + c * ahead, ego.y + s * ahead, aim)
    this.camera.lookAt(this.#target)
    // A narrow picture keeps the width of the road in sight by opening up.
    const wide = this.camera.aspect < 1.1 ? Math.min(20, (1.1 - this.camera.aspect) * 40) : 0
    this.camera.fov = fov + wide
    this.camera.updateProjectionMatrix()
  }
}
