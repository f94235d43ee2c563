// What the mock car answers: enough to see every card and state of the page.

import type { CardEvent, Mode, ToBrowser, UtteranceEvent } from '../protocol'

type Say = (afterMs: number, event: ToBrowser) => void

export function hear(
  text: string,
  source: 'voice' | 'text' | 'script',
  turn: number,
  say: Say,
): void {
  const words = text.toLowerCase()
  say(0, { type: 'transcript', turn, text, final: true, source, speaker: 'passenger' })
  say(0, { type: 'turn', state: 'thinking', turn })
  if (/warning/.test(words))
    say(100, {
      type: 'alert',
      level: 'warning',
      title: 'Stopping safely',
      detail: 'The car is making a safe stop.',
    })
  if (/takeover/.test(words))
    say(100, {
      type: 'alert',
      level: 'takeover',
      title: 'Emergency stop',
      detail: 'The car is making an emergency stop.',
    })
  if (/trash|bin|hit|crash/.test(words)) refuse(text, turn, say)
  else if (/exit|left|right|stop|pull|slow|faster|turn/.test(words) && !words.includes('why'))
    command(text, turn, say)
  else if (/overtake/.test(words)) confirm(text, turn, say)
  else answer(text, turn, say)
  say(350, {
    type: 'latency',
    turn,
    parts_ms: { endpoint: 0, transcript: 0, decide: 38, answer: 210, voice: 95 },
    total_ms: 343,
  })
  say(2600, { type: 'turn', state: 'idle', turn })
}

function heard(
  text: string,
  turn: number,
  mode: Mode,
  more: Partial<UtteranceEvent>,
): UtteranceEvent {
  return {
    type: 'utterance',
    turn,
    text,
    mode,
    token: `<|mode_${mode}|>`,
    decision: 'none',
    confidence: 0.97,
    ...more,
  }
}

function answer(text: string, turn: number, say: Say): void {
  say(120, heard(text, turn, 'qa', { question: 'why' }))
  say(340, {
    type: 'reply',
    turn,
    text: 'The truck ahead is slower than we are, so the car keeps two seconds to it.',
    final: true,
    evidence: { trace: 'K-1042' },
  })
}

function command(text: string, turn: number, say: Say): void {
  const intent = /exit/.test(text) ? 'take_exit' : 'turn_right'
  const card: CardEvent = {
    type: 'card',
    id: `c${turn}`,
    turn,
    kind: 'command',
    state: 'accepted',
    title: intent === 'take_exit' ? 'Take exit 2' : text,
  }
  say(120, heard(text, turn, 'control', { decision: 'allow', intent, commands: [{ intent }] }))
  say(340, { type: 'reply', turn, text: 'On it.', final: true })
  say(400, { ...card, detail: 'Exit 2, Harbour, in 620 m', progress: 0.05 })
  say(2400, { ...card, state: 'waiting', detail: 'Waiting for a gap on the right', progress: 0.3 })
  say(4800, { ...card, state: 'under_way', detail: 'Moving to the right lane', progress: 0.7 })
  say(9000, { ...card, state: 'done', detail: '' })
}

function confirm(text: string, turn: number, say: Say): void {
  say(
    120,
    heard(text, turn, 'control', {
      decision: 'confirm',
      intent: 'overtake',
      commands: [{ intent: 'overtake' }],
    }),
  )
  say(340, {
    type: 'card',
    id: `c${turn}`,
    turn,
    kind: 'confirm',
    state: null,
    title: 'Overtake the truck?',
    detail: 'There is one lane to the left, 40 m free.',
    options: ['Yes', 'No'],
    expires_in_s: 8,
  })
}

function refuse(text: string, turn: number, say: Say): void {
  say(
    120,
    heard(text, turn, 'autonomous', {
      decision: 'refuse',
      refusal_code: 'R03',
      refusal_class: 'harm_property',
    }),
  )
  say(340, {
    type: 'reply',
    turn,
    text: 'The car won’t drive into things. It can stop beside the bin if you need it.',
    final: true,
  })
  say(380, {
    type: 'card',
    id: `r${turn}`,
    turn,
    kind: 'refusal',
    state: null,
    title: 'The car won’t hit things',
    detail: 'It would damage property and could hurt someone.',
    code: 'R03',
    options: ['Stop at the kerb', 'Keep driving'],
  })
}
