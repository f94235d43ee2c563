// What the page itself shows: panels, theme, camera preset, wake lock. Nothing concerns the car.

import type { CameraPreset, Options, Theme } from './options'

export type Panel = 'picker' | 'help' | 'menu' | null

const STORE = 'ridealong'

export class Page {
  theme = $state<Theme>('dark')
  preset = $state<CameraPreset>('chase')
  panel = $state<Panel>(null)
  inspector = $state(false)
  showWhy = $state(true)
  showCameras = $state(true)
  latencyOpen = $state(false)
  captions = $state(false)
  typing = $state(false)
  /** Index of the camera that has changed places with the 3D view, or null. */
  bigCamera = $state<number | null>(null)
  readonly kiosk: boolean
  /** Name of the 3D renderer, '2d' without WebGL, '' before it is known. */
  renderer = ''
  framesDrawn: () => number = () => 0
  drawLoad: () => object | null = () => null

  constructor(options: Options) {
    const kept = read()
    this.kiosk = options.kiosk
    this.theme = options.theme ?? (kept.theme === 'light' ? 'light' : 'dark')
    this.captions = kept.captions === true
    this.preset = options.camera
    // A mouse and a keyboard: show where to type. A touch screen: the orb comes first.
    this.typing = !options.kiosk && matchMedia('(pointer: fine)').matches
    this.applyTheme()
    if (this.kiosk) document.documentElement.dataset.kiosk = ''
  }

  toggleTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark'
    this.applyTheme()
    this.#keep()
  }

  toggleCaptions(): void {
    this.captions = !this.captions
    this.#keep()
  }

  open(panel: Panel): void {
    this.panel = this.panel === panel ? null : panel
  }

  /** Closes what lies on top; false when there was nothing to close. */
  close(): boolean {
    if (this.panel) this.panel = null
    else if (this.inspector) this.inspector = false
    else if (this.bigCamera !== null) this.bigCamera = null
    else return false
    return true
  }

  async fullScreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen()
    else await document.documentElement.requestFullscreen?.().catch(() => undefined)
  }

  applyTheme(): void {
    document.documentElement.dataset.theme = this.theme
  }

  #keep(): void {
    try {
      localStorage.setItem(STORE, JSON.stringify({ theme: this.theme, captions: this.captions }))
    } catch {
      // Private windows may refuse storage; the choice then lasts as long as the page.
    }
  }
}

function read(): Record<string, unknown> {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '{}') as Record<string, unknown>
  } catch {
    return {}
  }
}

/** Keeps the screen on while the page is seen. */
export function keepAwake(): () => void {
  let lock: WakeLockSentinel | null = null
  const ask = async () => {
    if (document.visibilityState !== 'visible') return
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null
  }
  document.addEventListener('visibilitychange', ask)
  void ask()
  return () => {
    document.removeEventListener('visibilitychange', ask)
    void lock?.release()
  }
}
