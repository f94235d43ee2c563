// The renderer on its canvas: paces software rendering, and lowers its quality when it is slow.

import { WebGLRenderer, type Camera, type Scene } from 'three'
import { isSoftware, type AnyCanvas } from './gpu'

interface Quality {
  smooth: boolean
  ratio: number
  /** Mean time of a picture, ms, above which the next step is taken. */
  slowMs: number
}

/** From good to cheap; only software rendering ever goes down. */
const STEPS: readonly Quality[] = [
  { smooth: true, ratio: 1, slowMs: 220 },
  { smooth: false, ratio: 1, slowMs: 450 }, // few pictures a second look better than blurred ones
  { smooth: false, ratio: 0.75, slowMs: Infinity },
]
/** Pictures before one is judged: the first ones compile shaders. */
const JUDGE_AFTER = 15
const POLL_MS = 8

/** Software rendering rests after each picture for this share of its time: others need the CPU. */
const REST_SHARE = 0.25

export class Screen {
  readonly software: boolean
  readonly #pixelRatio: number
  readonly #wantCanvas: () => void
  #renderer: WebGLRenderer
  #step = 0
  #width = 2
  #height = 2
  #busy = false
  #drawn = 0
  #meanMs = 0
  #closed = false

  /** `wantCanvas` is asked for another canvas (see `adopt`) when smoothing has to go. */
  constructor(canvas: AnyCanvas, renderer: string, pixelRatio: number, wantCanvas: () => void) {
    this.software = isSoftware(renderer)
    this.#pixelRatio = pixelRatio
    this.#wantCanvas = wantCanvas
    this.#renderer = this.#make(canvas)
  }

  /** True while the last picture is still being drawn: another one now would only queue up. */
  get busy(): boolean {
    return this.#busy
  }

  /** Draw calls and triangles of the last picture, its pixel ratio and mean time, ms. */
  get load(): Record<string, number> {
    const { calls, triangles } = this.#renderer.info.render
    const pixelRatio = this.#renderer.getPixelRatio()
    const meanMs = Math.round(this.#meanMs)
    return { calls, triangles, pixelRatio, quality: this.#step, meanMs }
  }

  resize(width: number, height: number): void {
    this.#width = width
    this.#height = height
    this.#renderer.setSize(width, height, false)
  }

  /** Goes on with another canvas: smoothing belongs to the context and cannot be switched. */
  adopt(canvas: AnyCanvas): void {
    this.#drop()
    this.#renderer = this.#make(canvas)
    this.resize(this.#width, this.#height)
  }

  /** Draws; `done` is called when a software renderer has really finished and rested. */
  render(scene: Scene, camera: Camera, done: () => void): void {
    const begunMs = performance.now()
    this.#renderer.render(scene, camera)
    if (!this.software) return
    const gl = this.#renderer.getContext() as WebGL2RenderingContext
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    if (!fence) return
    this.#busy = true
    const rested = () => {
      this.#busy = false
      if (!this.#closed) done()
    }
    const look = () => {
      const over = gl.isContextLost() || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED
      if (!over) return void setTimeout(look, POLL_MS)
      gl.deleteSync(fence)
      const tookMs = performance.now() - begunMs
      this.#judge(tookMs)
      setTimeout(rested, tookMs * REST_SHARE)
    }
    setTimeout(look, POLL_MS)
  }

  dispose(): void {
    this.#closed = true
    this.#drop()
  }

  #judge(tookMs: number): void {
    this.#drawn += 1
    if (this.#drawn < 4) return
    this.#meanMs = this.#meanMs ? this.#meanMs + (tookMs - this.#meanMs) / 10 : tookMs
    const before = STEPS[this.#step]
    if (this.#drawn < JUDGE_AFTER || this.#meanMs < before.slowMs) return
    this.#step += 1
    this.#drawn = 0
    this.#meanMs = 0
    this.#renderer.setPixelRatio(STEPS[this.#step].ratio)
    if (before.smooth !== STEPS[this.#step].smooth) this.#wantCanvas()
  }

  #make(canvas: AnyCanvas): WebGLRenderer {
    const { smooth, ratio } = STEPS[this.#step]
    const powerPreference = 'high-performance'
    const renderer = new WebGLRenderer({ canvas, antialias: smooth, powerPreference })
    renderer.setPixelRatio(this.software ? ratio : this.#pixelRatio)
    return renderer
  }

  #drop(): void {
    this.#renderer.dispose()
    this.#renderer.forceContextLoss()
  }
}
