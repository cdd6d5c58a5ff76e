/** Offers to put the site on the phone or desk, where the browser can; on an iPhone it says how. */
class InstallApp extends HTMLElement {
  /** @type {(Event & { prompt(): Promise<unknown> }) | null} */
  #offer = null

  connectedCallback() {
    addEventListener("beforeinstallprompt", this.#offered)
    addEventListener("appinstalled", this.#done)
    this.addEventListener("click", this.#click)
    this.hidden = !("standalone" in navigator) || Boolean(navigator.standalone)      // only Safari on iOS knows this word
  }

  disconnectedCallback() {
    removeEventListener("beforeinstallprompt", this.#offered)
    removeEventListener("appinstalled", this.#done)
  }

  /** @param {Event} event */
  #offered = event => {
    event.preventDefault()
    this.#offer = /** @type {Event & { prompt(): Promise<unknown> }} */ (event)
    this.hidden = false
  }

  #done = () => { this.#offer = null; this.hidden = true }

  /** @param {Event} event */
  #click = event => {
    if (!(/** @type {HTMLElement} */ (event.target).closest("[data-action=install]"))) return
    if (this.#offer) void this.#offer.prompt().then(this.#done)
    else this.querySelector("dialog")?.showModal()
  }
}

customElements.define("install-app", InstallApp)
