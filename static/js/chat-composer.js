import { announce } from "lib/announce"
import { fit, mentionsIn } from "lib/caret"
import { flush, keep } from "lib/outbox"
import { drawPending, markQueued, recall, showOutcome } from "lib/pending"
import { post } from "lib/post"
import { uuid7 } from "lib/uuid7"

const TYPING = 3_000

/**
 * Where people write. A message appears at once under the id it keeps for ever and is posted behind it; without a connection it
 * stays, marked, and can be sent again. What is half written survives a reload, and a refresh by htmx's morph.
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
    this.addEventListener("composer:emptied", this.#empty)
    for (const name of ["htmx:after:swap", "composer:draw"]) this.addEventListener(name, this.#draw)
    for (const name of ["composer:quote", "composer:focus"]) document.body.addEventListener(name, this.#quote)
    document.body.addEventListener("composer:again", this.#again)
    document.body.addEventListener("outbox:outcome", this.#outcome)
    void recall(this.dataset.conversation)
    this.#draw()
  }

  disconnectedCallback() {
    for (const name of ["composer:quote", "composer:focus"]) document.body.removeEventListener(name, this.#quote)
    document.body.removeEventListener("composer:again", this.#again)
    document.body.removeEventListener("outbox:outcome", this.#outcome)
  }

  /** @param {string} _name @param {string | null} before @param {string} now */
  attributeChangedCallback(_name, before, now) {
    if (this.#awaited && before && now === "open") queueMicrotask(() => { this.#awaited = false; this.#text?.focus() })
  }

  get #text() { return /** @type {HTMLTextAreaElement | null} */ (this.querySelector("textarea")) }
  get #tray() { return /** @type {any} */ (this.querySelector("file-tray")) }
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
    fit(text)
  }

  /** @param {SubmitEvent} event */
  #submit = event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.dataset.verb) this.#awaited = true
    if (!form.matches(".composer-form")) return
    event.preventDefault()
    const text = /** @type {HTMLTextAreaElement} */ (this.#text), body = text.value.trim()
    const note = this.#tab === "note"
    const tray = note ? null : this.#tray
    if (!body && !tray?.ids.length || tray?.busy) return
    const url = event.submitter?.getAttribute("formaction") ?? form.action
    const more = note ? mentionsIn(body) : tray?.ids.map((/** @type {string} */ id) => ["attachments", id]) ?? []
    const fields = /** @type {[string, string][]} */ ([["reply_to", this.#quoted.id], ...more])
    const unsent = { id: uuid7(), conversation: this.dataset.conversation ?? "", url, body, fields, note }
    drawPending({ ...unsent, body: body || tray?.names || "" }, this.#quoted.text)
    this.#empty()
    void keep(unsent).then(() => flush())
  }

  #empty = () => {
    const text = this.#text
    if (this.#tab === "reply") this.#tray?.empty()
    sessionStorage.removeItem(this.#draftKey)
    this.#quoted = { id: "", text: "" }
    if (text) text.value = ""
    this.#draw()
    text?.focus()
  }

  /** @param {Event} event */
  #outcome = event => showOutcome(/** @type {CustomEvent} */ (event).detail, this.dataset.conversation)

  /** @param {Event} event */
  #again = event => {
    const { id } = /** @type {CustomEvent} */ (event).detail
    markQueued(id)
    void flush(id)
  }

  /** @param {Event} event A message to answer, or the page's keys: `r` answers, `n` notes (`tab`). */
  #quote = event => {
    if (!this.#text) return
    const { detail } = /** @type {CustomEvent} */ (event)
    if (detail?.id) this.#quoted = detail
    this.dataset.tab = detail?.tab ?? "reply"
    this.#draw()
    this.#text.focus()
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const composing = event.isComposing || event.keyCode === 229      // an input method is still choosing a letter
    if (event.key !== "Enter" || event.shiftKey || composing || event.target !== this.#text || matchMedia("(pointer: coarse)").matches) return
    event.preventDefault()
    if (this.#text?.value.trim() || this.#tray?.ids.length) /** @type {HTMLElement | null} */ (this.querySelector(`.composer-send[data-for=${this.#tab}]`))?.click()
  }

  /** @param {Event} event */
  #input = event => {
    const text = this.#text
    if (!text || event.target !== text) return
    fit(text)
    if (text.value) sessionStorage.setItem(this.#draftKey, text.value)
    else sessionStorage.removeItem(this.#draftKey)
    if (this.#tab === "note" || Date.now() - this.#lastTyping < TYPING) return
    this.#lastTyping = Date.now()
    post(this.dataset.typingUrl ?? "", {}).catch(() => {})
  }

  /** @param {Event} event */
  #click = event => {
    const { action, value = "reply" } = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-action]"))?.dataset ?? {}
    if (action === "unquote") this.#quoted = { id: "", text: "" }
    else if (action === "replies") return void this.dispatchEvent(new CustomEvent("composer:ask"))
    else if (action === "tab") {
      const again = this.#tab === value
      this.dataset.tab = value
      if (this.#text && !again) this.#text.value = ""
    } else return
    this.#draw()
    this.#text?.focus()
  }
}

customElements.define("chat-composer", ChatComposer)
