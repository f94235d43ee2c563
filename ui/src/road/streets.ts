// Roads of the map document: surface, lines, junctions, crossings, kerbs, stop lines.

import type { CrossingShape, LaneShape, Point, RoadDocument, SceneryItem } from './document'
import { cut, lengthOf, offset } from './lines'
import type { Mesher } from './mesher'
import type { Materials } from './materials'

const LINE_Z = 0.02
const KERB_M = 0.13
const LINE_W = 0.14

export function buildStreets(mesher: Mesher, road: RoadDocument, materials: Materials): void {
  for (const junction of road.junctions) mesher.polygon(materials.asphalt, junction.pts, 0)
  for (const lane of road.lanes) buildLane(mesher, lane, materials)
  for (const crossing of road.crossings) buildCrossing(mesher, crossing, materials)
  buildStopLines(mesher, road, materials)
}

function buildLane(mesher: Mesher, lane: LaneShape, materials: Materials): void {
  switch (lane.kind) {
    case 'sidewalk':
      mesher.band(materials.sidewalk, lane.pts, lane.w, KERB_M)
      for (const side of [-1, 1]) {
        mesher.wall(materials.kerb, offset(lane.pts, (side * lane.w) / 2), 0.12, 0, KERB_M + 0.005)
      }
      return
    case 'crossing':
    case 'other':
      return
    case 'junction':
      mesher.band(materials.asphalt, lane.pts, lane.w, 0)
      return
    case 'shoulder':
    case 'parking':
    case 'bike':
      mesher.band(materials.shoulder, lane.pts, lane.w + 0.04, 0)
      break
    default:
      mesher.band(materials.asphalt, lane.pts, lane.w + 0.04, 0)
  }
  if (lane.kind === 'parking') return
  const fast = lane.road === 'motorway' || lane.road === 'ramp'
  const inset = LINE_W / 2 + 0.03
  // The line to the shoulder belongs to the lane beside it.
  const left = lane.kind === 'shoulder' ? 'none' : lane.left
  drawLine(
    mesher,
    offset(lane.pts, lane.w / 2 - (left === 'dashed' ? 0 : inset)),
    left,
    fast,
    lane.solid_last,
    materials,
  )
  drawLine(
    mesher,
    offset(lane.pts, -lane.w / 2 + (lane.right === 'dashed' ? 0 : inset)),
    lane.right,
    fast,
    lane.solid_last,
    materials,
  )
}

function drawLine(
  mesher: Mesher,
  line: Point[],
  kind: string,
  fast: boolean,
  solidLastM: number,
  materials: Materials,
): void {
  const width = fast && kind === 'solid' ? 0.22 : LINE_W
  if (kind === 'solid') mesher.band(materials.marking, line, width, LINE_Z)
  if (kind !== 'dashed') return
  const [dash, gap] = fast ? [6, 12] : [3, 4.5]
  const length = lengthOf(line),
    dashedTo = Math.max(0, length - solidLastM)
  for (let s = gap / 2; s + 1 < dashedTo; s += dash + gap) {
    const part = cut(line, s, Math.min(dashedTo, s + dash))
    if (part.length > 1) mesher.band(materials.marking, part, width, LINE_Z)
  }
  const rest = solidLastM > 0 ? cut(line, dashedTo, length) : []
  if (rest.length > 1) mesher.band(materials.marking, rest, width, LINE_Z)
}

function buildCrossing(mesher: Mesher, crossing: CrossingShape, materials: Materials): void {
  const length = lengthOf(crossing.pts)
  if (!crossing.zebra) {
    for (const side of [-1, 1]) {
      const edge = offset(crossing.pts, (side * crossing.w) / 2)
      for (let s = 0; s < length; s += 1) {
        const part = cut(edge, s, Math.min(length, s + 0.5))
        if (part.length > 1) mesher.band(materials.marking, part, 0.3, LINE_Z + 0.004)
      }
    }
    return
  }
  for (let s = 0.35; s + 0.5 <= length; s += 1) {
    const part = cut(crossing.pts, s, s + 0.5)
    if (part.length > 1) mesher.band(materials.marking, part, crossing.w, LINE_Z + 0.004)
  }
}

/** A stop line where a light or a stop sign stands by the end of a lane. */
function buildStopLines(mesher: Mesher, road: RoadDocument, materials: Materials): void {
  const controls = road.scenery.filter(
    (item) => item.kind === 'traffic_light' || item.kind === 'sign_stop',
  )
  if (controls.length === 0) return
  for (const lane of road.lanes) {
    if (lane.kind !== 'drive' && lane.kind !== 'bus') continue
    if (!controls.some((control) => governs(control, lane))) continue
    const length = lengthOf(lane.pts)
    const part = cut(lane.pts, length - 0.75, length - 0.35)
    if (part.length > 1) mesher.band(materials.marking, part, lane.w - 0.3, LINE_Z + 0.002)
  }
}

function governs(control: SceneryItem, lane: LaneShape): boolean {
  const end = lane.pts[lane.pts.length - 1],
    before = lane.pts[lane.pts.length - 2]
  const heading = Math.atan2(end[1] - before[1], end[0] - before[0])
  const facing = Math.cos(control.h - heading) < -0.7 // its face looks against the traffic
  const dx = control.x - end[0],
    dy = control.y - end[1]
  const along = dx * Math.cos(heading) + dy * Math.sin(heading)
  const across = -dx * Math.sin(heading) + dy * Math.cos(heading)
  // The post stands to the right, by the stop line; multi-lane approaches share one.
  return facing && Math.abs(along) < 6 && across < 3 && across > -12
}
