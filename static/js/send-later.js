import { announce } from "lib/announce"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"
import { uuid7 } from "lib/uuid7"

/** Sends what is written at the time the sheet names. Refused, the text stays. */
class SendLater extends HTMLElement {
  #tried = { body: "", id: uuid7() }

  connectedCallback() { document.addEventListener("submit", this.#submit, true) }
  disconnectedCallback() { document.removeEventListener("submit", this.#submit, true) }

  get #composer() { return /** @type {HTMLElement} */ (this.closest("chat-composer")) }

  /** @param {SubmitEvent} event */
  #submit = async event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.dataset.verb !== "later") return
    event.preventDefault()
    event.stopPropagation()
    form.closest("dialog")?.close()
    const body = this.#composer.querySelector("textarea")?.value.trim() ?? ""
    const tray = /** @type {any} */ (this.#composer.querySelector("file-tray"))
    if (this.#tried.body !== body) this.#tried = { body, id: uuid7() }     // again: the same message
    const fields = new FormData(form, event.submitter)
    fields.set("id", this.#tried.id)
    fields.set("body", body)
    for (const id of tray?.ids ?? []) fields.append("attachments", id)
    try {
      await post(form.action, fields)
      this.#tried = { body: "", id: uuid7() }
      this.#composer.dispatchEvent(new CustomEvent("composer:emptied"))
      announce(`live:conversation-${this.#composer.dataset.conversation}`)
    } catch (problem) {
      toast(/** @type {Error} */ (problem).message || phrase("offline"), "error")
    }
  }
}

customElements.define("send-later", SendLater)
