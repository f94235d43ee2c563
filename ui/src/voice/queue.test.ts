import { describe, expect, it } from 'vitest'
import { PlayQueue } from './queue'

const RATE = 1000 // the lead is then 80 samples
const ones = (count: number) => new Float32Array(count).fill(1)
const pull = (queue: PlayQueue, count: number) => {
  const out = new Float32Array(count)
  const over = queue.fill(out)
  return { sounded: out.reduce((sum, x) => sum + x, 0), over }
}

describe('the play queue', () => {
  it('waits for a little lead, then plays every sample once', () => {
    const queue = new PlayQueue(RATE)
    queue.push(1, ones(50))
    expect(pull(queue, 64).sounded).toBe(0)
    queue.push(1, ones(50))
    expect(pull(queue, 64).sounded).toBe(64)
    expect(pull(queue, 64).sounded).toBe(36)
  })

  it('does not wait for a turn that is complete', () => {
    const queue = new PlayQueue(RATE)
    queue.push(1, ones(10))
    queue.end(1)
    expect(pull(queue, 64)).toEqual({ sounded: 10, over: [{ turn: 1, played: 10 }] })
  })

  it('plays turns one after the other', () => {
    const queue = new PlayQueue(RATE)
    queue.push(1, ones(100))
    queue.push(2, ones(100).fill(2))
    queue.end(1)
    queue.end(2)
    expect(pull(queue, 150).sounded).toBe(100 + 50 * 2)
    expect(queue.sounding).toEqual({ turn: 2, played: 50 })
  })

  it('falls silent at once when cleared, and tells what was heard', () => {
    const queue = new PlayQueue(RATE)
    queue.push(3, ones(500))
    pull(queue, 128)
    expect(queue.clear(3)).toBe(128)
    expect(pull(queue, 128).sounded).toBe(0)
  })

  it('never plays what comes late for a cleared turn', () => {
    const queue = new PlayQueue(RATE)
    queue.push(3, ones(500))
    queue.clear(3)
    queue.push(3, ones(500))
    queue.end(3)
    expect(pull(queue, 128).sounded).toBe(0)
    queue.push(4, ones(200))
    expect(pull(queue, 128).sounded).toBe(128)
  })

  it('goes on after an underrun', () => {
    const queue = new PlayQueue(RATE)
    queue.push(1, ones(90))
    expect(pull(queue, 128)).toEqual({ sounded: 90, over: [] })
    queue.push(1, ones(20))
    expect(pull(queue, 128).sounded).toBe(20)
  })
})
