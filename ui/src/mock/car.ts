// A drive made in the browser, so that the page works without a car: for development and tests.

import type { CarLink, LinkEvents } from '../link'
import type { Options } from '../options'
import type { ActorView, FromBrowser, Situation, ToBrowser } from '../protocol'
import { motorway } from './motorway'
import { at as along, type MockScene } from './place'
import { town } from './town'
import { hear } from './answers'
import { cameraFrame } from './pictures'

const TICK_MS = 100
const CAMERAS = [
  'camera_cross_left_120fov',
  'camera_front_wide_120fov',
  'camera_cross_right_120fov',
  'camera_front_tele_30fov',
]
const MAKERS: Record<string, () => MockScene> = {
  motorway_exit: motorway,
  motorway,
  town_grid: town,
  town,
  night_rain_town: town,
}

export class MockCar implements CarLink {
  readonly #events: LinkEvents
  readonly #options: Options
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  #scene: MockScene
  #weather: string
  #timeS = 0
  #s = 0
  #speed = 0
  #seq = 0
  #paused = false
  #turn = 0
  #wish: number | null = null
  #whyKey = ''
  #replay: { playing: boolean; speed: number; loop: boolean } | null = null

  constructor(events: LinkEvents, options: Options) {
    this.#events = events
    this.#options = options
    this.#weather = options.weather
    this.#scene = (MAKERS[options.mock || options.drive || 'motorway'] ?? motorway)()
    if (options.mock?.startsWith('replay')) this.#replay = { playing: true, speed: 1, loop: false }
    this.#later(20, () => {
      events.onState('online')
      this.#begin()
      const clock = setInterval(() => this.#tick(), TICK_MS)
      this.#timers.add(clock)
    })
  }

  send(message: FromBrowser): boolean {
    this.#later(60, () => this.#receive(message))
    return true
  }

  sendBinary(): boolean {
    return true
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #begin(): void {
    const { name, title, startS, limitMps, map, cues } = this.#scene
    this.#timeS = 0
    this.#s = startS
    this.#speed = limitMps * 0.75
    this.#wish = null
    this.#emit({
      type: 'hello',
      v: 1,
      session: 'mock',
      product: 'mock',
      scenario: name,
      title,
      seed: 1,
      source: this.#replay ? 'replay' : 'simulated',
      model: 'mock drive',
      cameras: CAMERAS,
      speech: { recogniser: null, voice: null, missing: [] },
      cues,
      unit: 'kph',
    })
    this.#emit({ type: 'map', map })
    this.#emit({ type: 'link', state: 'ok', paused: false })
    this.#emit({ type: 'turn', state: 'idle', turn: 0 })
    this.#emit({
      type: 'scenarios',
      scenarios: [
        {
          name: 'motorway_exit',
          title: 'Motorway, exit 2',
          line: 'Three lanes, a slow truck before the ramp',
          minutes: 4,
          tags: ['motorway', 'exit'],
        },
        {
          name: 'town_grid',
          title: 'Town grid',
          line: 'Lights, a zebra crossing, parked cars, a bin at the kerb',
          minutes: 5,
          tags: ['town', 'pedestrians'],
        },
        {
          name: 'night_rain_town',
          title: 'Town at night in rain',
          line: 'The same streets, wet and dark',
          minutes: 5,
          tags: ['town', 'night', 'rain'],
        },
      ],
    })
    this.#showTimeline(true)
  }

  #tick(): void {
    if (this.#paused || this.#replay?.playing === false) return
    const stepS = (TICK_MS / 1000) * (this.#replay?.speed ?? 1)
    this.#timeS += stepS
    const lead = this.#lead()
    const limit = this.#wish ?? this.#scene.limitMps
    const safe = lead
      ? Math.max(0, lead.actor.speed_mps + (lead.gap - 14 - lead.actor.speed_mps) * 0.35)
      : limit
    const aim = Math.min(limit, safe)
    const accel = Math.max(-3.5, Math.min(1.4, (aim - this.#speed) * 0.9))
    this.#speed = Math.max(0, this.#speed + accel * stepS)
    this.#s += this.#speed * stepS
    const actors = this.#scene.actors(this.#timeS)
    this.#emit({
      type: 'scene',
      situation: this.#situation(actors, accel),
      now_line: this.#nowLine(lead, accel),
    })
    this.#explain(lead, accel)
    this.#seq += 1
    if (this.#seq % 5 === 0) void this.#pictures()
    if (this.#seq % 10 === 0) this.#showTimeline(false)
    if (this.#s > 1500 && this.#scene.limitMps > 20) this.#begin()
    if (this.#s > 360 && this.#scene.limitMps < 20) this.#begin()
  }

  async #pictures(): Promise<void> {
    for (let camera = 0; camera < CAMERAS.length; camera++) {
      this.#events.onBinary(await cameraFrame(camera, this.#timeS, this.#s))
    }
  }

  #lead(): { actor: ActorView; gap: number } | null {
    const ego = along(this.#scene.route, this.#s)
    const c = Math.cos(ego.heading),
      s = Math.sin(ego.heading)
    let best: { actor: ActorView; gap: number } | null = null
    for (const actor of this.#scene.actors(this.#timeS)) {
      const dx = actor.x - ego.x,
        dy = actor.y - ego.y
      const gap = dx * c + dy * s - actor.length_m / 2 - 3.8
      const side = Math.abs(-dx * s + dy * c)
      if (gap > -1 && gap < 70 && side < 1.7 && (!best || gap < best.gap)) best = { actor, gap }
    }
    return best
  }

  #situation(actors: ActorView[], accel: number): Situation {
    const ego = along(this.#scene.route, this.#s)
    const near = actors.filter((actor) => Math.hypot(actor.x - ego.x, actor.y - ego.y) < 160)
    const xy: [number, number][] = []
    const reach = Math.max(0.4, this.#speed)
    for (let i = 0; i < 17; i++) {
      const point = along(this.#scene.route, this.#s + 3.8 + i * 0.4 * reach)
      xy.push([point.x, point.y])
    }
    const calm = accel > -0.5
    return {
      type: 'situation',
      v: 1,
      seq: this.#seq,
      t_s: this.#timeS,
      t0_ns: 0,
      ego: {
        ...ego,
        speed_mps: this.#speed,
        accel_mps2: accel,
        curvature_1pm: 0,
        lane: 'go_0',
        s_m: this.#s,
        indicator: 'off',
      },
      actors: near,
      lights: this.#scene.lights(this.#timeS),
      facts: {
        limit_kph: this.#scene.limitMps * 3.6,
        speed_kph: this.#speed * 3.6,
        weather: this.#weather,
        place: this.#scene.limitMps > 20 ? 'highway' : 'urban',
        lanes: 3,
        exits: ['Exit 2'],
      },
      mode: 'autonomous',
      plan: {
        source: 'mock',
        xy,
        speed_mps: xy.map(() => this.#speed),
        longitudinal: calm ? 'maintain_speed' : 'gentle_decelerate',
        lateral: 'straight',
        lane: 'keep',
      },
      trace: {
        id: `t${this.#seq}`,
        longitudinal: 'lead_following',
        lateral: 'keep_lane',
        sentence: 'Keep distance to the lead vehicle',
        certain: true,
      },
      guard: { level: 'F0', verdict: 'pass', failed: [] },
      requests: [],
      latency_ms: { plan: 6.2, guard: 1.1 },
    }
  }

  #nowLine(lead: { actor: ActorView; gap: number } | null, accel: number): string {
    if (!lead) return 'Clear road, keeping to the limit'
    const name =
      { truck: 'a slow truck', pedestrian: 'a pedestrian', bicycle: 'a cyclist' }[
        lead.actor.kind
      ] ?? `a ${lead.actor.kind}`
    return accel < -0.4 ? `Slowing for ${name} ahead` : `Following ${name}`
  }

  #explain(lead: { actor: ActorView; gap: number } | null, accel: number): void {
    const key = `${lead?.actor.id ?? ''}:${accel < -0.4}`
    if (key === this.#whyKey) return
    this.#whyKey = key
    const label = lead
      ? ({ truck: 'Truck', pedestrian: 'Pedestrian', bicycle: 'Cyclist' }[lead.actor.kind] ?? 'Car')
      : 'Road'
    this.#emit({
      type: 'why',
      t_s: this.#timeS,
      certain: true,
      trace: `t${this.#seq}`,
      sees: lead ? `${label} ${Math.round(lead.gap)} m ahead` : 'Nothing in our lane',
      so: lead ? 'it is slower than we are' : 'the lane is free',
      does:
        accel < -0.4
          ? `slows to ${Math.round(lead ? lead.actor.speed_mps * 3.6 : 50)} km/h`
          : 'keeps its speed and distance',
      cause: lead
        ? {
            component: 'critical_object',
            label,
            does: 'moves slower',
            object_id: lead.actor.id,
            kind: lead.actor.kind,
            distance_m: lead.gap,
          }
        : null,
    })
  }

  #receive(message: FromBrowser): void {
    switch (message.type) {
      case 'say':
        this.#turn += 1
        return hear(message.text, message.source ?? 'text', this.#turn, this.#say)
      case 'talk':
        if (message.action === 'start')
          this.#emit({ type: 'turn', state: 'listening', turn: ++this.#turn })
        else if (message.action === 'cancel')
          this.#emit({ type: 'turn', state: 'idle', turn: this.#turn })
        else hear('Why are you slowing down?', 'voice', this.#turn, this.#say)
        return
      case 'hands_free':
        return this.#emit({ type: 'turn', state: message.on ? 'armed' : 'idle', turn: this.#turn })
      case 'answer':
        return this.#emit({
          type: 'card',
          id: message.card,
          turn: this.#turn,
          kind: 'command',
          title: 'Overtake the truck',
          state: message.action === 'confirm' ? 'under_way' : 'cancelled',
        })
      case 'drive':
        return this.#drive(message.action, message.scenario ?? null)
      case 'seek':
        return this.#seek(message)
    }
  }

  #drive(action: string, scenario: string | null): void {
    if (action === 'pause' || action === 'resume') {
      this.#paused = action === 'pause'
      return this.#emit({ type: 'link', state: 'ok', paused: this.#paused })
    }
    if (action === 'start') {
      const make = MAKERS[scenario ?? '']
      if (!make) {
        return this.#emit({
          type: 'error',
          code: 'unknown_scenario',
          message: `There is no drive “${scenario}”.`,
          hint: 'Choose one from the list (G).',
        })
      }
      this.#scene = make()
      this.#weather = scenario === 'night_rain_town' ? 'night rain' : this.#options.weather
    }
    this.#begin()
  }

  #seek(message: Extract<FromBrowser, { type: 'seek' }>): void {
    if (!this.#replay) return
    if (message.action === 'play' || message.action === 'pause')
      this.#replay.playing = message.action === 'play'
    if (message.action === 'speed') this.#replay.speed = message.speed ?? 1
    if (message.action === 'loop') this.#replay.loop = message.loop ?? false
    if (message.action === 'seek') {
      this.#timeS = message.t_s ?? 0
      this.#s = this.#scene.startS + this.#timeS * this.#scene.limitMps * 0.7
    }
    this.#showTimeline(false)
  }

  #showTimeline(first: boolean): void {
    if (!this.#replay) return
    this.#emit({
      type: 'timeline',
      start_s: 0,
      end_s: 60,
      t_s: Math.min(60, this.#timeS),
      ...this.#replay,
      marks: first
        ? [
            { t_s: 6, kind: 'utterance', text: 'Why are you slowing down?' },
            { t_s: 14, kind: 'command', text: 'Take the next exit' },
            { t_s: 24, kind: 'refusal', text: 'Hit that trash can' },
            { t_s: 41, kind: 'event', text: 'cut-in' },
          ]
        : null,
    })
  }

  readonly #say = (afterMs: number, event: ToBrowser): void =>
    this.#later(afterMs, () => this.#emit(event))

  #emit(event: ToBrowser): void {
    this.#events.onEvent(event)
  }

  #later(afterMs: number, run: () => void): void {
    this.#timers.add(setTimeout(run, afterMs))
  }
}
