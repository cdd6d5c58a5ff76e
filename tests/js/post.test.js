import assert from "node:assert/strict"
import { test } from "node:test"
import { reasonIn } from "../../static/js/lib/post.js"

test("the reason is the problem's detail, then its title, then a short plain text", () => {
  assert.equal(reasonIn('{"title": "Conflict", "detail": "Omar is answering."}'), "Omar is answering.")
  assert.equal(reasonIn('{"title": "Conflict"}'), "Conflict")
  assert.equal(reasonIn("Too long.\n"), "Too long.")
})

test("a page or a wall of text is no reason", () => {
  assert.equal(reasonIn("<!doctype html><h1>500</h1>"), "")
  assert.equal(reasonIn("x".repeat(500)), "")
})
