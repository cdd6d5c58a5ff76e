/**
 * All that this page can do now, as rows of the palette, read from the page itself: what is not there may not be done.
 * @param {DocumentFragment} mould its last element is a row: a word and a key
 * @param {(act: HTMLElement) => void} choose
 */
export function commandRows(mould, choose) {
  const acts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-command], [data-go]")])
  return acts.filter(act => !act.closest(".bulk[hidden]")).map(act => {
    const row = /** @type {HTMLElement} */ (mould.lastElementChild?.cloneNode(true))
    const [label, key] = row.children
    label.textContent = act.dataset.command ?? act.querySelector(".nav-label")?.textContent ?? ""
    key.textContent = act.dataset.go ? `G ${act.dataset.go.toUpperCase()}` : (act.dataset.key ?? "").toUpperCase()
    row.addEventListener("click", () => choose(act))
    return row
  })
}
