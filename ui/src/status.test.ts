import { describe, expect, it } from 'vitest'
import type { HelloEvent, Situation } from './protocol'
import { inUnit, isParked, orbState, pillFor, type OrbInput } from './status'

const situation = (more: Record<string, unknown> = {}, speed = 10): Situation =>
  ({
    mode: 'autonomous',
    ego: { speed_mps: speed, indicator: 'off' },
    trace: { lateral: 'keep_lane' },
    requests: [],
    ...more,
  }) as unknown as Situation
const held = [{ command: { intent: 'pull_over' }, state: 'under_way' }]

describe('the mode pill', () => {
  it.each([
    ['Driving', situation()],
    ['Explaining', situation({ mode: 'qa' })],
    ['Coaching', situation({ mode: 'control' })],
    ['Parked', situation({ mode: 'control', requests: held }, 0)],
  ])('says %s', (word, given) => {
    expect(pillFor(null, given, false)?.word).toBe(word)
  })

  it('puts takeover before everything, then replay', () => {
    const replay = { source: 'replay' } as HelloEvent
    expect(pillFor(replay, situation(), true)?.word).toBe('Takeover')
    expect(pillFor(replay, situation(), false)?.word).toBe('Replay')
  })

  it('has a shape of its own for each word, not only a colour', () => {
    const pills = [
      pillFor(null, situation(), true),
      pillFor({ source: 'replay' } as HelloEvent, null, false),
      pillFor(null, situation({ requests: held }, 0), false),
      ...['autonomous', 'qa', 'control'].map((mode) => pillFor(null, situation({ mode }), false)),
    ]
    expect(new Set(pills.map((pill) => pill?.shape)).size).toBe(6)
  })

  it('says nothing before the car has told anything', () => {
    expect(pillFor(null, null, false)).toBeNull()
  })

  it('does not call waiting at a light parked', () => {
    expect(isParked(situation({}, 0))).toBe(false)
  })
})

describe('the orb', () => {
  const base: OrbInput = {
    contact: 'online',
    turn: 'idle',
    mic: 'closed',
    talking: false,
    handsFree: false,
    hearing: false,
  }

  it.each([
    ['idle', {}],
    ['armed', { handsFree: true }],
    ['listening', { talking: true }],
    ['thinking', { turn: 'thinking' }],
    ['speaking', { hearing: true }],
    ['interrupted', { turn: 'interrupted' }],
    ['off', { mic: 'off' }],
    ['error', { contact: 'lost' }],
    ['connecting', { contact: 'connecting' }],
    ['listening', { turn: 'speaking', talking: true }],
  ] as [string, Partial<OrbInput>][])('is %s', (state, input) => {
    expect(orbState({ ...base, ...input })).toBe(state)
  })
})

it('shows speed in the unit of the place', () => {
  expect([inUnit(10, 'kph'), inUnit(10, 'mph')]).toEqual([36, 22])
})
