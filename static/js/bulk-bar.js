import { announce } from "lib/announce"
import { picked, tellResults } from "lib/picked"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"

const HOLD = 500

/**
 * The ticks in the list and the bar that acts on them. A tick is held here, so a refresh of the list cannot lose it; Shift ticks from
 * the last one to here, a long press begins on a phone.
 */
class BulkBar extends HTMLElement {
  /** @type {Set<string>} */
  #ticked = new Set()
  #last = ""
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #hold

  connectedCallback() {
    document.addEventListener("htmx:after:swap", this.#settle)
    document.addEventListener("picked:done", this.#done)
    document.addEventListener("change", this.#tick)
    document.addEventListener("click", this.#click, { capture: true })
    document.addEventListener("pointerdown", this.#press)
    for (const kind of ["pointerup", "pointercancel", "pointermove"]) document.addEventListener(kind, this.#release, { passive: true })
    this.addEventListener("submit", this.#submit)
    this.addEventListener("click", event => { if (/** @type {Element} */ (event.target).closest("[data-action=unpick]")) this.#clear(picked()) })
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.#settle)
    document.removeEventListener("picked:done", this.#done)
    document.removeEventListener("change", this.#tick)
    document.removeEventListener("click", this.#click, { capture: true })
    document.removeEventListener("pointerdown", this.#press)
    for (const kind of ["pointerup", "pointercancel", "pointermove"]) document.removeEventListener(kind, this.#release)
  }

  get #form() { return /** @type {HTMLFormElement} */ (this.querySelector("form")) }
  get #boxes() { return /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".conversation-pick input")]) }

  #settle = () => {
    for (const box of this.#boxes) box.checked = this.#ticked.has(box.value)
    this.#count()
  }

  #tick = (/** @type {Event} */ event) => { if (this.#boxes.includes(/** @type {HTMLInputElement} */ (event.target))) this.#count() }

  /** While rows are being ticked a tap ticks; with Shift from the last one to here. @param {MouseEvent} event */
  #click = event => {
    const at = /** @type {HTMLElement} */ (event.target)
    const item = at.closest?.(".conversation-item")
    const box = /** @type {HTMLInputElement | null | undefined} */ (item?.querySelector(".conversation-pick input"))
    if (!box) return
    const onBox = at.closest(".conversation-pick")
    if (event.shiftKey && (onBox || this.#ticked.size)) { event.preventDefault(); this.#range(box) }
    else if (!onBox && this.#ticked.size && matchMedia("(hover: none)").matches) { event.preventDefault(); box.click() }
    else if (at === box) this.#last = box.value
  }

  /** @param {HTMLInputElement} upto */
  #range(upto) {
    const boxes = this.#boxes
    const [from, to] = [boxes.findIndex(each => each.value === this.#last), boxes.indexOf(upto)].sort((one, other) => one - other)
    for (const box of boxes.slice(Math.max(from, 0), to + 1)) box.checked = true
    getSelection()?.removeAllRanges()
    this.#count()
  }

  #release = () => clearTimeout(this.#hold)

  /** @param {PointerEvent} event */
  #press = event => {
    const box = /** @type {HTMLInputElement | null | undefined} */ (/** @type {Element} */ (event.target).closest?.(".conversation-item")?.querySelector(".conversation-pick input"))
    clearTimeout(this.#hold)
    if (!box || event.pointerType !== "touch") return
    this.#hold = setTimeout(() => {
      document.addEventListener("click", late => late.preventDefault(), { capture: true, once: true })
      addEventListener("contextmenu", late => late.preventDefault(), { once: true })
      box.checked = !box.checked
      this.#count()
    }, HOLD)
  }

  #count() {
    this.#ticked = new Set(picked())
    document.getElementById("conversation-list")?.toggleAttribute("data-picking", this.#ticked.size > 0)
    const form = this.#form
    form.hidden = !this.#ticked.size
    const slot = form.querySelector("[data-slot=count]")
    if (slot) slot.textContent = String(this.#ticked.size)
  }

  #done = (/** @type {Event} */ event) => this.#clear(/** @type {CustomEvent} */ (event).detail)

  /** @param {string[]} ids */
  #clear(ids) {
    for (const box of this.#boxes) if (ids.includes(box.value)) box.checked = false
    this.#count()
  }

  /** @param {SubmitEvent} event */
  #submit = async event => {
    event.preventDefault()
    const form = this.#form
    try { tellResults(await (await post(form.action, new FormData(form, event.submitter))).json()) }
    catch (refused) { toast(/** @type {Error} */ (refused).message || phrase("failed"), "error") }
    announce("live:inbox")
  }
}

customElements.define("bulk-bar", BulkBar)
