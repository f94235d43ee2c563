// Short synthesised sounds; only the takeover one is loud.

export type Earcon = 'listen' | 'done' | 'accepted' | 'refused' | 'takeover'

interface Tone {
  fromHz: number
  toHz: number
  startS: number
  lengthS: number
  gain: number
}

const SOFT = 0.126 // −18 dB
const TONES: Record<Earcon, readonly Tone[]> = {
  listen: [{ fromHz: 660, toHz: 880, startS: 0, lengthS: 0.09, gain: SOFT }],
  done: [{ fromHz: 880, toHz: 660, startS: 0, lengthS: 0.12, gain: SOFT }],
  accepted: [
    { fromHz: 587, toHz: 587, startS: 0, lengthS: 0.08, gain: SOFT },
    { fromHz: 880, toHz: 880, startS: 0.09, lengthS: 0.12, gain: SOFT },
  ],
  refused: [{ fromHz: 233, toHz: 208, startS: 0, lengthS: 0.22, gain: SOFT }],
  takeover: [0, 0.3, 0.6].map((startS) => ({
    fromHz: 1000,
    toHz: 1000,
    startS,
    lengthS: 0.2,
    gain: 0.6,
  })),
}

export function playEarcon(context: AudioContext, name: Earcon): void {
  for (const tone of TONES[name]) {
    const begin = context.currentTime + tone.startS
    const end = begin + tone.lengthS
    const oscillator = new OscillatorNode(context, { type: 'sine', frequency: tone.fromHz })
    const gain = new GainNode(context, { gain: 0 })
    oscillator.frequency.linearRampToValueAtTime(tone.toHz, end)
    gain.gain.setValueAtTime(0, begin)
    gain.gain.linearRampToValueAtTime(tone.gain, begin + 0.012)
    gain.gain.exponentialRampToValueAtTime(0.0001, end)
    oscillator.connect(gain).connect(context.destination)
    oscillator.start(begin)
    oscillator.stop(end)
  }
}
