const PLACE = "majlis:list-scroll"

/**
 * The list beside the thread: htmx brings its rows (at most once a second), this keeps what the server cannot know, which is the
 * chosen row, the scroll, and the hands on the keyboard (J and K move, Enter opens, / searches).
 */
class ConversationList extends HTMLElement {
  connectedCallback() {
    document.addEventListener("htmx:after:swap", this.#settle)      // the search box swaps this list too
    this.addEventListener("scroll", this.#remember, { capture: true, passive: true })
    document.addEventListener("keydown", this.#key)
    const [address, top] = (sessionStorage.getItem(PLACE) ?? "").split(" ")
    if (this.#rows && address === this.#address) this.#rows.scrollTop = Number(top)
    this.#chosen?.scrollIntoView({ block: "nearest" })
    this.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.#settle)
    this.removeEventListener("scroll", this.#remember, { capture: true })
    document.removeEventListener("keydown", this.#key)
  }

  get #rows() { return this.querySelector(".conversation-rows") }
  get #address() { return new URLSearchParams(location.search).get("tab") ?? "" }
  get #links() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".conversation-row")]) }
  get #chosen() { return document.getElementById(`row-${this.dataset.selected}`) }

  #settle = () => {
    for (const link of this.#links) if (link.dataset.id !== this.dataset.selected) link.removeAttribute("aria-current")
    this.#chosen?.setAttribute("aria-current", "true")
  }

  #remember = () => {
    if (this.#rows) sessionStorage.setItem(PLACE, `${this.#address} ${this.#rows.scrollTop}`)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const at = /** @type {HTMLElement} */ (event.target)
    if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select, [contenteditable], dialog[open]")) return
    if (event.key === "/") {
      event.preventDefault()
      document.getElementById("list-search")?.focus()
    }
    const step = event.code === "KeyJ" ? 1 : event.code === "KeyK" ? -1 : 0   // by place: an Arabic keyboard has the same two keys
    if (!step) return
    const links = this.#links
    const here = links.findIndex(link => link === document.activeElement)
    const from = here >= 0 ? here : links.findIndex(link => link === this.#chosen)
    links[Math.min(links.length - 1, Math.max(0, from + step))]?.focus()
  }
}

customElements.define("conversation-list", ConversationList)
