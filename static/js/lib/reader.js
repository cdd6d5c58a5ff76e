import { post } from "lib/post"

const GAZE = 400

/** Marks as read what is truly being looked at: the thread in sight, the window in front, for a moment. */
export class Reader {
  #read = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #gaze

  /** @param {HTMLElement} thread @param {() => number} newest the sequence of the newest change on screen */
  constructor(thread, newest) {
    this.thread = thread
    this.newest = newest
  }

  begin() { for (const name of ["focus", "visibilitychange"]) window.addEventListener(name, this.look, { capture: true }) }

  end() {
    for (const name of ["focus", "visibilitychange"]) window.removeEventListener(name, this.look, { capture: true })
    clearTimeout(this.#gaze)
  }

  look = () => {
    clearTimeout(this.#gaze)
    if (this.newest() <= this.#read || document.visibilityState !== "visible" || !document.hasFocus() || !this.thread.checkVisibility()) return
    this.#gaze = setTimeout(() => {
      const seq = this.#read = this.newest()
      post(this.thread.dataset.readUrl ?? "", { seq }).catch(() => { this.#read = 0 })
    }, GAZE)
  }
}
