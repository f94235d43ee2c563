// Entry: options from the address, one session, one page.

import '@fontsource-variable/inter/wght.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { cabinUrl, SocketLink } from './link'
import { parseOptions } from './options'
import { Session } from './session.svelte'
import { Page } from './page.svelte'
import { Voice } from './voice/voice.svelte'
import './theme.css'

const options = parseOptions(location.search)
const session = new Session(options)
const voice = new Voice(session, options.dsp)
const page = new Page(options)

if (options.mock !== null) {
  const { MockCar } = await import('./mock/car')
  session.start((events) => new MockCar(events, options))
} else {
  session.start((events) => new SocketLink(cabinUrl(location, options.token), events))
}
if (options.token) {
  // The one-time link must not stay in the address bar or in the history.
  const clean = new URL(location.href)
  clean.searchParams.delete('token')
  history.replaceState(null, '', clean)
}

/** Read-only look inside, for browser tests and the curious. */
const inside = {
  get frames() {
    return page.framesDrawn()
  },
  get renderer() {
    return page.renderer
  },
  get load() {
    return page.drawLoad()
  },
  get played() {
    return Object.fromEntries(voice.played)
  },
  get session() {
    return {
      contact: session.contact,
      turn: session.turn.state,
      items: session.items,
      scene: session.scene,
      hello: session.hello,
      why: session.why,
      latencies: session.latencies,
      mic: voice.mic,
    }
  },
}
Object.defineProperty(window, 'ridealong', { value: Object.freeze(inside) })

const target = document.getElementById('app')
if (target) mount(App, { target, props: { session, voice, page } })
