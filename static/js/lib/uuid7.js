/**
 * A UUID whose first 48 bits are the time, so that rows made in order are stored in order. The browser picks it, the server keeps it:
 * sending twice with one id says it once.
 * @param {number} [now] milliseconds
 * @param {Uint8Array} [random] 10 bytes
 */
export function uuid7(now = Date.now(), random = crypto.getRandomValues(new Uint8Array(10))) {
  const time = Math.floor(now).toString(16).padStart(12, "0")
  const rest = Array.from(random, byte => byte.toString(16).padStart(2, "0")).join("")
  const variant = ((parseInt(rest[3], 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-${variant}${rest.slice(4, 7)}-${rest.slice(7, 19)}`
}
