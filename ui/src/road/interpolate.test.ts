import { expect, it } from 'vitest'
import { between, JUMP_M, shareAt, turnBetween } from './interpolate'

const out = () => ({ x: 0, y: 0, heading: 0 })

it('draws what moved between its two positions', () => {
  const pose = between({ x: 0, y: 0, heading: 0 }, { x: 2, y: 4, heading: 0.2 }, 0.5, out())
  expect(pose).toEqual({ x: 1, y: 2, heading: 0.1 })
})

it('draws a jump at once, and a newcomer where it is', () => {
  const far = { x: JUMP_M + 0.1, y: 0, heading: 1 }
  expect(between({ x: 0, y: 0, heading: 0 }, far, 0.5, out())).toEqual(far)
  expect(between(undefined, far, 0.1, out())).toEqual(far)
})

it('turns the short way round', () => {
  expect(turnBetween(3, -3)).toBeCloseTo(2 * Math.PI - 6)
  const pose = between({ x: 0, y: 0, heading: 3.1 }, { x: 0, y: 0, heading: -3.1 }, 0.5, out())
  expect(Math.cos(pose.heading)).toBeCloseTo(-1)
})

it('never runs ahead of what it was given', () => {
  expect([50, 100, 250].map((ms) => shareAt(1000 + ms, 1000, 100))).toEqual([0.5, 1, 1])
  expect(shareAt(990, 1000, 100)).toBe(0)
  expect(shareAt(1000, 1000, 0)).toBe(1)
})
