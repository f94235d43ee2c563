// The thread: a pure reducer from protocol events to what the conversation shows.

import type { CardEvent, Mode, RequestState, Speaker, ToBrowser } from './protocol'

export interface UserItem {
  kind: 'user'
  key: string
  turn: number
  text: string
  final: boolean
  source: 'voice' | 'text' | 'script'
  speaker: Speaker
  mode: Mode | null
  token: string | null
  fastPath: boolean
}

export interface CarItem {
  kind: 'car'
  key: string
  turn: number
  text: string
  final: boolean
  spoken: boolean
  evidence: Record<string, unknown>
  /** Characters really heard when speech was cut off, else null. */
  heardChars: number | null
}

export interface CardItem {
  kind: 'card'
  key: string
  card: CardEvent
  /** Client clock, ms, when this state arrived: the confirmation countdown starts here. */
  sinceMs: number
  /** True until the car has answered: what was heard is being checked. */
  checking: boolean
}

export interface NoteItem {
  kind: 'note'
  key: string
  text: string
}

export type Item = UserItem | CarItem | CardItem | NoteItem

const MAX_ITEMS = 200
const FINAL: ReadonlySet<RequestState> = new Set([
  'done',
  'expired',
  'refused',
  'superseded',
  'cancelled',
])

/** The thread after one event; the same array when the event does not concern it. */
export function reduce(items: readonly Item[], event: ToBrowser, nowMs: number): readonly Item[] {
  switch (event.type) {
    case 'transcript': {
      const key = `user:${event.turn}`
      const old = find(items, key) as UserItem | undefined
      if (event.final && !event.text) return items.filter((item) => item.key !== key)
      if (old?.final && !event.final) return items // a late partial must not undo a final
      return upsert(items, {
        kind: 'user',
        key,
        turn: event.turn,
        text: event.text,
        final: event.final,
        source: event.source,
        speaker: event.speaker ?? 'unknown',
        mode: old?.mode ?? null,
        token: old?.token ?? null,
        fastPath: old?.fastPath ?? false,
      })
    }
    case 'utterance': {
      const key = `user:${event.turn}`
      const old = find(items, key) as UserItem | undefined
      const heard = upsert(items, {
        kind: 'user',
        key,
        turn: event.turn,
        text: old?.final ? old.text : event.text,
        final: old?.final ?? !event.fast_path,
        source: old?.source ?? 'voice',
        speaker: old?.speaker ?? 'unknown',
        mode: event.mode,
        token: event.token,
        fastPath: event.fast_path ?? false,
      })
      const answered = items.some((item) => item.kind === 'card' && item.card.turn === event.turn)
      const expectsCard = event.mode === 'control' && (event.commands?.length ?? 0) > 0
      if (!expectsCard || answered) return heard
      const title = event.text
      const card: CardEvent = {
        type: 'card',
        id: `checking:${event.turn}`,
        turn: event.turn,
        kind: 'command',
        state: null,
        title,
      }
      const item: CardItem = { kind: 'card', key: card.id, card, sinceMs: nowMs, checking: true }
      return upsert(heard, item)
    }
    case 'reply':
      return withReply(settle(items, event.turn), event)
    case 'card': {
      const key = `card:${event.id}`
      const old = find(items, key) as CardItem | undefined
      // A reconnect sends the life cycle again from its beginning: an end stays an end.
      if (old && isClosed(old.card) && !isClosed(event)) return items
      const item: CardItem = { kind: 'card', key, card: event, sinceMs: nowMs, checking: false }
      const placeholder = `checking:${event.turn}`
      if (!old && find(items, placeholder)) {
        return items.map((each) => (each.key === placeholder ? item : each))
      }
      return upsert(items, item)
    }
    default:
      return items
  }
}

/** A line between two drives. */
export function note(items: readonly Item[], text: string, nowMs: number): readonly Item[] {
  const last = items.at(-1)
  if (last?.kind === 'note') return [...items.slice(0, -1), { ...last, text }]
  return upsert(items, { kind: 'note', key: `note:${nowMs}`, text })
}

/** A card that will not change any more. */
export function isClosed(card: CardEvent): boolean {
  return card.kind === 'refusal' || (card.state !== null && FINAL.has(card.state))
}

/** The newest card that still waits for Yes or No, and has not run out. */
export function openQuestion(items: readonly Item[], nowMs: number): CardItem | null {
  for (const item of items.toReversed()) {
    if (item.kind !== 'card' || item.card.kind !== 'confirm' || isClosed(item.card)) continue
    if (secondsLeft(item, nowMs) === 0) continue
    return item
  }
  return null
}

/** Seconds until a card runs out, or null for one that does not. */
export function secondsLeft(item: CardItem, nowMs: number): number | null {
  if (item.card.expires_in_s == null) return null
  return Math.max(0, item.card.expires_in_s - (nowMs - item.sinceMs) / 1000)
}

function withReply(
  items: readonly Item[],
  event: Extract<ToBrowser, { type: 'reply' }>,
): readonly Item[] {
  const mine = items.filter(
    (item): item is CarItem => item.kind === 'car' && item.turn === event.turn,
  )
  const last = mine.at(-1)
  const goesOn = last && (!last.final || last.text === event.text || event.heard_chars != null)
  // One turn may say two things, such as "On it" and, minutes later, "We are there".
  const key = goesOn ? last.key : `car:${event.turn}:${mine.length}`
  return upsert(items, {
    kind: 'car',
    key,
    turn: event.turn,
    text: event.text,
    final: event.final,
    spoken: event.spoken ?? false,
    evidence: event.evidence ?? {},
    heardChars: event.heard_chars ?? null,
  })
}

function settle(items: readonly Item[], turn: number): readonly Item[] {
  const key = `checking:${turn}`
  return find(items, key) ? items.filter((item) => item.key !== key) : items
}

function find(items: readonly Item[], key: string): Item | undefined {
  return items.findLast((item) => item.key === key)
}

function upsert(items: readonly Item[], item: Item): readonly Item[] {
  const index = items.findLastIndex((each) => each.key === item.key)
  if (index < 0) return [...items, item].slice(-MAX_ITEMS)
  const next = items.slice()
  next[index] = item
  return next
}
