const MARKS = /[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g

/** @param {string} text Letters as they are looked for: small, without marks, kinds of alef and yeh as one */
export function folded(text) {
  return text.normalize("NFD").replace(MARKS, "").toLowerCase().replace(/[أإآٱ]/g, "ا").replace(/ى/g, "ي").replace(/ة/g, "ه")
}

/**
 * How well a text fits a few letters: 0 not at all; the start of the text above the start of a word above letters in order.
 * @param {string} text
 * @param {string} wanted
 */
export function fits(text, wanted) {
  const where = folded(text)
  const what = folded(wanted.trim())
  if (!what) return 1
  if (where.startsWith(what)) return 4
  if (where.split(/\s+/).some(word => word.startsWith(what))) return 3
  if (where.includes(what)) return 2
  let at = -1
  for (const letter of what.replace(/\s+/g, "")) {
    at = where.indexOf(letter, at + 1)
    if (at < 0) return 0
  }
  return 1
}
