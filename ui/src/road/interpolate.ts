// Positions between the last two situations: ids matched, jumps never drawn as motion. Pure.

export interface Pose {
  x: number
  y: number
  heading: number
}

/** Farther than this within one tick is a teleport (or another object under the same id), m. */
export const JUMP_M = 10

/** The pose at `share` (0 = earlier, 1 = later) of the way, written into `out`. */
export function between(earlier: Pose | undefined, later: Pose, share: number, out: Pose): Pose {
  if (!earlier || Math.hypot(later.x - earlier.x, later.y - earlier.y) > JUMP_M) {
    out.x = later.x
    out.y = later.y
    out.heading = later.heading
    return out
  }
  out.x = earlier.x + (later.x - earlier.x) * share
  out.y = earlier.y + (later.y - earlier.y) * share
  out.heading = earlier.heading + turnBetween(earlier.heading, later.heading) * share
  return out
}

/** Shortest turn from one heading to another, −π to π. */
export function turnBetween(from: number, to: number): number {
  const turn = (to - from) % (2 * Math.PI)
  if (turn > Math.PI) return turn - 2 * Math.PI
  return turn < -Math.PI ? turn + 2 * Math.PI : turn
}

/** How far between two situations the picture is, given when they came, ms. Never beyond 1. */
export function shareAt(nowMs: number, arrivedMs: number, intervalMs: number): number {
  if (intervalMs <= 0) return 1
  return Math.min(1, Math.max(0, (nowMs - arrivedMs) / intervalMs))
}
