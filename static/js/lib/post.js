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
 * Posts a form. Being led to the sign-in page is no success: the session is over and nothing was done.
 * @param {string} url
 * @param {Record<string, string | number> | [string, string][] | FormData} fields
 * @param {{ keepalive?: boolean }} [how]
 */
export async function post(url, fields, { keepalive = false } = {}) {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields).map(([key, value]) => [key, String(value)])
  const body = fields instanceof FormData ? fields : new URLSearchParams(pairs)
  const token = document.querySelector("meta[name=csrf-token]")?.getAttribute("content") ?? ""
  /** @type {Response} */
  let response
  try {
    response = await fetch(url, { method: "POST", body, keepalive, credentials: "same-origin", headers: { "X-CSRFToken": token, "HX-Request": "true" } })
  } catch {
    throw new Refused(0, "")
  }
  if (response.redirected) throw new Refused(0, "")
  if (!response.ok) throw new Refused(response.status, reasonIn(await response.text()))
  return response
}
