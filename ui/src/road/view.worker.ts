// Draws the road in a worker, so that a slow renderer never holds up voice, keys and text.

import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import { DriveView, type Label, type ViewSetup } from './view'

/** Methods of the view that the page calls from afar. */
export type RemoteMethod =
  'setMap' | 'setTheme' | 'setPreset' | 'setTimeOfDay' | 'cite' | 'resize' | 'push' | 'adopt'

export type ToView =
  | { open: ViewSetup; canvas: OffscreenCanvas }
  | { [M in RemoteMethod]: { call: M; args: Parameters<DriveView[M]> } }[RemoteMethod]

export type FromView =
  | { drawn: Label; frames: number; load: Record<string, number> }
  | { wantCanvas: true }
  | { failed: string }

let view: DriveView | null = null

const tell = (message: FromView) => self.postMessage(message)

// Signs are written in the page's own font; without it the system's does.
const font = new FontFace('Inter Variable', `url(${interUrl})`, { weight: '100 900' })
const fonts = (self as unknown as { fonts?: FontFaceSet }).fonts
/** Messages are taken one after the other, the first when the font is there. */
let line: Promise<void> = font.load().then(
  (loaded) => void fonts?.add(loaded),
  () => undefined,
)

self.onmessage = ({ data }: MessageEvent<ToView>) => {
  line = line.then(() => take(data)).catch((problem: unknown) => tell({ failed: String(problem) }))
}

function take(message: ToView): void {
  if ('call' in message) {
    const method = view?.[message.call] as ((...args: unknown[]) => void) | undefined
    method?.apply(view, message.args)
    return
  }
  view = new DriveView(message.canvas, message.open, {
    onDrawn: (drawn: Label) =>
      tell({ drawn, frames: view?.framesDrawn ?? 0, load: view?.load ?? {} }),
    onWantCanvas: () => tell({ wantCanvas: true }),
  })
}
