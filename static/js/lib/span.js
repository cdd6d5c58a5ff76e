/**
 * A length of time as one number and one unit, as the server's `elapsed` and `until_words` write it: 12m, 3h, 2d.
 * @param {number} seconds
 * @param {string} [language]
 */
export function span(seconds, language = document.documentElement.lang || "en") {
  const minutes = Math.max(0, Math.floor(seconds / 60))
  const [count, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 1440 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"]
  const numberingSystem = globalThis.document?.documentElement.dataset.digits === "arabic" ? "arab" : "latn"
  const style = /** @type {Intl.NumberFormatOptions} */ ({ style: "unit", unit, unitDisplay: "narrow", numberingSystem })
  return new Intl.NumberFormat(language, style).format(count)
}

/**
 * How warm a wait looks after so many seconds: the same steps as the server's `warmth`.
 * @param {number} seconds
 */
export function warmth(seconds) {
  return seconds >= 1800 ? "red" : seconds >= 900 ? "warm" : seconds >= 300 ? "amber" : "grey"
}
