import assert from "node:assert/strict"
import { test } from "node:test"
import { misplaced, placeOf, stamp, stampAfter } from "../../static/js/lib/order.js"

test("a stamp has twenty digits and sorts as time does", () => {
  const early = stamp(new Date("2026-03-01T08:05:09.007Z"))
  const late = stamp(new Date("2026-11-22T00:00:00Z"))

  assert.equal(early, "20260301080509007000")
  assert.ok(early < late)
})

test("what is being written comes last even when the clock is behind", () => {
  const last = stamp(new Date("2026-11-22T10:00:00Z"))

  assert.equal(stampAfter(last, new Date("2026-11-22T09:00:00Z")), "20261122100000000001")
  assert.equal(stampAfter(last, new Date("2026-11-22T10:00:01Z")), "20261122100001000000")
  assert.equal(stampAfter(undefined, new Date("2026-11-22T10:00:01Z")), "20261122100001000000")
})

test("a row goes behind those of the same moment", () => {
  assert.equal(placeOf(["1", "3", "3", "5"], "3"), 3)
  assert.equal(placeOf(["1", "3"], "0"), 0)
  assert.equal(placeOf([], "1"), 0)
  assert.equal(placeOf(["1"], "9"), 1)
})

test("only those smaller than one before them stand wrong", () => {
  assert.deepEqual(misplaced(["1", "2", "3"]), [])
  assert.deepEqual(misplaced(["1", "5", "2", "3", "6"]), [2, 3])
})

test("putting the wrong ones back sorts any order", () => {
  for (let round = 0; round < 200; round++) {
    const stamps = Array.from({ length: 12 }, () => String(Math.floor(Math.random() * 9)))
    const wrong = misplaced(stamps)
    const rest = stamps.filter((_, index) => !wrong.includes(index))
    for (const index of wrong) rest.splice(placeOf(rest, stamps[index]), 0, stamps[index])
    assert.deepEqual(rest, [...stamps].sort())
  }
})
