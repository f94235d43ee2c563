// The microphone: opened once, kept open, with the last 300 ms at hand for push to talk.

import captureUrl from './capture.worklet.ts?worker&url'

export interface MicEvents {
  onFrame(samples: Int16Array<ArrayBuffer>, level: number): void
  onLost(): void
}

export class MicError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** 10 frames of 32 ms: what was said just before the key went down. */
const PRE_ROLL_FRAMES = 10

export class Mic {
  readonly #stream: MediaStream
  readonly #source: MediaStreamAudioSourceNode
  readonly #node: AudioWorkletNode
  #recent: Int16Array[] = []

  private constructor(stream: MediaStream, context: AudioContext, events: MicEvents) {
    this.#stream = stream
    this.#source = context.createMediaStreamSource(stream)
    this.#node = new AudioWorkletNode(context, 'ridealong-capture', { numberOfOutputs: 0 })
    this.#source.connect(this.#node)
    this.#node.port.onmessage = ({
      data,
    }: MessageEvent<{ samples: Int16Array<ArrayBuffer>; level: number }>) => {
      this.#recent.push(data.samples)
      if (this.#recent.length > PRE_ROLL_FRAMES) this.#recent.shift()
      events.onFrame(data.samples, data.level)
    }
    stream.getAudioTracks()[0]?.addEventListener('ended', () => events.onLost())
  }

  /** Asks for the microphone; MicError says in plain words why there is none. */
  static async open(
    context: AudioContext,
    events: MicEvents,
    wishes: { dsp: boolean; noiseSuppression: boolean },
  ): Promise<Mic> {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new MicError(
        'The microphone needs https or localhost.',
        'Open the page over https, or type instead.',
      )
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          channelCount: 1,
          echoCancellation: wishes.dsp,
          noiseSuppression: wishes.dsp && wishes.noiseSuppression,
          autoGainControl: wishes.dsp,
        },
      })
      await context.audioWorklet.addModule(captureUrl)
      return new Mic(stream, context, events)
    } catch (problem) {
      throw explain(problem)
    }
  }

  /** The last 300 ms, oldest first; afterwards they are forgotten. */
  takePreRoll(): Int16Array[] {
    const recent = this.#recent
    this.#recent = []
    return recent
  }

  mute(on: boolean): void {
    for (const track of this.#stream.getAudioTracks()) track.enabled = !on
    this.#recent = []
  }

  close(): void {
    this.#source.disconnect()
    this.#node.port.onmessage = null
    for (const track of this.#stream.getTracks()) track.stop()
  }
}

function explain(problem: unknown): MicError {
  const name = problem instanceof DOMException ? problem.name : ''
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return new MicError(
      'The microphone is not allowed for this page.',
      'Allow it in the address bar and press the orb again, or type instead.',
    )
  }
  if (name === 'NotFoundError') {
    return new MicError(
      'No microphone was found.',
      'Plug one in and press the orb, or type instead.',
    )
  }
  return new MicError(
    'The microphone could not be opened.',
    'Another program may hold it. Type instead.',
  )
}
