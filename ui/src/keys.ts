// The one key map: it drives the page, renders the help sheet, and is tested.

export type Action =
  | 'talk'
  | 'handsFree'
  | 'mute'
  | 'type'
  | 'stop'
  | 'confirm'
  | 'refuse'
  | 'play'
  | 'back'
  | 'forward'
  | 'backFar'
  | 'forwardFar'
  | 'slower'
  | 'faster'
  | 'home'
  | 'end'
  | 'chase'
  | 'top'
  | 'driver'
  | 'cameras'
  | 'why'
  | 'latency'
  | 'captions'
  | 'inspector'
  | 'picker'
  | 'nextCue'
  | 'kiosk'
  | 'theme'
  | 'help'
  | 'restart'

export interface Binding {
  action: Action
  /** Values of KeyboardEvent.key, lower case; `shift+` in front where Shift is part of it. */
  keys: readonly string[]
  label: string
  group: 'Talk' | 'Replay' | 'View' | 'Demo'
}

export const KEY_MAP: readonly Binding[] = [
  { action: 'talk', keys: [' '], label: 'Hold to talk', group: 'Talk' },
  { action: 'handsFree', keys: ['h'], label: 'Hands-free on or off', group: 'Talk' },
  { action: 'mute', keys: ['m'], label: 'Mute microphone and sounds', group: 'Talk' },
  { action: 'type', keys: ['t', '/'], label: 'Type instead', group: 'Talk' },
  { action: 'stop', keys: ['escape'], label: 'Stop speaking, close', group: 'Talk' },
  { action: 'confirm', keys: ['enter'], label: 'Yes to the open question', group: 'Talk' },
  { action: 'refuse', keys: ['backspace'], label: 'No to the open question', group: 'Talk' },
  { action: 'play', keys: ['p'], label: 'Pause or go on', group: 'Replay' },
  { action: 'back', keys: ['arrowleft'], label: 'Back 1 s', group: 'Replay' },
  { action: 'forward', keys: ['arrowright'], label: 'Forward 1 s', group: 'Replay' },
  { action: 'backFar', keys: ['shift+arrowleft'], label: 'Back 10 s', group: 'Replay' },
  { action: 'forwardFar', keys: ['shift+arrowright'], label: 'Forward 10 s', group: 'Replay' },
  { action: 'slower', keys: ['['], label: 'Slower', group: 'Replay' },
  { action: 'faster', keys: [']'], label: 'Faster', group: 'Replay' },
  { action: 'home', keys: ['home'], label: 'To the beginning', group: 'Replay' },
  { action: 'end', keys: ['end'], label: 'To the end', group: 'Replay' },
  { action: 'chase', keys: ['1'], label: 'View from behind', group: 'View' },
  { action: 'top', keys: ['2'], label: 'View from above', group: 'View' },
  { action: 'driver', keys: ['3'], label: "Driver's view", group: 'View' },
  { action: 'cameras', keys: ['c'], label: 'Camera pictures', group: 'View' },
  { action: 'why', keys: ['w'], label: 'Why card', group: 'View' },
  { action: 'latency', keys: ['l'], label: 'Answer times', group: 'View' },
  { action: 'captions', keys: ['s'], label: 'Large captions', group: 'View' },
  { action: 'inspector', keys: ['d'], label: 'Inspector', group: 'View' },
  { action: 'theme', keys: ['b'], label: 'Bright or dark', group: 'View' },
  { action: 'picker', keys: ['g'], label: 'Choose a drive', group: 'Demo' },
  { action: 'nextCue', keys: ['n'], label: 'Next demo prompt', group: 'Demo' },
  { action: 'restart', keys: ['r'], label: 'Start this drive again', group: 'Demo' },
  { action: 'kiosk', keys: ['k'], label: 'Full screen', group: 'Demo' },
  { action: 'help', keys: ['?'], label: 'This sheet', group: 'Demo' },
]

export interface KeyPress {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/** The action of a key press, or null. Keys with Ctrl, Alt or Meta belong to the browser. */
export function actionFor(press: KeyPress): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null
  const key = press.key.toLowerCase()
  const name = press.shiftKey && key.startsWith('arrow') ? `shift+${key}` : key
  return KEY_MAP.find((binding) => binding.keys.includes(name))?.action ?? null
}

const NAMES: Record<string, string> = {
  ' ': 'Space',
  escape: 'Esc',
  enter: 'Enter',
  backspace: 'Backspace',
  home: 'Home',
  end: 'End',
  arrowleft: '←',
  arrowright: '→',
  'shift+arrowleft': 'Shift ←',
  'shift+arrowright': 'Shift →',
}

/** A key as people read it. */
export function keyName(key: string): string {
  return NAMES[key] ?? key.toUpperCase()
}
