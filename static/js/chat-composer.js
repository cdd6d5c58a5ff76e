import { announce } from "lib/announce"
import { flush, keep, unsent as everythingUnsent } from "lib/outbox"
import { drawPending, markQueued, markUnsent } from "lib/pending"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"
import { uuid7 } from "lib/uuid7"

const TYPING = 3_000

/**
 * Where people write. A message appears at once under the id it will keep for ever and is posted behind it; without a connection it
 * stays, marked, and can be sent again. What is half written survives a reload, and a refresh of the composer by htmx's morph.
 */
class ChatComposer extends HTMLElement {
  static observedAttributes = ["data-state"]
  #quoted = { id: "", text: "" }
  #lastTyping = 0
  #awaited = false

  connectedCallback() {
    this.addEventListener("submit", this.#submit)
    this.addEventListener("keydown", this.#key)
    this.addEventListener("input", this.#input)
    this.addEventListener("click", this.#click)
    this.addEventListener("htmx:after:swap", this.#draw)
    document.body.addEventListener("composer:quote", this.#quote)
    document.body.addEventListener("composer:again", this.#again)
    document.body.addEventListener("outbox:outcome", this.#outcome)
    void this.#recall()
    this.#draw()
  }

  disconnectedCallback() {
    document.body.removeEventListener("composer:quote", this.#quote)
    document.body.removeEventListener("composer:again", this.#again)
    document.body.removeEventListener("outbox:outcome", this.#outcome)
  }

  /** @param {string} _name @param {string | null} before @param {string} now */
  attributeChangedCallback(_name, before, now) {
    if (this.#awaited && before && now === "open") queueMicrotask(() => { this.#awaited = false; this.#text?.focus() })
  }

  get #text() { return /** @type {HTMLTextAreaElement | null} */ (this.querySelector("textarea")) }
  get #tab() { return this.dataset.tab === "note" ? "note" : "reply" }
  get #draftKey() { return `majlis:draft:${this.dataset.conversation}:${this.#tab}` }

  /** Puts back what a morph cannot know: the tab, the draft, the quote. */
  #draw = () => {
    const text = this.#text
    for (const tab of this.querySelectorAll(".composer-tabs [data-value]")) tab.setAttribute("aria-pressed", String(tab.getAttribute("data-value") === this.#tab))
    this.querySelector("[data-slot=quoted]")?.toggleAttribute("hidden", !this.#quoted.id)
    const words = this.querySelector("[data-slot=quoted-text]")
    if (words) words.textContent = this.#quoted.text
    if (!text) return
    text.placeholder = text.dataset[this.#tab] ?? ""
    if (document.activeElement !== text || !text.value) text.value = sessionStorage.getItem(this.#draftKey) ?? text.value
    this.#fit(text)
  }

  /** @param {SubmitEvent} event */
  #submit = event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.dataset.verb) this.#awaited = true
    if (!form.matches(".composer-form")) return
    event.preventDefault()
    const text = /** @type {HTMLTextAreaElement} */ (this.#text)
    const body = text.value.trim()
    if (!body) return
    const url = event.submitter?.getAttribute("formaction") ?? form.action
    /** @type {[string, string][]} */
    const fields = [["reply_to", this.#quoted.id]]
    const unsent = { id: uuid7(), conversation: this.dataset.conversation ?? "", url, body, fields, note: this.#tab === "note" }
    drawPending(unsent, this.#quoted.text)
    text.value = ""
    sessionStorage.removeItem(this.#draftKey)
    this.#quoted = { id: "", text: "" }
    this.#draw()
    text.focus()
    void keep(unsent).then(() => flush())
  }

  /** Draws what this browser has kept of this conversation: waiting, or refused with its reason. */
  async #recall() {
    for (const unsent of await everythingUnsent()) {
      if (unsent.conversation !== this.dataset.conversation || !drawPending(unsent, "")) continue
      if (unsent.refused !== undefined) markUnsent(unsent.id, unsent.refused)
    }
  }

  /** @param {Event} event */
  #outcome = event => {
    const { id, conversation, refusal, waits } = /** @type {CustomEvent} */ (event).detail
    if (conversation !== this.dataset.conversation) return
    if (refusal) markUnsent(id, refusal.message)
    if (refusal && !waits) toast(refusal.message || phrase("failed"), "error")
    if (!waits) announce(`live:conversation-${conversation}`)
  }

  /** @param {Event} event */
  #again = event => {
    const { id } = /** @type {CustomEvent} */ (event).detail
    markQueued(id)
    void flush(id)
  }

  /** @param {Event} event */
  #quote = event => {
    if (!this.#text) return
    this.#quoted = /** @type {CustomEvent} */ (event).detail
    this.dataset.tab = "reply"
    this.#draw()
    this.#text.focus()
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const composing = event.isComposing || event.keyCode === 229      // an input method is still choosing a letter
    if (event.key !== "Enter" || event.shiftKey || composing || event.target !== this.#text || matchMedia("(pointer: coarse)").matches) return
    event.preventDefault()
    const send = /** @type {HTMLElement | null} */ (this.querySelector(`.composer-send[data-for=${this.#tab}]`))
    if (this.#text?.value.trim()) send?.click()
  }

  #input = () => {
    const text = /** @type {HTMLTextAreaElement} */ (this.#text)
    this.#fit(text)
    if (text.value) sessionStorage.setItem(this.#draftKey, text.value)
    else sessionStorage.removeItem(this.#draftKey)
    if (this.#tab === "note" || Date.now() - this.#lastTyping < TYPING) return
    this.#lastTyping = Date.now()
    post(this.dataset.typingUrl ?? "", {}).catch(() => {})
  }

  /** @param {Event} event */
  #click = event => {
    const act = /** @type {HTMLElement} */ (event.target).closest("[data-action]")
    if (act?.getAttribute("data-action") === "unquote") this.#quoted = { id: "", text: "" }
    else if (act?.getAttribute("data-action") === "tab") {
      const again = this.#tab === act.getAttribute("data-value")
      this.dataset.tab = act.getAttribute("data-value") ?? "reply"
      if (this.#text && !again) this.#text.value = ""
    } else return
    this.#draw()
    this.#text?.focus()
  }

  /** @param {HTMLTextAreaElement} text Grows by `field-sizing` where the browser knows it, by measure where not */
  #fit(text) {
    if (CSS.supports("field-sizing", "content")) return
    text.style.blockSize = "auto"
    text.style.blockSize = `${text.scrollHeight}px`
  }
}

customElements.define("chat-composer", ChatComposer)
