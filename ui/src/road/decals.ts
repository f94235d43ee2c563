// Soft textures that lie on the road: shadows, head light beams, the ring of a cited object.

import { CanvasTexture } from 'three'

function drawn(
  w: number,
  h: number,
  draw: (context: CanvasRenderingContext2D) => void,
): CanvasTexture {
  const canvas = document.createElement('canvas')
  canvas.width = w
  canvas.height = h
  const context = canvas.getContext('2d')
  if (context) draw(context)
  return new CanvasTexture(canvas)
}

export function softSpot(): CanvasTexture {
  return drawn(128, 64, (context) => {
    context.filter = 'blur(7px)'
    context.fillStyle = '#fff'
    context.roundRect(16, 12, 96, 40, 12)
    context.fill()
  })
}

export function softRing(): CanvasTexture {
  return drawn(128, 128, (context) => {
    context.strokeStyle = 'rgba(255,255,255,0.9)'
    context.lineWidth = 5
    context.beginPath()
    context.roundRect(10, 10, 108, 108, 22)
    context.stroke()
    context.fillStyle = 'rgba(255,255,255,0.16)'
    context.fill()
  })
}

export function softBeam(): CanvasTexture {
  return drawn(128, 64, (context) => {
    const fade = context.createLinearGradient(0, 0, 128, 0)
    fade.addColorStop(0, 'rgba(255,240,210,0.9)')
    fade.addColorStop(1, 'rgba(255,240,210,0)')
    context.filter = 'blur(6px)'
    context.fillStyle = fade
    context.beginPath()
    context.moveTo(2, 26)
    context.lineTo(122, 6)
    context.lineTo(122, 58)
    context.lineTo(2, 38)
    context.fill()
  })
}
