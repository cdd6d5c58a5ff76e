/** Photos of the page, one at a time and as large as they are: arrows, Escape, a click to zoom, a download. */
class ImageViewer extends HTMLElement {
  #links = /** @type {HTMLAnchorElement[]} */ ([])
  #at = 0

  connectedCallback() {
    document.addEventListener("click", this.#open)
    this.addEventListener("click", this.#click)
    this.addEventListener("keydown", this.#key)
    this.#dialog.addEventListener("close", this.#closed)
  }

  disconnectedCallback() { document.removeEventListener("click", this.#open) }

  get #dialog() { return /** @type {HTMLDialogElement} */ (this.querySelector("dialog")) }
  get #image() { return /** @type {HTMLImageElement} */ (this.#slot("image")) }

  /** @param {string} name */
  #slot(name) { return /** @type {HTMLElement} */ (this.querySelector(`[data-slot=${name}]`)) }

  /** @param {MouseEvent} event */
  #open = event => {
    const link = /** @type {Element} */ (event.target).closest?.("a[data-view]")
    if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
    event.preventDefault()
    const around = link.closest("[role=log], .thread, main") ?? document
    this.#links = [...around.querySelectorAll("a[data-view]")].filter(each => each instanceof HTMLAnchorElement)
    this.#dialog.showModal()
    this.#show(this.#links.indexOf(link))
  }

  /** The photo at a place in the page's order. @param {number} place */
  #show(place) {
    this.#at = Math.min(Math.max(place, 0), this.#links.length - 1)
    const link = this.#links[this.#at]
    if (!link) return this.#dialog.close()
    this.#zoom(false)
    this.#image.src = link.href
    const save = /** @type {HTMLAnchorElement} */ (this.#slot("save"))
    save.href = `${link.href}?download`
    this.#slot("count").textContent = this.#links.length > 1 ? `${this.#at + 1} / ${this.#links.length}` : ""
    for (const button of this.querySelectorAll("button[data-step]")) {
      const step = Number(button.getAttribute("data-step"))
      button.toggleAttribute("disabled", !this.#links[this.#at + step])
    }
  }

  /** @param {MouseEvent} event */
  #click = event => {
    const target = /** @type {Element} */ (event.target)
    const step = target.closest("[data-step]")?.getAttribute("data-step")
    if (step) this.#show(this.#at + Number(step))
    else if (target === this.#image) this.#zoom(!this.hasAttribute("data-zoomed"))
    else if (target === this.#dialog || target === this.#slot("stage")) this.#dialog.close()
  }

  /** Arrows go the way they point: in a page that reads from the right, left is onward. @param {KeyboardEvent} event */
  #key = event => {
    const onward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.#show(this.#at + (event.key === onward ? 1 : -1))
    else if (event.key === "Home") this.#show(0)
    else if (event.key === "End") this.#show(this.#links.length - 1)
    else if (event.key === "+" || event.key === "-") this.#zoom(event.key === "+")
    else return
    event.preventDefault()
    event.stopPropagation()                            // the inbox has keys of its own
  }

  /** @param {boolean} on */
  #zoom(on) { this.toggleAttribute("data-zoomed", on) }

  #closed = () => {
    this.#image.removeAttribute("src")
    this.#links[this.#at]?.focus()
  }
}

customElements.define("image-viewer", ImageViewer)
