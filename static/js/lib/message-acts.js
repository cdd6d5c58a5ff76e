import { announce } from "lib/announce"
import { post } from "lib/post"
import { phrase, toast } from "lib/toast"

const FLASH = 1_600

/** @param {string} id Bring a message into view and let it glow. @returns whether it is on this page */
export function showMessage(id) {
  const row = document.getElementById(id)
  if (!row) return false
  row.scrollIntoView({ block: "center" })
  row.toggleAttribute("data-found", true)
  setTimeout(() => row.removeAttribute("data-found"), FLASH)
  return true
}

/**
 * The buttons of a message.
 * @param {MouseEvent} event
 */
export function actOnMessage(event) {
  const at = /** @type {HTMLElement} */ (event.target)
  const row = /** @type {HTMLElement | null} */ (at.closest(".message"))
  const act = /** @type {HTMLElement | null} */ (at.closest("[data-action]"))
  const text = row?.querySelector("[data-slot=body]")?.textContent ?? ""
  const what = act?.dataset.action
  if (what === "copy") navigator.clipboard.writeText(text).then(() => toast(phrase("copied")))
  else if (what === "reply") announce("composer:quote", { id: row?.id, text })
  else if (what === "again") announce("composer:again", { id: row?.id })
  else if (what === "quoted") { if (showMessage(act?.dataset.quoted ?? "")) event.preventDefault() }
  else if (what === "reacting" && act && row) openReactions(act, row.id)
}

/** @param {HTMLElement} button @param {string} id */
function openReactions(button, id) {
  const box = document.getElementById("reacting")
  if (!box) return
  box.dataset.message = id
  box.showPopover()
  const beside = button.getBoundingClientRect()
  const { width, height } = box.getBoundingClientRect()
  box.style.left = `${Math.min(innerWidth - width - 8, Math.max(8, beside.left + beside.width / 2 - width / 2))}px`
  box.style.top = `${beside.top > height + 16 ? beside.top - height - 6 : beside.bottom + 6}px`
}

/** @param {MouseEvent} event A click in the row of reactions */
export async function react(event) {
  const act = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-action=react]"))
  const box = document.getElementById("reacting")
  const url = document.getElementById(box?.dataset.message ?? "")?.querySelector("[data-action=reacting]")?.getAttribute("data-url")
  if (!act || !box || !url) return
  box.hidePopover()
  try {
    await post(url, { emoji: act.dataset.emoji ?? "" })
    announce(`live:conversation-${document.querySelector(".inbox")?.getAttribute("data-conversation")}`)
  } catch (refused) { toast(/** @type {Error} */ (refused).message || phrase("failed"), "error") }
}
