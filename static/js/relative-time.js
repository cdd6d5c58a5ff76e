import { span, warmth } from "lib/span"

/** @type {Set<RelativeTime>} */
const all = new Set()
setInterval(() => all.forEach(each => each.draw()), 20_000)

/** A wait that goes on growing while it is looked at. Other times are drawn by the server and stay as they are. */
class RelativeTime extends HTMLElement {
  static observedAttributes = ["datetime"]

  connectedCallback() {
    if (this.dataset.mode !== "waiting") return
    all.add(this)
    this.draw()
  }

  disconnectedCallback() { all.delete(this) }
  attributeChangedCallback() { if (all.has(this)) this.draw() }

  draw() {
    const seconds = (Date.now() - Date.parse(this.getAttribute("datetime") ?? "")) / 1000
    if (Number.isNaN(seconds)) return
    this.textContent = span(seconds)
    this.dataset.warmth = warmth(seconds)
  }
}

customElements.define("relative-time", RelativeTime)
