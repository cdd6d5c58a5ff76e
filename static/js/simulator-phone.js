import { announce } from "lib/announce"
import { post } from "lib/post"
import { isNearEnd, toEnd } from "lib/scroll"
import { phrase, toast } from "lib/toast"

const LOOKS = [0, 400, 1_200, 2_500, 5_000, 9_000]      // after writing it looks by itself, so that an answer shows even without a socket

/** The pretend phone: what the customer would hold in the hand. Writing goes the whole way round through the real webhook. */
class SimulatorPhone extends HTMLElement {
  #stuck = true
  #watch = new MutationObserver(() => { if (this.#stuck) toEnd(this.#scroller) })

  connectedCallback() {
    this.addEventListener("submit", this.#submit)
    this.addEventListener("keydown", this.#key)
    this.addEventListener("change", this.#chosen)
    this.#scroller.addEventListener("scroll", this.#scrolled, { passive: true })
    this.#watch.observe(this.#list, { childList: true, subtree: true })
    toEnd(this.#scroller)
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#submit)
    this.removeEventListener("keydown", this.#key)
    this.removeEventListener("change", this.#chosen)
    this.#watch.disconnect()
  }

  get #scroller() { return /** @type {HTMLElement} */ (this.querySelector(".phone-scroll")) }
  get #list() { return /** @type {HTMLElement} */ (this.querySelector(".phone-rows")) }
  get #text() { return /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea")) }

  #scrolled = () => { this.#stuck = isNearEnd(this.#scroller) }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (event.target !== this.#text || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return
    event.preventDefault()
    this.#text.form?.requestSubmit()
  }

  /** A file that was chosen is sent at once, with what is written as its caption. @param {Event} event */
  #chosen = event => {
    const input = event.target
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.files?.length || !input.form) return
    const fields = new FormData(input.form)
    fields.set("type", "file")
    this.#stuck = true
    input.value = this.#text.value = ""
    this.#send(input.form.action, fields).catch(problem => toast(problem.message || phrase(problem.status ? "failed" : "offline"), "error"))
  }

  /** @param {string} address @param {FormData} fields */
  async #send(address, fields) {
    await post(address, fields)
    for (const ms of LOOKS) setTimeout(() => announce("live:simulator"), ms)
  }

  /** Writing draws its bubble at once; taps, reactions, edits and pictures show when the network has them. @param {SubmitEvent} event */
  #submit = event => {
    event.preventDefault()
    const form = /** @type {HTMLFormElement} */ (event.target)
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter)
    const fields = new FormData(form, button)
    if (button?.name === "reaction") { fields.set("type", "reaction"); fields.set("emoji", button.value) }
    const writes = form.contains(this.#text)
    const text = writes ? this.#text.value.trim() : ""
    if (writes && !text && !button?.name) return
    if (writes) this.#text.value = ""
    this.#stuck = true
    const bubble = text && !button?.name ? this.#draw(text) : null
    form.closest("details")?.removeAttribute("open")
    this.#send(form.action, fields).catch(problem => {
      bubble?.remove()
      if (writes) this.#text.value = text
      toast(problem.message || phrase(problem.status ? "failed" : "offline"), "error")
    })
  }

  /** @param {string} text */
  #draw(text) {
    const mould = /** @type {HTMLTemplateElement | null} */ (document.getElementById("phone-pending"))
    const bubble = mould?.content.firstElementChild?.cloneNode(true)
    if (!(bubble instanceof HTMLElement)) return null
    const slot = bubble.querySelector("[data-slot=body]")
    if (slot) slot.textContent = text
    this.#list.querySelector(".phone-empty")?.remove()
    this.#list.append(bubble)
    return bubble
  }
}

customElements.define("simulator-phone", SimulatorPhone)
