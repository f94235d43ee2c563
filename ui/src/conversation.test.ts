import { describe, expect, it } from 'vitest'
import {
  isClosed,
  note,
  openQuestion,
  reduce,
  secondsLeft,
  type CarItem,
  type CardItem,
  type Item,
} from './conversation'
import type { CardEvent, ReplyEvent, RequestState, ToBrowser } from './protocol'

const play = (events: ToBrowser[], nowMs = 0) =>
  events.reduce<readonly Item[]>((items, event) => reduce(items, event, nowMs), [])
const heard = (text: string, final: boolean, turn = 1): ToBrowser => ({
  type: 'transcript',
  turn,
  text,
  final,
  source: 'voice',
})
const card = (state: RequestState | null, more: Partial<CardEvent> = {}): CardEvent => ({
  type: 'card',
  id: 'a',
  turn: 1,
  kind: 'command',
  state,
  title: 'Take exit 2',
  ...more,
})
const reply = (text: string, more: Partial<ReplyEvent> = {}): ReplyEvent => ({
  type: 'reply',
  turn: 1,
  text,
  final: true,
  ...more,
})
const command: ToBrowser = {
  type: 'utterance',
  turn: 1,
  text: 'take the next exit',
  mode: 'control',
  token: '<|mode_control|>',
  decision: 'allow',
  intent: 'take_exit',
  commands: [{ intent: 'take_exit' }],
  confidence: 1,
}

describe('what was said', () => {
  it('grows while it is heard and is one message', () => {
    const items = play([
      heard('why', false),
      heard('why are', false),
      heard('Why are you slow?', true),
    ])
    expect(items).toMatchObject([{ kind: 'user', text: 'Why are you slow?', final: true }])
  })

  it('is not undone by a late partial', () => {
    expect(play([heard('Stop', true), heard('sto', false)])).toMatchObject([
      { text: 'Stop', final: true },
    ])
  })

  it('disappears when nothing was understood', () => {
    expect(play([heard('hm', false), heard('', true)])).toEqual([])
  })

  it('carries the mode token once it is known', () => {
    expect(play([heard('take the next exit', true), command])[0]).toMatchObject({
      mode: 'control',
      token: '<|mode_control|>',
    })
  })
})

describe('answers', () => {
  it('grow sentence by sentence in one message', () => {
    const items = play([reply('A cyclist.', { final: false }), reply('A cyclist. So it waits.')])
    expect(items).toMatchObject([{ text: 'A cyclist. So it waits.', final: true }])
  })

  it('are cut where speech was cut off', () => {
    const items = play([
      reply('A cyclist ahead.', { spoken: true }),
      reply('A cyclist ahead.', { heard_chars: 9 }),
    ])
    expect(items).toHaveLength(1)
    expect((items[0] as CarItem).heardChars).toBe(9)
  })

  it('of one turn may be two: at once and when it is done', () => {
    expect(play([reply('On it.'), reply('We are on the exit.')])).toHaveLength(2)
  })
})

describe('the life of a command', () => {
  it('begins as checking and becomes the card', () => {
    const checking = play([heard('take the next exit', true), command])
    expect(checking[1]).toMatchObject({ kind: 'card', checking: true })
    const accepted = reduce(checking, card('accepted'), 0)
    expect(accepted).toHaveLength(2)
    expect(accepted[1]).toMatchObject({ checking: false, card: { state: 'accepted' } })
  })

  it('stays one card from accepted to done', () => {
    const states: RequestState[] = ['accepted', 'waiting', 'under_way', 'done']
    const items = play(states.map((state) => card(state)))
    expect(items).toMatchObject([{ card: { state: 'done' } }])
  })

  it.each(['done', 'expired', 'refused', 'superseded', 'cancelled'] as const)(
    'does not go back from %s when a reconnect tells it again',
    (end) => {
      expect(play([card('accepted'), card(end), card('accepted')])).toMatchObject([
        { card: { state: end } },
      ])
    },
  )

  it('ends the checking when only words come back', () => {
    expect(play([command, reply('Which exit?')]).some((item) => item.kind === 'card')).toBe(false)
  })

  it('knows which cards are over', () => {
    expect(isClosed(card('under_way'))).toBe(false)
    expect(isClosed(card('done'))).toBe(true)
    expect(isClosed(card(null, { kind: 'refusal' }))).toBe(true)
  })
})

describe('a question back', () => {
  const asks = card(null, { kind: 'confirm', expires_in_s: 8 })

  it('waits for Yes or No and counts down', () => {
    const items = play([asks], 1_000)
    expect(openQuestion(items, 4_000)?.card.id).toBe('a')
    expect(secondsLeft(items[0] as CardItem, 4_000)).toBe(5)
  })

  it('is over after its time', () => {
    expect(openQuestion(play([asks], 1_000), 9_001)).toBeNull()
  })

  it('is over once the car decided', () => {
    expect(openQuestion(play([asks, card('cancelled', { kind: 'confirm' })]), 10)).toBeNull()
  })
})

describe('the thread', () => {
  it('does not grow without end', () => {
    const items = play(Array.from({ length: 400 }, (_, turn) => heard('hello', true, turn)))
    expect(items).toHaveLength(200)
    expect(items.at(-1)).toMatchObject({ turn: 399 })
  })

  it('marks where another drive began, once', () => {
    expect(note(note([], 'Town', 1), 'Motorway', 2)).toMatchObject([
      { kind: 'note', text: 'Motorway' },
    ])
  })
})
