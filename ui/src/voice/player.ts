// The car's voice in the browser: server PCM is brought to the device's rate and queued by turn.

import type { AudioDown } from '../wire'
import playerUrl from './player.worklet.ts?worker&url'
import type { PlayerInput, PlayerReport } from './player.worklet'
import { Resampler } from './resample'

export interface PlayerEvents {
  /** Milliseconds of a turn that really came out of the loudspeaker. */
  onPlayed(turn: number, ms: number, done: boolean): void
  onLevel(level: number): void
}

export class Player {
  /** Samples played so far by turn, at the device's rate (for tests and the debugging getters). */
  readonly played = new Map<number, number>()
  readonly #context: AudioContext
  readonly #node: AudioWorkletNode
  readonly #gain: GainNode
  readonly #events: PlayerEvents
  #stream: { turn: number; rateHz: number; resampler: Resampler } | null = null

  private constructor(context: AudioContext, events: PlayerEvents) {
    this.#context = context
    this.#events = events
    this.#gain = new GainNode(context)
    this.#node = new AudioWorkletNode(context, 'ridealong-player', { numberOfInputs: 0 })
    this.#node.connect(this.#gain).connect(context.destination)
    this.#node.port.onmessage = ({ data }: MessageEvent<PlayerReport>) => this.#onReport(data)
  }

  static async open(context: AudioContext, events: PlayerEvents): Promise<Player> {
    await context.audioWorklet.addModule(playerUrl)
    return new Player(context, events)
  }

  play(audio: AudioDown): void {
    if (this.#stream?.turn !== audio.turn || this.#stream.rateHz !== audio.rateHz) {
      const resampler = new Resampler(audio.rateHz, this.#context.sampleRate)
      this.#stream = { turn: audio.turn, rateHz: audio.rateHz, resampler }
    }
    const samples = this.#stream.resampler.process(audio.samples)
    this.#post({ action: 'push', turn: audio.turn, samples }, [samples.buffer])
  }

  end(turn: number): void {
    if (this.#stream?.turn === turn) {
      const samples = this.#stream.resampler.flush()
      this.#post({ action: 'push', turn, samples }, [samples.buffer])
      this.#stream = null
    }
    this.#post({ action: 'end', turn })
  }

  clear(turn: number): void {
    this.#post({ action: 'clear', turn })
  }

  /** Speech steps back while something more important sounds. */
  duck(on: boolean): void {
    this.#gain.gain.setTargetAtTime(on ? 0.2 : 1, this.#context.currentTime, 0.03)
  }

  #post(message: PlayerInput, transfer: Transferable[] = []): void {
    this.#node.port.postMessage(message, transfer)
  }

  #onReport({ turn, samples, done, level }: PlayerReport): void {
    this.played.set(turn, samples)
    this.#events.onPlayed(turn, (samples / this.#context.sampleRate) * 1000, done)
    this.#events.onLevel(done ? 0 : level)
  }
}
