// Where the road is drawn: in a worker where the browser can, else on the page.

import type { CameraPreset, Theme } from '../options'
import type { Situation } from '../protocol'
import type { RoadDocument } from './document'
import type { Label, ViewSetup } from './view'
import type { FromView, RemoteMethod, ToView } from './view.worker'

/** What the page may ask of the road, wherever it is drawn. */
export interface RoadView {
  readonly framesDrawn: number
  readonly load: Record<string, number>
  setMap(road: RoadDocument): void
  setTheme(theme: Theme): void
  setPreset(preset: CameraPreset): void
  setTimeOfDay(word: string): void
  cite(id: string | null): void
  /** CSS pixels; `liftPx` moves the picture up. */
  resize(width: number, height: number, liftPx?: number): void
  push(situation: Situation): void
  dispose(): void
}

/** Opens the view in `box`; `onFailed` is called where WebGL does not work after all. */
export async function openView(
  box: HTMLElement,
  setup: ViewSetup,
  onDrawn: (label: Label) => void,
  onFailed: () => void,
): Promise<RoadView> {
  if ('transferControlToOffscreen' in HTMLCanvasElement.prototype) {
    return new RemoteView(box, setup, onDrawn, onFailed)
  }
  const { DriveView } = await import('./view')
  const view: InstanceType<typeof DriveView> = new DriveView(newCanvas(box), setup, {
    onDrawn,
    onWantCanvas: () => view.adopt(newCanvas(box)),
  })
  return view
}

/** Puts a fresh canvas into the box, in place of the last one. */
function newCanvas(box: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.setAttribute('aria-label', 'The road ahead, the traffic and the planned path')
  box.querySelector('canvas')?.remove()
  box.prepend(canvas)
  return canvas
}

class RemoteView implements RoadView {
  framesDrawn = 0
  load: Record<string, number> = {}
  readonly #worker: Worker

  constructor(
    box: HTMLElement,
    setup: ViewSetup,
    onDrawn: (label: Label) => void,
    onFailed: () => void,
  ) {
    this.#worker = new Worker(new URL('./view.worker.ts', import.meta.url), { type: 'module' })
    const offscreen = () => newCanvas(box).transferControlToOffscreen()
    this.#worker.onerror = onFailed
    this.#worker.onmessage = ({ data }: MessageEvent<FromView>) => {
      if ('failed' in data) onFailed()
      else if ('wantCanvas' in data) this.#call('adopt', [offscreen()])
      else {
        this.framesDrawn = data.frames
        this.load = data.load
        onDrawn(data.drawn)
      }
    }
    const canvas = offscreen()
    this.#worker.postMessage({ open: setup, canvas } satisfies ToView, [canvas])
  }

  setMap(road: RoadDocument): void {
    this.#call('setMap', [road])
  }

  setTheme(theme: Theme): void {
    this.#call('setTheme', [theme])
  }

  setPreset(preset: CameraPreset): void {
    this.#call('setPreset', [preset])
  }

  setTimeOfDay(word: string): void {
    this.#call('setTimeOfDay', [word])
  }

  cite(id: string | null): void {
    this.#call('cite', [id])
  }

  resize(width: number, height: number, liftPx = 0): void {
    this.#call('resize', [width, height, liftPx])
  }

  push(situation: Situation): void {
    this.#call('push', [situation])
  }

  dispose(): void {
    this.#worker.terminate()
  }

  #call(call: RemoteMethod, args: unknown[]): void {
    const moved = args.filter((each) => each instanceof OffscreenCanvas)
    this.#worker.postMessage({ call, args }, moved)
  }
}
