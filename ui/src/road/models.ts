// Which model stands for which name; each is made once, when it is first seen.

import { animal, barrier, cone, parcel, person, trashCan, twoWheeler } from './figures'
import type { ModelName } from './kinds'
import type { Model } from './shapes'
import { bus, car, truck, van } from './vehicles'

const MAKERS: Record<ModelName, () => Model> = {
  car: () => car(false),
  ego: () => car(true),
  van,
  truck,
  bus,
  motorcycle: () => twoWheeler(true),
  bicycle: () => twoWheeler(false),
  pedestrian: () => person(0.45),
  standing: () => person(0.05),
  cone,
  barrier,
  trash_can: trashCan,
  animal,
  parcel,
}
const made = new Map<ModelName, Model>()

export function modelOf(name: ModelName): Model {
  const known = made.get(name)
  if (known) return known
  const fresh = MAKERS[name]()
  made.set(name, fresh)
  return fresh
}
