// People, two-wheelers, animals and the things that stand on roads.

import {
  CapsuleGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  SphereGeometry,
  TorusGeometry,
} from 'three'
import { block, METAL, model, PAINT, toned, TRIM, TYRE, type Model } from './shapes'

export function twoWheeler(motor: boolean): Model {
  const r = motor ? 0.31 : 0.34,
    base = motor ? 0.68 : 0.52
  const wheel = (x: number) =>
    toned(
      new TorusGeometry(r - 0.04, motor ? 0.09 : 0.035, 6, 18)
        .rotateX(Math.PI / 2)
        .translate(x, 0, r),
      TYRE,
    )
  const seat = motor ? 0.8 : 0.95
  const parts = [
    wheel(-base),
    wheel(base),
    motor ? block(0, 0, 0.38, 1.1, 0.28, 0.42, 0.35) : block(0, 0, 0.55, 0.8, 0.05, 0.06, METAL),
    block(base - 0.08, 0, 0.95, 0.06, 0.6, 0.05, TRIM),
    toned(
      new CapsuleGeometry(0.18, 0.42, 3, 9)
        .rotateX(Math.PI / 2)
        .rotateY(0.42)
        .translate(0.06, 0, seat + 0.36),
      PAINT,
    ),
    toned(new SphereGeometry(0.145, 12, 9).translate(0.26, 0, seat + 0.82), motor ? 0.25 : 0.85),
    ...[-1, 1].map((side) =>
      toned(
        new CapsuleGeometry(0.075, 0.5, 2, 7)
          .rotateX(Math.PI / 2)
          .rotateY(-0.35 * side)
          .translate(0.1, side * 0.13, seat - 0.28),
        0.6,
      ),
    ),
    ...[-1, 1].map((side) =>
      toned(
        new CapsuleGeometry(0.05, 0.4, 2, 6)
          .rotateZ(Math.PI / 2)
          .rotateY(0.45)
          .translate(0.36, side * 0.2, seat + 0.36),
        0.8,
      ),
    ),
  ]
  return model(parts, null)
}

export function person(stride: number): Model {
  const leg = (side: number) =>
    toned(
      new CapsuleGeometry(0.085, 0.62, 2, 8)
        .rotateX(Math.PI / 2)
        .translate(0, 0, -0.36)
        .rotateY(side * stride)
        .translate(0, side * 0.1, 0.86),
      0.55,
    )
  const arm = (side: number) =>
    toned(
      new CapsuleGeometry(0.055, 0.46, 2, 7)
        .rotateX(Math.PI / 2)
        .translate(0, 0, -0.26)
        .rotateY(-side * stride * 0.8)
        .translate(0, side * 0.25, 1.42),
      0.9,
    )
  return model(
    [
      leg(-1),
      leg(1),
      arm(-1),
      arm(1),
      toned(
        new CapsuleGeometry(0.18, 0.42, 3, 10)
          .rotateX(Math.PI / 2)
          .scale(0.75, 1.1, 1)
          .translate(0, 0, 1.16),
        PAINT,
      ),
      toned(new SphereGeometry(0.125, 12, 10).translate(0.01, 0, 1.62), 0.88),
    ],
    null,
  )
}

export function cone(): Model {
  const band = (z: number, r: number) =>
    toned(
      new CylinderGeometry(r - 0.02, r, 0.12, 12).rotateX(Math.PI / 2).translate(0, 0, z),
      new Color(1.35, 1.7, 2),
    )
  return model(
    [
      toned(new ConeGeometry(0.17, 0.72, 12).rotateX(Math.PI / 2).translate(0, 0, 0.4), PAINT),
      band(0.34, 0.135),
      block(0, 0, 0, 0.38, 0.38, 0.05, 0.3),
    ],
    null,
  )
}

export function barrier(): Model {
  const stripes = [-0.6, -0.2, 0.2, 0.6].map((y, i) =>
    block(0, y, 0.55, 0.06, 0.4, 0.4, i % 2 ? PAINT : 0.45),
  )
  const feet = [-0.6, 0.6].map((y) => block(0, y, 0, 0.5, 0.08, 0.6, TRIM))
  return model([...stripes, ...feet], null)
}

export function trashCan(): Model {
  return model(
    [
      toned(
        new CylinderGeometry(0.3, 0.25, 0.9, 14).rotateX(Math.PI / 2).translate(0, 0, 0.45),
        PAINT,
      ),
      toned(
        new CylinderGeometry(0.33, 0.33, 0.1, 14).rotateX(Math.PI / 2).translate(0, 0, 0.95),
        0.6,
      ),
    ],
    null,
  )
}

export function animal(): Model {
  const legs = [-0.25, 0.25].flatMap((x) =>
    [-0.09, 0.09].map((y) => block(x, y, 0, 0.07, 0.07, 0.35, 0.7)),
  )
  return model(
    [
      toned(new CapsuleGeometry(0.15, 0.5, 3, 9).rotateZ(Math.PI / 2).translate(0, 0, 0.45), PAINT),
      toned(new SphereGeometry(0.13, 10, 8).translate(0.46, 0, 0.62), PAINT),
      ...legs,
    ],
    null,
  )
}

export function parcel(): Model {
  return model([block(0, 0, 0, 1, 1, 1, PAINT)], null)
}
