/** The number at the inbox's name and in the window's title; asks for itself after a nudge, at most every two seconds. */
class LiveCount extends HTMLElement {
  #title = document.title
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #soon

  connectedCallback() {
    document.body.addEventListener("live:inbox", this.#ask)
    document.body.addEventListener("live:sync", this.#ask)
    this.#show(Number(this.textContent) || 0)
  }

  disconnectedCallback() {
    document.body.removeEventListener("live:inbox", this.#ask)
    document.body.removeEventListener("live:sync", this.#ask)
    clearTimeout(this.#soon)
  }

  #ask = () => {
    this.#soon ??= setTimeout(async () => {
      try {
        const response = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "application/json" }, credentials: "same-origin" })
        if (response.ok && !response.redirected) this.#show(Number((await response.json()).calling))
      } catch { /* the next nudge asks again */ } finally { this.#soon = undefined }
    }, 2_000)
  }

  /** @param {number} count */
  #show(count) {
    const word = count > 99 ? "99+" : String(count)
    this.hidden = !count
    this.textContent = count ? word : ""
    document.title = count ? `(${word}) ${this.#title}` : this.#title
  }
}

customElements.define("live-count", LiveCount)
