import assert from "node:assert/strict"
import { test } from "node:test"
import { backoff } from "../../static/js/lib/backoff.js"

test("it waits at least one second and at most thirty", () => {
  for (let attempt = 0; attempt < 60; attempt++) {
    for (const luck of [0, 0.5, 0.999]) {
      const wait = backoff(attempt, () => luck)
      assert.ok(wait >= 1_000 && wait <= 30_000, `${attempt}: ${wait}`)
    }
  }
})

test("it doubles, half of it by chance", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(attempt => backoff(attempt, () => 0)), [1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  assert.equal(backoff(3, () => 1), 8_000)
})
