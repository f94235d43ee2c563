// The voice of the page: talk key, hands-free, mute, levels, and the way from and to the car.

import type { Session } from '../session.svelte'
import { playEarcon, type Earcon } from './earcons'
import { Mic, MicError } from './mic'
import { Player } from './player'

/** Said after the key came up: people let go on the last syllable. */
const TAIL_MS = 120
const LEVEL_EVERY_MS = 60

export type MicState = 'closed' | 'opening' | 'open' | 'off'

export class Voice {
  mic = $state<MicState>('closed')
  problem = $state.raw<{ message: string; hint: string } | null>(null)
  talking = $state(false)
  handsFree = $state(false)
  muted = $state(false)
  inputLevel = $state(0)
  outputLevel = $state(0)
  /** Autoplay policy: the browser plays nothing before a gesture. */
  suspended = $state(false)
  /** The turn that is heard now, and how much of it, ms. */
  hearing = $state.raw<{ turn: number; ms: number } | null>(null)

  readonly #session: Session
  readonly #dsp: boolean
  #context: AudioContext | null = null
  #mic: Mic | null = null
  #player: Promise<Player> | null = null
  #ready: Player | null = null
  #tail: ReturnType<typeof setTimeout> | undefined
  #levelMs = 0

  constructor(session: Session, dsp: boolean) {
    this.#session = session
    this.#dsp = dsp
    session.audio = {
      play: (audio) => void this.#withPlayer((player) => player.play(audio)),
      end: (turn) => void this.#withPlayer((player) => player.end(turn)),
      clear: (turn) => void this.#withPlayer((player) => player.clear(turn)),
    }
  }

  /** Samples played by turn, for browser tests. */
  get played(): ReadonlyMap<number, number> {
    return this.#ready?.played ?? new Map()
  }

  /** The first gesture: wakes the audio, and opens the microphone where it is already allowed. */
  async wake(): Promise<void> {
    const context = this.#audio()
    if (context.state === 'suspended') await context.resume().catch(() => undefined)
    this.suspended = context.state === 'suspended'
    if (this.mic !== 'closed' || !navigator.permissions) return
    const name = 'microphone' as PermissionName
    const permission = await navigator.permissions.query({ name }).catch(() => null)
    if (permission?.state === 'granted') await this.openMic()
  }

  async openMic(): Promise<boolean> {
    if (this.mic === 'open') return true
    if (this.mic === 'opening') return false
    this.mic = 'opening'
    try {
      this.#mic = await Mic.open(
        this.#audio(),
        { onFrame: this.#onFrame, onLost: () => this.#lose('The microphone was unplugged.') },
        { dsp: this.#dsp, noiseSuppression: this.#session.hello?.speech.noise_suppression ?? false },
      )
      this.mic = 'open'
      this.problem = null
      return true
    } catch (problem) {
      const reason = problem instanceof MicError ? problem : new MicError(String(problem), '')
      this.#lose(reason.message, reason.hint)
      return false
    }
  }

  async startTalking(): Promise<void> {
    if (this.talking || this.muted) return
    this.talking = true
    clearTimeout(this.#tail)
    void this.wake()
    if (!(await this.openMic()) || !this.talking) {
      this.talking = false
      return
    }
    if (!this.#session.send({ type: 'talk', action: 'start', speaker: this.#session.speaker })) {
      this.talking = false
      return
    }
    this.earcon('listen')
    for (const samples of this.#mic?.takePreRoll() ?? []) this.#session.sendAudio(samples)
  }

  stopTalking(): void {
    if (!this.talking) return
    clearTimeout(this.#tail)
    this.#tail = setTimeout(() => this.#endTalk('stop'), TAIL_MS)
  }

  cancelTalking(): void {
    if (this.talking) this.#endTalk('cancel')
  }

  async toggleHandsFree(): Promise<void> {
    const on = !this.handsFree
    void this.wake()
    if (on && !(await this.openMic())) return
    if (this.#session.send({ type: 'hands_free', on })) this.handsFree = on
  }

  toggleMute(): void {
    this.muted = !this.muted
    this.#mic?.mute(this.muted)
    this.inputLevel = 0
    if (this.muted) this.cancelTalking()
  }

  silence(): void {
    this.#session.send({ type: 'stop_speaking' })
    if (this.hearing) void this.#withPlayer((player) => player.clear(this.hearing?.turn ?? 0))
  }

  earcon(name: Earcon): void {
    if (this.muted || this.#context?.state !== 'running') return
    if (name === 'takeover') {
      this.#ready?.duck(true)
      setTimeout(() => this.#ready?.duck(false), 1200)
    }
    playEarcon(this.#context, name)
  }

  #onFrame = (samples: Int16Array, level: number): void => {
    const nowMs = performance.now()
    if (nowMs - this.#levelMs > LEVEL_EVERY_MS) {
      this.#levelMs = nowMs
      this.inputLevel = this.muted ? 0 : level
    }
    if ((this.talking || this.handsFree) && !this.muted) this.#session.sendAudio(samples)
  }

  #endTalk(action: 'stop' | 'cancel'): void {
    clearTimeout(this.#tail)
    this.talking = false
    this.#session.send({ type: 'talk', action })
  }

  #lose(message: string, hint = 'Type instead, or press the orb to try again.'): void {
    this.#mic?.close()
    this.#mic = null
    this.mic = 'off'
    this.talking = false
    this.handsFree = false
    this.inputLevel = 0
    this.problem = { message, hint }
  }

  #audio(): AudioContext {
    // The device's own rate: Firefox cannot join contexts and microphones of different rates.
    this.#context ??= new AudioContext({ latencyHint: 'interactive' })
    this.#context.onstatechange = () => {
      this.suspended = this.#context?.state === 'suspended'
    }
    return this.#context
  }

  async #withPlayer(use: (player: Player) => void): Promise<void> {
    const context = this.#audio()
    this.suspended = context.state === 'suspended'
    this.#player ??= Player.open(context, {
      onPlayed: (turn, ms, done) => this.#onPlayed(turn, ms, done),
      onLevel: (level) => (this.outputLevel = level),
    })
    this.#ready = await this.#player
    use(this.#ready)
  }

  #onPlayed(turn: number, ms: number, done: boolean): void {
    this.hearing = done ? null : { turn, ms }
    this.#session.send({ type: 'played', turn, ms: Math.round(ms), done })
  }
}
