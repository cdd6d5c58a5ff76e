import { announce } from "lib/announce"
import { commandRows } from "lib/commands"
import { fits } from "lib/fuzzy"
import { letterOf } from "lib/keys"
import { bulkFields, tellResults } from "lib/picked"
import { post, reasonIn } from "lib/post"
import { rove } from "lib/rove"
import { phrase, toast } from "lib/toast"

/**
 * One dialog for all that is chosen: links with `data-sheet` open in it, Ctrl-K looks through everything the page can do, then through
 * conversations and customers. Without JavaScript the same links are pages.
 */
class CommandPalette extends HTMLElement {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon
  #turn = 0

  connectedCallback() {
    document.addEventListener("click", this.#open)
    document.addEventListener("keydown", this.#hotkey)
    document.addEventListener("htmx:confirm", this.#confirm)
    this.addEventListener("submit", this.#submit)
    this.addEventListener("keydown", this.#move)
    this.addEventListener("input", this.#filter)
    this.addEventListener("click", this.#leave)
  }

  get #dialog() { return /** @type {HTMLDialogElement} */ (this.querySelector("dialog")) }
  get #query() { return /** @type {HTMLInputElement} */ (this.#slot("query")) }
  get #items() { return /** @type {HTMLElement[]} */ ([...this.#slot("body").querySelectorAll(".choice:not([hidden])")]) }
  /** @param {string} name */
  #slot(name) { return /** @type {HTMLElement} */ (this.querySelector(`[data-slot=${name}]`)) }

  /** @param {MouseEvent} event */
  #open = event => {
    const link = /** @type {Element} */ (event.target).closest?.("a[data-sheet]")
    if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
    event.preventDefault()
    this.#load(link.href, link.dataset.sheet || "choices")
  }

  /** @param {MouseEvent} event */
  #leave = event => {
    if (event.target !== this.#dialog && !/** @type {Element} */ (event.target).closest("[data-action=dismiss]")) return
    event.preventDefault()
    this.#dialog.close()
  }

  /** @param {KeyboardEvent} event */
  #hotkey = event => {
    if (letterOf(event) !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
    event.preventDefault()
    if (this.#dialog.open) { this.#dialog.close(); return }
    this.#show("commands", "")
    this.#commands()
  }

  /** @param {string} url @param {string} kind */
  async #load(url, kind) {
    const turn = ++this.#turn
    try {
      const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" })
      if (response.redirected) { location.assign(url); return }
      const text = await response.text()
      if (turn !== this.#turn) return
      if (response.ok) this.#show(kind, text)
      else toast(reasonIn(text) || phrase("failed"), "error")
    } catch { toast(phrase("offline"), "error") }
  }

  /** @param {string} kind @param {string} html */
  #show(kind, html) {
    const body = this.#slot("body")
    this.#dialog.dataset.kind = kind
    body.innerHTML = html
    this.#slot("ask").hidden = true
    this.#slot("none").hidden = true
    this.#slot("head").hidden = kind !== "commands" && !(body.querySelector("[data-filter]") && this.#items.length > 6)
    this.#query.value = ""
    if (!this.#dialog.open) this.#dialog.showModal()
    const first = this.#slot("head").hidden ? body.querySelector("[aria-current] , .choice, input:not([type=hidden]), select") : this.#query
    if (first instanceof HTMLElement) first.focus()
  }

  #commands() {
    const mould = /** @type {HTMLTemplateElement} */ (this.querySelector("template")).content
    const found = document.createElement("div")
    found.dataset.slot = "found"
    const rows = commandRows(mould, act => { this.#dialog.close(); act.click() })
    this.#slot("body").replaceChildren(/** @type {Node} */ (mould.firstElementChild?.cloneNode(true)), ...rows, found)
  }

  #filter = (/** @type {Event} */ event) => {
    if (event.target !== this.#query) return
    const words = this.#query.value
    const commands = this.#dialog.dataset.kind === "commands"
    for (const item of /** @type {NodeListOf<HTMLElement>} */ (this.#slot("body").querySelectorAll(commands ? ":scope > .choice" : ".choice"))) item.hidden = !fits(item.textContent ?? "", words)
    const title = this.#slot("body").querySelector(":scope > .choices-title")
    title?.toggleAttribute("hidden", !this.#slot("body").querySelector(":scope > .choice:not([hidden])"))
    this.#slot("none").hidden = commands || this.#items.length > 0
    clearTimeout(this.#soon)
    if (commands) this.#soon = setTimeout(() => this.#find(words), 150)
  }

  /** @param {string} words */
  async #find(words) {
    const turn = ++this.#turn
    const response = words.trim() ? await fetch(`${this.getAttribute("src")}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } }).catch(() => null) : null
    const html = response?.ok ? await response.text() : ""
    const place = this.querySelector("[data-slot=found]")
    if (turn === this.#turn && place) place.innerHTML = html
  }

  #move = (/** @type {KeyboardEvent} */ event) => rove(event, this.#items, this.#slot("head").hidden ? null : this.#query)

  /** @param {SubmitEvent} event */
  #submit = async event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.method !== "post") return
    event.preventDefault()
    const many = "many" in form.dataset
    const fields = new FormData(form, event.submitter)
    if (many) bulkFields(fields)
    this.#dialog.close()
    try {
      const response = await post(form.getAttribute("action") ?? "", fields)
      if (many) tellResults(await response.json())
      if (form.dataset.then) { location.assign(form.dataset.then); return }
      const id = form.dataset.conversation ?? document.querySelector(".inbox")?.getAttribute("data-conversation")
      if (id) announce(`live:conversation-${id}`)
      announce("live:inbox")
    } catch (refused) { toast(/** @type {Error} */ (refused).message || phrase("failed"), "error") }
  }

  /** htmx asks here instead of in the browser's own box. @param {Event} event */
  #confirm = event => {
    const { ctx, issueRequest, dropRequest } = /** @type {CustomEvent} */ (event).detail
    event.preventDefault()
    this.#show("ask", "")
    this.#slot("ask").hidden = false
    this.#slot("question").textContent = ctx.confirm
    this.#dialog.returnValue = ""
    this.#slot("yes").focus()
    this.#dialog.addEventListener("close", () => (this.#dialog.returnValue === "yes" ? issueRequest : dropRequest)(), { once: true })
  }
}

customElements.define("command-palette", CommandPalette)
