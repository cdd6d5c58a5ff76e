import { reasonIn } from "lib/post"
import { phrase, toast } from "lib/toast"

const MOST = 10

/** Files on their way into a message: chosen, pasted or dropped, each with its progress, ready by its id. */
class FileTray extends HTMLElement {
  #leave = new AbortController()

  connectedCallback() {
    const composer = /** @type {HTMLElement} */ (this.closest("chat-composer"))
    const { signal } = this.#leave = new AbortController()
    composer.addEventListener("click", this.#click, { signal })
    composer.addEventListener("paste", this.#paste, { signal })
    composer.addEventListener("dragover", this.#over, { signal })
    composer.addEventListener("drop", this.#drop, { signal })
    this.addEventListener("change", () => { this.#take(this.#input.files); this.#input.value = "" }, { signal })
  }

  disconnectedCallback() { this.#leave.abort() }

  get #input() { return /** @type {HTMLInputElement} */ (this.querySelector("input[type=file]")) }
  get #rows() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".tray-file")]) }

  /** @returns {string[]} the ids of what is ready */
  get ids() { return this.#rows.map(row => row.dataset.id ?? "").filter(Boolean) }

  /** @returns {boolean} whether something is still on its way */
  get busy() { return this.#rows.some(row => row.dataset.state === "going") }

  /** @returns {string} the names, for the row that stands in until the message is there */
  get names() { return this.#rows.map(row => row.querySelector("bdi")?.textContent).join("\n") }

  empty() { for (const row of this.#rows) row.remove() }

  /** @param {Event} event */
  #click = event => {
    const target = /** @type {Element} */ (event.target)
    if (target.closest("[data-action=attach]")) this.#input.click()
    const row = target.closest(".tray-file button")?.closest(".tray-file")
    row?.dispatchEvent(new CustomEvent("tray:stop"))
    row?.remove()
  }

  /** @param {ClipboardEvent} event */
  #paste = event => {
    if (!event.clipboardData?.files.length) return
    event.preventDefault()
    this.#take(event.clipboardData.files)
  }

  /** @param {DragEvent} event */
  #over = event => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault() }

  /** @param {DragEvent} event */
  #drop = event => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    this.#take(event.dataTransfer.files)
  }

  /** @param {FileList | null} files */
  #take(files) {
    const room = MOST - this.#rows.length
    for (const file of [...files ?? []].slice(0, room)) this.#send(file)
    if ((files?.length ?? 0) > room) toast(this.dataset.full ?? "", "error")
  }

  /** @param {File} file */
  #send(file) {
    const mould = /** @type {HTMLTemplateElement} */ (this.querySelector("template"))
    const row = /** @type {HTMLElement} */ (mould.content.firstElementChild?.cloneNode(true))
    const name = /** @type {HTMLElement} */ (row.querySelector("bdi"))
    const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"))
    name.textContent = file.name
    this.append(row)
    const request = new XMLHttpRequest() // fetch does not tell how far an upload is
    const fields = new FormData()
    fields.append("file", file)
    row.addEventListener("tray:stop", () => request.abort())
    request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total }
    request.onload = () => {
      if (request.status >= 300) return this.#fail(row, reasonIn(request.responseText))
      row.dataset.id = JSON.parse(request.responseText).id
      row.dataset.state = "ready"
      bar.remove()
    }
    request.onerror = () => this.#fail(row, phrase("offline"))
    request.open("POST", this.dataset.url ?? "")
    request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? "")
    request.setRequestHeader("Accept", "application/json")
    request.setRequestHeader("HX-Request", "true")
    request.send(fields)
  }

  /** @param {HTMLElement} row @param {string} reason */
  #fail(row, reason) {
    row.remove()
    toast(reason || phrase("failed"), "error")
  }
}

customElements.define("file-tray", FileTray)
