// Runs on the audio thread: plays queued speech and reports what really came out.

import { PlayQueue } from './queue'
import { loudness } from './resample'

export type PlayerInput =
  | { action: 'push'; turn: number; samples: Float32Array }
  | { action: 'end' | 'clear'; turn: number }

export interface PlayerReport {
  turn: number
  samples: number
  done: boolean
  level: number
}

const REPORT_EVERY_S = 0.06

class Player extends AudioWorkletProcessor {
  readonly #queue = new PlayQueue(sampleRate)
  #sinceReport = 0
  #peak = 0

  constructor() {
    super()
    this.port.onmessage = ({ data }: MessageEvent<PlayerInput>) => {
      if (data.action === 'push') this.#queue.push(data.turn, data.samples)
      else if (data.action === 'end') this.#queue.end(data.turn)
      else
        this.#report({
          turn: data.turn,
          samples: this.#queue.clear(data.turn),
          done: true,
          level: 0,
        })
    }
  }

  override process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const out = outputs[0][0]
    for (const { turn, played } of this.#queue.fill(out)) {
      this.#report({ turn, samples: played, done: true, level: 0 })
    }
    for (const copy of outputs[0].slice(1)) copy.set(out)
    this.#sinceReport += out.length
    const sounding = this.#queue.sounding
    if (!sounding) return true
    this.#peak = Math.max(this.#peak, loudness(out))
    if (this.#sinceReport < REPORT_EVERY_S * sampleRate) return true
    this.#report({ turn: sounding.turn, samples: sounding.played, done: false, level: this.#peak })
    this.#sinceReport = 0
    this.#peak = 0
    return true
  }

  #report(report: PlayerReport): void {
    this.port.postMessage(report)
  }
}

registerProcessor('ridealong-player', Player)
