/**
 * Lets the first of a kind through at once and folds those that follow within `ms` into one at the end.
 * @param {(key: string) => void} emit
 * @param {number} ms
 * @param {(work: () => void, ms: number) => unknown} [later]
 */
export function coalesce(emit, ms, later = setTimeout) {
  /** @type {Map<string, boolean>} key → something came meanwhile */
  const resting = new Map()

  /** @param {string} key */
  function rest(key) {
    resting.set(key, false)
    later(() => {
      const missed = resting.get(key)
      resting.delete(key)
      if (missed) { emit(key); rest(key) }
    }, ms)
  }

  /** @param {string} key */
  return key => {
    if (resting.has(key)) { resting.set(key, true); return }
    emit(key)
    rest(key)
  }
}
