// The road from above on a plain 2D canvas, for browsers without WebGL. Same data, same colours.

import type { ActorView, Situation } from '../protocol'
import type { Point, RoadDocument } from './document'
import { modelName, VULNERABLE } from './kinds'
import { offset } from './lines'

const METRES_ACROSS = 90

/** Draws one situation, the car in the lower third and its heading up. */
export function drawFlat(
  canvas: HTMLCanvasElement,
  road: RoadDocument | null,
  situation: Situation,
  cited: string | null,
): void {
  const draw = canvas.getContext('2d')
  if (!draw) return
  const style = getComputedStyle(canvas)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const { ego } = situation
  draw.setTransform(1, 0, 0, 1, 0, 0)
  draw.fillStyle = colour('--ground')
  draw.fillRect(0, 0, canvas.width, canvas.height)
  const scale = canvas.width / METRES_ACROSS
  draw.translate(canvas.width / 2, canvas.height * 0.7)
  draw.scale(scale, -scale)
  draw.rotate(Math.PI / 2 - ego.heading)
  draw.translate(-ego.x, -ego.y)
  draw.lineCap = 'butt'
  draw.fillStyle = colour('--asphalt')
  for (const junction of road?.junctions ?? []) {
    path(draw, junction.pts)
    draw.fill()
  }
  for (const lane of road?.lanes ?? []) {
    stroke(draw, lane.pts, lane.w + 0.3, colour(lane.kind === 'sidewalk' ? '--kerb' : '--asphalt'))
  }
  for (const lane of road?.lanes ?? []) {
    if (lane.kind !== 'drive' && lane.kind !== 'bus') continue
    draw.setLineDash(lane.left === 'dashed' ? [3, 4.5] : [])
    stroke(draw, offset(lane.pts, lane.w / 2), 0.15, colour('--marking'))
    draw.setLineDash(lane.right === 'dashed' ? [3, 4.5] : [])
    stroke(draw, offset(lane.pts, -lane.w / 2), 0.15, colour('--marking'))
  }
  draw.setLineDash([0.5, 0.5])
  for (const crossing of road?.crossings ?? [])
    stroke(draw, crossing.pts, crossing.w, colour('--marking'))
  draw.setLineDash([])
  stroke(draw, situation.plan.xy, 1.7, colour('--talk'))
  for (const actor of situation.actors) box(draw, actor, actorColour(actor, cited, colour))
  const middle = 1.4
  box(
    draw,
    {
      x: ego.x + middle * Math.cos(ego.heading),
      y: ego.y + middle * Math.sin(ego.heading),
      heading: ego.heading,
      length_m: 4.87,
      width_m: 1.85,
    },
    colour('--ink'),
  )
}

function actorColour(
  actor: ActorView,
  cited: string | null,
  colour: (name: string) => string,
): string {
  if (actor.id === cited) return colour('--warn')
  const model = modelName(actor.kind)
  if (model && VULNERABLE.has(model)) return colour('--vulnerable')
  return actor.braking ? colour('--stop') : colour('--traffic')
}

function path(draw: CanvasRenderingContext2D, line: readonly Point[]): void {
  draw.beginPath()
  for (const [x, y] of line) draw.lineTo(x, y)
}

function stroke(
  draw: CanvasRenderingContext2D,
  line: readonly Point[],
  width: number,
  colour: string,
): void {
  path(draw, line)
  draw.lineWidth = width
  draw.strokeStyle = colour
  draw.stroke()
}

function box(
  draw: CanvasRenderingContext2D,
  at: Pick<ActorView, 'x' | 'y' | 'heading' | 'length_m' | 'width_m'>,
  colour: string,
): void {
  draw.save()
  draw.translate(at.x, at.y)
  draw.rotate(at.heading)
  draw.fillStyle = colour
  draw.beginPath()
  draw.roundRect(
    -at.length_m / 2,
    -at.width_m / 2,
    at.length_m,
    at.width_m,
    Math.min(0.5, at.width_m / 3),
  )
  draw.fill()
  draw.restore()
}
