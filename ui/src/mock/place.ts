// What the mock drive's places are made of.

import type { ActorView } from '../protocol'

export type Point = [number, number]
export type Scenery = Record<string, unknown>

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
export function dice(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

export function lane(
  id: string,
  pts: Point[],
  fields: Record<string, unknown>,
): Record<string, unknown> {
  return {
    id,
    kind: 'drive',
    road: 'urban',
    w: 3.5,
    limit: 13.9,
    left: 'solid',
    right: 'solid',
    one_way: true,
    pts,
    ...fields,
  }
}

export function sideways(line: Point[], distance: number): Point[] {
  return line.map(([x, y], i) => {
    const a = line[Math.max(0, i - 1)],
      b = line[Math.min(line.length - 1, i + 1)]
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
    return [x - ((b[1] - a[1]) / length) * distance, y + ((b[0] - a[0]) / length) * distance]
  })
}

export function at(line: Point[], s: number): { x: number; y: number; heading: number } {
  let left = Math.max(0, s)
  for (let i = 0; i + 1 < line.length; i++) {
    const [ax, ay] = line[i],
      [bx, by] = line[i + 1]
    const length = Math.hypot(bx - ax, by - ay)
    if (left <= length || i + 2 === line.length) {
      const share = length ? left / length : 0
      return {
        x: ax + (bx - ax) * share,
        y: ay + (by - ay) * share,
        heading: Math.atan2(by - ay, bx - ax),
      }
    }
    left -= length
  }
  return { x: line[0][0], y: line[0][1], heading: 0 }
}

const SIZES: Record<string, [number, number, number]> = {
  car: [4.5, 1.8, 1.45],
  van: [5.4, 2, 2.3],
  truck: [10.4, 2.5, 3.75],
  bus: [12, 2.55, 3.1],
  bicycle: [1.8, 0.6, 1.75],
  motorcycle: [2.1, 0.8, 1.5],
  pedestrian: [0.5, 0.55, 1.75],
  emergency: [5.6, 2, 2.4],
  cone: [0.4, 0.4, 0.75],
  trash_can: [0.65, 0.65, 1],
  barrier: [0.5, 1.8, 1],
  unknown: [0.9, 0.7, 0.6],
}

export function actor(
  id: string,
  kind: string,
  pose: { x: number; y: number; heading: number },
  speed: number,
  extra: Partial<ActorView> = {},
): ActorView {
  const [length_m, width_m, height_m] = SIZES[kind] ?? SIZES.unknown
  return { id, kind, ...pose, speed_mps: speed, length_m, width_m, height_m, colour: '', ...extra }
}
