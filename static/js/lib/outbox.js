import { post, Refused } from "lib/post"

/**
 * What this person has written and the server has not yet confirmed. It lies in the browser's own database, so it outlives the tab; the
 * id of a message is chosen here, so however often it is posted it is one message. A sign-out empties it.
 * @typedef {{ id: string, conversation: string, url: string, body: string, fields: [string, string][], note: boolean, person?: string,
 *   refused?: string }} Unsent
 */

const NAME = "majlis", STORE = "unsent", LOCK = "majlis:outbox"
const LATER = [0, 429, 500, 502, 503, 504]      // the server did not say no: it goes again

const person = () => /** @type {HTMLElement | null} */ (document.querySelector("live-socket"))?.dataset.person ?? ""

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" })
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
}

/**
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
async function within(mode, work) {
  const database = await open()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" })
      const asked = work(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve(asked.result)
      transaction.onabort = transaction.onerror = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

/** Everything of this person that is unsent, in the order it was written: ids are made of the time. @returns {Promise<Unsent[]>} */
export async function unsent() {
  const all = /** @type {Unsent[]} */ (await within("readonly", store => store.getAll()))
  return all.filter(each => each.person === person()).sort((one, other) => one.id < other.id ? -1 : 1)
}

/** @param {Unsent} message */
export const keep = message => within("readwrite", store => store.put({ ...message, person: person() }))

/** @param {string} id */
export const drop = id => within("readwrite", store => store.delete(id))

/**
 * Posts what waits, each conversation in its order, one tab at a time. What came of each is told to the page as `outbox:outcome`.
 * A refusal with a reason is final until somebody sends it again; silence is not, and holds back what was written after it.
 * @param {string} [again] the id of a refused message to try once more
 */
export function flush(again = "") {
  return navigator.locks.request(LOCK, async () => {
    const stuck = new Set()
    for (const message of await unsent()) {
      if (stuck.has(message.conversation) || message.refused !== undefined && message.id !== again) continue
      const refusal = await deliver(message)
      if (refusal && LATER.includes(refusal.status)) stuck.add(message.conversation)
      else if (refusal) await keep({ ...message, refused: refusal.message })
      else await drop(message.id)
      const detail = { ...message, refusal, waits: stuck.has(message.conversation) }
      document.body.dispatchEvent(new CustomEvent("outbox:outcome", { detail }))
    }
    return stuck.size === 0
  })
}

/** @param {Unsent} message @returns {Promise<Refused | null>} */
async function deliver(message) {
  try {
    await post(message.url, [["id", message.id], ["body", message.body], ...message.fields])
    return null
  } catch (problem) {
    if (problem instanceof Refused) return problem
    throw problem
  }
}

/** What somebody else left unsent on this computer is not this person's to see, nor to send. */
export async function forgetOthers() {
  const all = /** @type {Unsent[]} */ (await within("readonly", store => store.getAll()))
  for (const each of all) if (each.person !== person()) await drop(each.id)
}

/** Leaves nothing behind on a shared computer. */
export function emptyEverything() {
  sessionStorage.clear()
  indexedDB.deleteDatabase(NAME)
  globalThis.caches?.keys().then(names => names.forEach(name => caches.delete(name)))
}
