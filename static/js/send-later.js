import { announce } from "lib/announce"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"
import { uuid7 } from "lib/uuid7"

/** The times a message may leave at: the sheet names one, this adds what is written here. Refused, the text stays where it is. */
class SendLater extends HTMLElement {
  #leave = new AbortController()
  #tried = { body: "", id: "" }

  connectedCallback() {
    const { signal } = this.#leave = new AbortController()
    document.addEventListener("submit", this.#submit, { signal, capture: true })
    this.addEventListener("click", this.#click, { signal, capture: true })
  }

  disconnectedCallback() { this.#leave.abort() }

  get #composer() { return /** @type {HTMLElement} */ (this.closest("chat-composer")) }
  get #body() { return this.#composer.querySelector("textarea")?.value.trim() ?? "" }
  get #tray() { return /** @type {any} */ (this.#composer.querySelector("file-tray")) }

  /** Nothing is written yet, so there is nothing to send later. @param {Event} event */
  #click = event => {
    if (this.#body || this.#tray?.ids.length) return
    event.preventDefault()
    event.stopPropagation()
    toast(this.dataset.empty ?? "", "info")
  }

  /** @param {SubmitEvent} event */
  #submit = async event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.dataset.verb !== "later") return
    event.preventDefault()
    event.stopPropagation()
    form.closest("dialog")?.close()
    const body = this.#body
    if (this.#tried.body !== body) this.#tried = { body, id: uuid7() }     // the same words again are the same message
    const fields = new FormData(form, event.submitter)
    fields.set("id", this.#tried.id)
    fields.set("body", body)
    for (const id of this.#tray?.ids ?? []) fields.append("attachments", id)
    try {
      await post(form.action, fields)
      this.#tried = { body: "", id: "" }
      this.#composer.dispatchEvent(new CustomEvent("composer:emptied"))
      announce(`live:conversation-${this.#composer.dataset.conversation}`)
    } catch (problem) {
      toast(/** @type {Error} */ (problem).message || phrase("offline"), "error")
    }
  }
}

customElements.define("send-later", SendLater)
