// What the page's address asks for: deep links, demo, kiosk and test switches.

import type { Speaker } from './protocol'

export type Theme = 'dark' | 'light'
export type CameraPreset = 'chase' | 'top' | 'driver'

export interface Options {
  token: string | null
  /** Drive made in the browser, without a server: its map, or null. */
  mock: string | null
  /** Scripted demo: prompts are sent at their cue; a name also starts that scenario. */
  demo: string | null
  kiosk: boolean
  drive: string | null
  timeS: number | null
  theme: Theme | null
  speaker: Speaker
  camera: CameraPreset
  /** Browser echo cancellation, noise suppression and gain control. */
  dsp: boolean
  /** Look of a mock drive: clear, dusk, night, rain, fog. */
  weather: string
}

const SPEAKERS: readonly Speaker[] = ['driver', 'passenger', 'child', 'loudspeaker', 'unknown']
const PRESETS: readonly CameraPreset[] = ['chase', 'top', 'driver']

/** Reads a query string; values that make no sense fall back to the default. */
export function parseOptions(search: string): Options {
  const query = new URLSearchParams(search)
  const timeS = Number(query.get('t') ?? NaN)
  return {
    token: query.get('token'),
    mock: query.get('mock'),
    demo: query.get('demo'),
    kiosk: query.has('kiosk') && query.get('kiosk') !== '0',
    drive: query.get('drive'),
    timeS: Number.isFinite(timeS) ? timeS : null,
    theme: oneOf(['dark', 'light'] as const, query.get('theme')),
    speaker: oneOf(SPEAKERS, query.get('speaker')) ?? 'passenger',
    camera: oneOf(PRESETS, query.get('camera')) ?? 'chase',
    dsp: query.get('dsp') !== '0',
    weather: query.get('weather') ?? 'clear',
  }
}

function oneOf<T extends string>(values: readonly T[], value: string | null): T | null {
  return values.find((known) => known === value) ?? null
}
