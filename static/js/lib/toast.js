const STAYS = 6_000

/**
 * Says one thing at the foot of the page for a while. Texts the page must know beforehand are data attributes of the container.
 * @param {string} text
 * @param {"info" | "error"} [kind]
 */
export function toast(text, kind = "info") {
  const place = document.getElementById("toasts")
  const mould = /** @type {HTMLTemplateElement | null} */ (document.getElementById("toast"))
  const slice = mould?.content.firstElementChild?.cloneNode(true)
  if (!place || !(slice instanceof HTMLElement) || !text) return
  slice.dataset.kind = kind
  const slot = slice.querySelector("[data-slot=text]")
  if (slot) slot.textContent = text
  slice.querySelector("button")?.addEventListener("click", () => slice.remove())
  place.append(slice)
  setTimeout(() => slice.remove(), STAYS)
}

/**
 * A text the page brought along, in its own language.
 * @param {"offline" | "failed" | "copied"} name
 */
export function phrase(name) {
  return document.getElementById("toasts")?.dataset[name] ?? ""
}
