import { describe, expect, it } from 'vitest'
import { roadMap } from './document'
import { cut, lengthOf, offset } from './lines'
import { lookFor } from './palette'

describe('a map document', () => {
  it('is read leniently: parts of another shape are left out', () => {
    const road = roadMap({
      name: 'x',
      lanes: [
        {
          id: 'a',
          pts: [
            [0, 0],
            [5, 0],
          ],
        },
        { id: 'b', pts: [[0, 0]] },
        { id: 'c' },
      ],
      junctions: 'none',
      crossings: null,
      scenery: [{ kind: 'tree', x: 1, y: 2, h: 0 }, { x: 3 }],
    })
    expect(road.lanes.map((lane) => lane.id)).toEqual(['a'])
    expect(road.lanes[0]).toMatchObject({ kind: 'drive', w: 3.2, left: 'none', one_way: true })
    expect([road.junctions.length, road.crossings.length, road.scenery.length]).toEqual([0, 0, 1])
  })
})

describe('lines', () => {
  it('are moved to the left', () => {
    expect(
      offset(
        [
          [0, 0],
          [10, 0],
        ],
        2,
      ),
    ).toEqual([
      [0, 2],
      [10, 2],
    ])
  })

  it('keep their distance around a corner', () => {
    const corner = offset(
      [
        [0, 0],
        [10, 0],
        [10, 10],
      ],
      1,
    )[1]
    expect(corner[0]).toBeCloseTo(9)
    expect(corner[1]).toBeCloseTo(1)
  })

  it('are cut by length', () => {
    const part = cut(
      [
        [0, 0],
        [4, 0],
        [4, 4],
      ],
      2,
      6,
    )
    expect(part[0]).toEqual([2, 0])
    expect(part.at(-1)).toEqual([4, 2])
    expect(lengthOf(part)).toBeCloseTo(4)
  })
})

describe('the look', () => {
  it('knows one or several words of weather', () => {
    expect(lookFor('dark', 'clear').rain).toBe(0)
    expect(lookFor('dark', 'night rain')).toMatchObject({ night: 1, rain: 0.6 })
  })

  it('is clear for weather it does not know, and dark at night in both themes', () => {
    expect(lookFor('light', 'hail of frogs')).toEqual(lookFor('light', 'clear'))
    expect(lookFor('light', 'night')).toEqual(lookFor('dark', 'night'))
  })
})
