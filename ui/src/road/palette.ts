// Colours and light of the scene by theme and weather. Grey by intent: colour is for meaning.

import type { Theme } from '../options'

export interface Look {
  skyTop: number
  horizon: number
  fogNearM: number
  fogFarM: number
  ground: number
  field: number
  asphalt: number
  shoulder: number
  sidewalk: number
  kerb: number
  marking: number
  wall: number
  roof: number
  window: number
  windowLit: number
  foliage: number
  trunk: number
  metal: number
  sun: number
  sunStrength: number
  sky: number
  bounce: number
  skyStrength: number
  /** Lamps, head lights and windows shine, 0 to 1. */
  night: number
  /** Falling drops, 0 to 1. */
  rain: number
}

/** Meaning colours, the same as in theme.css. */
export const MEANING = {
  talk: 0x5aa9ff,
  talkLight: 0x1f6fe0,
  cited: 0xffb224,
  brake: 0xff4a3d,
  indicator: 0xffa726,
  siren: 0x4d7dff,
  vulnerable: 0x9fe8ff,
  vulnerableLight: 0x0d7fa8,
} as const

const DARK: Look = {
  skyTop: 0x0e151d, horizon: 0x33414f, fogNearM: 70, fogFarM: 330,
  ground: 0x1d2a2a, field: 0x24332f, asphalt: 0x28313b, shoulder: 0x242c35, sidewalk: 0x3d4853,
  kerb: 0x5b6773, marking: 0xb9c5d1, wall: 0x5d6976, roof: 0x3c4650, window: 0x1c252f,
  windowLit: 0xf3c987, foliage: 0x2f4a43, trunk: 0x39383a, metal: 0x77838f,
  sun: 0xdfe9f5, sunStrength: 1.5, sky: 0x9fb4cb, bounce: 0x27323a, skyStrength: 1.55,
  night: 0, rain: 0,
}

const LIGHT: Look = {
  ...DARK,
  skyTop: 0xb4c9de, horizon: 0xe3eaf1, fogNearM: 90, fogFarM: 360,
  ground: 0xc3cec3, field: 0xb9c8b4, asphalt: 0xa3adb8, shoulder: 0xadb6c0, sidewalk: 0xd0d6dc,
  kerb: 0xe4e8ec, marking: 0xffffff, wall: 0xe3e5e8, roof: 0xaeb5bd, window: 0x8397ab,
  foliage: 0x8fae93, trunk: 0x8d857c, metal: 0x9aa5b0,
  sun: 0xffffff, sunStrength: 1.7, sky: 0xeaf2fb, bounce: 0xaab3b5, skyStrength: 1.75,
}

const DUSK: Partial<Look> = {
  skyTop: 0x17202e, horizon: 0x7a5f5d, sun: 0xffb98a, sunStrength: 1.3, sky: 0x8e93ad,
  bounce: 0x2c2a30, skyStrength: 1.2, night: 0.6, fogFarM: 300,
}
const NIGHT: Partial<Look> = {
  skyTop: 0x05080c, horizon: 0x141c26, ground: 0x131b1c, field: 0x161f1d, asphalt: 0x1d242c,
  sidewalk: 0x2c353e, wall: 0x3a434e, roof: 0x262d35, foliage: 0x1c2d29, marking: 0xa7b3bf,
  sun: 0xa9c1e6, sunStrength: 0.65, sky: 0x6f84a3, bounce: 0x161c22, skyStrength: 0.95,
  night: 1, fogNearM: 50, fogFarM: 240,
}
const RAIN: Partial<Look> = {
  skyTop: 0x1a222b, horizon: 0x424d58, asphalt: 0x222a33, sun: 0xc9d4e0, sunStrength: 0.7,
  skyStrength: 1.6, rain: 0.6, fogNearM: 40, fogFarM: 200, night: 0.35,
}
const FOG: Partial<Look> = {
  skyTop: 0x3c4752, horizon: 0x4e5a66, sunStrength: 0.5, skyStrength: 1.7, fogNearM: 15,
  fogFarM: 110, night: 0.3,
}
const SNOW: Partial<Look> = { ground: 0x8f9aa3, field: 0x98a3ab, foliage: 0x6f8083, horizon: 0x6a7681 }

const PALE: Record<string, Partial<Look>> = {
  dusk: { skyTop: 0x9aa5c0, horizon: 0xf0cdb4, sun: 0xffc79b, sunStrength: 1.4, night: 0.4 },
  rain: { skyTop: 0x9aa6b2, horizon: 0xc3ccd4, sunStrength: 0.6, rain: 0.6, fogNearM: 40, fogFarM: 200 },
  heavy_rain: { skyTop: 0x8793a0, horizon: 0xb3bdc7, sunStrength: 0.4, rain: 1, fogNearM: 25, fogFarM: 130 },
  fog: { skyTop: 0xd5dce2, horizon: 0xd9e0e6, fogNearM: 15, fogFarM: 110, sunStrength: 0.6 },
  snow: { ground: 0xf0f4f7, field: 0xe9eff3, foliage: 0xc8d4d2 },
}
const DIM: Record<string, Partial<Look>> = {
  dusk: DUSK, night: NIGHT, rain: RAIN, fog: FOG, snow: SNOW,
  heavy_rain: { ...RAIN, rain: 1, fogNearM: 25, fogFarM: 130 },
  night_rain: { ...NIGHT, rain: 0.6, fogNearM: 35, fogFarM: 170 },
}

/** The look for a theme and a `weather` fact; unknown weather looks clear. Night is always dark. */
export function lookFor(theme: Theme, weather: string): Look {
  if (theme === 'light' && !weather.startsWith('night')) return { ...LIGHT, ...PALE[weather] }
  return { ...DARK, ...DIM[weather] }
}

/** A paint or wall colour brought close to grey: tells objects apart without shouting. */
export function muted(colour: string, keep: number): [number, number, number] {
  const [red, green, blue] = rgb(NAMED[colour] ?? colour)
  const grey = 0.3 * red + 0.59 * green + 0.11 * blue
  return [grey + (red - grey) * keep, grey + (green - grey) * keep, grey + (blue - grey) * keep]
}

const NAMED: Record<string, string> = {
  white: '#eef2f6', black: '#4a525c', grey: '#9aa4ae', gray: '#9aa4ae', silver: '#c2cad2',
  red: '#c26a64', blue: '#7f9cc4', green: '#86a890', yellow: '#d8c68a', orange: '#d0a07a',
  brown: '#a08c7c', beige: '#d6ccba',
}

function rgb(colour: string): [number, number, number] {
  const value = /^#[0-9a-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0xaab4be
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}
