// The WebSocket to the car: connects, reconnects with backoff, carries events and binary frames.

import type { FromBrowser, ToBrowser } from './protocol'

export type LinkState = 'connecting' | 'online' | 'offline'

/** What a way to the car reports; the mock drive offers the same. */
export interface LinkEvents {
  onState(state: LinkState): void
  onEvent(event: ToBrowser): void
  onBinary(frame: ArrayBuffer): void
}

export interface CarLink {
  /** False when the message could not be sent. */
  send(message: FromBrowser): boolean
  sendBinary(frame: ArrayBuffer): boolean
  close(): void
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000
/** More unsent bytes than this and audio is dropped: late speech is worse than none. */
const MAX_BUFFERED_BYTES = 256 * 1024

/** Next pause before another try: doubles, with a jitter so that many pages do not come at once. */
export function nextWait(waitMs: number, random: number): number {
  return Math.min(LONGEST_WAIT_MS, waitMs * 2) * (0.8 + 0.4 * random)
}

export function cabinUrl(page: Location, token: string | null): string {
  const url = new URL('v1/cabin', new URL('.', page.href))
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = token ? `?token=${encodeURIComponent(token)}` : ''
  url.hash = ''
  return url.href
}

export class SocketLink implements CarLink {
  readonly #url: string
  readonly #events: LinkEvents
  #socket: WebSocket | null = null
  #waitMs = FIRST_WAIT_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(url: string, events: LinkEvents) {
    this.#url = url
    this.#events = events
    this.#connect()
    globalThis.addEventListener?.('online', this.#retryNow)
  }

  send(message: FromBrowser): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(message))
    return true
  }

  sendBinary(frame: ArrayBuffer): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return false
    this.#socket.send(frame)
    return true
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    globalThis.removeEventListener?.('online', this.#retryNow)
    this.#socket?.close()
  }

  #connect = (): void => {
    this.#events.onState('connecting')
    const socket = new WebSocket(this.#url)
    socket.binaryType = 'arraybuffer'
    this.#socket = socket
    socket.onopen = () => {
      this.#waitMs = FIRST_WAIT_MS
      this.#events.onState('online')
    }
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.#events.onBinary(data)
      else this.#text(data as string)
    }
    socket.onclose = () => {
      if (this.#closed || socket !== this.#socket) return
      this.#events.onState('offline')
      this.#timer = setTimeout(this.#connect, this.#waitMs)
      this.#waitMs = nextWait(this.#waitMs, Math.random())
    }
  }

  #text(data: string): void {
    let event: ToBrowser
    try {
      event = JSON.parse(data) as ToBrowser
    } catch {
      console.warn('the car sent something that is not JSON')
      return
    }
    this.#events.onEvent(event)
  }

  #retryNow = (): void => {
    if (this.#closed || this.#socket?.readyState === WebSocket.OPEN) return
    clearTimeout(this.#timer)
    this.#waitMs = FIRST_WAIT_MS
    this.#connect()
  }
}
