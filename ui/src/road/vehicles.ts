// Cars, vans, trucks and buses, and what makes our own car look like ours.

import { BoxGeometry, Color, type BufferGeometry } from 'three'
import {
  block,
  cabin,
  GLASS,
  hull,
  loft,
  model,
  PAINT,
  toned,
  TRIM,
  TYRE,
  wheels,
  type Model,
} from './shapes'

export function car(own: boolean): Model {
  const body = loft(
    [
      [-2.28, hull(0.66, 0.42, 0.82)],
      [-2.2, hull(0.8, 0.3, 0.93)],
      [-1.75, hull(0.89, 0.22, 0.98)],
      [-0.6, hull(0.91, 0.19, 0.96)],
      [0.75, hull(0.91, 0.19, 0.93)],
      [1.45, hull(0.89, 0.21, 0.86)],
      [1.95, hull(0.84, 0.24, 0.76)],
      [2.2, hull(0.74, 0.3, 0.66)],
      [2.28, hull(0.6, 0.38, 0.58)],
    ],
    PAINT,
  )
  const glass = loft(
    [
      [-2.0, cabin(0.9, 0.74, 1.0, 0.7)],
      [-1.45, cabin(0.92, 0.8, 1.33, 0.62)],
      [-0.75, cabin(0.92, 0.82, 1.45, 0.62)],
      [0.15, cabin(0.9, 0.82, 1.44, 0.62)],
      [0.7, cabin(0.88, 0.8, 1.22, 0.64)],
      [1.3, cabin(0.82, 0.74, 0.92, 0.7)],
    ],
    GLASS,
  )
  const roof = loft(
    [
      [
        -1.5,
        [
          [0.5, 1.3],
          [0.52, 1.335],
        ],
      ],
      [
        -0.75,
        [
          [0.57, 1.44],
          [0.55, 1.475],
        ],
      ],
      [
        0.15,
        [
          [0.57, 1.435],
          [0.55, 1.465],
        ],
      ],
      [
        0.36,
        [
          [0.5, 1.36],
          [0.5, 1.385],
        ],
      ],
    ],
    0.92,
  )
  const mirrors = [-1, 1].map((side) =>
    block(0.84, side * 0.96, 0.88, 0.16, 0.14, 0.1, own ? GLASS : PAINT),
  )
  const parts = [
    body,
    glass,
    roof,
    ...mirrors,
    ...wheels([-1.38, 1.38], 0.78, 0.33),
    block(0, 0, 0.17, 3.9, 1.6, 0.2, TYRE),
  ]
  return model(own ? [...parts, ...finish()] : parts, 0.52)
}

/** What makes our own car look like ours: glass roof, light bar, diffuser, plate. */
function finish(): BufferGeometry[] {
  const roof = loft(
    [
      [
        -1.36,
        [
          [0.44, 1.36],
          [0.44, 1.375],
        ],
      ],
      [
        -0.74,
        [
          [0.47, 1.476],
          [0.46, 1.486],
        ],
      ],
      [
        0.14,
        [
          [0.47, 1.466],
          [0.46, 1.476],
        ],
      ],
      [
        0.3,
        [
          [0.42, 1.4],
          [0.42, 1.412],
        ],
      ],
    ],
    0.12,
  )
  const bar = toned(
    new BoxGeometry(0.04, 1.1, 0.045).translate(-2.285, 0, 0.74),
    new Color(0.45, 0.02, 0.02),
  )
  return [
    roof,
    bar,
    block(-2.2, 0, 0.3, 0.14, 1.1, 0.14, TYRE),
    block(-2.29, 0, 0.56, 0.03, 0.5, 0.11, 0.75),
    block(2.2, 0, 0.3, 0.12, 1.1, 0.16, TRIM),
  ]
}

export function van(): Model {
  const body = loft(
    [
      [-2.7, hull(0.96, 0.32, 2.2)],
      [-2.6, hull(1.0, 0.26, 2.3)],
      [1.0, hull(1.0, 0.24, 2.3)],
      [1.5, hull(0.99, 0.24, 2.0)],
      [2.1, hull(0.96, 0.25, 1.22)],
      [2.6, hull(0.9, 0.28, 1.0)],
      [2.7, hull(0.8, 0.36, 0.8)],
    ],
    PAINT,
  )
  const shield = loft(
    [
      [
        1.12,
        [
          [0.78, 1.35],
          [0.72, 2.24],
        ],
      ],
      [
        1.62,
        [
          [0.82, 1.3],
          [0.74, 1.93],
        ],
      ],
      [
        2.14,
        [
          [0.8, 1.18],
          [0.76, 1.25],
        ],
      ],
    ],
    GLASS,
  )
  const sides = [-1, 1].map((side) => block(1.0, side * 0.985, 1.3, 0.9, 0.05, 0.6, GLASS))
  const rear = block(-2.68, 0, 1.35, 0.08, 1.4, 0.6, GLASS)
  return model([body, shield, ...sides, rear, ...wheels([-1.6, 1.7], 0.86, 0.35)], 0.42)
}

export function truck(): Model {
  const trailer = [
    block(-1.3, 0, 1.0, 7.8, 2.5, 2.75, 0.9),
    block(-1.3, 0, 0.62, 7.6, 1.1, 0.4, TRIM),
  ]
  const cab = loft(
    [
      [2.75, hull(1.2, 0.5, 3.0)],
      [4.3, hull(1.22, 0.45, 3.0)],
      [4.85, hull(1.2, 0.45, 2.6)],
      [5.15, hull(1.18, 0.42, 1.6)],
      [5.2, hull(1.1, 0.42, 1.1)],
    ],
    PAINT,
  )
  const shield = loft(
    [
      [
        4.62,
        [
          [1.0, 1.75],
          [0.95, 2.72],
        ],
      ],
      [
        5.16,
        [
          [1.05, 1.6],
          [1.0, 1.72],
        ],
      ],
    ],
    GLASS,
  )
  const sides = [-1, 1].map((side) => block(4.1, side * 1.2, 1.7, 0.8, 0.06, 0.75, GLASS))
  return model(
    [...trailer, cab, shield, ...sides, ...wheels([-4.2, -3.1, -2.0, 3.9], 1.1, 0.5, 0.3)],
    0.24,
  )
}

export function bus(): Model {
  const body = loft(
    [
      [-6, hull(1.2, 0.4, 2.95)],
      [-5.9, hull(1.26, 0.32, 3.1)],
      [5.7, hull(1.26, 0.3, 3.1)],
      [5.95, hull(1.24, 0.3, 2.9)],
      [6, hull(1.15, 0.36, 2.6)],
    ],
    PAINT,
  )
  const band = [-1, 1].map((side) => block(-0.2, side * 1.25, 1.3, 11, 0.06, 1.15, GLASS))
  const ends = [block(5.98, 0, 1.15, 0.08, 2.2, 1.5, GLASS), block(-6, 0, 1.6, 0.06, 2, 0.9, GLASS)]
  return model([body, ...band, ...ends, ...wheels([-3.4, 3.6], 1.12, 0.48, 0.3)], 0.27)
}
