// The road in 3D, free of any framework: `push` situations, it draws. Never draws what it was
// not given.

import { Mesh, Object3D, Scene, Vector3 } from 'three'
import type { CameraPreset, Theme } from '../options'
import type { ActorView, Situation } from '../protocol'
import { Actors } from './actors'
import { ChaseCamera } from './camera'
import type { RoadDocument } from './document'
import type { AnyCanvas } from './gpu'
import { between, shareAt, type Pose } from './interpolate'
import { applyLook, disposeMaterials, makeMaterials } from './materials'
import { Mesher } from './mesher'
import { lookFor } from './palette'
import { Ribbon } from './ribbon'
import { buildScenery } from './scenery'
import { Screen } from './screen'
import { Signals } from './signals'
import { SignBoards } from './signs'
import { Sky } from './sky'
import { buildStreets } from './streets'

/** The ego's body: `EgoView` speaks of the rear axle, the drawing of the middle. */
const EGO = { length_m: 4.8, width_m: 1.9, height_m: 1.5, axleToMiddleM: 1.4 }
const EGO_ID = ' ego'
/** Nothing new for so long (a pause): the picture stands still, and so does the GPU. */
const IDLE_MS = 1_500
const SOFTWARE_SIGHT = 0.82

export interface Label {
  x: number
  y: number
  visible: boolean
}

export interface ViewEvents {
  /** After each picture: where the cited object's label belongs, in CSS pixels. */
  onDrawn(label: Label): void
  /** Another canvas is needed; give it to `adopt`. */
  onWantCanvas(): void
}

export interface ViewSetup {
  /** The name that `webglRenderer` found. */
  renderer: string
  pixelRatio: number
  theme: Theme
  preset: CameraPreset
  /** People who asked for less motion get no camera flights. */
  still: boolean
}

export class DriveView {
  framesDrawn = 0
  readonly #screen: Screen
  readonly #scene = new Scene()
  readonly #camera: ChaseCamera
  readonly #materials = makeMaterials()
  readonly #actors = new Actors()
  readonly #ribbon = new Ribbon()
  readonly #sky: Sky
  readonly #events: ViewEvents
  readonly #poses = new Map<string, Pose>()
  readonly #earlierPoses = new Map<string, ActorView>()
  readonly #egoPose: Pose = { x: 0, y: 0, heading: 0 }
  readonly #ego: ActorView = {
    id: EGO_ID,
    kind: 'ego',
    x: 0,
    y: 0,
    heading: 0,
    speed_mps: 0,
    ...EGO,
    colour: 'white',
  }
  readonly #drawnActors: ActorView[] = []
  readonly #label: Label = { x: 0, y: 0, visible: false }
  #map: Object3D | null = null
  #signals: Signals | null = null
  #signs: SignBoards | null = null
  #road: RoadDocument | null = null
  #theme: Theme
  #weather = 'clear'
  #timeOfDay = ''
  #earlier: Situation | null = null
  #later: Situation | null = null
  #arrivedMs = 0
  #intervalMs = 100
  #cited: string | null = null
  #frame = 0
  #width = 2
  #height = 2
  #wanted = false
  #still: boolean
  #busyUntilMs = 0
  #openRequests = ''

  constructor(canvas: AnyCanvas, setup: ViewSetup, events: ViewEvents) {
    const { renderer, pixelRatio, theme, preset, still } = setup
    this.#screen = new Screen(canvas, renderer, pixelRatio, () => events.onWantCanvas())
    this.#theme = theme
    this.#events = events
    this.#still = still
    this.#camera = new ChaseCamera(preset)
    this.#sky = new Sky(this.#scene, this.#screen.software)
    this.#scene.add(this.#sky.root, this.#actors.root, this.#ribbon.root)
    this.#applyLook()
  }

  adopt(canvas: AnyCanvas): void {
    this.#screen.adopt(canvas)
    this.#request()
  }

  get load(): Record<string, number> {
    return this.#screen.load
  }

  setMap(road: RoadDocument): void {
    if (road === this.#road) return
    this.#road = road
    this.#dropMap()
    const mesher = new Mesher()
    this.#signs = new SignBoards()
    buildStreets(mesher, road, this.#materials)
    buildScenery(mesher, road, this.#materials, this.#signs)
    this.#signals = new Signals(road.scenery)
    this.#map = mesher.build()
    this.#map.add(this.#signs.root, this.#signals.root)
    this.#scene.add(this.#map)
    this.#earlier = this.#later = null
    this.#applyLook()
  }

  setTheme(theme: Theme): void {
    this.#theme = theme
    this.#applyLook()
    this.#request()
  }

  setPreset(preset: CameraPreset): void {
    const nowMs = performance.now()
    this.#camera.choose(preset, nowMs, this.#still)
    this.#busyUntilMs = nowMs + 700
    this.#request()
  }

  /** `night`, `dusk` or nothing: what the drive is announced as, beside its weather facts. */
  setTimeOfDay(word: string): void {
    if (word === this.#timeOfDay) return
    this.#timeOfDay = word
    this.#applyLook()
    this.#request()
  }

  cite(id: string | null): void {
    this.#cited = id
    this.#actors.cite(id)
  }

  /** Size in CSS pixels; `liftPx` moves the picture up. */
  resize(width: number, height: number, liftPx = 0): void {
    if (width < 2 || height < 2) return
    this.#width = width
    this.#height = height
    this.#screen.resize(width, height)
    this.#camera.frame(width, height, liftPx)
    this.#request()
  }

  push(situation: Situation): void {
    const nowMs = performance.now()
    if (this.#later) this.#intervalMs = Math.min(500, Math.max(30, nowMs - this.#arrivedMs))
    this.#earlier = this.#later
    this.#later = situation
    this.#arrivedMs = nowMs
    this.#earlierPoses.clear()
    for (const actor of this.#earlier?.actors ?? []) this.#earlierPoses.set(actor.id, actor)
    const weather = String(situation.facts.weather ?? 'clear')
    if (weather !== this.#weather) {
      this.#weather = weather
      this.#applyLook()
    }
    this.#noticeCommand(situation, nowMs)
    this.#signals?.show(situation.lights)
    this.#request()
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame)
    this.#dropMap()
    disposeMaterials(this.#materials)
    this.#screen.dispose()
  }

  // ---------------------------------------------------------------- drawing

  #request(): void {
    this.#wanted = true
    if (this.#screen.busy) return
    this.#frame ||= requestAnimationFrame(this.#draw)
  }

  #draw = (nowMs: number): void => {
    this.#frame = 0
    this.#wanted = false
    const situation = this.#later
    if (!situation) return
    // Software rendering draws what came, once; a GPU has time for the pictures in between.
    const share = this.#screen.software ? 1 : shareAt(nowMs, this.#arrivedMs, this.#intervalMs)
    const earlier = this.#earlier
    between(earlier?.ego, situation.ego, share, this.#egoPose)
    this.#placeEgo(situation)
    const timeS = nowMs / 1000
    this.#actors.draw(this.#drawnActors, (actor) => this.#poseOf(actor, share), timeS)
    const fading = this.#ribbon.draw(
      this.#egoPose,
      earlier?.plan.xy ?? null,
      situation.plan.xy,
      share,
      situation.trace.certain === false ? 0.3 : 1,
      nowMs,
    )
    this.#camera.follow(this.#egoPose, nowMs)
    this.#sky.follow(
      this.#centre.set(this.#egoPose.x, this.#egoPose.y, 0),
      this.#camera.camera.position,
      timeS,
    )
    this.#camera.camera.updateMatrixWorld()
    const label = this.#placeLabel()
    this.#screen.render(this.#scene, this.#camera.camera, () => {
      if (this.#wanted) this.#request()
    })
    this.framesDrawn += 1
    this.#events.onDrawn(label)
    const moving = !this.#screen.software && nowMs - this.#arrivedMs < IDLE_MS
    if (moving || fading || nowMs < this.#busyUntilMs) this.#request()
  }

  #placeEgo(situation: Situation): void {
    const { ego } = situation
    this.#drawnActors.length = 0
    for (const actor of situation.actors) this.#drawnActors.push(actor)
    if (this.#camera.preset === 'driver' && !this.#camera.easing(performance.now())) return
    this.#ego.braking = ego.accel_mps2 < -0.6 || ego.speed_mps < 0.1
    this.#ego.indicator = ego.indicator
    this.#ego.speed_mps = ego.speed_mps
    this.#drawnActors.push(this.#ego)
  }

  #poseOf(actor: ActorView, share: number): Pose {
    let pose = this.#poses.get(actor.id)
    if (!pose) this.#poses.set(actor.id, (pose = { x: 0, y: 0, heading: 0 }))
    if (actor.id === EGO_ID) {
      const { x, y, heading } = this.#egoPose
      pose.x = x + Math.cos(heading) * EGO.axleToMiddleM
      pose.y = y + Math.sin(heading) * EGO.axleToMiddleM
      pose.heading = heading
      return pose
    }
    return between(this.#earlierPoses.get(actor.id), actor, share, pose)
  }

  #placeLabel(): Label {
    const label = this.#label
    const actor = this.#later?.actors.find((each) => each.id === this.#cited)
    const head = this.#signals?.cite(actor ? null : this.#cited, this.#egoPose)
    label.visible = false
    if (actor) {
      const pose = this.#poses.get(actor.id) ?? actor
      this.#spot.set(pose.x, pose.y, actor.height_m + 0.5)
    } else if (head) this.#spot.copy(head).setZ(head.z + 0.8)
    else return label
    this.#spot.project(this.#camera.camera)
    label.x = (this.#spot.x * 0.5 + 0.5) * this.#width
    label.y = (-this.#spot.y * 0.5 + 0.5) * this.#height
    label.visible = this.#spot.z < 1 && Math.abs(this.#spot.x) < 1 && Math.abs(this.#spot.y) < 1
    return label
  }

  readonly #spot = new Vector3()
  readonly #centre = new Vector3()

  #noticeCommand(situation: Situation, nowMs: number): void {
    const open = (situation.requests ?? [])
      .map((request) => `${request.id}:${request.state}`)
      .join()
    if (open && open !== this.#openRequests) {
      this.#ribbon.leaveGhost(nowMs)
      this.#busyUntilMs = nowMs + 450
    }
    this.#openRequests = open
  }

  #applyLook(): void {
    const words = `${this.#timeOfDay} ${this.#weather}`.trim()
    const look = lookFor(this.#theme, words)
    if (this.#screen.software) {
      // Less far to see is less to draw.
      look.fogNearM *= SOFTWARE_SIGHT
      look.fogFarM *= SOFTWARE_SIGHT
    }
    const dark = this.#theme === 'dark' || words.includes('night')
    applyLook(this.#materials, look)
    this.#sky.applyLook(look)
    this.#camera.seeTo(look.fogFarM)
    this.#actors.applyLook(look, dark)
    this.#ribbon.applyLook(dark)
    this.#signs?.applyLook(look)
  }

  #dropMap(): void {
    if (!this.#map) return
    this.#scene.remove(this.#map)
    this.#map.traverse((object) => {
      if (object instanceof Mesh && object.geometry !== undefined) object.geometry.dispose()
    })
    this.#signs?.dispose()
    this.#map = null
    this.#poses.clear()
  }
}
