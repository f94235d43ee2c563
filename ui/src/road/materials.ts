// Materials of the scene; a change of look only changes their colours.

import {
  AdditiveBlending,
  DoubleSide,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Material,
} from 'three'
import { softPool } from './decals'
import type { Look } from './palette'

export interface Materials {
  asphalt: MeshLambertMaterial
  shoulder: MeshLambertMaterial
  sidewalk: MeshLambertMaterial
  kerb: MeshLambertMaterial
  marking: MeshLambertMaterial
  field: MeshLambertMaterial
  wall: MeshLambertMaterial
  roof: MeshLambertMaterial
  window: MeshLambertMaterial
  windowLit: MeshBasicMaterial
  foliage: MeshLambertMaterial
  trunk: MeshLambertMaterial
  metal: MeshLambertMaterial
  lantern: MeshBasicMaterial
  /** Light of a street lamp on the road. */
  pool: MeshBasicMaterial
}

export function makeMaterials(): Materials {
  const matt = () => new MeshLambertMaterial({ vertexColors: true })
  const marking = new MeshLambertMaterial({
    vertexColors: true,
    polygonOffset: true,
    polygonOffsetFactor: -2,
    polygonOffsetUnits: -2,
  })
  return {
    asphalt: matt(),
    shoulder: matt(),
    sidewalk: matt(),
    kerb: matt(),
    marking,
    field: matt(),
    wall: matt(),
    roof: matt(),
    window: matt(),
    windowLit: new MeshBasicMaterial({ vertexColors: true }),
    foliage: matt(),
    trunk: matt(),
    metal: new MeshLambertMaterial({ vertexColors: true, side: DoubleSide }),
    lantern: new MeshBasicMaterial({ vertexColors: true }),
    pool: new MeshBasicMaterial({
      map: softPool(),
      color: 0xffd9a0,
      transparent: true,
      depthWrite: false,
      blending: AdditiveBlending,
    }),
  }
}

export function applyLook(materials: Materials, look: Look): void {
  const plain = [
    'asphalt',
    'shoulder',
    'sidewalk',
    'kerb',
    'marking',
    'field',
    'wall',
    'roof',
    'window',
    'foliage',
    'trunk',
    'metal',
  ] as const
  for (const name of plain) materials[name].color.setHex(look[name])
  materials.windowLit.color.setHex(look.windowLit).lerp(materials.window.color, 1 - look.night)
  materials.lantern.color.setHex(0xffe3b8).lerp(materials.metal.color, 1 - look.night)
  materials.pool.opacity = 0.34 * Math.max(0, look.night - 0.4)
  materials.pool.visible = look.night > 0.4
  if (look.rain > 0) materials.asphalt.color.multiplyScalar(0.9)
}

export function disposeMaterials(materials: Materials): void {
  for (const material of Object.values(materials) as Material[]) material.dispose()
}
