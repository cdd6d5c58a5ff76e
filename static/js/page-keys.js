import { isBusy, letterOf } from "lib/keys"

const SECOND = 1_200      // how long G waits for its letter

/**
 * One key for each thing on the page that has one: `data-key` is pressed by its letter, `data-go` by G and its letter. What is not
 * there cannot be done, so permissions need no second list. Ticked rows come first: their bar has keys of its own.
 */
class PageKeys extends HTMLElement {
  #going = -SECOND // a page is young: its own clock begins at 0

  connectedCallback() { document.addEventListener("keydown", this.#key) }
  disconnectedCallback() { document.removeEventListener("keydown", this.#key) }

  /** @param {KeyboardEvent} event */
  #key = event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
    if (event.key === "Escape") { this.#escape(event); return }
    if (isBusy(event.target)) return
    const letter = letterOf(event)
    const going = event.timeStamp - this.#going < SECOND
    this.#going = -SECOND
    if (event.key === "?" || (event.shiftKey && event.code === "Slash")) this.#press(event, "[data-key='?']")
    else if (event.key === "/" || event.code === "Slash") this.#focus(event, "list-search")
    else if (!letter || event.shiftKey) return
    else if (going) this.#press(event, `[data-go="${letter}"]`)
    else if (letter === "g") this.#going = event.timeStamp
    else if (letter === "r") this.#write(event, "reply")
    else if (letter === "n") this.#write(event, "note")
    else this.#press(event, `.bulk:not([hidden]) [data-key="${letter}"]`) || this.#press(event, `[data-key="${letter}"]`)
  }

  /** @param {Event} event @param {string} selector */
  #press(event, selector) {
    const found = /** @type {HTMLElement | undefined} */ ([...document.querySelectorAll(selector)].find(each => !each.closest(".bulk[hidden]")))
    if (!found) return false
    event.preventDefault()
    found.click()
    return true
  }

  /** @param {Event} event @param {string} id */
  #focus(event, id) {
    const field = document.getElementById(id)
    if (!field) return
    event.preventDefault()
    field.focus()
    if (field instanceof HTMLInputElement) field.select()
  }

  /** @param {Event} event @param {"reply" | "note"} tab */
  #write(event, tab) {
    const button = /** @type {HTMLElement | null} */ (document.querySelector(`chat-composer [data-action=tab][data-value=${tab}]`))
    if (button) { event.preventDefault(); button.click() }
    else this.#focus(event, "composer-text")
  }

  /** Out of the field first, then out of what is ticked, then back to the list. @param {KeyboardEvent} event */
  #escape(event) {
    const at = document.activeElement
    if (at instanceof Element && at.closest("dialog[open], [popover]:popover-open")) return
    if (at instanceof HTMLElement && at.matches("input, textarea, select")) at.blur()
    else if (!this.#press(event, ".bulk:not([hidden]) [data-action=unpick]")) {
      if (matchMedia("(width < 48rem)").matches) this.#press(event, ".thread-back")
      else /** @type {HTMLElement | null} */ (document.querySelector(".conversation-row[aria-current=true]"))?.focus()
    }
  }
}

customElements.define("page-keys", PageKeys)
