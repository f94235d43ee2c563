// Camera names as people say them.

const WORDS: readonly [RegExp, string][] = [
  [/tele/, 'Tele'],
  [/left/, 'Left'],
  [/right/, 'Right'],
  [/rear|back/, 'Rear'],
  [/front/, 'Front'],
]

/** "camera_front_wide_120fov" → "Front". */
export function cameraName(id: string): string {
  return WORDS.find(([pattern]) => pattern.test(id))?.[1] ?? id.replaceAll('_', ' ')
}
