// Two hand-made places for the mock drive: a motorway with an exit, and a town street.

import type { ActorView } from '../protocol'

type Point = [number, number]
type Scenery = Record<string, unknown>

export interface MockScene {
  name: string
  title: string
  limitMps: number
  map: Record<string, unknown>
  /** The ego's way, in order. */
  route: Point[]
  startS: number
  cues: [number, string][]
  actors(timeS: number): ActorView[]
  lights(timeS: number): Record<string, string>
}

/** Deterministic numbers 0…1. */
function dice(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

function lane(id: string, pts: Point[], fields: Record<string, unknown>): Record<string, unknown> {
  return {
    id, kind: 'drive', road: 'urban', w: 3.5, limit: 13.9, left: 'solid', right: 'solid',
    one_way: true, pts, ...fields,
  }
}

function sideways(line: Point[], distance: number): Point[] {
  return line.map(([x, y], i) => {
    const a = line[Math.max(0, i - 1)], b = line[Math.min(line.length - 1, i + 1)]
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
    return [x - ((b[1] - a[1]) / length) * distance, y + ((b[0] - a[0]) / length) * distance]
  })
}

function at(line: Point[], s: number): { x: number; y: number; heading: number } {
  let left = Math.max(0, s)
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i], [bx, by] = line[i + 1]
    const length = Math.hypot(bx - ax, by - ay)
    if (left <= length || i + 2 === line.length) {
      const share = length ? left / length : 0
      return { x: ax + (bx - ax) * share, y: ay + (by - ay) * share, heading: Math.atan2(by - ay, bx - ax) }
    }
    left -= length
  }
  return { x: line[0][0], y: line[0][1], heading: 0 }
}

export const along = at

const SIZES: Record<string, [number, number, number]> = {
  car: [4.5, 1.8, 1.45], van: [5.4, 2, 2.3], truck: [10.4, 2.5, 3.75], bus: [12, 2.55, 3.1],
  bicycle: [1.8, 0.6, 1.75], motorcycle: [2.1, 0.8, 1.5], pedestrian: [0.5, 0.55, 1.75],
  emergency: [5.6, 2, 2.4], cone: [0.4, 0.4, 0.75], trash_can: [0.65, 0.65, 1],
  barrier: [0.5, 1.8, 1], unknown: [0.9, 0.7, 0.6],
}

function actor(
  id: string, kind: string, pose: { x: number; y: number; heading: number }, speed: number,
  extra: Partial<ActorView> = {},
): ActorView {
  const [length_m, width_m, height_m] = SIZES[kind] ?? SIZES.unknown
  return { id, kind, ...pose, speed_mps: speed, length_m, width_m, height_m, colour: '', ...extra }
}

export function motorway(): MockScene {
  const random = dice(5)
  const middle: Point[] = []
  for (let s = -300; s <= 3000; s += 10) middle.push([s, 60 * Math.sin(s / 520)])
  const lanes: Record<string, unknown>[] = []
  const oncoming = sideways(middle, 14).toReversed()
  for (const [side, line] of [['go', middle], ['back', oncoming]] as const) {
    for (let i = 0; i < 3; i++) {
      lanes.push(lane(`${side}_${i}`, sideways(line, (i - 1) * 3.6), {
        road: 'motorway', w: 3.6, limit: 33.3, left: i < 2 ? 'dashed' : 'solid', right: i > 0 ? 'dashed' : 'solid',
      }))
    }
    lanes.push(lane(`${side}_s`, sideways(line, -7.0), { road: 'motorway', kind: 'shoulder', w: 3.2, left: 'solid', right: 'none' }))
  }
  const rampStart = 70
  const ramp = middle.slice(rampStart, rampStart + 60).map(([x, y], i): Point => [x, y - 7.2 - (i / 26) ** 2.6 * 4])
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
    const point: Point = [spot.x - Math.sin(spot.heading) * away, spot.y + Math.cos(spot.heading) * away]
    const height = 6 + random() * 9
    const species = random() < 0.55 ? 'broad' : random() < 0.8 ? 'conifer' : 'poplar'
    put('tree', point, { species, height, r: species === 'poplar' ? 1.4 : height * 0.28, tint: random() })
  }
  for (let x = -200; x < 3000; x += 240) {
    for (const [near, far] of [[-30, -130], [40, 140]]) {
      const y = 60 * Math.sin(x / 520)
      put('field', [x, y], { pts: [[x, y + near], [x + 200, y + near + 10], [x + 200, y + far], [x, y + far]], crop: 'meadow', colour: '#888888' })
    }
  }
  for (const [s, stage, text] of [[420, '500', 'Exit 2  500 m'], [690, 'ramp', 'Exit 2']] as const) {
    const spot = at(middle, s), h = spot.heading + Math.PI
    const point: Point = [spot.x + Math.sin(spot.heading) * 13, spot.y - Math.cos(spot.heading) * 13]
    scenery.push({ kind: 'sign_exit', x: point[0], y: point[1], h, lines: [text, 'Harbour', 'Old Town'], stage, pole: 2.2, w: 4.6, height: 3, colour: '#1d4f91' })
  }
  const crowd = Array.from({ length: 26 }, (_, i) => ({
    id: `v${i}`, lane: i % 3, s: 160 + i * 47 + random() * 22, speed: 22 + (i % 3) * 4 + random() * 2,
    kind: i % 7 === 2 ? 'truck' : i % 5 === 3 ? 'van' : 'car',
    colour: ['white', 'silver', 'black', 'blue', 'red', 'grey'][i % 6],
  }))
  return {
    name: 'motorway_exit', title: 'Motorway, exit 2 to the harbour', limitMps: 33.33, route: sideways(middle, -3.6), startS: 330,
    cues: [[6, 'Why are you slowing down?'], [14, 'Take the next exit'], [24, 'Hit that trash can']],
    map: { v: 1, name: 'motorway', lanes, junctions: [], crossings: [], scenery },
    lights: () => ({}),
    actors(timeS) {
      const list: ActorView[] = []
      for (const each of crowd) {
        const lead = each.id === 'v2'
        const speed = lead ? 19 : each.lane === 0 ? 19.5 : each.speed
        const s = lead ? 372 + speed * timeS : each.lane === 0 ? each.s + 260 + speed * timeS : ((each.s + speed * timeS) % 3200)
        const lineOf = sideways(middle, (each.lane - 1) * 3.6)
        list.push(actor(each.id, lead ? 'truck' : each.kind, at(lineOf, s), speed, {
          colour: each.colour, braking: lead && timeS % 9 > 4, indicator: each.id === 'v4' && timeS % 12 > 6 ? 'left' : 'off',
        }))
        const back = sideways(oncoming, (each.lane - 1) * 3.6)
        list.push(actor(`b${each.id}`, each.kind, at(back, (each.s * 1.7 + 27 * timeS) % 3200), 27, { colour: each.colour }))
      }
      return list
    },
  }
}

export function town(): MockScene {
  const random = dice(11)
  const lanes: Record<string, unknown>[] = [], junctions: Record<string, unknown>[] = []
  const crossings: Record<string, unknown>[] = [], scenery: Scenery[] = []
  const block = 120, half = 7
  const street = (id: string, a: Point, b: Point) => {
    const heading = Math.atan2(b[1] - a[1], b[0] - a[0]), c = Math.cos(heading), s = Math.sin(heading)
    const move = (along: number, left: number, base: Point): Point => [base[0] + along * c - left * s, base[1] + along * s + left * c]
    const from = move(half + 3, 0, a), to = move(-half - 3, 0, b)
    const line = (left: number): Point[] => [move(0, left, from), move(0, left, to)]
    lanes.push(lane(`${id}_f`, line(-1.65), { w: 3.3, left: 'dashed', one_way: false }))
    lanes.push(lane(`${id}_r`, line(1.65).toReversed(), { w: 3.3, left: 'dashed', one_way: false }))
    lanes.push(lane(`${id}_pl`, line(4.4), { kind: 'parking', w: 2.2, left: 'none', right: 'none' }))
    lanes.push(lane(`${id}_pr`, line(-4.4), { kind: 'parking', w: 2.2, left: 'none', right: 'none' }))
    lanes.push(lane(`${id}_sl`, line(7), { kind: 'sidewalk', w: 3, left: 'none', right: 'none' }))
    lanes.push(lane(`${id}_sr`, line(-7), { kind: 'sidewalk', w: 3, left: 'none', right: 'none' }))
    const length = Math.hypot(to[0] - from[0], to[1] - from[1])
    for (const side of [-1, 1]) {
      for (let s0 = 9; s0 < length - 6;) {
        const w = 8 + random() * 7, kind = random() < 0.16 ? 'shop' : random() < 0.1 ? 'tower' : 'house'
        if (s0 + w > length - 3) break
        const storeys = kind === 'tower' ? 7 : kind === 'shop' ? 2 : 2 + Math.floor(random() * 2)
        const [x, y] = move(s0 + w / 2, side * (17.5 + random() * 2), from)
        scenery.push({
          kind, x, y, h: heading - side * (Math.PI / 2), w, d: 10, height: storeys * 3, storeys,
          roof: kind === 'house' ? (random() < 0.7 ? 'gable' : 'hip') : 'flat', roof_h: 2.8,
          colour: ['#d9cfc0', '#c7b49a', '#d8dde2', '#b7695a', '#e8e0d2', '#9fb0bd'][Math.floor(random() * 6)],
          roof_colour: ['#8a4b3c', '#5d6266', '#74524a'][Math.floor(random() * 3)], awning: '#7a8f86',
          cols: Math.floor(w / 2.6), side_cols: 2, door: 1, lit: [0, 3, 5, 6].map((n) => n + Math.floor(random() * 3)), chimney: random() < 0.4,
        })
        s0 += w + 2 + random() * 5
      }
      for (let s0 = 6; s0 < length; s0 += 15) {
        const [x, y] = move(s0, side * 9.3, from)
        if (random() < 0.72) scenery.push({ kind: 'tree', x, y, h: random() * 6, species: 'broad', height: 6 + random() * 3, r: 1.8 + random() * 0.6, tint: random() })
      }
      for (let s0 = 14; s0 < length; s0 += 30) {
        const [x, y] = move(s0, side * 8.7, from)
        scenery.push({ kind: 'lamp', x, y, h: heading - side * (Math.PI / 2), height: 6.2, arm: 1.6 })
      }
      for (let s0 = 12; s0 < length - 10; s0 += 12 + random() * 6) {
        const [x, y] = move(s0, side * 11.2, from)
        if (random() < 0.5) scenery.push({ kind: 'bush', x, y, h: 0, height: 1, r: 0.7, tint: random() })
      }
    }
  }
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 3; j++) {
      const x = i * block, y = (j - 1) * block, r = half + 3
      junctions.push({ id: `j${i}${j}`, pts: [[x - r, y - 5.5], [x - 5.5, y - r], [x + 5.5, y - r], [x + r, y - 5.5], [x + r, y + 5.5], [x + 5.5, y + r], [x - 5.5, y + r], [x - r, y + 5.5]] })
      if (i < 3) street(`h${i}${j}`, [x, y], [x + block, y])
      if (j < 2) street(`v${i}${j}`, [x, y], [x, y + block])
      const zebra = (i + j) % 2 === 0
      crossings.push({ id: `c${i}${j}`, pts: [[x - r - 3.5, y - 5.5], [x - r - 3.5, y + 5.5]], w: 4, zebra })
      if (j === 1) {
        scenery.push({ kind: 'traffic_light', x: x - r - 6.5, y: y - 6.1, h: Math.PI, tls: `t${i}`, link: 0, also: [], height: 3.5, arm: 0 })
        scenery.push({ kind: 'traffic_light', x: x + r + 1, y: y + 6.1, h: 0, tls: `t${i}`, link: 0, also: [], height: 3.5, arm: 0 })
      }
    }
  }
  scenery.push({ kind: 'sign_limit', x: 20, y: -8.7, h: Math.PI, value: 50, w: 0.7, pole: 2.1 })
  const route: Point[] = [[-60, -1.65], [3 * block + 40, -1.65]]
  const parked = Array.from({ length: 22 }, (_, i) => ({
    x: 16 + i * 16.3 + random() * 5, y: i % 2 ? 4.4 : -4.4, van: i === 5, colour: ['white', 'black', 'silver', 'blue', 'red'][i % 5],
  })).filter((each) => Math.abs(((each.x + block / 2) % block) - block / 2) > 22)
  return {
    name: 'town_grid', title: 'Town grid, lights and a zebra', limitMps: 13.9, route, startS: 66,
    cues: [[5, 'Why are you stopping?'], [12, 'Turn right at the next junction'], [20, 'Hit that trash can']],
    map: { v: 1, name: 'town', lanes, junctions, crossings, scenery },
    lights: (timeS) => Object.fromEntries([0, 1, 2, 3].map((i) => [`t${i}`, (timeS + i * 9) % 24 < 13 ? 'G' : (timeS + i * 9) % 24 < 15 ? 'y' : 'r'])),
    actors(timeS) {
      const list = parked.map((each, i) => actor(`p${i}`, each.van ? 'van' : 'car', { x: each.x, y: each.y, heading: each.y > 0 ? Math.PI : 0 }, 0, { colour: each.colour }))
      for (let i = 0; i < 5; i++) {
        const x = 420 - ((i * 88 + 9 * timeS) % 470)
        list.push(actor(`o${i}`, i === 2 ? 'bus' : 'car', { x, y: 1.65, heading: Math.PI }, 9, { colour: ['white', 'grey', 'silver', 'red', 'black'][i] }))
      }
      const walk = ((timeS * 1.3) % 24) - 12
      list.push(actor('ped1', 'pedestrian', { x: 106.5, y: walk < -5 || walk > 5 ? Math.sign(walk) * Math.max(5.6, Math.abs(walk)) : walk, heading: Math.PI / 2 }, 1.3))
      list.push(actor('ped2', 'pedestrian', { x: 60 + (timeS * 1.2) % 40, y: -7.2, heading: 0 }, 1.2))
      list.push(actor('ped3', 'pedestrian', { x: 84, y: 7.1, heading: -1.4 }, 0))
      list.push(actor('bike1', 'bicycle', { x: 58 + (timeS * 2.2) % 44, y: -2.9, heading: 0.02 }, 4.2))
      list.push(actor('bin1', 'trash_can', { x: 74, y: -5.3, heading: 0 }, 0))
      list.push(actor('amb1', 'emergency', { x: 30 + (timeS * 6) % 340, y: 1.65 + block, heading: 0 }, 8, { siren: true }))
      for (let i = 0; i < 4; i++) list.push(actor(`cone${i}`, 'cone', { x: 132 + i * 3, y: -3.6 - i * 0.25, heading: 0 }, 0))
      list.push(actor('bar1', 'barrier', { x: 146, y: -4.4, heading: 0 }, 0))
      return list
    },
  }
}
