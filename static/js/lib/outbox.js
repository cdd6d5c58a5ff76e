import { post, Refused } from "lib/post"

/** @typedef {{ id: string, url: string, body: string, replyTo: string, note: boolean, more?: string[][], refused?: boolean }} Unsent */

/** What this tab has written and the server has not yet confirmed. Survives a reload; a sign-out empties it. */
export class Outbox {
  /** @param {string} conversation */
  constructor(conversation) {
    this.key = `majlis:unsent:${conversation}`
  }

  /** @returns {Unsent[]} */
  all() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key) ?? "[]")
    } catch {
      return []
    }
  }

  /** @param {string} id */
  find(id) {
    return this.all().find(each => each.id === id)
  }

  /** @param {Unsent} message */
  keep(message) {
    sessionStorage.setItem(this.key, JSON.stringify([...this.all().filter(each => each.id !== message.id), message]))
  }

  /** @param {string} id */
  drop(id) {
    const rest = this.all().filter(each => each.id !== id)
    if (rest.length) sessionStorage.setItem(this.key, JSON.stringify(rest))
    else sessionStorage.removeItem(this.key)
  }

  /**
   * Posts it; the same id may be posted as often as it takes. A refusal with a reason is final, silence is not.
   * @param {Unsent} message
   * @returns {Promise<Refused | null>}
   */
  async deliver(message) {
    this.keep(message)
    try {
      const fields = new FormData()
      for (const [name, value] of [["id", message.id], ["body", message.body], ["reply_to", message.replyTo], ...message.more ?? []]) fields.append(name, value)
      await post(message.url, fields)
      this.drop(message.id)
      return null
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem
      if (problem.status) this.keep({ ...message, refused: true })
      return problem
    }
  }
}

/** Leaves nothing behind on a shared computer. */
export function emptyEverything() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("majlis:")) sessionStorage.removeItem(key)
}
