// What the mode pill and the orb say, from what is known. Pure.

import type { HelloEvent, Situation, TurnEvent } from './protocol'
import type { Contact } from './session.svelte'
import type { MicState } from './voice/voice.svelte'

export interface Pill {
  word: string
  shape: string
  tone: 'drive' | 'talk' | 'coach' | 'dim' | 'stop'
  outlined: boolean
}

const PILLS = {
  driving: { word: 'Driving', shape: '◆', tone: 'drive', outlined: false },
  explaining: { word: 'Explaining', shape: '●', tone: 'talk', outlined: false },
  coaching: { word: 'Coaching', shape: '▲', tone: 'coach', outlined: false },
  parked: { word: 'Parked', shape: '■', tone: 'dim', outlined: false },
  replay: { word: 'Replay', shape: '⟲', tone: 'dim', outlined: true },
  takeover: { word: 'Takeover', shape: '✋', tone: 'stop', outlined: false },
} as const satisfies Record<string, Pill>

const HOLDING: ReadonlySet<string> = new Set(['stop', 'pull_over', 'park', 'wait'])

export function pillFor(
  hello: HelloEvent | null,
  situation: Situation | null,
  takeover: boolean,
): Pill | null {
  if (takeover) return PILLS.takeover
  if (hello?.source === 'replay') return PILLS.replay
  if (!situation) return null
  if (isParked(situation)) return PILLS.parked
  if (situation.mode === 'control') return PILLS.coaching
  return situation.mode === 'qa' ? PILLS.explaining : PILLS.driving
}

/** Standing because somebody asked for it; waiting at a light is driving. */
export function isParked(situation: Situation): boolean {
  if (situation.ego.speed_mps > 0.2) return false
  const held = (situation.requests ?? []).some((request) => HOLDING.has(request.command.intent))
  return held || situation.ego.indicator === 'hazard' || situation.trace.lateral === 'pull_over'
}

export type OrbState =
  | 'off'
  | 'connecting'
  | 'idle'
  | 'armed'
  | 'listening'
  | 'thinking'
  | 'speaking'
  | 'interrupted'
  | 'error'

export interface OrbInput {
  contact: Contact
  turn: TurnEvent['state']
  mic: MicState
  talking: boolean
  handsFree: boolean
  hearing: boolean
}

export function orbState(input: OrbInput): OrbState {
  if (input.contact === 'lost') return 'error'
  if (input.contact === 'connecting' || input.contact === 'reconnecting') return 'connecting'
  if (input.talking || input.turn === 'listening') return 'listening'
  if (input.hearing || input.turn === 'speaking') return 'speaking'
  if (input.turn === 'thinking' || input.turn === 'interrupted') return input.turn
  if (input.mic === 'off' || input.turn === 'off') return 'off'
  return input.handsFree ? 'armed' : 'idle'
}

const WORDS: Record<OrbState, string> = {
  off: 'Voice off',
  connecting: 'Connecting',
  idle: 'Ready',
  armed: 'Hands-free',
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
  interrupted: 'Stopped',
  error: 'No contact',
}

export function orbWord(state: OrbState): string {
  return WORDS[state]
}

/** Speed as the sign and the dial show it. */
export function inUnit(mps: number, unit: 'kph' | 'mph'): number {
  return Math.round(mps * (unit === 'mph' ? 2.23694 : 3.6))
}
