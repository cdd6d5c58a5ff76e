const AFTER = 800 // milliseconds after the last key

/** Keeps what one person writes in one conversation on the server, a little after the last key and whenever they leave. */
export class Draft {
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined)
  #kept = ""
  #waiting = ""

  /** @param {string} url @param {(url: string, fields: Record<string, string>, how?: { keepalive?: boolean }) => Promise<unknown>} send how it is posted */
  constructor(url, send) {
    this.url = url
    this.send = send
  }

  /** What the server has; nothing where it cannot be asked. */
  async read() {
    try {
      const response = await fetch(this.url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      const draft = response.ok ? await response.json() : { body: "", note: false }
      this.#kept = this.#waiting = this.#sign(draft.body, draft.note)
      return draft
    } catch {
      return { body: "", note: false }
    }
  }

  /** @param {string} body @param {boolean} note */
  later(body, note) {
    this.#waiting = this.#sign(body, note)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.now(), AFTER)
  }

  /** Keeps what waits, if anything changed. */
  async now({ keepalive = false } = {}) {
    clearTimeout(this.#timer)
    if (this.#waiting === this.#kept) return
    const before = this.#kept
    this.#kept = this.#waiting
    const [note, body] = [this.#waiting[0] === "n", this.#waiting.slice(1)]
    try {
      await this.send(this.url, { body, note: note ? "yes" : "" }, { keepalive })
    } catch {
      this.#kept = before
    }
  }

  /** It was sent: nothing is left, and nothing late may bring it back. */
  forget() {
    clearTimeout(this.#timer)
    this.#waiting = this.#kept = "r"
  }

  /** @param {string} body @param {boolean} note */
  #sign(body, note) { return body.trim() ? (note ? "n" : "r") + body : "r" }
}
