/** Why a POST did not do what it was asked: `status` 0 means it may never have arrived. */
export class Refused extends Error {
  /** @param {number} status @param {string} reason */
  constructor(status, reason) {
    super(reason)
    this.status = status
  }
}

/**
 * The reason a server gave, if it gave one in words: problem+json, or a short plain text.
 * @param {string} body
 */
export function reasonIn(body) {
  try {
    const problem = JSON.parse(body)
    return String(problem.detail ?? problem.title ?? "")
  } catch {
    return body.length < 200 && !body.includes("<") ? body.trim() : ""
  }
}

/**
 * @param {string} url
 * @param {Record<string, string | number> | FormData} fields
 * @param {{ keepalive?: boolean }} [how]
 */
export async function post(url, fields, { keepalive = false } = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(Object.entries(fields).map(([key, value]) => [key, String(value)]))
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? ""
  /** @type {Response} */
  let response
  try {
    response = await fetch(url, { method: "POST", body, keepalive, credentials: "same-origin", headers: { "X-CSRFToken": token, "HX-Request": "true" } })
  } catch {
    throw new Refused(0, "")
  }
  if (!response.ok) throw new Refused(response.status, reasonIn(await response.text()))
  return response
}
