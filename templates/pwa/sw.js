{% autoescape off %}/* Keeps the static files of one release and the page for no network. Nothing that holds data is ever kept. */
const KEPT = "majlis-{{ release }}"
const FILES = {{ files }}
const OFFLINE = "{% url 'offline' %}"
const NAMED_BY_CONTENT = {% if hashed %}true{% else %}false{% endif %}

self.addEventListener("install", event => event.waitUntil(keep()))
self.addEventListener("activate", event => event.waitUntil(forgetOlder()))
self.addEventListener("fetch", event => {
  const { request } = event
  if (request.method !== "GET") return
  const { origin, pathname } = new URL(request.url)
  if (request.mode === "navigate") event.respondWith(navigate(request))
  else if (origin === location.origin && FILES.includes(pathname)) event.respondWith(file(request))
})
self.addEventListener("message", event => { if (event.data?.language) event.waitUntil(speak(event.data.language)) })

async function keep() {
  const cache = await caches.open(KEPT)
  await cache.addAll([...FILES, new Request(OFFLINE, { cache: "reload" })])
  await self.skipWaiting()
}

async function forgetOlder() {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name)
  await self.clients.claim()
}

/** A page comes from the network or not at all. */
async function navigate(request) {
  try {
    return await fetch(request)
  } catch {
    return await caches.match(OFFLINE) ?? Response.error()
  }
}

/** A file that is named by its content never changes; others are asked for first. */
async function file(request) {
  const kept = await caches.match(request)
  if (kept && NAMED_BY_CONTENT) return kept
  try {
    return await fetch(request)
  } catch {
    return kept ?? Response.error()
  }
}

/** The page for no network, in the language that is spoken now. */
async function speak(language) {
  const cache = await caches.open(KEPT)
  const kept = await cache.match(OFFLINE)
  if (kept?.headers.get("Content-Language") !== language) await cache.add(new Request(OFFLINE, { cache: "reload" }))
}
{% endautoescape %}
