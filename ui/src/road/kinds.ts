// Which shape stands for which kind of road user. Pure, so that the 2D view can use it alone.

export type ModelName =
  | 'car'
  | 'ego'
  | 'van'
  | 'truck'
  | 'bus'
  | 'motorcycle'
  | 'bicycle'
  | 'pedestrian'
  | 'standing'
  | 'cone'
  | 'barrier'
  | 'trash_can'
  | 'animal'
  | 'parcel'

const KINDS: Record<string, ModelName> = {
  car: 'car',
  ego: 'ego',
  van: 'van',
  emergency: 'van',
  truck: 'truck',
  bus: 'bus',
  motorcycle: 'motorcycle',
  bicycle: 'bicycle',
  pedestrian: 'pedestrian',
  cone: 'cone',
  barrier: 'barrier',
  trash_can: 'trash_can',
  animal: 'animal',
  debris: 'parcel',
}

/** The model for a kind, or null for one that is not known: that is drawn as "something". */
export function modelName(kind: string): ModelName | null {
  return KINDS[kind] ?? null
}

/** Road users that are never grey. */
export const VULNERABLE: ReadonlySet<ModelName> = new Set([
  'pedestrian',
  'standing',
  'bicycle',
  'motorcycle',
  'animal',
])
