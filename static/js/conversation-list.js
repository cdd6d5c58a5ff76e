import { isBusy, letterOf } from "lib/keys"

const PLACE = "majlis:list-scroll"
const NEAR = 400          // pixels before the end of the list when the next page is asked for
const MOST = 200          // rows in one page; what is older begins a page of its own

/**
 * The list beside the thread: htmx brings its rows (at most once a second), this keeps what the server cannot know, which is the
 * chosen row, the scroll, and the hands on the keyboard (J and K move, Enter opens, X ticks).
 */
class ConversationList extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:after:swap", this.#settle)      // the search box swaps this list too
    document.addEventListener("keydown", this.#key)
    this.addEventListener("htmx:config:request", this.#ask)
    this.addEventListener("scroll", this.#scrolled, { capture: true, passive: true })
    const [address, top] = (sessionStorage.getItem(PLACE) ?? "").split(" ")
    if (this.#rows && address === this.#address) this.#rows.scrollTop = Number(top)
    this.#chosen?.scrollIntoView({ block: "nearest" })
    this.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.#settle)
    document.removeEventListener("keydown", this.#key)
  }

  get #rows() { return this.querySelector(".conversation-rows") }
  get #address() { return new URLSearchParams(location.search).get("tab") ?? "" }
  get #links() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".conversation-row")]) }
  get #chosen() { return document.getElementById(`row-${this.dataset.selected}`) }

  /** A refresh brings back as many rows as are here. @param {Event} event */
  #ask = event => {
    const { ctx } = /** @type {CustomEvent} */ (event).detail
    if (ctx.sourceElement === this) ctx.request.body.set("rows", Math.min(MOST, this.#links.length))
  }

  #settle = () => {
    for (const link of this.#links) if (link.dataset.id !== this.dataset.selected) link.removeAttribute("aria-current")
    this.#chosen?.setAttribute("aria-current", "true")
  }

  #scrolled = () => {
    const rows = this.#rows
    if (!rows) return
    sessionStorage.setItem(PLACE, `${this.#address} ${rows.scrollTop}`)
    const more = this.querySelector("#list-more a:not(.htmx-request)")
    if (more && this.#links.length < MOST && rows.scrollHeight - rows.clientHeight - rows.scrollTop < NEAR) more.dispatchEvent(new CustomEvent("more"))
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return
    const letter = letterOf(event)
    const step = letter === "j" ? 1 : letter === "k" ? -1 : 0
    const links = this.#links
    const here = links.findIndex(link => link === document.activeElement)
    const from = here >= 0 ? here : links.findIndex(link => link === this.#chosen)
    if (step) links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus()
    else if (letter === "x") /** @type {HTMLElement | null | undefined} */ (links[from]?.closest(".conversation-item")?.querySelector(".conversation-pick input"))?.click()
  }
}

customElements.define("conversation-list", ConversationList)
