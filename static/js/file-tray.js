import { reasonIn } from "lib/post"
import { phrase, toast } from "lib/toast"

const MOST = 10

/** Files on their way into a form: chosen, pasted or dropped, each with its progress, ready by the id that its input carries. */
class FileTray extends HTMLElement {
  #leave = new AbortController()

  connectedCallback() {
    const form = /** @type {HTMLFormElement} */ (this.closest("form"))
    const { signal } = this.#leave = new AbortController()
    form.addEventListener("click", this.#click, { signal })
    form.addEventListener("paste", this.#paste, { signal })
    form.addEventListener("dragover", this.#over, { signal })
    form.addEventListener("drop", this.#drop, { signal })
    form.addEventListener("submit", this.#wait, { signal, capture: true })
    this.addEventListener("change", () => { this.#take(this.#input.files); this.#input.value = "" }, { signal })
  }

  disconnectedCallback() { this.#leave.abort() }

  get #input() { return /** @type {HTMLInputElement} */ (this.querySelector("input[type=file]")) }
  get #rows() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".tray-file")]) }

  /** @returns {string[]} the ids of what is ready */
  get ids() { return this.#rows.map(row => row.querySelector("input")?.value ?? "").filter(Boolean) }

  /** @returns {boolean} whether something is still on its way */
  get busy() { return this.#rows.some(row => row.dataset.state === "going") }

  /** @returns {string} the names, for the row that stands in until the message is there */
  get names() { return this.#rows.map(row => row.querySelector("bdi")?.textContent).join("\n") }

  empty() { for (const row of this.#rows) row.remove() }

  /** What is there already, as that of a reply kept ready. @param {{ id: string, name: string }[]} files */
  add(files) { for (const { id, name } of this.#within(files)) this.#ready(this.#row(name), id) }

  /** @param {SubmitEvent} event A form that says so does not leave before its files are there. */
  #wait = event => {
    if (!this.dataset.wait || !this.busy) return
    event.preventDefault()
    event.stopImmediatePropagation()
    toast(this.dataset.wait, "error")
  }

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
  #take(files) { for (const file of this.#within([...files ?? []])) this.#send(file) }

  /** @template T @param {T[]} files @returns {T[]} as many as there is room for */
  #within(files) {
    const room = MOST - this.#rows.length
    if (files.length > room) toast(this.dataset.full ?? "", "error")
    return files.slice(0, room)
  }

  /** @param {string} name */
  #row(name) {
    const mould = /** @type {HTMLTemplateElement} */ (this.querySelector("template"))
    const row = /** @type {HTMLElement} */ (mould.content.firstElementChild?.cloneNode(true))
    const words = /** @type {HTMLElement} */ (row.querySelector("bdi"))
    words.textContent = name
    this.append(row)
    return row
  }

  /** @param {HTMLElement} row @param {string} id */
  #ready(row, id) {
    const carried = /** @type {HTMLInputElement} */ (row.querySelector("input"))
    carried.value = id
    row.dataset.state = "ready"
    row.querySelector("progress")?.remove()
  }

  /** @param {File} file */
  #send(file) {
    const row = this.#row(file.name)
    const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"))
    const request = new XMLHttpRequest() // fetch does not tell how far an upload is
    const fields = new FormData()
    fields.append("file", file)
    row.addEventListener("tray:stop", () => request.abort())
    request.upload.onprogress = ({ loaded, total }) => { bar.value = loaded / total }
    request.onload = () => {
      if (request.status >= 300) return this.#fail(row, reasonIn(request.responseText))
      this.#ready(row, JSON.parse(request.responseText).id)
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
