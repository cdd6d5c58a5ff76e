/**
 * The fixed-width word for a moment, as the server's `stamp` filter writes it: sorting words sorts moments.
 * @param {Date} moment
 */
export function stamp(moment) {
  return moment.toISOString().replace(/\D/g, "") + "000"
}

/**
 * The place of a message that is only now being written: after everything on screen, whatever this computer's clock says.
 * @param {string | undefined} last the stamp of the last row
 * @param {Date} [now]
 */
export function stampAfter(last, now = new Date()) {
  const mine = stamp(now)
  return !last || mine > last ? mine : String(BigInt(last) + 1n).padStart(mine.length, "0")
}

/**
 * Where a row belongs among sorted rows: after every row that is not later than it.
 * @param {string[]} stamps
 * @param {string} mine
 */
export function placeOf(stamps, mine) {
  let low = 0
  let high = stamps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (stamps[middle] <= mine) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * The rows to take out and put back so that all are sorted: those smaller than one that stands before them.
 * @param {string[]} stamps
 */
export function misplaced(stamps) {
  /** @type {number[]} */
  const wrong = []
  let most = ""
  stamps.forEach((mine, index) => {
    if (mine < most) wrong.push(index)
    else most = mine
  })
  return wrong
}

const RUN = 10 * 60 * 1000      // after ten silent minutes a speaker is named again

/**
 * Whether the same voice simply goes on.
 * @param {HTMLElement | null} before
 * @param {HTMLElement} row
 */
export function continues(before, row) {
  if (!before || before.dataset.from !== row.dataset.from || before.dataset.by !== row.dataset.by) return false
  const moment = (/** @type {HTMLElement} */ each) => Date.parse(each.querySelector("time")?.dateTime ?? "")
  return moment(row) - moment(before) < RUN
}
