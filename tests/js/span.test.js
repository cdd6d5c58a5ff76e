import assert from "node:assert/strict"
import { test } from "node:test"
import { span, warmth } from "../../static/js/lib/span.js"

test("one number and one unit, as the server writes it", () => {
  assert.deepEqual([0, 59, 60, 3_599, 3_600, 86_399, 86_400, 400_000].map(seconds => span(seconds, "en")), ["0m", "0m", "1m", "59m", "1h", "23h", "1d", "4d"])
})

test("in Arabic with the digits of the rest of the page", () => {
  assert.match(span(720, "ar"), /12/)
})

test("a wait warms at five, fifteen and thirty minutes", () => {
  assert.deepEqual([0, 299, 300, 899, 900, 1_799, 1_800].map(warmth), ["grey", "grey", "amber", "amber", "warm", "warm", "red"])
})
