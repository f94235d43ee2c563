// A hand-made town: streets, houses, parked cars, lights, a zebra and people.

import { actor, dice, lane, type MockScene, type Point, type Scenery } from './place'

export function town(): MockScene {
  const random = dice(11)
  const lanes: Record<string, unknown>[] = [],
    junctions: Record<string, unknown>[] = []
  const crossings: Record<string, unknown>[] = [],
    scenery: Scenery[] = []
  const block = 120,
    half = 7
  const street = (id: string, a: Point, b: Point) => {
    const heading = Math.atan2(b[1] - a[1], b[0] - a[0]),
      c = Math.cos(heading),
      s = Math.sin(heading)
    const move = (along: number, left: number, base: Point): Point => [
      base[0] + along * c - left * s,
      base[1] + along * s + left * c,
    ]
    const from = move(half + 3, 0, a),
      to = move(-half - 3, 0, b)
    const line = (left: number): Point[] => [move(0, left, from), move(0, left, to)]
    lanes.push(lane(`${id}_f`, line(-1.65), { w: 3.3, left: 'dashed', one_way: false }))
    lanes.push(lane(`${id}_r`, line(1.65).toReversed(), { w: 3.3, left: 'dashed', one_way: false }))
    lanes.push(
      lane(`${id}_pl`, line(4.4), { kind: 'parking', w: 2.2, left: 'none', right: 'none' }),
    )
    lanes.push(
      lane(`${id}_pr`, line(-4.4), { kind: 'parking', w: 2.2, left: 'none', right: 'none' }),
    )
    lanes.push(lane(`${id}_sl`, line(7), { kind: 'sidewalk', w: 3, left: 'none', right: 'none' }))
    lanes.push(lane(`${id}_sr`, line(-7), { kind: 'sidewalk', w: 3, left: 'none', right: 'none' }))
    const length = Math.hypot(to[0] - from[0], to[1] - from[1])
    for (const side of [-1, 1]) {
      for (let s0 = 9; s0 < length - 6;) {
        const w = 8 + random() * 7,
          kind = random() < 0.16 ? 'shop' : random() < 0.1 ? 'tower' : 'house'
        if (s0 + w > length - 3) break
        const storeys = kind === 'tower' ? 7 : kind === 'shop' ? 2 : 2 + Math.floor(random() * 2)
        const [x, y] = move(s0 + w / 2, side * (17.5 + random() * 2), from)
        scenery.push({
          kind,
          x,
          y,
          h: heading - side * (Math.PI / 2),
          w,
          d: 10,
          height: storeys * 3,
          storeys,
          roof: kind === 'house' ? (random() < 0.7 ? 'gable' : 'hip') : 'flat',
          roof_h: 2.8,
          colour: ['#d9cfc0', '#c7b49a', '#d8dde2', '#b7695a', '#e8e0d2', '#9fb0bd'][
            Math.floor(random() * 6)
          ],
          roof_colour: ['#8a4b3c', '#5d6266', '#74524a'][Math.floor(random() * 3)],
          awning: '#7a8f86',
          cols: Math.floor(w / 2.6),
          side_cols: 2,
          door: 1,
          lit: [0, 3, 5, 6].map((n) => n + Math.floor(random() * 3)),
          chimney: random() < 0.4,
        })
        s0 += w + 2 + random() * 5
      }
      for (let s0 = 6; s0 < length; s0 += 15) {
        const [x, y] = move(s0, side * 9.3, from)
        if (random() < 0.72)
          scenery.push({
            kind: 'tree',
            x,
            y,
            h: random() * 6,
            species: 'broad',
            height: 6 + random() * 3,
            r: 1.8 + random() * 0.6,
            tint: random(),
          })
      }
      for (let s0 = 14; s0 < length; s0 += 30) {
        const [x, y] = move(s0, side * 8.7, from)
        scenery.push({
          kind: 'lamp',
          x,
          y,
          h: heading - side * (Math.PI / 2),
          height: 6.2,
          arm: 1.6,
        })
      }
      for (let s0 = 12; s0 < length - 10; s0 += 12 + random() * 6) {
        const [x, y] = move(s0, side * 11.2, from)
        if (random() < 0.5)
          scenery.push({ kind: 'bush', x, y, h: 0, height: 1, r: 0.7, tint: random() })
      }
    }
  }
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 3; j++) {
      const x = i * block,
        y = (j - 1) * block,
        r = half + 3
      junctions.push({
        id: `j${i}${j}`,
        pts: [
          [x - r, y - 5.5],
          [x - 5.5, y - r],
          [x + 5.5, y - r],
          [x + r, y - 5.5],
          [x + r, y + 5.5],
          [x + 5.5, y + r],
          [x - 5.5, y + r],
          [x - r, y + 5.5],
        ],
      })
      if (i < 3) street(`h${i}${j}`, [x, y], [x + block, y])
      if (j < 2) street(`v${i}${j}`, [x, y], [x, y + block])
      const zebra = (i + j) % 2 === 0
      crossings.push({
        id: `c${i}${j}`,
        pts: [
          [x - r - 3.5, y - 5.5],
          [x - r - 3.5, y + 5.5],
        ],
        w: 4,
        zebra,
      })
      if (j === 1) {
        scenery.push({
          kind: 'traffic_light',
          x: x - r - 6.5,
          y: y - 6.1,
          h: Math.PI,
          tls: `t${i}`,
          link: 0,
          also: [],
          height: 3.5,
          arm: 0,
        })
        scenery.push({
          kind: 'traffic_light',
          x: x + r + 1,
          y: y + 6.1,
          h: 0,
          tls: `t${i}`,
          link: 0,
          also: [],
          height: 3.5,
          arm: 0,
        })
      }
    }
  }
  scenery.push({ kind: 'sign_limit', x: 20, y: -8.7, h: Math.PI, value: 50, w: 0.7, pole: 2.1 })
  const route: Point[] = [
    [-60, -1.65],
    [3 * block + 40, -1.65],
  ]
  const parked = Array.from({ length: 22 }, (_, i) => ({
    x: 16 + i * 16.3 + random() * 5,
    y: i % 2 ? 4.4 : -4.4,
    van: i === 5,
    colour: ['white', 'black', 'silver', 'blue', 'red'][i % 5],
  })).filter((each) => Math.abs(((each.x + block / 2) % block) - block / 2) > 22)
  return {
    name: 'town_grid',
    title: 'Town grid, lights and a zebra',
    limitMps: 13.9,
    route,
    startS: 66,
    cues: [
      [5, 'Why are you stopping?'],
      [12, 'Turn right at the next junction'],
      [20, 'Hit that trash can'],
    ],
    map: { v: 1, name: 'town', lanes, junctions, crossings, scenery },
    lights: (timeS) =>
      Object.fromEntries(
        [0, 1, 2, 3].map((i) => [
          `t${i}`,
          (timeS + i * 9) % 24 < 13 ? 'G' : (timeS + i * 9) % 24 < 15 ? 'y' : 'r',
        ]),
      ),
    actors(timeS) {
      const list = parked.map((each, i) =>
        actor(
          `p${i}`,
          each.van ? 'van' : 'car',
          { x: each.x, y: each.y, heading: each.y > 0 ? Math.PI : 0 },
          0,
          { colour: each.colour },
        ),
      )
      for (let i = 0; i < 5; i++) {
        const x = 420 - ((i * 88 + 9 * timeS) % 470)
        list.push(
          actor(`o${i}`, i === 2 ? 'bus' : 'car', { x, y: 1.65, heading: Math.PI }, 9, {
            colour: ['white', 'grey', 'silver', 'red', 'black'][i],
          }),
        )
      }
      const walk = ((timeS * 1.3) % 24) - 12
      list.push(
        actor(
          'ped1',
          'pedestrian',
          {
            x: 106.5,
            y: walk < -5 || walk > 5 ? Math.sign(walk) * Math.max(5.6, Math.abs(walk)) : walk,
            heading: Math.PI / 2,
          },
          1.3,
        ),
      )
      list.push(
        actor('ped2', 'pedestrian', { x: 60 + ((timeS * 1.2) % 40), y: -7.2, heading: 0 }, 1.2),
      )
      list.push(actor('ped3', 'pedestrian', { x: 84, y: 7.1, heading: -1.4 }, 0))
      list.push(
        actor('bike1', 'bicycle', { x: 58 + ((timeS * 2.2) % 44), y: -2.9, heading: 0.02 }, 4.2),
      )
      list.push(actor('bin1', 'trash_can', { x: 74, y: -5.3, heading: 0 }, 0))
      list.push(
        actor(
          'amb1',
          'emergency',
          { x: 30 + ((timeS * 6) % 340), y: 1.65 + block, heading: 0 },
          8,
          { siren: true },
        ),
      )
      for (let i = 0; i < 4; i++)
        list.push(actor(`cone${i}`, 'cone', { x: 132 + i * 3, y: -3.6 - i * 0.25, heading: 0 }, 0))
      list.push(actor('bar1', 'barrier', { x: 146, y: -4.4, heading: 0 }, 0))
      return list
    },
  }
}
