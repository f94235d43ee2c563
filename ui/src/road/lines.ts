// Geometry of polylines on the map plane. Pure.

import type { Point } from './document'

/** From (along `h`, to its left) to map coordinates. */
export function frame(x: number, y: number, h: number): (along: number, left: number) => Point {
  const c = Math.cos(h),
    s = Math.sin(h)
  return (along, left) => [x + along * c - left * s, y + along * s + left * c]
}

/** The line moved sideways (left positive), corners mitred. */
export function offset(line: readonly Point[], distance: number): Point[] {
  return line.map((point, i) => {
    const before = line[Math.max(0, i - 1)],
      after = line[Math.min(line.length - 1, i + 1)]
    const [ax, ay] = unit(before, point),
      [bx, by] = unit(point, after)
    const hasA = i > 0,
      hasB = i < line.length - 1
    let nx = (hasA ? -ay : 0) + (hasB ? -by : 0)
    let ny = (hasA ? ax : 0) + (hasB ? bx : 0)
    const length = Math.hypot(nx, ny) || 1
    nx /= length
    ny /= length
    // Sharp corners would send the mitre far away.
    const cosine = Math.max(0.5, hasA && hasB ? nx * -ay + ny * ax : 1)
    return [point[0] + (nx * distance) / cosine, point[1] + (ny * distance) / cosine]
  })
}

function unit(a: Point, b: Point): Point {
  const dx = b[0] - a[0],
    dy = b[1] - a[1]
  const length = Math.hypot(dx, dy) || 1
  return [dx / length, dy / length]
}

/** Parts of a line between arc lengths, m: dashes and shortened lines. */
export function cut(line: readonly Point[], fromM: number, toM: number): Point[] {
  const part: Point[] = []
  let s = 0
  for (let i = 0; i + 1 < line.length; i++) {
    const a = line[i],
      b = line[i + 1]
    const length = Math.hypot(b[0] - a[0], b[1] - a[1])
    const at = (m: number): Point => {
      const share = length === 0 ? 0 : (m - s) / length
      return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
    }
    if (s + length >= fromM && s <= toM && length > 0) {
      if (part.length === 0) part.push(at(Math.max(fromM, s)))
      part.push(at(Math.min(toM, s + length)))
    }
    s += length
  }
  return part
}

export function lengthOf(line: readonly Point[]): number {
  let sum = 0
  for (let i = 0; i + 1 < line.length; i++) {
    sum += Math.hypot(line[i + 1][0] - line[i][0], line[i + 1][1] - line[i][1])
  }
  return sum
}
