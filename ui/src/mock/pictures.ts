// Simple drawn camera pictures for the mock drive, as the car would send them.

import { CAMERA } from '../wire'

const VANISH_X = [1.15, 0.5, -0.15, 0.5]

/** One binary camera frame: header as in the protocol, then a JPEG. */
export async function cameraFrame(camera: number, timeS: number, s: number): Promise<ArrayBuffer> {
  const w = 240,
    h = 136,
    canvas = new OffscreenCanvas(w, h)
  const draw = canvas.getContext('2d')
  if (!draw) return new ArrayBuffer(0)
  const sky = draw.createLinearGradient(0, 0, 0, h / 2)
  sky.addColorStop(0, '#5c7691')
  sky.addColorStop(1, '#b9c6d0')
  draw.fillStyle = sky
  draw.fillRect(0, 0, w, h / 2)
  draw.fillStyle = '#56684f'
  draw.fillRect(0, h / 2, w, h / 2)
  const vx = VANISH_X[camera % 4] * w,
    vy = h * 0.5
  draw.fillStyle = '#4a5159'
  draw.beginPath()
  draw.moveTo(vx, vy)
  draw.lineTo(vx - w, h)
  draw.lineTo(vx + w, h)
  draw.fill()
  draw.strokeStyle = '#dfe5ea'
  draw.lineWidth = 2
  draw.setLineDash([10, 14])
  draw.lineDashOffset = -s * 6
  for (const side of [-0.32, 0.32]) {
    draw.beginPath()
    draw.moveTo(vx, vy)
    draw.lineTo(vx + side * w, h)
    draw.stroke()
  }
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.7 })
  const jpeg = new Uint8Array(await blob.arrayBuffer())
  const frame = new Uint8Array(10 + jpeg.length)
  const header = new DataView(frame.buffer)
  header.setUint8(0, CAMERA)
  header.setUint8(1, camera)
  header.setFloat64(2, timeS, true)
  frame.set(jpeg, 10)
  return frame.buffer
}
