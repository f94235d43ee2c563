import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { cabinUrl, nextWait, SocketLink, type LinkEvents } from './link'

describe('the address of the car', () => {
  it('follows the page, over tls where the page is', () => {
    const page = new URL('https://car.local:8443/cabin/?theme=light#x') as unknown as Location
    expect(cabinUrl(page, null)).toBe('wss://car.local:8443/cabin/v1/cabin')
  })

  it('carries the token', () => {
    const page = new URL('http://127.0.0.1:8000/') as unknown as Location
    expect(cabinUrl(page, 'a b')).toBe('ws://127.0.0.1:8000/v1/cabin?token=a%20b')
  })
})

it('waits longer from try to try, with a limit', () => {
  const waits = [250]
  while (waits.length < 8) waits.push(nextWait(waits[waits.length - 1], 0.5))
  expect(waits.slice(0, 4)).toEqual([250, 500, 1000, 2000])
  expect(Math.max(...waits)).toBe(5000)
})

class FakeSocket {
  static readonly OPEN = 1
  static made: FakeSocket[] = []
  readyState = 0
  bufferedAmount = 0
  sent: unknown[] = []
  onopen: (() => void) | null = null
  onclose: (() => void) | null = null
  onmessage: ((message: { data: unknown }) => void) | null = null
  constructor() {
    FakeSocket.made.push(this)
  }
  open() {
    this.readyState = 1
    this.onopen?.()
  }
  drop() {
    this.readyState = 3
    this.onclose?.()
  }
  send(data: unknown) {
    this.sent.push(data)
  }
  close() {
    this.drop()
  }
}

describe('the socket', () => {
  const seen: string[] = []
  const events: LinkEvents = {
    onState: (state) => seen.push(state),
    onEvent: (event) => seen.push(event.type),
    onBinary: () => seen.push('binary'),
  }
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', FakeSocket)
    FakeSocket.made = []
    seen.length = 0
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('connects again by itself, and survives what is not JSON', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const link = new SocketLink('ws://x', events)
    FakeSocket.made[0].open()
    FakeSocket.made[0].onmessage?.({ data: '{"type":"turn"}' })
    FakeSocket.made[0].onmessage?.({ data: '{nonsense' })
    FakeSocket.made[0].onmessage?.({ data: new ArrayBuffer(1) })
    FakeSocket.made[0].drop()
    expect(seen).toEqual(['connecting', 'online', 'turn', 'binary', 'offline'])
    expect(link.send({ type: 'stop_speaking' })).toBe(false)
    vi.advanceTimersByTime(300)
    expect(FakeSocket.made).toHaveLength(2)
    FakeSocket.made[1].open()
    expect(link.send({ type: 'stop_speaking' })).toBe(true)
  })

  it('drops audio when the line is clogged, and stays closed once closed', () => {
    const link = new SocketLink('ws://x', events)
    FakeSocket.made[0].open()
    FakeSocket.made[0].bufferedAmount = 10_000_000
    expect(link.sendBinary(new ArrayBuffer(8))).toBe(false)
    link.close()
    vi.advanceTimersByTime(60_000)
    expect(FakeSocket.made).toHaveLength(1)
  })
})
