import { describe, expect, it } from 'vitest'
import { decodeDown, encodeAudioUp } from './wire'

describe('microphone frames', () => {
  it('carry kind, sequence, time and samples, little-endian', () => {
    const view = new DataView(encodeAudioUp(7, 1234.5, Int16Array.of(1, -2, 32767)))
    expect(view.byteLength).toBe(13 + 6)
    expect(view.getUint8(0)).toBe(0x01)
    expect(view.getUint32(1, true)).toBe(7)
    expect(view.getFloat64(5, true)).toBe(1234.5)
    expect([0, 1, 2].map((i) => view.getInt16(13 + 2 * i, true))).toEqual([1, -2, 32767])
  })

  it('wrap the sequence at 32 bits', () => {
    const view = new DataView(encodeAudioUp(2 ** 32 + 3, 0, new Int16Array(0)))
    expect(view.getUint32(1, true)).toBe(3)
  })
})

describe('frames of the car', () => {
  it('give speech with turn, rate and samples between -1 and 1', () => {
    const frame = new ArrayBuffer(9 + 4)
    const view = new DataView(frame)
    view.setUint8(0, 0x02)
    view.setUint32(1, 42, true)
    view.setUint32(5, 24_000, true)
    view.setInt16(9, -32768, true)
    view.setInt16(11, 16384, true)
    expect(decodeDown(frame)).toEqual({
      kind: 'audio',
      turn: 42,
      rateHz: 24_000,
      samples: Float32Array.of(-1, 0.5),
    })
  })

  it('give camera pictures with index and time', () => {
    const frame = new Uint8Array([
      0x03,
      2,
      ...new Uint8Array(new Float64Array([12.5]).buffer),
      0xff,
      0xd8,
    ])
    expect(decodeDown(frame.buffer)).toEqual({
      kind: 'camera',
      camera: 2,
      timeS: 12.5,
      jpeg: Uint8Array.of(0xff, 0xd8),
    })
  })

  it('are nothing when too short or of an unknown kind', () => {
    expect(decodeDown(new ArrayBuffer(3))).toBeNull()
    expect(decodeDown(new Uint8Array(20).fill(9).buffer)).toBeNull()
  })
})
