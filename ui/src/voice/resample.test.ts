import { describe, expect, it } from 'vitest'
import { loudness, Resampler, toInt16 } from './resample'

const sine = (hz: number, rateHz: number, seconds: number) =>
  Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * hz * i) / rateHz),
  )
const power = (samples: Float32Array) => samples.reduce((sum, x) => sum + x * x, 0) / samples.length
const middle = (samples: Float32Array) =>
  samples.slice(samples.length / 4, (3 * samples.length) / 4)

describe('the resampler', () => {
  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [22_050, 48_000],
    [24_000, 44_100],
    [16_000, 16_000],
  ])('keeps a 1 kHz tone from %i to %i Hz', (from, to) => {
    const resampler = new Resampler(from, to)
    const out = resampler.process(sine(1000, from, 0.5))
    expect(Math.abs(out.length + resampler.flush().length - to * 0.5)).toBeLessThanOrEqual(1)
    expect(power(middle(out))).toBeCloseTo(0.5, 2)
    // The same tone, apart from a constant delay: the best correlation is near one.
    const ideal = sine(1000, to, 0.5)
    let best = 0
    for (let shift = -30; shift <= 30; shift++) {
      let sum = 0
      for (let i = 2000; i < 4000; i++) sum += out[i] * ideal[i + shift]
      best = Math.max(best, sum / 1000)
    }
    expect(best).toBeGreaterThan(0.97)
  })

  it('lets no tone above the new Nyquist rate through', () => {
    const out = new Resampler(48_000, 16_000).process(sine(12_000, 48_000, 0.5))
    expect(power(middle(out))).toBeLessThan(1e-4)
  })

  it('gives the same whether the stream is cut or whole', () => {
    const input = sine(440, 44_100, 0.3)
    const whole = new Resampler(44_100, 16_000).process(input)
    const cut = new Resampler(44_100, 16_000)
    const parts: number[] = []
    for (let i = 0; i < input.length; i += 128) parts.push(...cut.process(input.slice(i, i + 128)))
    expect(Math.abs(parts.length - whole.length)).toBeLessThanOrEqual(1)
    const worst = Math.max(
      ...parts.slice(0, whole.length - 1).map((x, i) => Math.abs(x - whole[i])),
    )
    expect(worst).toBeLessThan(1e-5)
  })
})

it('clips instead of wrapping', () => {
  expect([...toInt16(Float32Array.of(-2, -1, 0, 1, 2))]).toEqual([-32767, -32767, 0, 32767, 32767])
})

it('calls silence 0 and a loud tone nearly 1', () => {
  expect(loudness(new Float32Array(512))).toBe(0)
  expect(loudness(sine(300, 16_000, 0.05))).toBeGreaterThan(0.95)
})
