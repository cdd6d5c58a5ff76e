import { post } from "lib/post"

const SAY = 15_000        // a look lasts thirty seconds with colleagues
const TYPED = 5_500       // typing lasts five
const LOOKED = 30_500

/** Tells colleagues that this person reads here, and asks who else does; what fades is asked for again when it should be gone. */
class WhoIsHere extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #saying
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fading

  connectedCallback() {
    this.addEventListener("htmx:after:swap", this.#fade)
    window.addEventListener("focus", this.#say)
    this.#saying = setInterval(this.#say, SAY)
    this.#say()
  }

  disconnectedCallback() {
    window.removeEventListener("focus", this.#say)
    clearInterval(this.#saying)
    clearTimeout(this.#fading)
  }

  #say = () => {
    if (document.visibilityState !== "visible" || !document.hasFocus() || !this.checkVisibility()) return
    post(this.dataset.viewingUrl ?? "", {}).catch(() => {})
  }

  #fade = () => {
    clearTimeout(this.#fading)
    if (!this.querySelector(".here-person")) return
    const typing = this.querySelector("[data-sign=typing]")
    this.#fading = setTimeout(() => this.dispatchEvent(new CustomEvent("fade")), typing ? TYPED : LOOKED)
  }
}

customElements.define("who-is-here", WhoIsHere)
