import assert from "node:assert/strict"
import { test } from "node:test"
import { called, firstMark, wordAfter } from "../../static/js/lib/caret.js"

test("a slash opens at the start and after a space, not inside a word or an address", () => {
  assert.deepEqual(wordAfter("/wel", 4, "/"), { start: 0, word: "wel" })
  assert.deepEqual(wordAfter("Hello /", 7, "/"), { start: 6, word: "" })
  assert.deepEqual(wordAfter("مرحبا /شك", 9, "/"), { start: 6, word: "شك" })
  assert.equal(wordAfter("and/or", 6, "/"), null)
  assert.equal(wordAfter("https://x", 9, "/"), null)
  assert.equal(wordAfter("/wel done", 9, "/"), null)
})

test("a name may have a space, but not two", () => {
  assert.deepEqual(wordAfter("ask @Nour De", 12, "@"), { start: 4, word: "Nour De" })
  assert.equal(wordAfter("ask @Nour  and", 14, "@"), null)
})

test("the first mark is found whole", () => {
  assert.deepEqual(firstMark("Hello ⟦name⟧, bye"), { start: 6, end: 12 })
  assert.equal(firstMark("Hello"), null)
  assert.equal(firstMark("Hello ⟦name"), null)
})

test("colleagues are found by any word of their name, whatever its case, hamza or vowel marks", () => {
  const people = [{ name: "Nour Demo" }, { name: "أحمد" }, { name: "Chloé" }]
  assert.deepEqual(called(people, "de").map(each => each.name), ["Nour Demo"])
  assert.deepEqual(called(people, "احم").map(each => each.name), ["أحمد"])
  assert.deepEqual(called(people, "chloe").map(each => each.name), ["Chloé"])
})
