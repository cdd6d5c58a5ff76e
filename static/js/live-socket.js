import { announce } from "lib/announce"
import { backoff } from "lib/backoff"
import { coalesce } from "lib/coalesce"

const BEAT = 20_000
const POLL = 15_000
const PATIENCE = 10_000
const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel"]  // for presence: somebody is at this screen
const SIGNED_OUT = 4401
const SUSPENDED = 4403
const TOO_MANY = 4429

/**
 * Keeps one socket open and turns each nudge into a DOM event. Knows nothing about chat. When there is no socket, it says so on
 * `<html data-live>` and asks the page to look for itself every 15 seconds.
 */
class LiveSocket extends HTMLElement {
  /** @type {WebSocket | null} */
  #socket = null
  #attempt = 0
  #touched = false
  /** @type {Set<ReturnType<typeof setTimeout>>} */
  #timers = new Set()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #impatience
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #polling
  #say = coalesce(announce, 250)

  connectedCallback() {
    for (const kind of TOUCHES) addEventListener(kind, this.#touch, { passive: true, capture: true })
    addEventListener("pagehide", this.#close)
    addEventListener("pageshow", this.#wake)
    addEventListener("online", this.#wake)
    document.addEventListener("visibilitychange", this.#wake)
    this.#open()
  }

  disconnectedCallback() {
    for (const kind of TOUCHES) removeEventListener(kind, this.#touch, { capture: true })
    removeEventListener("pagehide", this.#close)
    removeEventListener("pageshow", this.#wake)
    removeEventListener("online", this.#wake)
    document.removeEventListener("visibilitychange", this.#wake)
    this.#close()
  }

  #touch = () => { this.#touched = true }

  #open = () => {
    if (this.#socket) return
    const address = new URL(this.getAttribute("src") ?? "/ws/", location.href)
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:"
    const socket = this.#socket = new WebSocket(address)
    this.#impatience ??= setTimeout(this.#pause, PATIENCE)
    socket.onopen = () => {
      this.#attempt = 0
      this.#resume()
      announce("live:sync")
    }
    socket.onmessage = ({ data }) => this.#hear(data)
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return
      this.#socket = null
      this.#forget()
      this.#closed(code)
    }
  }

  /** @param {number} code */
  #closed(code) {
    if (code === SIGNED_OUT || code === SUSPENDED) { location.reload(); return }
    this.#show("connecting")
    this.#impatience ??= setTimeout(this.#pause, PATIENCE)
    if (code === TOO_MANY) { this.#pause(); return }       // another tab took the place; this one wakes when looked at
    this.#later(this.#open, backoff(this.#attempt++))
  }

  #close = () => {
    const socket = this.#socket
    this.#socket = null
    this.#forget()
    clearTimeout(this.#impatience)
    this.#impatience = undefined
    clearInterval(this.#polling)
    this.#polling = undefined
    socket?.close(1000)
  }

  #wake = () => {
    if (this.#socket || document.visibilityState === "hidden") return
    this.#forget()
    this.#open()
  }

  /** @param {string} data */
  #hear(data) {
    /** @type {{ topic?: string, id?: string }} */
    let nudge
    try { nudge = JSON.parse(data) } catch { return }
    if (!nudge.topic) return
    if (nudge.topic === "session") { location.reload(); return }
    this.#say(`live:${nudge.topic}`)
    if (nudge.id) this.#say(`live:${nudge.topic}-${nudge.id}`)
  }

  #resume() {
    this.#show("live")
    clearTimeout(this.#impatience)
    clearInterval(this.#polling)
    this.#impatience = this.#polling = undefined
    const beat = () => {
      if (this.#socket?.readyState !== WebSocket.OPEN) return
      this.#socket.send(JSON.stringify({ beat: 1, touched: this.#touched }))
      this.#touched = false
      this.#later(beat, BEAT)
    }
    this.#later(beat, BEAT)
  }

  #pause = () => {
    this.#show("paused")
    if (this.#polling) return
    const look = () => { if (document.visibilityState === "visible") announce("live:sync") }
    this.#polling = setInterval(look, POLL)
    look()
  }

  /** @param {"live" | "connecting" | "paused"} state */
  #show(state) {
    if (state === "connecting" && this.#polling) return    // stays "paused" until it truly lives again
    document.documentElement.dataset.live = state
  }

  /** @param {() => void} work @param {number} ms */
  #later(work, ms) {
    const timer = setTimeout(() => { this.#timers.delete(timer); work() }, ms)
    this.#timers.add(timer)
  }

  #forget() {
    this.#timers.forEach(clearTimeout)
    this.#timers.clear()
  }
}

customElements.define("live-socket", LiveSocket)
