import { flushSync } from 'svelte'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CarLink } from './link'
import { parseOptions } from './options'
import type { FromBrowser, HelloEvent, SceneEvent, ToBrowser } from './protocol'
import { Session } from './session.svelte'

const hello = (more: Partial<HelloEvent> = {}): HelloEvent => ({
  type: 'hello',
  session: 's1',
  product: '1',
  scenario: 'town',
  title: 'Town',
  seed: 1,
  source: 'simulated',
  model: 'classical',
  cameras: [],
  speech: { recogniser: null, voice: null },
  ...more,
})
const scene = (t_s: number, now_line = ''): SceneEvent =>
  ({ type: 'scene', now_line, situation: { t_s, ego: { speed_mps: 5 } } }) as SceneEvent

class Car implements CarLink {
  sent: FromBrowser[] = []
  online = true
  send(message: FromBrowser) {
    if (this.online) this.sent.push(message)
    return this.online
  }
  sendBinary() {
    return this.online
  }
  close() {}
  of(type: string) {
    return this.sent.filter((message) => message.type === type)
  }
}

function begin(query = ''): { session: Session; car: Car; tell: (...events: ToBrowser[]) => void } {
  const session = new Session(parseOptions(query))
  const car = new Car()
  session.start(() => car)
  session.onState('online')
  const tell = (...events: ToBrowser[]) => events.forEach((event) => session.onEvent(event))
  return { session, car, tell }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('contact with the car', () => {
  it('says at once who is there, after a second that it waits, after five that it is lost', () => {
    const { session, tell } = begin()
    expect(session.contact).toBe('starting')
    tell(hello(), scene(1))
    expect(session.contact).toBe('online')
    vi.advanceTimersByTime(1_500)
    expect(session.contact).toBe('reconnecting')
    vi.advanceTimersByTime(4_000)
    expect(session.contact).toBe('lost')
    tell(scene(6))
    vi.advanceTimersByTime(250)
    expect(session.contact).toBe('online')
  })

  it('does not mistake a pause or a replay for a loss', () => {
    const { session, tell } = begin()
    tell(hello(), scene(1), { type: 'link', state: 'ok', paused: true })
    vi.advanceTimersByTime(20_000)
    expect(session.contact).toBe('online')
    tell({ type: 'link', state: 'ok', paused: false }, hello({ source: 'replay' }), scene(1))
    vi.advanceTimersByTime(20_000)
    expect(session.contact).toBe('online')
  })

  it('notices a broken line even while paused', () => {
    const { session, tell } = begin()
    tell(hello(), scene(1), { type: 'link', state: 'ok', paused: true })
    session.onState('offline')
    vi.advanceTimersByTime(6_000)
    expect(session.contact).toBe('lost')
  })

  it('tells what could not be sent', () => {
    const { session, car } = begin()
    car.online = false
    expect(session.say('hello')).toBe(false)
    expect(session.error?.code).toBe('offline')
    vi.advanceTimersByTime(8_000)
    expect(session.error).toBeNull()
  })
})

describe('the NOW line', () => {
  it('changes at most every 1.2 s', () => {
    const { session, tell } = begin()
    tell(hello(), scene(1, 'Following a car'))
    vi.advanceTimersByTime(500)
    tell(scene(1.5, 'Slowing for a cyclist'))
    expect(session.nowLine).toBe('Following a car')
    vi.advanceTimersByTime(1_000)
    expect(session.nowLine).toBe('Slowing for a cyclist')
  })
})

describe('the thread', () => {
  it('is kept over a reconnect and dropped for another car', () => {
    const { session, tell } = begin()
    tell(hello(), { type: 'transcript', turn: 1, text: 'Why?', final: true, source: 'text' })
    tell(hello())
    expect(session.items).toHaveLength(1)
    tell(hello({ session: 's2' }))
    expect(session.items).toHaveLength(0)
  })

  it('marks another drive and forgets the reason of the last one', () => {
    const { session, tell } = begin()
    tell(hello(), { type: 'why', t_s: 1, sees: 'a', so: 'b', does: 'c', certain: true, trace: 't' })
    tell(hello({ scenario: 'motorway', title: 'Motorway' }))
    expect(session.why).toBeNull()
    expect(session.items).toMatchObject([{ kind: 'note', text: 'Motorway' }])
  })

  it('answers the open question, and only that', () => {
    const { session, car, tell } = begin()
    expect(session.answer('confirm')).toBe(false)
    tell({
      type: 'card',
      id: 'q',
      turn: 1,
      kind: 'confirm',
      state: null,
      title: 'Overtake?',
      expires_in_s: 8,
    })
    flushSync()
    session.answer('reject')
    expect(car.of('answer')).toEqual([{ type: 'answer', card: 'q', action: 'reject' }])
    vi.advanceTimersByTime(9_000)
    expect(session.answer('confirm')).toBe(false)
  })
})

describe('what is said', () => {
  it('is trimmed and cut, and nothing is not sent', () => {
    const { session, car } = begin()
    expect(session.say('   ')).toBe(false)
    session.say(`  ${'a'.repeat(3_000)}`)
    expect(car.of('say')).toMatchObject([
      { text: 'a'.repeat(2_000), speaker: 'passenger', source: 'text' },
    ])
  })
})

describe('a scripted demo', () => {
  const cues: [number, string][] = [
    [2, 'Why?'],
    [5, 'Take the next exit'],
  ]

  it('says each prompt once, at its time, and again after a restart', () => {
    const { car, tell } = begin('?demo')
    tell(hello({ cues }))
    for (const t_s of [1, 2.1, 2.2, 5.1, 9]) tell(scene(t_s))
    expect(car.of('say').map((message) => 'text' in message && message.text)).toEqual([
      'Why?',
      'Take the next exit',
    ])
    tell(scene(0.1), scene(2.3))
    expect(car.of('say')).toHaveLength(3)
  })

  it('waits for the key otherwise', () => {
    const { session, car, tell } = begin()
    tell(hello({ cues }), scene(3))
    expect(car.of('say')).toHaveLength(0)
    session.sayNextCue()
    expect(car.of('say')).toMatchObject([{ text: 'Why?', source: 'script' }])
  })
})

describe('the time of day', () => {
  it('comes from the tags or the name of the drive', () => {
    const { session, tell } = begin()
    tell(hello({ scenario: 'evening' }))
    expect(session.timeOfDay).toBe('')
    tell({
      type: 'scenarios',
      scenarios: [{ name: 'evening', title: '', line: '', minutes: 1, tags: ['dusk'] }],
    })
    expect(session.timeOfDay).toBe('dusk')
    tell(hello({ scenario: 'night_rain_town' }))
    expect(session.timeOfDay).toBe('night')
  })
})

describe('a deep link', () => {
  it('starts the drive it names, once', () => {
    const { car, tell } = begin('?drive=motorway')
    tell(hello(), hello())
    expect(car.of('drive')).toEqual([{ type: 'drive', action: 'start', scenario: 'motorway' }])
  })

  it('goes to its moment in a replay', () => {
    const { car, tell } = begin('?t=12.5')
    tell(hello({ source: 'replay' }), {
      type: 'timeline',
      start_s: 0,
      end_s: 60,
      t_s: 0,
      playing: true,
      speed: 1,
    })
    expect(car.of('seek')).toEqual([{ type: 'seek', action: 'seek', t_s: 12.5 }])
  })
})

describe('a replay', () => {
  it('stays within the drive and keeps its marks', () => {
    const { session, car, tell } = begin()
    const line = {
      type: 'timeline',
      start_s: 0,
      end_s: 60,
      t_s: 58,
      playing: true,
      speed: 1,
    } as const
    tell({ ...line, marks: [{ t_s: 1, kind: 'event', text: 'x' }] }, { ...line, t_s: 59 })
    session.seekBy(10)
    session.changeSpeed(16)
    expect(car.of('seek')).toMatchObject([{ t_s: 60 }, { action: 'speed', speed: 4 }])
    expect(session.timeline?.marks).toHaveLength(1)
  })
})
