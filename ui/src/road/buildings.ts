// Houses, shops and towers: walls, roofs, doors, and windows of which some are lit at night.

import { number, type SceneryItem } from './document'
import type { Materials } from './materials'
import { frame } from './lines'
import type { Mesher, Rgb } from './mesher'
import { muted } from './palette'

const PROUD_M = 0.04 // windows stand this far before the wall, so that they never flicker

export function buildBuilding(item: SceneryItem, mesher: Mesher, materials: Materials): void {
  const w = number(item.w, 9),
    d = number(item.d, 8),
    height = number(item.height, 6)
  const wall = tinted(item.colour, 0.35)
  mesher.box(materials.wall, item.x, item.y, 0, item.h, d, w, height, wall)
  roof(item, mesher, materials, w, d, height, wall)
  windows(item, mesher, materials, w, d, height)
}

function roof(
  item: SceneryItem,
  mesher: Mesher,
  materials: Materials,
  w: number,
  d: number,
  eaves: number,
  wall: Rgb,
): void {
  const colour = tinted(item.roof_colour, 0.25),
    kind = item.roof ?? 'flat'
  if (kind === 'flat') {
    mesher.box(materials.roof, item.x, item.y, eaves, item.h, d + 0.3, w + 0.3, 0.35, colour)
    return
  }
  const rise = number(item.roof_h, 2.4),
    at = frame(item.x, item.y, item.h),
    over = 0.35
  const l = w / 2 + over,
    f = d / 2 + over,
    top = eaves + rise
  const ridge = kind === 'hip' ? Math.max(0.3, w / 2 - d / 2) : l
  const p = (along: number, left: number, z: number) => [...at(along, left), z]
  const low = eaves - (over * rise) / (d / 2)
  const right = p(0, -ridge, top),
    leftEnd = p(0, ridge, top)
  mesher.quad(materials.roof, p(f, -l, low), p(f, l, low), leftEnd, right, colour)
  mesher.quad(materials.roof, p(-f, l, low), p(-f, -l, low), right, leftEnd, colour)
  if (kind === 'hip') {
    mesher.triangle(materials.roof, p(-f, -l, low), p(f, -l, low), right, colour)
    mesher.triangle(materials.roof, p(f, l, low), p(-f, l, low), leftEnd, colour)
  } else {
    for (const side of [-1, 1]) {
      const a = p((-side * -d) / 2, side * (w / 2), eaves),
        b = p((-side * d) / 2, side * (w / 2), eaves)
      mesher.triangle(materials.wall, a, b, p(0, side * (w / 2), top - 0.1), wall)
    }
  }
  if (item.chimney === true) {
    const [x, y] = at(d * 0.15, w * 0.22)
    mesher.box(
      materials.wall,
      x,
      y,
      eaves + rise * 0.4,
      item.h,
      0.6,
      0.6,
      rise * 0.9,
      [0.7, 0.7, 0.7],
    )
  }
}

function windows(
  item: SceneryItem,
  mesher: Mesher,
  materials: Materials,
  w: number,
  d: number,
  height: number,
): void {
  const rows = Math.max(1, Math.round(number(item.storeys, 2))),
    storey = height / rows
  const cols = Math.max(1, Math.round(number(item.cols, Math.max(2, Math.floor(w / 2.6)))))
  const sideCols = Math.max(0, Math.round(number(item.side_cols, Math.max(1, Math.floor(d / 3.5)))))
  const lit = new Set(Array.isArray(item.lit) ? (item.lit as number[]) : [])
  const faces = [
    { turn: 0, out: d / 2, span: w, cols, front: true },
    { turn: Math.PI, out: d / 2, span: w, cols, front: false },
    { turn: Math.PI / 2, out: w / 2, span: d, cols: sideCols, front: false },
    { turn: -Math.PI / 2, out: w / 2, span: d, cols: sideCols, front: false },
  ]
  for (const face of faces) {
    const at = frame(item.x, item.y, item.h + face.turn)
    const pitch = face.span / Math.max(1, face.cols)
    for (let row = 0; row < rows; row++) {
      if (item.kind === 'shop' && row === 0 && face.front) {
        pane(mesher, materials.windowLit, at, face.out, 0, face.span - 1, 0.4, storey * 0.82)
        awning(item, mesher, materials, at, face.out, face.span, storey)
        continue
      }
      for (let col = 0; col < face.cols; col++) {
        const middle = -face.span / 2 + pitch * (col + 0.5)
        if (face.front && row === 0 && item.door === col) {
          pane(mesher, materials.trunk, at, face.out, middle, 1.1, 0, 2.15)
          continue
        }
        const shines = face.front ? lit.has(row * cols + col) : (col * 7 + row * 3) % 5 === 0
        const bottom = row * storey + storey * 0.3
        pane(
          mesher,
          shines ? materials.windowLit : materials.window,
          at,
          face.out,
          middle,
          Math.min(1.5, pitch * 0.55),
          bottom,
          bottom + storey * 0.48,
        )
      }
    }
  }
}

function pane(
  mesher: Mesher,
  material: Materials[keyof Materials],
  at: ReturnType<typeof frame>,
  out: number,
  middle: number,
  width: number,
  z0: number,
  z1: number,
): void {
  const a = at(out + PROUD_M, middle - width / 2),
    b = at(out + PROUD_M, middle + width / 2)
  mesher.quad(material, [...a, z0], [...b, z0], [...b, z1], [...a, z1])
}

function awning(
  item: SceneryItem,
  mesher: Mesher,
  materials: Materials,
  at: ReturnType<typeof frame>,
  out: number,
  span: number,
  storey: number,
): void {
  const colour = tinted(item.awning, 0.4),
    half = span / 2 - 0.3
  const z = storey * 0.86,
    drop = 0.5
  const a = at(out, -half),
    b = at(out, half),
    c = at(out + 1.3, half),
    e = at(out + 1.3, -half)
  mesher.quad(materials.wall, [...e, z - drop], [...c, z - drop], [...b, z], [...a, z], colour)
}

function tinted(colour: unknown, keep: number): Rgb {
  const [red, green, blue] = muted(typeof colour === 'string' ? colour : '#b4bac0', keep)
  return [red * 1.25, green * 1.25, blue * 1.25]
}
