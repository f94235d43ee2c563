// The player's queue: which samples of which turn come next, and how many really came out. Pure.

interface Turn {
  blocks: Float32Array[]
  offset: number
  played: number
  ended: boolean
}

/** Samples queued before a turn begins to sound, so that one late packet is not heard. */
const LEAD_S = 0.08

export class PlayQueue {
  readonly #turns = new Map<number, Turn>()
  readonly #leadSamples: number
  #sounding: number | null = null
  #newest = -1

  constructor(rateHz: number) {
    this.#leadSamples = Math.round(LEAD_S * rateHz)
  }

  /** Turns before a cleared one never sound again: stale speech is dropped. */
  push(turn: number, samples: Float32Array): void {
    if (turn < this.#newest && !this.#turns.has(turn)) return
    this.#newest = Math.max(this.#newest, turn)
    this.#turn(turn).blocks.push(samples)
  }

  end(turn: number): void {
    const queued = this.#turns.get(turn)
    if (queued) queued.ended = true
  }

  /** Forgets a turn; returns the samples of it that were played. */
  clear(turn: number): number {
    const played = this.#turns.get(turn)?.played ?? 0
    this.#turns.delete(turn)
    if (this.#sounding === turn) this.#sounding = null
    this.#newest = Math.max(this.#newest, turn + 1)
    return played
  }

  /** Fills `out` (zeros where nothing is queued); returns turns that are over now. */
  fill(out: Float32Array): { turn: number; played: number }[] {
    out.fill(0)
    const over: { turn: number; played: number }[] = []
    let written = 0
    while (written < out.length) {
      const turn = this.#next()
      if (turn === null) break
      const queued = this.#turns.get(turn)!
      const block = queued.blocks[0]
      if (block) {
        const count = Math.min(out.length - written, block.length - queued.offset)
        out.set(block.subarray(queued.offset, queued.offset + count), written)
        written += count
        queued.offset += count
        queued.played += count
        if (queued.offset === block.length) {
          queued.blocks.shift()
          queued.offset = 0
        }
      } else if (queued.ended) {
        over.push({ turn, played: queued.played })
        this.#turns.delete(turn)
        this.#sounding = null
      } else break // an underrun: silence until more comes
    }
    return over
  }

  /** The turn that sounds now with its played samples, or null. */
  get sounding(): { turn: number; played: number } | null {
    const turn = this.#sounding
    return turn === null ? null : { turn, played: this.#turns.get(turn)?.played ?? 0 }
  }

  #next(): number | null {
    if (this.#sounding !== null) return this.#sounding
    for (const [turn, queued] of this.#turns) {
      const samples = queued.blocks.reduce((sum, block) => sum + block.length, 0)
      if (samples >= this.#leadSamples || queued.ended) {
        this.#sounding = turn
        return turn
      }
    }
    return null
  }

  #turn(turn: number): Turn {
    const known = this.#turns.get(turn)
    if (known) return known
    const fresh = { blocks: [], offset: 0, played: 0, ended: false }
    this.#turns.set(turn, fresh)
    return fresh
  }
}
