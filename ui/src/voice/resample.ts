// Streaming sample-rate converter: windowed sinc, low-passed when going down. Pure.

const HALF_TAPS = 15
const PHASES = 256

/** Converts a stream block by block; the result does not depend on where the blocks are cut. */
export class Resampler {
  readonly #step: number
  readonly #taps: Float32Array
  readonly #reach: number
  #tail = new Float32Array(0)
  #position: number

  constructor(fromHz: number, toHz: number) {
    this.#step = fromHz / toHz
    // Below the lower of both Nyquist rates, with room for the transition band.
    const cut = Math.min(1, toHz / fromHz) * 0.92
    this.#reach = Math.ceil(HALF_TAPS / Math.min(1, toHz / fromHz))
    this.#taps = table(cut, this.#reach)
    this.#tail = new Float32Array(this.#reach)
    this.#position = this.#reach
  }

  /** Everything that can be computed so far from the blocks given. */
  process(block: Float32Array): Float32Array<ArrayBuffer> {
    if (this.#step === 1) return Float32Array.from(block)
    const input = new Float32Array(this.#tail.length + block.length)
    input.set(this.#tail)
    input.set(block, this.#tail.length)
    const last = input.length - this.#reach
    const count = Math.max(0, Math.ceil((last - this.#position) / this.#step))
    const output = new Float32Array(count)
    for (let i = 0; i < count; i++) output[i] = this.#sample(input, this.#position + i * this.#step)
    const next = this.#position + count * this.#step
    const keepFrom = Math.max(0, Math.floor(next) - this.#reach)
    this.#tail = input.slice(keepFrom)
    this.#position = next - keepFrom
    return output
  }

  /** What the filter still holds back at the end of a stream. */
  flush(): Float32Array<ArrayBuffer> {
    return this.#step === 1 ? new Float32Array(0) : this.process(new Float32Array(this.#reach))
  }

  #sample(input: Float32Array, at: number): number {
    const whole = Math.floor(at)
    const phase = Math.round((at - whole) * PHASES)
    const width = 2 * this.#reach + 1
    let sum = 0
    for (let k = 0; k < width; k++) {
      const index = whole + k - this.#reach
      if (index >= 0 && index < input.length) sum += input[index] * this.#taps[phase * width + k]
    }
    return sum
  }
}

function table(cut: number, reach: number): Float32Array {
  const width = 2 * reach + 1
  const taps = new Float32Array((PHASES + 1) * width)
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0
    for (let k = 0; k < width; k++) {
      const x = k - reach - phase / PHASES
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * cut * x) / (Math.PI * cut * x)
      const window =
        Math.abs(x) >= reach + 1 ? 0 : 0.5 + 0.5 * Math.cos((Math.PI * x) / (reach + 1))
      taps[phase * width + k] = sinc * window
      sum += taps[phase * width + k]
    }
    for (let k = 0; k < width; k++) taps[phase * width + k] /= sum
  }
  return taps
}

/** Float samples to s16 with clipping. */
export function toInt16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const out = new Int16Array(samples.length)
  for (let i = 0; i < samples.length; i++) {
    const clipped = Math.max(-1, Math.min(1, samples[i]))
    out[i] = Math.round(clipped * 32767)
  }
  return out
}

/** Root mean square as a 0…1 level on a 50 dB scale, which is how loudness feels. */
export function loudness(samples: Float32Array): number {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += samples[i] * samples[i]
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-9)
  return Math.max(0, Math.min(1, (decibels + 55) / 50))
}
