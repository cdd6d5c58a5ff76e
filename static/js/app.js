/* Loads the elements, and says in words when a request by htmx was refused. */
import "elements/live-socket"
import "elements/conversation-list"
import "elements/message-thread"
import "elements/chat-composer"
import "elements/composer-draft"
import "elements/composer-suggest"
import "elements/emoji-picker"
import "elements/file-tray"
import "elements/template-picker"
import "elements/send-later"
import "elements/window-countdown"
import "elements/relative-time"
import "elements/theme-switch"
import "elements/presence-dots"
import "elements/copy-text"
import "elements/remembered-details"
import "elements/side-drawer"
import "elements/install-app"
import "elements/image-viewer"
import "elements/voice-player"
import "elements/command-palette"
import "elements/bulk-bar"
import "elements/page-keys"
import "elements/live-count"
import "elements/who-is-here"
import "elements/found-list"
import { announce } from "lib/announce"
import { emptyEverything, flush, forgetOthers } from "lib/outbox"
import { reasonIn } from "lib/post"
import { phrase, toast } from "lib/toast"

const live = /** @type {HTMLElement | null} */ (document.querySelector("live-socket"))
document.querySelector("form[data-signs-out]")?.addEventListener("submit", emptyEverything)
if (live?.dataset.person) void begin()
for (const name of ["simulator-phone", "permission-matrix", "file-choice"]) if (document.querySelector(name)) void import(`elements/${name}`)

/** What was written without a network goes out, whichever page is open; what others left here does not. */
async function begin() {
  await forgetOthers()
  let soon = 0
  const go = () => flush().then(clear => { if (!clear && !soon) soon = setTimeout(() => { soon = 0; go() }, 15_000) })
  addEventListener("online", go)
  document.body.addEventListener("live:sync", go)
  go()
  if (!navigator.serviceWorker) return
  navigator.serviceWorker.register("/sw.js").catch(() => {})
  navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ language: document.documentElement.lang }))
}
const network = () => { document.documentElement.dataset.network = navigator.onLine ? "online" : "offline" }
addEventListener("online", network)
addEventListener("offline", network)
network()

/** @param {Event} event */
const contextOf = event => /** @type {CustomEvent} */ (event).detail.ctx

document.body.addEventListener("htmx:before:response", event => {
  const { raw } = contextOf(event).response
  if (!raw.redirected || !live || new URL(raw.url).pathname !== live.dataset.signIn) return
  event.preventDefault()
  location.reload()
})

document.body.addEventListener("htmx:response:error", event => {
  const { request, text } = contextOf(event)
  if (request.method !== "GET") toast(reasonIn(text ?? "") || phrase("failed"), "error")
})

document.body.addEventListener("htmx:error", event => {
  const ctx = contextOf(event)
  if (ctx?.request && ctx.request.method !== "GET") toast(phrase("offline"), "error")
})

document.body.addEventListener("htmx:finally:request", event => {
  const { request, response, sourceElement } = contextOf(event)
  if (request.method === "GET" || !response || response.status === 0) return
  const conversation = sourceElement?.closest?.("[data-conversation]")?.dataset.conversation
  if (conversation) announce(`live:conversation-${conversation}`)
  announce("live:inbox")
})
