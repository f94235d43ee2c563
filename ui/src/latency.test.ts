import { expect, it } from 'vitest'
import { percentile, threeParts, verdict } from './latency'

it('finds percentiles by nearest rank', () => {
  const values = [500, 100, 300, 200, 400]
  expect(percentile(values, 0.5)).toBe(300)
  expect(percentile(values, 0.95)).toBe(500)
  expect(percentile([], 0.5)).toBeNull()
})

it('judges an answer time', () => {
  expect([700, 701, 1200, 1201].map(verdict)).toEqual(['good', 'fair', 'fair', 'slow'])
})

it('sums the parts that people understand', () => {
  const parts_ms = { endpoint: 200, transcript: 100, decide: 40, answer: 60, voice: 90 }
  expect(threeParts({ type: 'latency', turn: 1, parts_ms, total_ms: 490 })).toEqual({
    hear: 300,
    think: 100,
    speak: 90,
  })
})
