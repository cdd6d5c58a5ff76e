import { Draft } from "lib/drafts"
import { unsent } from "lib/outbox"
import { post } from "lib/post"

/** Keeps what is half written on the server, and brings back what was begun on another day or device. */
class ComposerDraft extends HTMLElement {
  #draft = new Draft(this.dataset.url ?? "", post)
  #had = false
  #leave = new AbortController()

  connectedCallback() {
    const { signal } = this.#leave = new AbortController()
    this.#composer.addEventListener("input", this.#later, { signal })
    this.#composer.addEventListener("focusout", this.#now, { signal })
    this.#composer.addEventListener("submit", this.#forget, { signal, capture: true })
    this.#composer.addEventListener("composer:emptied", () => this.#draft.forget(), { signal })
    addEventListener("pagehide", this.#now, { signal })
    this.#restore()
  }

  disconnectedCallback() {
    this.#draft.now({ keepalive: true })
    this.#leave.abort()
  }

  get #composer() { return /** @type {HTMLElement} */ (this.closest("chat-composer")) }
  get #text() { return this.closest("chat-composer")?.querySelector("textarea") }

  /** Never over what is being typed, nor what waits in the outbox: asked first, for it may be sent while the draft is read. */
  async #restore() {
    const waiting = await unsent()
    const { body, note } = await this.#draft.read()
    const { conversation = "" } = this.dataset
    const waits = waiting.some(each => each.conversation === conversation && each.body === body.trim())
    if (!body || waits || !this.#text || this.#text.value) return
    this.#composer.dataset.tab = note ? "note" : "reply"
    sessionStorage.setItem(`majlis:draft:${conversation}:${note ? "note" : "reply"}`, body)
    this.#text.value = body
    this.#had = true
    this.#composer.dispatchEvent(new CustomEvent("composer:draw"))
  }

  /** @param {Event} event */
  #later = event => {
    if (event.target !== this.#text || !this.#text) return
    this.#draft.later(this.#text.value, this.#composer.dataset.tab === "note")
  }

  #now = async () => {
    await this.#draft.now({ keepalive: true })
    const has = Boolean(this.#text?.value.trim())
    if (has !== this.#had) document.body.dispatchEvent(new CustomEvent("live:inbox")) // the word "Draft" in the list's row
    this.#had = has
  }

  /** @param {Event} event */
  #forget = event => {
    if (/** @type {Element} */ (event.target).matches(".composer-form") && this.#text?.value.trim()) this.#draft.forget()
  }
}

customElements.define("composer-draft", ComposerDraft)
