import { called, firstMark, insert, wordAfter } from "lib/caret"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"

/** The list that "/" (replies) and, in a note, "@" (colleagues) open under the cursor. The field points at the marked one. */
class ComposerSuggest extends HTMLElement {
  /** @type {{ start: number, word: string, sign: string } | null} */
  #asked = null
  /** @type {{ id: string, name: string }[] | null} */
  #people = null
  #closed = -1
  #turn = 0
  #listening = new AbortController()

  connectedCallback() {
    const composer = /** @type {HTMLElement} */ (this.#composer)
    const { signal } = this.#listening = new AbortController()
    composer.addEventListener("input", this.#look, { signal })
    composer.addEventListener("keydown", this.#key, { signal, capture: true })
    composer.addEventListener("focusout", this.#leave, { signal })
    composer.addEventListener("composer:ask", this.#ask, { signal })
    this.addEventListener("pointerdown", this.#pick, { signal })
  }

  disconnectedCallback() { this.#listening.abort() }

  get #composer() { return /** @type {HTMLElement | null} */ (this.closest("chat-composer")) }
  get #field() { return /** @type {HTMLTextAreaElement} */ (this.#composer?.querySelector("textarea")) }
  get #list() { return /** @type {HTMLElement} */ (this.querySelector("[role=listbox]")) }
  get #options() { return /** @type {HTMLElement[]} */ ([...this.#list.querySelectorAll("[role=option]:not([aria-disabled])")]) }
  get #at() { return this.#options.findIndex(option => option.getAttribute("aria-selected") === "true") }

  /** The button beside the field types the sign for people without the habit. */
  #ask = () => {
    const field = this.#field
    const before = field.value.slice(0, field.selectionStart)
    insert(field, field.selectionStart, field.selectionEnd, before && !/\s$/.test(before) ? " /" : "/")
  }

  #look = async () => {
    const field = this.#field
    if (!field || field.selectionStart !== field.selectionEnd) return this.#shut()
    const sign = this.#composer?.dataset.tab === "note" ? "@" : "/"
    const found = wordAfter(field.value, field.selectionStart, sign)
    if (!found || found.start === this.#closed) return this.#shut(found?.start)
    this.#asked = { ...found, sign }
    const turn = ++this.#turn
    const html = sign === "@" ? await this.#colleagues(found.word) : await this.#replies(found.word)
    if (turn === this.#turn && this.#asked) this.#open(html)
  }

  /** @param {string} word */
  async #replies(word) {
    const query = new URLSearchParams({ q: word, conversation: this.#composer?.dataset.conversation ?? "" })
    const response = await fetch(`${this.dataset.repliesUrl}?${query}`, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null)
    return response?.ok ? response.text() : ""
  }

  /** @param {string} word */
  async #colleagues(word) {
    if (!this.#people) {
      const response = await fetch(this.dataset.mentionsUrl ?? "", { credentials: "same-origin" }).catch(() => null)
      this.#people = response?.ok ? (await response.json()).people : []
    }
    const rows = called(this.#people ?? [], word).slice(0, 8).map(({ id, name }, at) => {
      const row = document.createElement("li")
      Object.assign(row, { id: `colleague-${id}`, textContent: name, dir: "auto" })
      row.setAttribute("role", "option")
      row.setAttribute("aria-selected", String(at === 0))
      row.dataset.colleague = id
      return row.outerHTML
    })
    return rows.join("")
  }

  /** @param {string} html */
  #open(html) {
    if (!html.trim()) return this.#shut()
    this.#list.innerHTML = html
    this.#list.hidden = false
    this.#mark(0)
  }

  /** @param {number} [closed] a sign that was dismissed stays dismissed until another one is typed */
  #shut(closed = -1) {
    this.#turn++
    this.#asked = null
    this.#closed = closed
    if (this.#list) this.#list.hidden = true
    this.#field?.removeAttribute("aria-activedescendant")
  }

  /** @param {number} at */
  #mark(at) {
    const options = this.#options
    const chosen = options[(at + options.length) % (options.length || 1)]
    for (const option of options) option.setAttribute("aria-selected", String(option === chosen))
    chosen?.scrollIntoView({ block: "nearest" })
    if (chosen) this.#field.setAttribute("aria-activedescendant", chosen.id)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (!this.#asked || this.#list.hidden || event.isComposing) return
    if (event.key === "ArrowDown") this.#mark(this.#at + 1)
    else if (event.key === "ArrowUp") this.#mark(this.#at - 1)
    else if (event.key === "Escape") this.#shut(this.#asked.start)
    else if ((event.key === "Enter" && !event.shiftKey || event.key === "Tab") && this.#at >= 0) this.#take(this.#options[this.#at])
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  /** @param {PointerEvent} event */
  #pick = event => {
    const option = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[role=option]:not([aria-disabled])"))
    if (option) event.preventDefault() // the field keeps the cursor
    if (option) this.#take(option)
  }

  #leave = () => setTimeout(() => { if (!this.#composer?.contains(document.activeElement)) this.#shut() }, 150)

  /** @param {HTMLElement} option */
  async #take(option) {
    if (!this.#asked) return
    const { start, word } = this.#asked
    const field = this.#field
    this.#shut(start)
    if (option.dataset.colleague) {
      insert(field, start, start + 1 + word.length, `@${option.textContent} `)
      const before = JSON.parse(this.dataset.mentioned ?? "[]")
      this.dataset.mentioned = JSON.stringify([...before, { id: option.dataset.colleague, name: option.textContent }])
      return
    }
    try {
      const response = await post(option.dataset.use ?? "", { conversation: this.#composer?.dataset.conversation ?? "" })
      const { body, files } = await response.json()
      const tray = /** @type {any} */ (this.#composer?.querySelector("file-tray"))
      tray?.add(files)
      insert(field, start, start + 1 + word.length, body)
      const gap = firstMark(field.value, start)
      if (gap) field.setSelectionRange(gap.start, gap.end)
    } catch (problem) {
      toast(/** @type {Error} */ (problem).message || phrase("failed"), "error")
    }
  }
}

customElements.define("composer-suggest", ComposerSuggest)
