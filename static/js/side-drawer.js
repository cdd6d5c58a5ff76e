import { reasonIn } from "lib/post"
import { phrase, toast } from "lib/toast"

/** Opens links with `data-drawer` beside the page instead of in its place, and keeps a form with mistakes open. */
class SideDrawer extends HTMLElement {
  connectedCallback() {
    document.addEventListener("click", this.#open)
    this.addEventListener("submit", this.#submit)
    this.addEventListener("click", this.#leave)
  }

  disconnectedCallback() { document.removeEventListener("click", this.#open) }

  get #dialog() { return /** @type {HTMLDialogElement} */ (this.querySelector("dialog")) }

  /** @param {MouseEvent} event */
  #open = event => {
    const link = /** @type {Element} */ (event.target).closest?.("a[data-drawer]")
    if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return
    event.preventDefault()
    this.#load(fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" }))
  }

  /** @param {SubmitEvent} event */
  #submit = event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (form.method === "dialog" || form.hasAttribute("hx-post")) return
    event.preventDefault()
    this.#load(fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: { "HX-Request": "true" }, credentials: "same-origin", redirect: "manual" }))
  }

  /** @param {MouseEvent} event */
  #leave = event => { if (event.target === this.#dialog) this.#dialog.close() }

  /** @param {Promise<Response>} request */
  async #load(request) {
    try {
      const response = await request
      if (response.type === "opaqueredirect") { location.reload(); return } // done: the page, and what it says about it, anew
      const text = await response.text()
      if (response.headers.get("Content-Type")?.startsWith("text/html") && !text.includes("<html")) this.#show(text)
      else toast(reasonIn(text) || phrase("failed"), "error")
    } catch {
      toast(phrase("offline"), "error")
    }
  }

  /** @param {string} html */
  #show(html) {
    const body = /** @type {HTMLElement} */ (this.querySelector("[data-slot=body]"))
    body.innerHTML = html
    // @ts-expect-error htmx is a script of its own, without types
    globalThis.htmx.process(body)
    if (!this.#dialog.open) this.#dialog.showModal()
    this.#dialog.scrollTop = 0
    const first = body.querySelector("[role=alert], input:not([type=hidden], [readonly]), select")
    if (first instanceof HTMLElement) first.focus()
  }
}

customElements.define("side-drawer", SideDrawer)
