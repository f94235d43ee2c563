import { describe, expect, it } from 'vitest'
import { parseOptions } from './options'

describe('the page address', () => {
  it('asks for nothing by default', () => {
    expect(parseOptions('')).toEqual({
      token: null,
      mock: null,
      demo: null,
      kiosk: false,
      drive: null,
      timeS: null,
      theme: null,
      speaker: 'passenger',
      camera: 'chase',
      dsp: true,
      weather: 'clear',
    })
  })

  it('can name a moment of a drive', () => {
    expect(parseOptions('?drive=town&t=12.4')).toMatchObject({ drive: 'town', timeS: 12.4 })
  })

  it('reads switches', () => {
    expect(parseOptions('?demo&kiosk&dsp=0&theme=light&camera=top&speaker=driver')).toMatchObject({
      demo: '',
      kiosk: true,
      dsp: false,
      theme: 'light',
      camera: 'top',
      speaker: 'driver',
    })
  })

  it('ignores values that make no sense', () => {
    expect(parseOptions('?theme=pink&camera=under&speaker=dog&t=soon')).toMatchObject({
      theme: null,
      camera: 'chase',
      speaker: 'passenger',
      timeS: null,
    })
  })
})
