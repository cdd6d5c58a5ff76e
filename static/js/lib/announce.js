/**
 * Tells the whole page that something changed; whoever cares GETs it.
 * @param {string} name
 * @param {unknown} [detail]
 */
export function announce(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail }))
}
