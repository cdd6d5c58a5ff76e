/**
 * The Latin letter of a key, whatever the keyboard: what it types if that is Latin, else what stands at its place. So an Arabic
 * layout keeps the places of the letters, and AZERTY or Dvorak keep the letters themselves.
 * @param {{ key: string, code: string }} event
 */
export function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toLowerCase()
  return /^Key[A-Z]$/.test(code) ? code.slice(3).toLowerCase() : ""
}

/** @param {EventTarget | null} at Is somebody writing, or answering a dialog? */
export function isBusy(at) {
  return at instanceof Element && at.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open], [popover]:popover-open") !== null
}
