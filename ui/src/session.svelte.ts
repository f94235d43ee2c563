// The whole client state, and the only place that talks to the car.

import { note, openQuestion, reduce, type Item } from './conversation'
import { type CarLink, type LinkState } from './link'
import type {
  AlertEvent,
  ErrorEvent,
  FromBrowser,
  HelloEvent,
  LatencyEvent,
  LinkEvent,
  ScenarioInfo,
  SceneEvent,
  Speaker,
  TimelineEvent,
  ToBrowser,
  TurnEvent,
  UtteranceEvent,
  WhyEvent,
} from './protocol'
import type { Options } from './options'
import { roadMap, type RoadDocument } from './road/document'
import { encodeAudioUp, decodeDown, type AudioDown } from './wire'

export type LogEntry = { id: number; at: Date; type: string; event: unknown }
export type Contact = 'connecting' | 'starting' | 'online' | 'reconnecting' | 'lost'

/** Where the car's audio goes; the voice sets itself here. */
export interface AudioSink {
  play(audio: AudioDown): void
  end(turn: number): void
  clear(turn: number): void
}

const NOW_LINE_HOLD_MS = 1_200
const STALE_MS = 1_000
const LOST_MS = 5_000
const ERROR_SHOWN_MS = 7_000
const ALERT_SHOWN_MS = 12_000
const LOG_LENGTH = 250
/** Events that come too often to be worth a line in the log. */
const UNLOGGED: ReadonlySet<string> = new Set(['scene', 'level', 'timeline', 'map'])

export class Session {
  link = $state<LinkState>('connecting')
  hello = $state.raw<HelloEvent | null>(null)
  road = $state.raw<RoadDocument | null>(null)
  scene = $state.raw<SceneEvent | null>(null)
  nowLine = $state('')
  why = $state.raw<WhyEvent | null>(null)
  drive = $state.raw<LinkEvent | null>(null)
  turn = $state.raw<TurnEvent>({ type: 'turn', state: 'idle', turn: 0 })
  level = $state(0)
  hearsSpeech = $state(false)
  partial = $state('')
  items = $state.raw<readonly Item[]>([])
  utterance = $state.raw<UtteranceEvent | null>(null)
  latencies = $state.raw<readonly LatencyEvent[]>([])
  alert = $state.raw<AlertEvent | null>(null)
  error = $state.raw<ErrorEvent | null>(null)
  scenarios = $state.raw<readonly ScenarioInfo[]>([])
  timeline = $state.raw<TimelineEvent | null>(null)
  log = $state.raw<readonly LogEntry[]>([])
  camerasSeen = $state.raw<ReadonlySet<number>>(new Set())
  /** Client clock, ms, refreshed four times a second: ages and countdowns hang on it. */
  nowMs = $state(Date.now())
  lastSceneMs = $state<number | null>(null)
  speaker = $state<Speaker>('passenger')
  wantsVoice = $state(true)
  wantsCameras = $state(true)
  nextCue = $state(0)

  contact = $derived.by<Contact>(() => {
    const silent = this.lastSceneMs === null ? null : this.nowMs - this.lastSceneMs
    if (this.lastSceneMs === null) {
      if (this.link !== 'online') return this.link === 'connecting' ? 'connecting' : 'reconnecting'
      return 'starting'
    }
    const still = this.drive?.paused || this.hello?.source === 'replay'
    const broken = this.link !== 'online' || this.drive?.state === 'lost'
    if (!broken && (still || this.drive?.state === 'starting')) {
      return this.drive?.state === 'starting' ? 'starting' : 'online'
    }
    if (silent !== null && silent > LOST_MS) return 'lost'
    return silent !== null && silent > STALE_MS ? 'reconnecting' : 'online'
  })
  question = $derived(openQuestion(this.items, this.nowMs))
  whyAgeS = $derived(this.why && this.scene ? this.scene.situation.t_s - this.why.t_s : 0)
  /** The weather fact is one word, the worst: that it is night as well, the drive's tags say. */
  timeOfDay = $derived.by(() => {
    const info = this.scenarios.find((each) => each.name === this.hello?.scenario)
    const words = [...(info?.tags ?? []), ...(this.hello?.scenario.split(/[^a-z]+/) ?? [])]
    return words.find((word) => word === 'night' || word === 'dusk') ?? ''
  })
  replaying = $derived(this.hello?.source === 'replay')

  audio: AudioSink | null = null
  readonly #options: Options
  #car: CarLink | null = null
  #sequence = 0
  #nowChangedMs = 0
  #errorMs = 0
  #alertMs = 0
  #logId = 0
  #jumped = false
  #cueAuto = false
  #clock: ReturnType<typeof setInterval> | undefined
  readonly #cameraSinks = new Map<number, Set<(picture: ImageBitmap, timeS: number) => void>>()
  readonly #decoding = new Set<number>()

  constructor(options: Options) {
    this.#options = options
    this.speaker = options.speaker
    this.#cueAuto = options.demo !== null || options.kiosk
  }

  /** Begins: `open` makes the way to the car, a socket or a mock drive. */
  start(open: (session: Session) => CarLink): void {
    this.#car = open(this)
    this.#clock = setInterval(() => this.#tick(Date.now()), 250)
  }

  dispose(): void {
    clearInterval(this.#clock)
    this.#car?.close()
  }

  // ------------------------------------------------------------ to the car

  send(message: FromBrowser): boolean {
    const sent = this.#car?.send(message) ?? false
    if (!sent && message.type !== 'settings' && message.type !== 'played') {
      this.showError('offline', 'No connection to the car.', 'It is tried again by itself.')
    }
    return sent
  }

  say(text: string, source: 'text' | 'script' = 'text'): boolean {
    const words = text.trim().slice(0, 2_000)
    return words ? this.send({ type: 'say', text: words, speaker: this.speaker, source }) : false
  }

  sendAudio(samples: Int16Array): void {
    this.#car?.sendBinary(encodeAudioUp(this.#sequence++, performance.now(), samples))
  }

  answer(action: 'confirm' | 'reject'): boolean {
    return this.question ? this.answerCard(this.question.card.id, action) : false
  }

  answerCard(card: string, action: 'confirm' | 'reject' | 'cancel'): boolean {
    return this.send({ type: 'answer', card, action })
  }

  chooseDrive(scenario: string): void {
    this.send({ type: 'drive', action: 'start', scenario })
  }

  seekBy(seconds: number): void {
    if (this.timeline) this.seekTo(this.timeline.t_s + seconds)
  }

  seekTo(timeS: number): void {
    const line = this.timeline
    if (!line) return
    const t_s = Math.min(line.end_s, Math.max(line.start_s, timeS))
    this.send({ type: 'seek', action: 'seek', t_s })
  }

  changeSpeed(factor: number): void {
    if (!this.timeline) return
    const speed = Math.min(4, Math.max(0.25, this.timeline.speed * factor))
    this.send({ type: 'seek', action: 'speed', speed })
  }

  togglePlay(): void {
    if (this.timeline) {
      this.send({ type: 'seek', action: this.timeline.playing ? 'pause' : 'play' })
    } else {
      this.send({ type: 'drive', action: this.drive?.paused ? 'resume' : 'pause' })
    }
  }

  sayNextCue(): void {
    const cue = this.hello?.cues?.[this.nextCue]
    if (cue && this.say(cue[1], 'script')) this.nextCue += 1
  }

  applySettings(): void {
    this.send({
      type: 'settings',
      voice: this.wantsVoice,
      cameras: this.wantsCameras,
      speaker: this.speaker,
    })
  }

  // ------------------------------------------------------------ from the car

  onState(state: LinkState): void {
    this.link = state
    if (state === 'online') this.applySettings()
    else this.level = 0
  }

  onEvent(event: ToBrowser): void {
    const nowMs = Date.now()
    if (!UNLOGGED.has(event.type)) this.#remember(event)
    this.items = reduce(this.items, event, nowMs)
    switch (event.type) {
      case 'hello':
        return this.#onHello(event, nowMs)
      case 'map':
        this.road = roadMap(event.map)
        return
      case 'scene':
        return this.#onScene(event, nowMs)
      case 'why':
        this.why = event
        return
      case 'link':
        this.drive = event
        return
      case 'turn':
        this.turn = event
        if (event.state !== 'listening') this.level = 0
        if (event.state === 'idle' || event.state === 'speaking') this.partial = ''
        return
      case 'level':
        this.level = event.level
        this.hearsSpeech = event.speech
        return
      case 'transcript':
        this.partial = event.final ? '' : event.text
        return
      case 'utterance':
        this.utterance = event
        return
      case 'latency':
        this.latencies = [...this.latencies, event].slice(-500)
        return
      case 'playback':
        if (event.action === 'end') this.audio?.end(event.turn)
        if (event.action === 'clear') this.audio?.clear(event.turn)
        return
      case 'alert':
        // An alert without a title takes the last one away.
        this.alert = event.title ? event : null
        this.#alertMs = nowMs
        return
      case 'error':
        return this.showError(event.code, event.message, event.hint ?? '')
      case 'scenarios':
        this.scenarios = event.scenarios
        return
      case 'timeline':
        this.timeline = { ...event, marks: event.marks ?? this.timeline?.marks ?? [] }
        return this.#jumpOnce()
    }
  }

  onBinary(frame: ArrayBuffer): void {
    const decoded = decodeDown(frame)
    if (decoded?.kind === 'audio') this.audio?.play(decoded)
    if (decoded?.kind === 'camera') void this.#onCamera(decoded.camera, decoded.timeS, decoded.jpeg)
  }

  /** Pictures of one camera, newest only; returns how to stop. */
  onPicture(camera: number, sink: (picture: ImageBitmap, timeS: number) => void): () => void {
    const sinks = this.#cameraSinks.get(camera) ?? new Set()
    this.#cameraSinks.set(camera, sinks.add(sink))
    return () => sinks.delete(sink)
  }

  showError(code: string, message: string, hint: string): void {
    this.error = { type: 'error', code, message, hint }
    this.#errorMs = Date.now()
  }

  // ------------------------------------------------------------ inside

  #onHello(event: HelloEvent, nowMs: number): void {
    const other = this.hello && this.hello.session !== event.session
    const otherDrive = this.hello && this.hello.scenario !== event.scenario
    if (other) this.items = []
    else if (otherDrive) this.items = note(this.items, event.title, nowMs)
    if (!this.hello || other || otherDrive) {
      this.why = null
      this.scene = null
      this.timeline = null
      this.nextCue = 0
    }
    this.hello = event
    this.alert = null
    this.#jumpOnce()
  }

  #onScene(event: SceneEvent, nowMs: number): void {
    const before = this.scene?.situation.t_s
    this.scene = event
    this.lastSceneMs = nowMs
    this.#showNow(nowMs)
    if (before !== undefined && event.situation.t_s < before - 1) this.#onRestart(event)
    if (this.#cueAuto) this.#sayDueCue(event.situation.t_s)
  }

  /** The drive began again or was wound back: what was said about later moments is void. */
  #onRestart(event: SceneEvent): void {
    const t_s = event.situation.t_s
    if (this.why && this.why.t_s > t_s) this.why = null
    const cues = this.hello?.cues ?? []
    this.nextCue = cues.findIndex((cue) => cue[0] > t_s)
    if (this.nextCue < 0) this.nextCue = cues.length
  }

  #sayDueCue(t_s: number): void {
    const cue = this.hello?.cues?.[this.nextCue]
    if (cue && t_s >= cue[0]) this.sayNextCue()
  }

  #showNow(nowMs: number): void {
    const line = this.scene?.now_line ?? ''
    if (line === this.nowLine || nowMs - this.#nowChangedMs < NOW_LINE_HOLD_MS) return
    this.nowLine = line
    this.#nowChangedMs = nowMs
  }

  #jumpOnce(): void {
    if (this.#jumped || !this.hello) return
    const wanted = this.#options.drive ?? (this.#options.demo || null)
    if (wanted && wanted !== this.hello.scenario && !this.replaying) {
      this.#jumped = true
      this.chooseDrive(wanted)
    }
    if (this.#options.timeS !== null && this.timeline) {
      this.#jumped = true
      this.seekTo(this.#options.timeS)
    }
  }

  async #onCamera(camera: number, timeS: number, jpeg: Uint8Array<ArrayBuffer>): Promise<void> {
    const sinks = this.#cameraSinks.get(camera)
    if (!this.camerasSeen.has(camera)) this.camerasSeen = new Set([...this.camerasSeen, camera])
    // While one picture is being decoded the next ones are dropped: newest wins, nothing queues.
    if (!sinks?.size || this.#decoding.has(camera)) return
    this.#decoding.add(camera)
    try {
      const picture = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }))
      for (const sink of sinks) sink(picture, timeS)
      picture.close()
    } catch {
      console.warn(`camera ${camera} sent a picture that cannot be decoded`)
    } finally {
      this.#decoding.delete(camera)
    }
  }

  #remember(event: ToBrowser): void {
    const entry = { id: this.#logId++, at: new Date(), type: event.type, event }
    this.log = [...this.log, entry].slice(-LOG_LENGTH)
  }

  #tick(nowMs: number): void {
    this.nowMs = nowMs
    this.#showNow(nowMs)
    if (this.error && nowMs - this.#errorMs > ERROR_SHOWN_MS) this.error = null
    if (this.alert && nowMs - this.#alertMs > ALERT_SHOWN_MS) this.alert = null
  }
}
