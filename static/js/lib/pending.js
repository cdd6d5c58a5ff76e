import { announce } from "lib/announce"
import { stampAfter } from "lib/order"
import { unsent } from "lib/outbox"
import { phrase, toast } from "lib/toast"

/**
 * Draws a message that is only now being sent, from the same partial the server draws the sent one with. Its DOM id is its primary
 * key, so the server's own row takes its place.
 * @param {{ id: string, body: string, note: boolean }} message
 * @param {string} quoted
 */
export function drawPending({ id, body, note }, quoted) {
  const list = document.getElementById("thread")
  const mould = /** @type {HTMLTemplateElement | null} */ (document.getElementById(note ? "pending-note" : "pending"))
  const row = mould?.content.firstElementChild?.cloneNode(true)
  if (!list || !(row instanceof HTMLElement) || document.getElementById(id)) return null
  const now = new Date()
  const last = /** @type {HTMLElement | null} */ (list.querySelector(":scope > :last-child"))
  row.id = id
  row.dataset.at = stampAfter(last?.dataset.at, now)
  row.dataset.status = "queued"
  fill(row, "body", body)
  fill(row, "quote", quoted)
  const time = row.querySelector("time")
  if (time) {
    time.dateTime = now.toISOString()
    time.textContent = now.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone })
  }
  list.append(row)
  return row
}

/**
 * Marks a row as not sent, with the reason and the button to try again.
 * @param {string} id
 * @param {string} reason empty: the text the page brought along
 */
export function markUnsent(id, reason) {
  const row = document.getElementById(id)
  if (!row) return
  row.dataset.status = "unsent"
  const box = slotOf(row, "unsent")
  if (box) box.hidden = false
  if (reason) fill(row, "reason", reason)
}

/** @param {string} id */
export function markQueued(id) {
  const row = document.getElementById(id)
  if (!row) return
  row.dataset.status = "queued"
  const box = slotOf(row, "unsent")
  if (box) box.hidden = true
}

/** Draws what this browser has kept of a conversation: waiting, or refused with its reason. @param {string} [conversation] */
export async function recall(conversation) {
  for (const message of await unsent()) {
    if (message.conversation !== conversation || !drawPending(message, "")) continue
    if (message.refused !== undefined) markUnsent(message.id, message.refused)
  }
}

/**
 * Shows what came of a message: it is there, it waits for the network, or it was refused with a reason.
 * @param {import("lib/outbox").Unsent & { refusal: Error | null, waits: boolean }} outcome
 * @param {string} [conversation]
 */
export function showOutcome({ id, conversation: its, refusal, waits }, conversation) {
  if (its !== conversation) return
  if (refusal) markUnsent(id, refusal.message)
  if (refusal && !waits) toast(refusal.message || phrase("failed"), "error")
  if (!waits) announce(`live:conversation-${conversation}`)
}

/** @param {Element} row @param {string} name */
function slotOf(row, name) {
  return /** @type {HTMLElement | null} */ (row.querySelector(`[data-slot="${name}"]`))
}

/** @param {Element} row @param {string} name @param {string} text */
function fill(row, name, text) {
  const slot = slotOf(row, name)
  if (!slot) return
  slot.textContent = text
  if (text) slot.hidden = false
}
