// A hand-made motorway with an exit, traffic and trees.

import type { ActorView } from '../protocol'
import { actor, at, dice, lane, sideways, type MockScene, type Point, type Scenery } from './place'

export function motorway(): MockScene {
  const random = dice(5)
  const middle: Point[] = []
  for (let s = -300; s <= 3000; s += 10) middle.push([s, 60 * Math.sin(s / 520)])
  const lanes: Record<string, unknown>[] = []
  const oncoming = sideways(middle, 14).toReversed()
  for (const [side, line] of [
    ['go', middle],
    ['back', oncoming],
  ] as const) {
    for (let i = 0; i < 3; i++) {
      lanes.push(
        lane(`${side}_${i}`, sideways(line, (i - 1) * 3.6), {
          road: 'motorway',
          w: 3.6,
          limit: 33.3,
          left: i < 2 ? 'dashed' : 'solid',
          right: i > 0 ? 'dashed' : 'solid',
        }),
      )
    }
    lanes.push(
      lane(`${side}_s`, sideways(line, -7.0), {
        road: 'motorway',
        kind: 'shoulder',
        w: 3.2,
        left: 'solid',
        right: 'none',
      }),
    )
  }
  const rampStart = 70
  const ramp = middle
    .slice(rampStart, rampStart + 60)
    .map(([x, y], i): Point => [x, y - 7.2 - (i / 26) ** 2.6 * 4])
  lanes.push(lane('ramp', ramp, { road: 'ramp', w: 3.6, left: 'dashed' }))
  const scenery: Scenery[] = []
  const put = (kind: string, point: Point, fields: Record<string, unknown>) =>
    scenery.push({ kind, x: point[0], y: point[1], h: random() * 6, ...fields })
  for (const offset of [-9.4, 7.0, 23.4]) {
    const rail = sideways(middle, offset)
    if (offset < 0) {
      put('guard_rail', rail[0], { pts: rail.slice(0, 72), height: 0.75 })
      put('guard_rail', rail[140], { pts: rail.slice(140), height: 0.75 })
    } else put('guard_rail', rail[0], { pts: rail, height: 0.75 })
  }
  for (let i = 0; i < 900; i++) {
    const side = random() < 0.5 ? -1 : 1
    const spot = at(middle, random() * 3300)
    const away = side > 0 ? 32 + random() ** 1.5 * 110 : -(26 + random() ** 1.5 * 110)
    const point: Point = [
      spot.x - Math.sin(spot.heading) * away,
      spot.y + Math.cos(spot.heading) * away,
    ]
    const height = 6 + random() * 9
    const species = random() < 0.55 ? 'broad' : random() < 0.8 ? 'conifer' : 'poplar'
    put('tree', point, {
      species,
      height,
      r: species === 'poplar' ? 1.4 : height * 0.28,
      tint: random(),
    })
  }
  for (let x = -200; x < 3000; x += 240) {
    for (const [near, far] of [
      [-30, -130],
      [40, 140],
    ]) {
      const y = 60 * Math.sin(x / 520)
      put('field', [x, y], {
        pts: [
          [x, y + near],
          [x + 200, y + near + 10],
          [x + 200, y + far],
          [x, y + far],
        ],
        crop: 'meadow',
        colour: '#888888',
      })
    }
  }
  for (const [s, stage, text] of [
    [420, '500', 'Exit 2  500 m'],
    [690, 'ramp', 'Exit 2'],
  ] as const) {
    const spot = at(middle, s),
      h = spot.heading + Math.PI
    const point: Point = [
      spot.x + Math.sin(spot.heading) * 13,
      spot.y - Math.cos(spot.heading) * 13,
    ]
    scenery.push({
      kind: 'sign_exit',
      x: point[0],
      y: point[1],
      h,
      lines: [text, 'Harbour', 'Old Town'],
      stage,
      pole: 2.2,
      w: 4.6,
      height: 3,
      colour: '#1d4f91',
    })
  }
  const crowd = Array.from({ length: 26 }, (_, i) => ({
    id: `v${i}`,
    lane: i % 3,
    s: 160 + i * 47 + random() * 22,
    speed: 22 + (i % 3) * 4 + random() * 2,
    kind: i % 7 === 2 ? 'truck' : i % 5 === 3 ? 'van' : 'car',
    colour: ['white', 'silver', 'black', 'blue', 'red', 'grey'][i % 6],
  }))
  return {
    name: 'motorway_exit',
    title: 'Motorway, exit 2 to the harbour',
    limitMps: 33.33,
    route: sideways(middle, -3.6),
    startS: 330,
    cues: [
      [6, 'Why are you slowing down?'],
      [14, 'Take the next exit'],
      [24, 'Hit that trash can'],
    ],
    map: { v: 1, name: 'motorway', lanes, junctions: [], crossings: [], scenery },
    lights: () => ({}),
    actors(timeS) {
      const list: ActorView[] = []
      for (const each of crowd) {
        const lead = each.id === 'v2'
        const speed = lead ? 19 : each.lane === 0 ? 19.5 : each.speed
        const s = lead
          ? 372 + speed * timeS
          : each.lane === 0
            ? each.s + 260 + speed * timeS
            : (each.s + speed * timeS) % 3200
        const lineOf = sideways(middle, (each.lane - 1) * 3.6)
        list.push(
          actor(each.id, lead ? 'truck' : each.kind, at(lineOf, s), speed, {
            colour: each.colour,
            braking: lead && timeS % 9 > 4,
            indicator: each.id === 'v4' && timeS % 12 > 6 ? 'left' : 'off',
          }),
        )
        const back = sideways(oncoming, (each.lane - 1) * 3.6)
        list.push(
          actor(`b${each.id}`, each.kind, at(back, (each.s * 1.7 + 27 * timeS) % 3200), 27, {
            colour: each.colour,
          }),
        )
      }
      return list
    },
  }
}
