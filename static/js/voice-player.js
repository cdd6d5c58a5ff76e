const SPEEDS = [1, 1.5, 2]

/** A sound with the browser's own controls, and a button for how fast it plays. */
class VoicePlayer extends HTMLElement {
  connectedCallback() {
    this.#button?.removeAttribute("hidden")
    this.addEventListener("click", this.#click)
    this.addEventListener("play", this.#alone, { capture: true })
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#click)
    this.removeEventListener("play", this.#alone, { capture: true })
  }

  get #audio() { return /** @type {HTMLAudioElement} */ (this.querySelector("audio")) }
  get #button() { return this.querySelector("[data-action=speed]") }

  /** @param {MouseEvent} event */
  #click = event => {
    if (!/** @type {Element} */ (event.target).closest("[data-action=speed]")) return
    const speed = SPEEDS[(SPEEDS.indexOf(this.#audio.playbackRate) + 1) % SPEEDS.length] ?? 1
    this.#audio.playbackRate = speed
    const told = this.#button?.querySelector("bdi")
    if (told) told.textContent = `${speed}×`
  }

  /** One sound at a time. */
  #alone = () => {
    for (const other of document.querySelectorAll("voice-player audio"))
      if (other instanceof HTMLAudioElement && other !== this.#audio) other.pause()
  }
}

customElements.define("voice-player", VoicePlayer)
