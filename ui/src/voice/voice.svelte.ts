// The voice of the page: talk key, hands-free, mute, levels, and the way from and to the car.

import type { Session } from '../session.svelte'
import { playEarcon, type Earcon } from './earcons'
import { Mic, MicError } from './mic'
import { Player } from './player'

/** Said after the key came up: people let go on the last syllable. */
const TAIL_MS = 120
const LEVEL_EVERY_MS = 60
/** How long the browser may take to start its audio before speech is dropped. */
const RESUME_PATIENCE_MS = 300

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
  #ready: Player | null = null
  /** Keeps frames in order while the player opens. */
  #line: Promise<void> = Promise.resolve()
  #tail: ReturnType<typeof setTimeout> | undefined
  #levelMs = 0

  constructor(session: Session, dsp: boolean) {
    this.#session = session
    this.#dsp = dsp
    session.audio = {
      play: (audio) => this.#withPlayer((player) => player.play(audio)),
      end: (turn) =>
        this.#withPlayer(
          (player) => player.end(turn),
          () => this.#onPlayed(turn, 0, true),
        ),
      clear: (turn) =>
        this.#withPlayer(
          (player) => player.clear(turn),
          () => this.#onPlayed(turn, 0, true),
        ),
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
        {
          dsp: this.#dsp,
          noiseSuppression: this.#session.hello?.speech.noise_suppression ?? false,
        },
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
    const turn = this.hearing?.turn
    if (turn !== undefined) this.#withPlayer((player) => player.clear(turn))
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

  /** Uses the player; while the browser plays nothing, audio is dropped and captions stand. */
  #withPlayer(use: (player: Player) => void, otherwise?: () => void): void {
    this.#line = this.#line
      .then(async () => {
        const context = this.#audio()
        if (context.state === 'suspended' && !this.suspended) {
          const patience = new Promise((resolve) => setTimeout(resolve, RESUME_PATIENCE_MS))
          await Promise.race([context.resume().catch(() => undefined), patience])
        }
        this.suspended = context.state === 'suspended'
        if (this.suspended) return otherwise?.()
        this.#ready ??= await Player.open(context, {
          onPlayed: (turn, ms, done) => this.#onPlayed(turn, ms, done),
          onLevel: (level) => (this.outputLevel = level),
        })
        use(this.#ready)
      })
      .catch((problem: unknown) => console.warn(`no sound: ${String(problem)}`))
  }

  #onPlayed(turn: number, ms: number, done: boolean): void {
    this.hearing = done ? null : { turn, ms }
    this.#session.send({ type: 'played', turn, ms: Math.round(ms), done })
  }
}
