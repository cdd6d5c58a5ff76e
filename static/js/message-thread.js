import { actOnMessage, react, showMessage } from "lib/message-acts"
import { continues, misplaced, placeOf } from "lib/order"
import { Reader } from "lib/reader"
import { holdPlace, isNearEnd, toEnd } from "lib/scroll"

/**
 * The thread: htmx upserts its rows after each nudge, this keeps the eye where it was. It asks for what is newer than the last `seq`
 * seen, sticks to the end only when the reader is there, and marks as read what is truly being looked at.
 */
class MessageThread extends HTMLElement {
  #seq = 0
  #oldest = ""
  #unseen = 0
  #stuck = true
  /** @type {(() => void) | null} */
  #putBack = null
  #reader = new Reader(this, () => this.#seq)
  #watch = new MutationObserver(() => this.#tidy())
  #grow = new ResizeObserver(() => { if (this.#stuck) toEnd(this.#scroller) })

  connectedCallback() {
    this.#scroller = /** @type {HTMLElement} */ (this.querySelector(".thread-scroll"))
    this.#list = /** @type {HTMLElement} */ (this.querySelector(".thread-rows"))
    this.#oldest = this.#rows[0]?.dataset.at ?? ""
    this.addEventListener("htmx:config:request", this.#ask)
    this.addEventListener("htmx:before:swap", this.#hold)
    this.addEventListener("click", this.#click)
    document.getElementById("reacting")?.addEventListener("click", react)
    this.#scroller.addEventListener("scroll", this.#scrolled, { passive: true })
    this.#reader.begin()
    this.#watch.observe(this.#list, { childList: true })
    this.#grow.observe(this.#list)
    this.#grow.observe(this.#scroller)
    this.#tidy()
    this.#arrive(this.dataset.sought ?? location.hash.slice(1))
  }

  disconnectedCallback() {
    this.#reader.end()
    this.#watch.disconnect()
    this.#grow.disconnect()
  }

  /** At the message the address names, which may be on an older page; else at the end. @param {string} named */
  #arrive(named) {
    this.#stuck = !named
    if (!named) toEnd(this.#scroller)
    else if (!showMessage(named) && named.length === 36) location.replace(`?at=${named}#${named}`)
    else if (this.#laterButton) this.#jump.hidden = false
  }

  #scroller = /** @type {HTMLElement} */ (this)
  #list = /** @type {HTMLElement} */ (this)
  get #rows() { return /** @type {HTMLElement[]} */ ([...this.#list.children]) }
  get #olderButton() { return /** @type {HTMLElement | null} */ (this.querySelector("[data-action=older]")) }
  get #laterButton() { return /** @type {HTMLElement | null} */ (this.querySelector("[data-action=newer]")) }
  get #jump() { return /** @type {HTMLElement} */ (this.querySelector(".thread-jump")) }

  /** @param {Event} event */
  #ask = event => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail
    if (ctx.sourceElement === this && this.#laterButton) { event.preventDefault(); this.#fresh(0) }     // what is new belongs after what is not here yet
    else if (ctx.sourceElement === this) ctx.request.body.set("since", this.#seq)
    else if (ctx.sourceElement === this.#laterButton) ctx.request.body.set("after", [...this.querySelectorAll(".message:not([data-from=note])")].at(-1)?.id ?? "")
    else if (ctx.sourceElement === this.#olderButton) ctx.request.body.set("before", this.querySelector(".message")?.id ?? "")
  }

  /** @param {Event} event */
  #hold = event => {
    if (/** @type {CustomEvent} */ (event).detail.ctx.sourceElement !== this.#olderButton) return
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
    let fresh = 0
    let before = /** @type {HTMLElement | null} */ (null)
    for (const row of this.#rows) {
      const seq = this.#note(row)
      if (known && seq > known && row.dataset.from === "customer") fresh += 1
      if ("day" in row.dataset) { if (before && "day" in before.dataset) before.remove() }
      else row.toggleAttribute("data-continues", continues(before, row))
      before = row
    }
    if (before && "day" in before.dataset) before.remove()
    this.#watch.takeRecords()
    this.#oldest ||= this.#rows[0]?.dataset.at ?? ""

    const mine = before?.dataset.status === "queued" && before.dataset.seq === "0"
    if (this.#putBack) { this.#putBack(); this.#putBack = null; requestAnimationFrame(() => this.removeAttribute("data-still")) }
    else if (this.#stuck && !this.#laterButton || mine) { this.#stuck = true; toEnd(this.#scroller) }
    else if (fresh) this.#fresh(fresh)
    this.#reader.look()
  }

  /** @param {number} count */
  #fresh(count) {
    this.#unseen += count
    this.#count()
    this.#jump.toggleAttribute("data-fresh", true)
    this.#jump.hidden = false
  }

  #count() { this.#jump.querySelector("[data-slot=count]")?.replaceChildren(this.#unseen ? String(this.#unseen) : "") }

  /** @param {HTMLElement} row */
  #note(row) {
    const seq = Number(row.dataset.seq ?? 0)
    this.#seq = Math.max(this.#seq, seq)
    return seq
  }

  #scrolled = () => {
    this.#stuck = isNearEnd(this.#scroller)
    const later = this.#laterButton
    if (later && this.#stuck && !later.matches(".htmx-request")) later.click()
    this.#jump.hidden = !later && isNearEnd(this.#scroller, 400) && (this.#stuck || !this.#jump.hasAttribute("data-fresh"))
    if (this.#stuck && !later) { this.#jump.removeAttribute("data-fresh"); this.#unseen = 0; this.#count() }
    if (this.#scroller.scrollTop < 160 && !this.#putBack) this.#olderButton?.click()
  }

  /** @param {MouseEvent} event */
  #click = event => {
    const at = /** @type {HTMLElement} */ (event.target)
    if (at.closest("[data-action=jump]") && !this.#laterButton) { event.preventDefault(); toEnd(this.#scroller, true) }
    else if (at.closest("[data-action]")) actOnMessage(event)
    else if (matchMedia("(hover: none)").matches && !at.closest("a, button, form")) {
      const row = at.closest(".message")
      for (const other of this.querySelectorAll("[data-held]")) if (other !== row) other.removeAttribute("data-held")
      row?.toggleAttribute("data-held")
    }
  }
}

customElements.define("message-thread", MessageThread)
