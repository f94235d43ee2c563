// Binary frames of the cabin protocol: pure encoding and decoding, little-endian.

export const AUDIO_UP = 0x01
export const AUDIO_DOWN = 0x02
export const CAMERA = 0x03
const UP_HEADER = 13
const DOWN_HEADER = 9
const CAMERA_HEADER = 10

/** Microphone frame: sequence number, client time in ms, s16 mono samples at 16 kHz. */
export function encodeAudioUp(sequence: number, timeMs: number, samples: Int16Array): ArrayBuffer {
  const frame = new ArrayBuffer(UP_HEADER + samples.byteLength)
  const view = new DataView(frame)
  view.setUint8(0, AUDIO_UP)
  view.setUint32(1, sequence >>> 0, true)
  view.setFloat64(5, timeMs, true)
  for (let i = 0; i < samples.length; i++) view.setInt16(UP_HEADER + 2 * i, samples[i], true)
  return frame
}

export interface AudioDown {
  kind: 'audio'
  turn: number
  rateHz: number
  samples: Float32Array<ArrayBuffer>
}

export interface CameraFrame {
  kind: 'camera'
  camera: number
  timeS: number
  jpeg: Uint8Array<ArrayBuffer>
}

/** Decodes a frame of the car, or null for one that is too short or of an unknown kind. */
export function decodeDown(frame: ArrayBuffer): AudioDown | CameraFrame | null {
  if (frame.byteLength < DOWN_HEADER) return null
  const view = new DataView(frame)
  if (view.getUint8(0) === AUDIO_DOWN) {
    const samples = new Float32Array((frame.byteLength - DOWN_HEADER) >> 1)
    for (let i = 0; i < samples.length; i++) {
      samples[i] = view.getInt16(DOWN_HEADER + 2 * i, true) / 32768
    }
    return {
      kind: 'audio',
      turn: view.getUint32(1, true),
      rateHz: view.getUint32(5, true),
      samples,
    }
  }
  if (view.getUint8(0) === CAMERA && frame.byteLength > CAMERA_HEADER) {
    const jpeg = new Uint8Array(frame, CAMERA_HEADER)
    return { kind: 'camera', camera: view.getUint8(1), timeS: view.getFloat64(2, true), jpeg }
  }
  return null
}
