import { announce } from "lib/announce"
import { span } from "lib/span"

const DAY = 86_400
const HOUR = 3_600

/** How long the customer may still be answered freely: a thin bar, words in the last hour, and a call to look again at the end. */
class WindowCountdown extends HTMLElement {
  static observedAttributes = ["until"]
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer

  connectedCallback() { this.#draw() }
  disconnectedCallback() { clearTimeout(this.#timer) }
  attributeChangedCallback() { if (this.isConnected) this.#draw() }

  #draw = () => {
    clearTimeout(this.#timer)
    const left = (Date.parse(this.getAttribute("until") ?? "") - Date.now()) / 1000
    if (Number.isNaN(left)) return
    if (left <= 0) {
      this.#over()
      return
    }
    this.style.setProperty("--left", String(Math.min(1, left / DAY)))
    if (left < HOUR) this.dataset.left = "short"
    else delete this.dataset.left
    const words = this.querySelector("[data-slot=left]")
    if (words) words.textContent = span(left)
    this.#timer = setTimeout(this.#draw, left < HOUR ? 10_000 : 60_000)
  }

  #over() {
    if (this.dataset.left === "over") return
    this.dataset.left = "over"
    const conversation = /** @type {HTMLElement | null} */ (this.closest("[data-conversation]"))?.dataset.conversation
    if (conversation) announce(`live:conversation-${conversation}`)
  }
}

customElements.define("window-countdown", WindowCountdown)
