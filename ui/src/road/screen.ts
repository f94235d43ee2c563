// The canvas and its renderer: detects software rendering, paces it, and lowers quality when slow.

import { WebGLRenderer, type Camera, type Scene } from 'three'

/** The name of the renderer where there is WebGL 2, else null. */
export function webglRenderer(): string | null {
  const context = document.createElement('canvas').getContext('webgl2')
  if (!context) return null
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const name = String(context.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return name
}

export function isSoftware(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer)
}

interface Quality {
  smooth: boolean
  ratio: number
}

/** From good to cheap; only software rendering ever goes down. */
const STEPS: readonly Quality[] = [
  { smooth: true, ratio: 1 },
  { smooth: false, ratio: 1 },
  { smooth: false, ratio: 0.75 },
]
const SLOW_MS = 160
/** Pictures before one is judged: the first ones compile shaders. */
const JUDGE_AFTER = 15
const POLL_MS = 8

export class Screen {
  readonly software: boolean
  readonly #box: HTMLElement
  #renderer: WebGLRenderer
  #step = 0
  #width = 2
  #height = 2
  #busy = false
  #drawn = 0
  #meanMs = 0
  #closed = false

  constructor(box: HTMLElement, renderer: string) {
    this.#box = box
    this.software = isSoftware(renderer)
    this.#renderer = this.#make()
  }

  /** True while the last picture is still being drawn: another one now would only queue up. */
  get busy(): boolean {
    return this.#busy
  }

  /** Draw calls and triangles of the last picture, its pixel ratio and mean time, ms. */
  get load(): Record<string, number> {
    const { calls, triangles } = this.#renderer.info.render
    return {
      calls,
      triangles,
      pixelRatio: this.#renderer.getPixelRatio(),
      quality: this.#step,
      meanMs: Math.round(this.#meanMs),
    }
  }

  resize(width: number, height: number): void {
    this.#width = width
    this.#height = height
    this.#renderer.setSize(width, height, false)
  }

  /** Draws; `done` is called when a software renderer has really finished. */
  render(scene: Scene, camera: Camera, done: () => void): void {
    const begunMs = performance.now()
    this.#renderer.render(scene, camera)
    if (!this.software) return
    const gl = this.#renderer.getContext() as WebGL2RenderingContext
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
    gl.flush()
    if (!fence) return
    this.#busy = true
    const look = () => {
      if (this.#closed) return
      const over = gl.isContextLost() || gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED
      if (!over) return void setTimeout(look, POLL_MS)
      gl.deleteSync(fence)
      this.#busy = false
      this.#judge(performance.now() - begunMs)
      done()
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
    if (this.#drawn < JUDGE_AFTER || this.#meanMs < SLOW_MS || this.#step + 1 === STEPS.length)
      return
    const before = STEPS[this.#step]
    this.#step += 1
    this.#drawn = 0
    this.#meanMs = 0
    if (before.smooth === STEPS[this.#step].smooth) {
      this.#renderer.setPixelRatio(STEPS[this.#step].ratio)
    } else {
      // Smoothing belongs to the context: it takes a new canvas.
      this.#drop()
      this.#renderer = this.#make()
    }
    this.resize(this.#width, this.#height)
  }

  #make(): WebGLRenderer {
    const { smooth, ratio } = STEPS[this.#step]
    const renderer = new WebGLRenderer({ antialias: smooth, powerPreference: 'high-performance' })
    renderer.setPixelRatio(this.software ? ratio : Math.min(devicePixelRatio, 2))
    renderer.domElement.setAttribute(
      'aria-label',
      'The road ahead, the traffic and the planned path',
    )
    this.#box.prepend(renderer.domElement)
    return renderer
  }

  #drop(): void {
    const canvas = this.#renderer.domElement
    this.#renderer.dispose()
    this.#renderer.forceContextLoss()
    canvas.remove()
  }
}
