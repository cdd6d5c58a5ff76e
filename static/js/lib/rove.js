/**
 * The arrows go through a list of choices, Enter in the field above takes the first, and letters go back to the field.
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} items
 * @param {HTMLInputElement | null} field
 */
export function rove(event, items, field) {
  const at = /** @type {HTMLElement} */ (event.target)
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0
  if (step && !at.matches("select, [type=datetime-local], textarea")) {
    event.preventDefault()
    const next = items[items.findIndex(each => each.contains(at)) + step]
    const inner = next?.matches("label") ? next.querySelector("input") : next
    if (inner) inner.focus()
    else if (step < 0) field?.focus()
  } else if (event.key === "Enter" && at === field) {
    event.preventDefault()
    items[0]?.click()
  } else if (field && at !== field && at.matches(".choice") && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) field.focus()
}
