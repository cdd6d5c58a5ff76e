const AGAIN = 20_000

/**
 * Paints who is there: each element with `data-presence="<employee id>"` gets the state as `data-state` and its word as
 * its name. Asks when the socket (re)opens, when told of a change, and every 20 seconds while dots of others are shown.
 */
class PresenceDots extends HTMLElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #again

  connectedCallback() {
    document.body.addEventListener("live:presence", this.#look)
    document.body.addEventListener("live:sync", this.#look)
    this.#again = setInterval(() => {
      const dots = document.querySelectorAll("[data-presence]").length
      if (dots > 1 && document.visibilityState === "visible") void this.#look()
    }, AGAIN)
    void this.#look()
  }

  disconnectedCallback() {
    document.body.removeEventListener("live:presence", this.#look)
    document.body.removeEventListener("live:sync", this.#look)
    clearInterval(this.#again)
  }

  #look = async () => {
    const answer = await fetch(this.getAttribute("src") ?? "/presence/").catch(() => null)
    if (!answer?.ok || answer.redirected) return
    /** @type {Record<string, { state: string, word: string }>} */
    const people = await answer.json()
    document.querySelectorAll("[data-presence]").forEach(dot => {
      const found = people[dot.getAttribute("data-presence") ?? ""]
      if (!(dot instanceof HTMLElement) || !found) return
      dot.dataset.state = found.state
      dot.title = found.word
      dot.setAttribute("aria-label", found.word)
    })
  }
}

customElements.define("presence-dots", PresenceDots)
