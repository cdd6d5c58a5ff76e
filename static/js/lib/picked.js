import { toast } from "lib/toast"

/** The bar of what is done with many rows at once. */
export function bar() { return /** @type {HTMLFormElement | null} */ (document.getElementById("bulk")) }

/** @returns {string[]} the conversations that are ticked */
export function picked() {
  return /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".conversation-pick input:checked")]).map(each => each.value)
}

/** @param {FormData} fields What a sheet says, for every ticked row */
export function bulkFields(fields) {
  for (const id of picked()) fields.append("ids", id)
  return fields
}

/**
 * Says what became of each: how many were done, and by name those that were not.
 * @param {{ results: { id: string, ok: boolean, detail: string }[] }} answer
 */
export function tellResults({ results }) {
  const form = bar()
  const done = results.filter(each => each.ok).length
  const left = results.filter(each => !each.ok)
  const named = left.slice(0, 4).map(each => `${document.querySelector(`#row-${CSS.escape(each.id)} .conversation-name bdi`)?.textContent ?? ""} – ${each.detail}`)
  const words = [done ? `${form?.dataset.done} ${done}.` : "", left.length ? `${form?.dataset.left} ${left.length}. ${named.join(" · ")}` : ""]
  toast(words.filter(Boolean).join(" "), left.length ? "error" : "info")
  document.dispatchEvent(new CustomEvent("picked:done", { detail: results.filter(each => each.ok).map(each => each.id) }))
}
