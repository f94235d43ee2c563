// Runs on the audio thread: device rate in, 16 kHz s16 frames of 512 samples out.

import { loudness, Resampler, toInt16 } from './resample'

const FRAME = 512
const TARGET_HZ = 16_000

class Capture extends AudioWorkletProcessor {
  readonly #resampler = new Resampler(sampleRate, TARGET_HZ)
  readonly #frame = new Float32Array(FRAME)
  #filled = 0

  override process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0]
    if (!channel) return true
    for (const sample of this.#resampler.process(channel)) {
      this.#frame[this.#filled++] = sample
      if (this.#filled < FRAME) continue
      this.#filled = 0
      const samples = toInt16(this.#frame)
      this.port.postMessage({ samples, level: loudness(this.#frame) }, [samples.buffer])
    }
    return true
  }
}

registerProcessor('ridealong-capture', Capture)
