// Answer times: percentiles over the turns so far, and how a time is judged.

import type { LatencyEvent } from './protocol'

export type Verdict = 'good' | 'fair' | 'slow'

/** Percentile by nearest rank; null without values. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

export function verdict(totalMs: number): Verdict {
  if (totalMs <= 700) return 'good'
  return totalMs <= 1200 ? 'fair' : 'slow'
}

/** Hear, think and speak, ms: the three parts that people understand. */
export function threeParts(event: LatencyEvent): { hear: number; think: number; speak: number } {
  const part = (name: string) => event.parts_ms[name] ?? 0
  return {
    hear: part('endpoint') + part('transcript'),
    think: part('decide') + part('answer'),
    speak: part('voice'),
  }
}
