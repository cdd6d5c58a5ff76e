/** A file field in our words: the browser says its own, in its own language. The field itself lies over them, unseen. */
class FileChoice extends HTMLElement {
  #button = document.createElement("span")
  #name = document.createElement("span")

  connectedCallback() {
    this.#button.className = "button"
    this.#button.dataset.look = "plain"
    this.#button.textContent = this.dataset.choose ?? ""
    this.#name.className = "file-choice-name"
    this.#name.dir = "auto"
    for (const words of [this.#button, this.#name]) words.setAttribute("aria-hidden", "true")
    this.append(this.#button, this.#name)
    this.addEventListener("change", this.#show)
    this.#show()
  }

  disconnectedCallback() { this.removeEventListener("change", this.#show) }

  #show = () => {
    const files = this.querySelector("input")?.files ?? []
    this.#name.textContent = files.length ? [...files].map(file => file.name).join(", ") : this.dataset.none ?? ""
  }
}

customElements.define("file-choice", FileChoice)
