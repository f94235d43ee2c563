import { describe, expect, it } from 'vitest'
import { actionFor, KEY_MAP, keyName, type KeyPress } from './keys'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})

describe('the key map', () => {
  it('gives every key to one action only', () => {
    const keys = KEY_MAP.flatMap((binding) => binding.keys)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('gives every action a label for the help sheet', () => {
    const actions = KEY_MAP.map((binding) => binding.action)
    expect(new Set(actions).size).toBe(actions.length)
    for (const { label } of KEY_MAP) expect(label.length).toBeGreaterThan(3)
  })

  it.each([
    [' ', 'talk'],
    ['h', 'handsFree'],
    ['M', 'mute'],
    ['t', 'type'],
    ['/', 'type'],
    ['Escape', 'stop'],
    ['Enter', 'confirm'],
    ['Backspace', 'refuse'],
    ['p', 'play'],
    ['ArrowLeft', 'back'],
    ['[', 'slower'],
    [']', 'faster'],
    ['Home', 'home'],
    ['End', 'end'],
    ['1', 'chase'],
    ['2', 'top'],
    ['3', 'driver'],
    ['c', 'cameras'],
    ['w', 'why'],
    ['l', 'latency'],
    ['s', 'captions'],
    ['d', 'inspector'],
    ['g', 'picker'],
    ['n', 'nextCue'],
    ['k', 'kiosk'],
    ['b', 'theme'],
  ])('reads %j as %s', (key, action) => {
    expect(actionFor(press(key))).toBe(action)
  })

  it('reads Shift with arrows as longer steps, and ? with its Shift', () => {
    expect(actionFor(press('ArrowRight', { shiftKey: true }))).toBe('forwardFar')
    expect(actionFor(press('?', { shiftKey: true }))).toBe('help')
  })

  it('leaves Ctrl, Alt and Meta to the browser', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey']) {
      expect(actionFor(press('d', { [held]: true }))).toBeNull()
    }
  })

  it('names keys as people read them', () => {
    expect([' ', 'escape', 'shift+arrowleft', 'w'].map(keyName)).toEqual([
      'Space',
      'Esc',
      'Shift ←',
      'W',
    ])
  })
})
