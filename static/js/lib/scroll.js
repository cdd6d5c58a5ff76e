/**
 * @param {Element} scroller
 * @param {number} [within] pixels
 */
export function isNearEnd(scroller, within = 100) {
  return scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= within
}

/** @param {Element} scroller @param {boolean} [smoothly] */
export function toEnd(scroller, smoothly = false) {
  scroller.scrollTo({ top: scroller.scrollHeight, behavior: smoothly ? "smooth" : "instant" })
}

/**
 * Remembers where the first row in view stands, and gives a function that puts it back there.
 * @param {Element} scroller
 * @param {Iterable<Element>} rows
 */
export function holdPlace(scroller, rows) {
  const edge = scroller.getBoundingClientRect().top
  const row = Array.from(rows).find(each => each.getBoundingClientRect().bottom > edge)
  const before = row?.getBoundingClientRect().top ?? 0
  return () => { if (row?.isConnected) scroller.scrollTop += row.getBoundingClientRect().top - before }
}
