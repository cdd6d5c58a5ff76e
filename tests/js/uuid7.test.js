import assert from "node:assert/strict"
import { test } from "node:test"
import { uuid7 } from "../../static/js/lib/uuid7.js"

test("it is a UUID of version 7 and carries its time", () => {
  const id = uuid7(0x0192abcdef01, new Uint8Array([0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7]))

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(id.startsWith("0192abcd-ef01-7fff-bff0-"), id)
})

test("later ones sort later, and no two are equal", () => {
  const ids = Array.from({ length: 500 }, (_, index) => uuid7(1_700_000_000_000 + index))

  assert.deepEqual(ids, [...ids].sort())
  assert.equal(new Set(Array.from({ length: 500 }, () => uuid7(1))).size, 500)
})
