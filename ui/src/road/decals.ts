// Soft textures that lie on the road: shadows, head light beams, the ring of a cited object.

import { CanvasTexture } from 'three'
import { sketch } from './gpu'

export type Sketched = CanvasTexture<OffscreenCanvas>

const drawn = (...sketched: Parameters<typeof sketch>) => new CanvasTexture(sketch(...sketched))

export function softSpot(): Sketched {
  return drawn(128, 64, (context) => {
    context.filter = 'blur(7px)'
    context.fillStyle = '#fff'
    context.roundRect(16, 12, 96, 40, 12)
    context.fill()
  })
}

export function softRing(): Sketched {
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

export function softBeam(): Sketched {
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

/** Light of a street lamp on the road. */
export function softPool(): Sketched {
  return drawn(64, 64, (context) => {
    const fade = context.createRadialGradient(32, 32, 0, 32, 32, 32)
    fade.addColorStop(0, 'rgba(255,255,255,1)')
    fade.addColorStop(0.5, 'rgba(255,255,255,0.4)')
    fade.addColorStop(1, 'rgba(255,255,255,0)')
    context.fillStyle = fade
    context.fillRect(0, 0, 64, 64)
  })
}
