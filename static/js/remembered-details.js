/** Disclosures that stay as they were left, on this computer. */
class RememberedDetails extends HTMLElement {
  connectedCallback() {
    for (const each of this.querySelectorAll("details")) {
      const kept = localStorage.getItem(`majlis:open:${each.id}`)
      if (kept !== null) each.open = kept === "yes"
    }
    this.addEventListener("toggle", this.#keep, { capture: true })
  }

  disconnectedCallback() { this.removeEventListener("toggle", this.#keep, { capture: true }) }

  /** @param {Event} event */
  #keep = event => {
    const each = /** @type {HTMLDetailsElement} */ (event.target)
    localStorage.setItem(`majlis:open:${each.id}`, each.open ? "yes" : "no")
  }
}

customElements.define("remembered-details", RememberedDetails)
