/** Results walked with the arrow keys: down and up to the next link, Home and End to the first and last. */
class FoundList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this.#walk)
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this.#walk)
  }

  /** @param {KeyboardEvent} event */
  #walk = (event) => {
    const links = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("a[href]")])
    const at = links.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    links[Math.max(0, Math.min(next, links.length - 1))]?.focus()
  }
}

customElements.define("found-list", FoundList)
