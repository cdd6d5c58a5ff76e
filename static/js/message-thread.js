import { misplaced, placeOf } from "lib/order"
import { post } from "lib/post"
import { holdPlace, isNearEnd, toEnd } from "lib/scroll"
import { phrase, toast } from "lib/toast"

const RUN = 10 * 60 * 1000      // after ten silent minutes a speaker is named again
const GAZE = 400

/**
 * The thread: htmx upserts its rows after each nudge, this keeps the eye where it was. It asks for what is newer than the last `seq`
 * seen, sticks to the end only when the reader is there, and marks as read what is truly being looked at.
 */
class MessageThread extends HTMLElement {
  #seq = 0
  #read = 0
  #oldest = ""
  #stuck = true
  /** @type {(() => void) | null} */
  #putBack = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gaze
  #watch = new MutationObserver(() => this.#tidy())
  #grow = new ResizeObserver(() => { if (this.#stuck) toEnd(this.#scroller) })

  connectedCallback() {
    this.#scroller = /** @type {HTMLElement} */ (this.querySelector(".thread-scroll"))
    this.#list = /** @type {HTMLElement} */ (this.querySelector(".thread-rows"))
    this.#oldest = this.#rows[0]?.dataset.at ?? ""
    this.addEventListener("htmx:config:request", this.#ask)
    this.addEventListener("htmx:before:swap", this.#hold)
    this.addEventListener("click", this.#click)
    this.#scroller.addEventListener("scroll", this.#scrolled, { passive: true })
    for (const name of ["focus", "visibilitychange"]) window.addEventListener(name, this.#look, { capture: true })
    this.#watch.observe(this.#list, { childList: true })
    this.#grow.observe(this.#list)
    this.#grow.observe(this.#scroller)
    this.#tidy()
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
    if (named) { this.#stuck = false; named.scrollIntoView({ block: "center" }) }
    else toEnd(this.#scroller)
  }

  disconnectedCallback() {
    for (const name of ["focus", "visibilitychange"]) window.removeEventListener(name, this.#look, { capture: true })
    this.#watch.disconnect()
    this.#grow.disconnect()
    clearTimeout(this.#gaze)
  }

  #scroller = /** @type {HTMLElement} */ (this)
  #list = /** @type {HTMLElement} */ (this)
  get #rows() { return /** @type {HTMLElement[]} */ ([...this.#list.children]) }
  get #olderButton() { return /** @type {HTMLElement | null} */ (this.querySelector("[data-action=older]")) }
  get #jump() { return /** @type {HTMLElement} */ (this.querySelector(".thread-jump")) }

  /** @param {Event} event */
  #ask = event => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail
    if (ctx.sourceElement === this) ctx.request.body.set("since", this.#seq)
    else if (ctx.sourceElement === this.#olderButton) ctx.request.body.set("before", this.querySelector(".message")?.id ?? "")
  }

  /** @param {Event} event */
  #hold = event => {
    if (/** @type {CustomEvent} */ (event).detail.ctx.sourceElement === this) return
    this.toggleAttribute("data-still", true)
    this.#putBack = holdPlace(this.#scroller, this.#rows)
    this.#oldest = ""
  }

  /** After any change of rows: in order, in groups, days without messages gone, the eye where it was. */
  #tidy() {
    const rows = this.#rows
    if (this.#olderButton && this.#oldest) for (const row of rows) if ((row.dataset.at ?? "") < this.#oldest) { this.#note(row); row.remove() }
    const stamps = this.#rows.map(row => row.dataset.at ?? "")
    for (const row of misplaced(stamps).map(index => this.#rows[index])) {
      row.remove()
      const others = this.#rows
      this.#list.insertBefore(row, others[placeOf(others.map(each => each.dataset.at ?? ""), row.dataset.at ?? "")] ?? null)
    }
    const known = this.#seq
    let fresh = false
    let before = /** @type {HTMLElement | null} */ (null)
    for (const row of this.#rows) {
      const seq = this.#note(row)
      if (known && seq > known && row.dataset.from === "customer") fresh = true
      if ("day" in row.dataset) { if (before && "day" in before.dataset) before.remove() }
      else row.toggleAttribute("data-continues", this.#continues(before, row))
      before = row
    }
    if (before && "day" in before.dataset) before.remove()
    this.#watch.takeRecords()
    this.#oldest ||= this.#rows[0]?.dataset.at ?? ""

    const mine = before?.dataset.status === "queued" && before.dataset.seq === "0"
    if (this.#putBack) { this.#putBack(); this.#putBack = null; requestAnimationFrame(() => this.removeAttribute("data-still")) }
    else if (this.#stuck || mine) { this.#stuck = true; toEnd(this.#scroller) }
    else if (fresh) { this.#jump.toggleAttribute("data-fresh", true); this.#jump.hidden = false }
    this.#look()
  }

  /** @param {HTMLElement} row */
  #note(row) {
    const seq = Number(row.dataset.seq ?? 0)
    this.#seq = Math.max(this.#seq, seq)
    return seq
  }

  /** @param {HTMLElement | null} before @param {HTMLElement} row */
  #continues(before, row) {
    if (!before || before.dataset.from !== row.dataset.from || before.dataset.by !== row.dataset.by) return false
    const moment = (/** @type {HTMLElement} */ each) => Date.parse(each.querySelector("time")?.dateTime ?? "")
    return moment(row) - moment(before) < RUN
  }

  #scrolled = () => {
    this.#stuck = isNearEnd(this.#scroller)
    this.#jump.hidden = isNearEnd(this.#scroller, 400) && (this.#stuck || !this.#jump.hasAttribute("data-fresh"))
    if (this.#stuck) this.#jump.removeAttribute("data-fresh")
    if (this.#scroller.scrollTop < 160 && !this.#putBack) this.#olderButton?.click()
  }

  #look = () => {
    clearTimeout(this.#gaze)
    if (this.#seq <= this.#read || document.visibilityState !== "visible" || !document.hasFocus() || !this.checkVisibility()) return
    this.#gaze = setTimeout(() => {
      const seq = this.#read = this.#seq
      post(this.dataset.readUrl ?? "", { seq }).catch(() => { this.#read = 0 })
    }, GAZE)
  }

  /** @param {Event} event */
  #click = event => {
    const at = /** @type {HTMLElement} */ (event.target)
    const row = /** @type {HTMLElement | null} */ (at.closest(".message"))
    const text = row?.querySelector("[data-slot=body]")?.textContent ?? ""
    const act = /** @type {HTMLElement | null} */ (at.closest("[data-action]"))
    if (act?.dataset.action === "jump") toEnd(this.#scroller, true)
    else if (act?.dataset.action === "copy") navigator.clipboard.writeText(text).then(() => toast(phrase("copied")))
    else if (act?.dataset.action === "reply") document.body.dispatchEvent(new CustomEvent("composer:quote", { detail: { id: row?.id, text } }))
    else if (act?.dataset.action === "again") document.body.dispatchEvent(new CustomEvent("composer:again", { detail: { id: row?.id } }))
    else if (matchMedia("(hover: none)").matches && !at.closest("a, button, form")) {
      for (const other of this.querySelectorAll("[data-held]")) if (other !== row) other.removeAttribute("data-held")
      row?.toggleAttribute("data-held")
    }
  }
}

customElements.define("message-thread", MessageThread)
