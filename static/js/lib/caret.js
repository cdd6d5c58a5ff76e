/**
 * The word after a sign ("/" or "@") that the cursor stands in, if the sign begins the text or follows a space.
 * @param {string} text @param {number} at where the cursor is @param {string} sign
 * @returns {{ start: number, word: string } | null}
 */
export function wordAfter(text, at, sign) {
  const start = text.lastIndexOf(sign, at - 1)
  if (start < 0 || (start > 0 && !/\s/.test(text[start - 1]))) return null
  const word = text.slice(start + 1, at)
  return /[\n\r]/.test(word) || word.length > 40 || (sign === "/" && /\s/.test(word)) || / {2}/.test(word) ? null : { start, word }
}

/**
 * Puts a text in place of a stretch, as if it were typed: undo works, and listeners hear of it.
 * @param {HTMLTextAreaElement} field @param {number} start @param {number} end @param {string} text
 */
export function insert(field, start, end, text) {
  field.focus()
  field.setSelectionRange(start, end)
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, start, end, "end")
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
}

/**
 * The first gap that still must be filled, for the cursor to select.
 * @param {string} text @param {number} [from]
 */
export function firstMark(text, from = 0) {
  const start = text.indexOf("⟦", from)
  const end = start < 0 ? -1 : text.indexOf("⟧", start)
  return end < 0 ? null : { start, end: end + 1 }
}

/**
 * Names whose beginning, or a word of which, matches; folded so that case and marks do not matter.
 * @template {{ name: string }} T
 * @param {T[]} people @param {string} word
 */
export function called(people, word) {
  const fold = (/** @type {string} */ text) => text.normalize("NFKD").replace(/[\u0300-\u036f\u064b-\u0655]/g, "").replace(/[أإآ]/g, "ا").toLocaleLowerCase()
  const wanted = fold(word.trim())
  return people.filter(({ name }) => fold(name).startsWith(wanted) || fold(name).split(/\s+/).some(part => part.startsWith(wanted)))
}

/**
 * Whom a text mentions, as fields of a form, among the colleagues that were offered while it was written.
 * @param {string} body
 */
export function mentionsIn(body) {
  /** @type {{ id: string, name: string }[]} */
  const offered = JSON.parse(document.querySelector("composer-suggest")?.getAttribute("data-mentioned") ?? "[]")
  return offered.filter(({ name }) => body.includes(`@${name}`)).map(({ id }) => ["mentions", id])
}

/** @param {HTMLTextAreaElement} field Grows by `field-sizing` where the browser knows it, by measure where not */
export function fit(field) {
  if (CSS.supports("field-sizing", "content")) return
  field.style.blockSize = "auto"
  field.style.blockSize = `${field.scrollHeight}px`
}
