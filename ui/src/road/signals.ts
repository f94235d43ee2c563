// Traffic light heads with the state that the situation gives them.

import {
  BoxGeometry,
  CircleGeometry,
  Color,
  EdgesGeometry,
  InstancedMesh,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  MeshBasicMaterial,
  MeshLambertMaterial,
  Object3D,
  Vector3,
} from 'three'
import { number, type SceneryItem } from './document'
import { turnBetween, type Pose } from './interpolate'
import { frame } from './lines'
import { MEANING } from './palette'

const HEAD_H = 0.95
const LAMP_R = 0.125
const COLOURS = { r: new Color(0xff5247), y: new Color(0xffb224), g: new Color(0x3fdc97) }
const OFF = new Color(0x20272e)

interface Head {
  tls: string
  link: number
  place: Vector3
  facing: number
}

export class Signals {
  readonly root = new Object3D()
  readonly #heads: Head[] = []
  readonly #lamps: InstancedMesh | null = null
  readonly #outline = new LineSegments(
    new EdgesGeometry(new BoxGeometry(0.7, 0.7, HEAD_H + 0.35)),
    new LineBasicMaterial({ color: MEANING.cited, fog: false }),
  )
  #shown = ''

  constructor(scenery: readonly SceneryItem[]) {
    this.#outline.visible = false
    this.root.add(this.#outline)
    const items = scenery.filter((item) => item.kind === 'traffic_light')
    if (items.length === 0) return
    const boxes = new InstancedMesh(
      new BoxGeometry(0.22, 0.38, HEAD_H),
      new MeshLambertMaterial({ color: 0x11161b }),
      items.length,
    )
    const lamps = new InstancedMesh(
      new CircleGeometry(LAMP_R, 14),
      new MeshBasicMaterial(),
      items.length * 3,
    )
    const matrix = new Matrix4(),
      rotated = new Matrix4()
    items.forEach((item, i) => {
      const top = number(item.height, 3.4)
      // Traffic looks against `h`, so its left is the sign's right.
      const [x, y] = frame(item.x, item.y, item.h)(0.12, -number(item.arm, 0))
      this.#heads.push({
        tls: String(item.tls),
        link: number(item.link, 0),
        facing: item.h,
        place: new Vector3(x, y, top - HEAD_H / 2),
      })
      rotated.makeRotationZ(item.h)
      boxes.setMatrixAt(i, matrix.copy(rotated).setPosition(x, y, top - HEAD_H / 2))
      const [fx, fy] = frame(x, y, item.h)(0.125, 0)
      const face = new Matrix4()
        .makeRotationZ(item.h)
        .multiply(new Matrix4().makeRotationY(Math.PI / 2))
      for (let lamp = 0; lamp < 3; lamp++) {
        lamps.setMatrixAt(
          3 * i + lamp,
          matrix.copy(face).setPosition(fx, fy, top - 0.18 - lamp * 0.3),
        )
        lamps.setColorAt(3 * i + lamp, OFF)
      }
    })
    for (const mesh of [boxes, lamps]) mesh.computeBoundingSphere()
    this.#lamps = lamps
    this.root.add(boxes, lamps)
  }

  /** `lights`: traffic light id → one letter per link, as the traffic engine writes them. */
  show(lights: Readonly<Record<string, string>>): void {
    const lamps = this.#lamps
    const key = Object.values(lights).join()
    if (!lamps || key === this.#shown) return
    this.#shown = key
    this.#heads.forEach(({ tls, link }, i) => {
      const state = (lights[tls] ?? '')[link] ?? ''
      const is = state.toLowerCase()
      lamps.setColorAt(3 * i, is === 'r' || is === 'u' ? COLOURS.r : OFF)
      lamps.setColorAt(3 * i + 1, is === 'y' || is === 'u' || is === 'o' ? COLOURS.y : OFF)
      lamps.setColorAt(3 * i + 2, is === 'g' ? COLOURS.g : OFF)
    })
    if (lamps.instanceColor) lamps.instanceColor.needsUpdate = true
  }

  /** Outlines the head of a traffic light that the ego looks at; where it hangs, or null. */
  cite(tls: string | null, ego: Pose): Vector3 | null {
    const c = Math.cos(ego.heading),
      s = Math.sin(ego.heading)
    let best: Head | null = null,
      least = Infinity
    for (const head of this.#heads) {
      if (head.tls !== tls || Math.abs(turnBetween(head.facing, ego.heading + Math.PI)) > 0.8)
        continue
      const dx = head.place.x - ego.x,
        dy = head.place.y - ego.y
      const along = dx * c + dy * s,
        across = Math.abs(-dx * s + dy * c)
      if (along > 0 && along + across < least) {
        best = head
        least = along + across
      }
    }
    this.#outline.visible = best !== null
    if (best) {
      this.#outline.position.copy(best.place)
      this.#outline.rotation.z = best.facing
    }
    return best?.place ?? null
  }
}
