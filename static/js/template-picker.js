import { announce } from "lib/announce"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"
import { uuid7 } from "lib/uuid7"

/** The dialog of approved wordings: fetched when opened, each with its places to fill and how it will read. */
class TemplatePicker extends HTMLElement {
  connectedCallback() {
    this.closest("chat-composer")?.addEventListener("click", this.#click)
    this.addEventListener("input", this.#draw)
    this.addEventListener("submit", this.#submit)
  }

  disconnectedCallback() { this.closest("chat-composer")?.removeEventListener("click", this.#click) }

  get #dialog() { return /** @type {HTMLDialogElement} */ (this.querySelector("dialog")) }

  /** @param {Event} event */
  #click = async event => {
    const target = /** @type {Element} */ (event.target)
    if (target === this.#dialog) this.#dialog.close()
    if (!target.closest("[data-action=templates]")) return
    const response = await fetch(this.dataset.src ?? "", { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null)
    if (!response?.ok) return toast(phrase("offline"), "error")
    const body = /** @type {HTMLElement} */ (this.querySelector("[data-slot=body]"))
    body.innerHTML = await response.text()
    this.#dialog.showModal()
    body.querySelector("input:not([type=hidden])")?.dispatchEvent(new Event("focus"))
  }

  /** @param {Event} event */
  #draw = event => {
    const form = /** @type {HTMLElement} */ (event.target).closest("form")
    const preview = /** @type {HTMLElement | null | undefined} */ (form?.querySelector("[data-slot=preview]"))
    if (!form || !preview) return
    const values = new FormData(form)
    preview.textContent = (preview.dataset.text ?? "").replace(/\{\{\s*([^{}\s]+)\s*\}\}/g, (place, name) => String(values.get(`value-${name}`) || place))
  }

  /** @param {SubmitEvent} event */
  #submit = async event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (!form.matches("[data-template]")) return
    event.preventDefault()
    const fields = new FormData(form)
    fields.set("id", form.dataset.id ??= uuid7())
    try {
      await post(form.action, fields)
      this.#dialog.close()
      announce(`live:conversation-${this.closest("chat-composer")?.getAttribute("data-conversation")}`)
    } catch (problem) {
      toast(/** @type {Error} */ (problem).message || phrase("offline"), "error")
    }
  }
}

customElements.define("template-picker", TemplatePicker)
