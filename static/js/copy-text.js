import { phrase, toast } from "lib/toast"

/** Puts its text into the clipboard. */
class CopyText extends HTMLElement {
  connectedCallback() { this.addEventListener("click", this.#copy) }
  disconnectedCallback() { this.removeEventListener("click", this.#copy) }
  #copy = () => { navigator.clipboard.writeText(this.dataset.text ?? "").then(() => toast(phrase("copied"))) }
}

customElements.define("copy-text", CopyText)
