import assert from "node:assert/strict"
import { test } from "node:test"
import { coalesce } from "../../static/js/lib/coalesce.js"

/** A clock that only ticks when told. */
function slowly() {
  /** @type {(() => void)[]} */
  let waiting = []
  return {
    later: (/** @type {() => void} */ work) => waiting.push(work),
    tick: () => { const due = waiting; waiting = []; due.forEach(work => work()) },
  }
}

test("the first goes through at once, the flood behind it becomes one", () => {
  const said = []
  const clock = slowly()
  const say = coalesce(key => said.push(key), 250, clock.later)

  for (let each = 0; each < 50; each++) say("a")
  assert.deepEqual(said, ["a"])

  clock.tick()
  assert.deepEqual(said, ["a", "a"])

  clock.tick()
  assert.deepEqual(said, ["a", "a"])
})

test("kinds do not wait for each other", () => {
  const said = []
  const clock = slowly()
  const say = coalesce(key => said.push(key), 250, clock.later)

  say("a"); say("b"); say("a")
  assert.deepEqual(said, ["a", "b"])

  clock.tick()
  assert.deepEqual(said, ["a", "b", "a"])
})

test("after a rest it is as new", () => {
  const said = []
  const clock = slowly()
  const say = coalesce(key => said.push(key), 250, clock.later)

  say("a"); clock.tick(); say("a")

  assert.deepEqual(said, ["a", "a"])
})
