/** A table one walks with the arrow keys; counts what is ticked otherwise than it was, and says so before one leaves. */
class PermissionMatrix extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this.#walk)
    this.addEventListener("focusin", this.#remember)
    this.addEventListener("change", this.#count)
    this.addEventListener("reset", this.#later)
    this.addEventListener("submit", this.#saved)
    addEventListener("beforeunload", this.#warn)
    for (const cell of this.querySelectorAll("[data-cell]")) this.#stop(cell).tabIndex = -1
    const first = this.querySelector("[data-cell]")
    if (first) this.#stop(first).tabIndex = 0
    this.#count()
  }

  disconnectedCallback() { removeEventListener("beforeunload", this.#warn) }

  #changes = 0

  /** What takes the focus in a cell: the box if it can be ticked, else the cell itself. @param {Element} cell */
  #stop(cell) { return /** @type {HTMLElement} */ (cell.querySelector("input:enabled") ?? cell) }

  /** @param {KeyboardEvent} event */
  #walk = event => {
    const cell = /** @type {Element} */ (event.target).closest("[data-cell]")
    const row = cell?.closest("tr")
    if (!cell || !row) return
    const rows = [...this.querySelectorAll("tr:has([data-cell])")]
    const cells = [...row.querySelectorAll("[data-cell]")]
    const forth = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    const back = forth === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"
    let [at, column] = [rows.indexOf(row), cells.indexOf(cell)]
    if (event.key === forth) column += 1
    else if (event.key === back) column -= 1
    else if (event.key === "ArrowDown") at += 1
    else if (event.key === "ArrowUp") at -= 1
    else if (event.key === "Home") { column = 0; if (event.ctrlKey) at = 0 }
    else if (event.key === "End") { column = cells.length - 1; if (event.ctrlKey) at = rows.length - 1 }
    else return
    event.preventDefault()
    const next = rows[at]?.querySelectorAll("[data-cell]")[column]
    if (next) this.#stop(next).focus()
  }

  /** @param {FocusEvent} event */
  #remember = event => {
    const cell = /** @type {Element} */ (event.target).closest("[data-cell]")
    if (!cell) return
    for (const each of this.querySelectorAll("[data-cell] [tabindex='0'], [data-cell][tabindex='0']")) /** @type {HTMLElement} */ (each).tabIndex = -1
    this.#stop(cell).tabIndex = 0
  }

  #count = () => {
    this.#changes = 0
    for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (this.querySelectorAll(".matrix-box input"))) {
      const changed = box.checked !== box.defaultChecked
      box.closest("td")?.toggleAttribute("data-changed", changed)
      if (changed) this.#changes += 1
    }
    const bar = /** @type {HTMLElement | null} */ (this.querySelector(".matrix-save"))
    if (!bar) return
    bar.dataset.changes = String(this.#changes)
    const slot = bar.querySelector("[data-slot=count]")
    if (slot) slot.textContent = new Intl.NumberFormat(document.documentElement.lang === "ar" ? "ar-u-nu-latn" : "en").format(this.#changes)
  }

  #later = () => setTimeout(this.#count)

  #saved = () => { this.#changes = 0 }

  /** @param {BeforeUnloadEvent} event */
  #warn = event => { if (this.#changes) event.preventDefault() }
}

customElements.define("permission-matrix", PermissionMatrix)
