import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { Draft } from "../../static/js/lib/drafts.js"

function sending() {
  /** @type {string[]} */
  const sent = []
  return { sent, draft: new Draft("/draft/", async (_url, fields) => { sent.push(`${fields.note}|${fields.body}`) }) }
}

test("a draft is kept once, a little after the last key", async () => {
  mock.timers.enable({ apis: ["setTimeout"] })
  const { sent, draft } = sending()
  draft.later("H", false)
  mock.timers.tick(500)
  draft.later("Hello", false)
  mock.timers.tick(799)
  assert.deepEqual(sent, [])
  mock.timers.tick(1)
  assert.deepEqual(sent, ["|Hello"])
  mock.timers.reset()
})

test("leaving keeps what waits, and nothing twice", async () => {
  const { sent, draft } = sending()
  draft.later("Note", true)
  await draft.now()
  await draft.now()
  assert.deepEqual(sent, ["yes|Note"])
})

test("what was sent does not come back as a draft", async () => {
  const { sent, draft } = sending()
  draft.later("Hello", false)
  draft.forget()
  await draft.now()
  assert.deepEqual(sent, [])
})
