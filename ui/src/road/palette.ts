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
  skyTop: 0x131c27,
  horizon: 0x445465,
  fogNearM: 80,
  fogFarM: 340,
  ground: 0x2c3d38,
  field: 0x344840,
  asphalt: 0x323c47,
  shoulder: 0x2d3640,
  sidewalk: 0x56626e,
  kerb: 0x75828f,
  marking: 0xcdd8e2,
  wall: 0x7f8b98,
  roof: 0x4d5863,
  window: 0x26323e,
  windowLit: 0xffd596,
  foliage: 0x456558,
  trunk: 0x4c4a4a,
  metal: 0x8a96a2,
  sun: 0xfff3e2,
  sunStrength: 2.1,
  sky: 0xbcd0e6,
  bounce: 0x3a4748,
  skyStrength: 2.1,
  night: 0,
  rain: 0,
}

const LIGHT: Look = {
  ...DARK,
  skyTop: 0xa9c3de,
  horizon: 0xe4ebf2,
  fogNearM: 100,
  fogFarM: 380,
  ground: 0xaab9a4,
  field: 0xb6c2a4,
  asphalt: 0x8d98a4,
  shoulder: 0x98a3ae,
  sidewalk: 0xc6cdd4,
  kerb: 0xdfe4e9,
  marking: 0xffffff,
  wall: 0xd8dbdf,
  roof: 0x9aa3ad,
  window: 0x6f849a,
  foliage: 0x84a684,
  trunk: 0x85796c,
  metal: 0xa8b2bc,
  sun: 0xfff8ec,
  sunStrength: 2.0,
  sky: 0xf0f6fd,
  bounce: 0xb4bdb6,
  skyStrength: 2.2,
}

const DUSK: Partial<Look> = {
  skyTop: 0x1b2740,
  horizon: 0x8f7478,
  ground: 0x303b40,
  field: 0x38443f,
  asphalt: 0x323a47,
  foliage: 0x435a58,
  sun: 0xffc49a,
  sunStrength: 1.5,
  sky: 0xa9b4dc,
  bounce: 0x454150,
  skyStrength: 2.0,
  night: 0.65,
  fogFarM: 310,
}
const NIGHT: Partial<Look> = {
  skyTop: 0x080d14,
  horizon: 0x202c39,
  ground: 0x222f31,
  field: 0x263434,
  asphalt: 0x29323c,
  shoulder: 0x262f38,
  sidewalk: 0x46525e,
  kerb: 0x5d6975,
  wall: 0x5d6976,
  roof: 0x39434d,
  window: 0x182230,
  foliage: 0x31493f,
  marking: 0xc3ced9,
  metal: 0x6b7783,
  sun: 0xb4c8ea,
  sunStrength: 1.2,
  sky: 0x93a9c9,
  bounce: 0x2c3640,
  skyStrength: 1.8,
  night: 1,
  fogNearM: 55,
  fogFarM: 250,
}
const RAIN: Partial<Look> = {
  skyTop: 0x232d38,
  horizon: 0x515e6b,
  asphalt: 0x2a333d,
  ground: 0x293733,
  sun: 0xd2dde8,
  sunStrength: 1.0,
  skyStrength: 2.0,
  rain: 0.6,
  fogNearM: 45,
  fogFarM: 210,
  night: 0.35,
}
const FOG: Partial<Look> = {
  skyTop: 0x46525e,
  horizon: 0x5b6874,
  sunStrength: 0.7,
  skyStrength: 2.1,
  fogNearM: 15,
  fogFarM: 115,
  night: 0.3,
}
const SNOW: Partial<Look> = {
  ground: 0x8f9aa3,
  field: 0x98a3ab,
  foliage: 0x6f8083,
  horizon: 0x6a7681,
  roof: 0x97a2ac,
}

const PALE: Record<string, Partial<Look>> = {
  dusk: { skyTop: 0x9aa5c0, horizon: 0xf0cdb4, sun: 0xffc79b, sunStrength: 1.4, night: 0.4 },
  rain: {
    skyTop: 0x9aa6b2,
    horizon: 0xc3ccd4,
    sunStrength: 0.6,
    rain: 0.6,
    fogNearM: 40,
    fogFarM: 200,
  },
  heavy_rain: {
    skyTop: 0x8793a0,
    horizon: 0xb3bdc7,
    sunStrength: 0.4,
    rain: 1,
    fogNearM: 25,
    fogFarM: 130,
  },
  fog: { skyTop: 0xd5dce2, horizon: 0xd9e0e6, fogNearM: 15, fogFarM: 110, sunStrength: 0.6 },
  snow: { ground: 0xf0f4f7, field: 0xe9eff3, foliage: 0xc8d4d2 },
}
const HEAVY: Partial<Look> = { rain: 1, fogNearM: 25, fogFarM: 130 }
/** Rain in the dark only thickens the air: the colours are the night's. */
const WET_NIGHT: Partial<Look> = { rain: 0.6, fogNearM: 35, fogFarM: 180 }
const DIM: Record<string, Partial<Look>> = {
  dusk: DUSK,
  rain: RAIN,
  fog: FOG,
  snow: SNOW,
  heavy_rain: { ...RAIN, ...HEAVY },
}

/**
 * The look for a theme and a `weather` fact of one or several words ("night rain"); words that are
 * not known change nothing. Night is dark in both themes.
 */
export function lookFor(theme: Theme, weather: string): Look {
  const words = weather.split(/\s+/)
  if (words.includes('night')) {
    const wet = words.includes('heavy_rain') ? HEAVY : words.includes('rain') ? WET_NIGHT : {}
    const thick = words.includes('fog') ? { fogNearM: 15, fogFarM: 115 } : {}
    return { ...DARK, ...NIGHT, ...wet, ...thick }
  }
  const known = theme === 'light' ? PALE : DIM
  if (words.includes('dusk') && words.includes('rain'))
    return { ...(theme === 'light' ? LIGHT : DARK), ...known.dusk, ...WET_NIGHT }
  return words.reduce<Look>((look, word) => ({ ...look, ...known[word] }), {
    ...(theme === 'light' ? LIGHT : DARK),
  })
}

/** A paint or wall colour brought close to grey: tells objects apart without shouting. */
export function muted(colour: string, keep: number): [number, number, number] {
  const [red, green, blue] = rgb(NAMED[colour] ?? colour)
  const grey = 0.3 * red + 0.59 * green + 0.11 * blue
  return [grey + (red - grey) * keep, grey + (green - grey) * keep, grey + (blue - grey) * keep]
}

const NAMED: Record<string, string> = {
  white: '#eef2f6',
  black: '#4a525c',
  grey: '#9aa4ae',
  gray: '#9aa4ae',
  silver: '#c2cad2',
  red: '#c26a64',
  blue: '#7f9cc4',
  green: '#86a890',
  yellow: '#d8c68a',
  orange: '#d0a07a',
  brown: '#a08c7c',
  beige: '#d6ccba',
}

function rgb(colour: string): [number, number, number] {
  const value = /^#[0-9a-f]{6}$/i.test(colour) ? Number.parseInt(colour.slice(1), 16) : 0xaab4be
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255]
}
