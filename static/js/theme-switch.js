import { post } from "lib/post"
import { phrase, toast } from "lib/toast"

/** Light, dark or as the system wishes: at once here, and kept on the server for every other device. */
class ThemeSwitch extends HTMLElement {
  connectedCallback() { this.addEventListener("submit", this.#submit) }
  disconnectedCallback() { this.removeEventListener("submit", this.#submit) }

  /** @param {SubmitEvent} event */
  #submit = event => {
    event.preventDefault()
    const form = /** @type {HTMLFormElement} */ (event.target)
    const theme = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value ?? "system"
    if (theme === "system") delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme
    for (const button of this.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button.value === theme))
    post(form.action, { theme }).catch(() => toast(phrase("failed"), "error"))
  }
}

customElements.define("theme-switch", ThemeSwitch)
