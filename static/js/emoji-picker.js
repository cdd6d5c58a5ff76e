import { insert } from "lib/caret"
import { folded } from "lib/fuzzy"

const KEPT = "majlis-emoji" // stays after a sign-out: it says nothing of anybody
const MOST = 24

/** The emoji drawers: fetched when first opened, found by words of either language, the recent ones first. */
class EmojiPicker extends HTMLElement {
  connectedCallback() {
    this.addEventListener("toggle", this.#opened, true)
    this.addEventListener("click", this.#click)
    this.addEventListener("input", this.#search)
    this.addEventListener("keydown", this.#key)
  }

  get #drawers() { return /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-drawer]")]) }
  get #panel() { return /** @type {HTMLElement} */ (this.querySelector("[popover]")) }

  /** @param {Event} event */
  #opened = async event => {
    if (/** @type {ToggleEvent} */ (event).newState !== "open") return
    if (!this.querySelector("[data-slot=drawers]")) {
      const response = await fetch(this.dataset.src ?? "", { credentials: "same-origin" }).catch(() => null)
      if (!response?.ok) return
      this.#panel.innerHTML = await response.text()
    }
    this.#recent()
    const search = /** @type {HTMLInputElement | null} */ (this.querySelector("[data-slot=search]"))
    search?.focus()
  }

  #recent() {
    const place = /** @type {HTMLElement} */ (this.querySelector("[data-slot=recent]"))
    const rows = kept().map(sign => this.querySelector(`[data-drawer]:not([data-drawer=recent]) [data-emoji="${CSS.escape(sign)}"]`)?.cloneNode(true)).filter(Boolean)
    place.replaceChildren(.../** @type {Node[]} */ (rows))
    place.closest("[data-drawer]")?.toggleAttribute("hidden", !rows.length)
  }

  /** @param {Event} event */
  #click = event => {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-emoji], [data-group]"))
    if (!button) return
    if (button.dataset.group) {
      this.querySelector(`[data-drawer="${button.dataset.group}"]`)?.scrollIntoView({ block: "start" })
      return
    }
    const sign = button.dataset.emoji ?? ""
    localStorage.setItem(KEPT, JSON.stringify([sign, ...kept().filter(each => each !== sign)].slice(0, MOST)))
    this.#panel.hidePopover()
    const text = this.closest("chat-composer")?.querySelector("textarea")
    if (text) insert(text, text.selectionStart, text.selectionEnd, sign)
  }

  #search = () => {
    const words = folded(/** @type {HTMLInputElement} */ (this.querySelector("[data-slot=search]")).value).trim().split(/\s+/)
    let any = false
    for (const drawer of this.#drawers) {
      let some = false
      for (const button of /** @type {NodeListOf<HTMLElement>} */ (drawer.querySelectorAll("[data-emoji]"))) {
        button.hidden = !words.every(word => folded(button.dataset.words ?? "").includes(word))
        some ||= !button.hidden
      }
      drawer.hidden = !some
      any ||= some
    }
    this.querySelector("[data-slot=none]")?.toggleAttribute("hidden", any)
  }

  /** @param {KeyboardEvent} event */
  #key = event => {
    const buttons = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("[data-emoji]:not([hidden])")])
    const at = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    if (event.key === "Enter" && at < 0) buttons[0]?.click()
    else if (event.key === "ArrowDown" && at < 0) buttons[0]?.focus()
    else if (at >= 0 && event.key.startsWith("Arrow")) {
      const step = event.key === "ArrowDown" ? 8 : event.key === "ArrowUp" ? -8 : event.key === forward ? 1 : -1
      buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus()
    } else return
    event.preventDefault()
  }
}

/** @returns {string[]} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "[]")
  } catch {
    return []
  }
}

customElements.define("emoji-picker", EmojiPicker)
