// The static map document as the page understands it: lenient, because maps come from anywhere.

export type Point = [number, number]
export type Line = 'dashed' | 'solid' | 'none'

export interface LaneShape {
  id: string
  kind: string
  road: string
  /** Width, m. */
  w: number
  /** Centre line in driving direction, map metres. */
  pts: Point[]
  left: Line
  right: Line
  /** Dashed lines are solid over the last so many metres. */
  solid_last: number
  /** Speed limit, m/s. */
  limit: number
  /** False where the next lane to the left carries oncoming traffic. */
  one_way: boolean
}

export interface CrossingShape {
  id: string
  pts: Point[]
  w: number
  zebra: boolean
}

export interface SceneryItem {
  kind: string
  x: number
  y: number
  h: number
  [field: string]: unknown
}

export interface RoadDocument {
  name: string
  lanes: LaneShape[]
  junctions: { id: string; pts: Point[] }[]
  crossings: CrossingShape[]
  scenery: SceneryItem[]
}

/** Reads a map document; parts that are missing or of another shape become empty. */
export function roadMap(raw: Record<string, unknown>): RoadDocument {
  const list = (key: string) =>
    Array.isArray(raw[key]) ? (raw[key] as Record<string, unknown>[]) : []
  return {
    name: String(raw.name ?? ''),
    lanes: list('lanes')
      .filter((lane) => points(lane).length > 1)
      .map(lane),
    junctions: list('junctions')
      .filter((junction) => points(junction).length > 2)
      .map((junction) => ({ id: String(junction.id), pts: points(junction) })),
    crossings: list('crossings')
      .filter((crossing) => points(crossing).length > 1)
      .map((crossing) => ({
        id: String(crossing.id),
        pts: points(crossing),
        w: number(crossing.w, 4),
        zebra: crossing.zebra === true,
      })),
    scenery: list('scenery').filter((item) => typeof item.kind === 'string') as SceneryItem[],
  }
}

function lane(raw: Record<string, unknown>): LaneShape {
  return {
    id: String(raw.id),
    kind: String(raw.kind ?? 'drive'),
    road: String(raw.road ?? 'other'),
    w: number(raw.w, 3.2),
    limit: number(raw.limit, 13.9),
    pts: points(raw),
    solid_last: number(raw.solid_last, 0),
    left: line(raw.left),
    right: line(raw.right),
    one_way: raw.one_way !== false,
  }
}

function line(value: unknown): Line {
  return value === 'dashed' || value === 'solid' ? value : 'none'
}

export function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

export function points(raw: Record<string, unknown>): Point[] {
  if (!Array.isArray(raw.pts)) return []
  return (raw.pts as unknown[]).filter(
    (point): point is Point =>
      Array.isArray(point) &&
      point.length >= 2 &&
      Number.isFinite(point[0]) &&
      Number.isFinite(point[1]),
  )
}
