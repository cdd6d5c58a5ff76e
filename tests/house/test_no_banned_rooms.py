"""Know one app, know all: the same rooms everywhere, and the few others by name (design 2, docs/adr/0009)."""

import pytest

from tests.house.ground import APPS, at, python_files

# In any app. A file absent is a room not needed; api, actions, queries and models may be packages split by noun.
ROOMS = {
    "__init__", "models", "actions", "queries", "events", "tasks", "api", "pages", "forms", "urls", "admin",
    "migrations", "management", "middleware", "consumers", "benches",
}  # fmt: skip

# Mechanisms every app stands on. Closed: what is not here belongs to an app.
CORE = {
    "access", "querysets", "guards", "refusals", "api", "paging", "problems", "schema", "throttles", "events", "tasks",
    "actors", "models", "crypto", "caching", "logs", "middleware", "templatetags", "mail", "money",
    "bodies", "folding", "numerals", "outbound", "places",
}  # fmt: skip

# One app's own subject. Each is a noun of its domain, never a kind of code.
OWN = {
    "audit": {"chain", "diff", "exports", "sheets", "words"},
    "accounts": {
        "idempotency", "letters", "links", "opening_hours", "passwords", "portraits", "roles", "rotation", "seats",
        "second_factor", "secrets", "sessions", "sign_in", "tokens", "visitors", "words",
    },
    "billing": {"card", "limits", "plans", "webhooks"},
    "tenants": {
        "apps", "checks", "colours", "directory", "drift", "embedded", "fleet", "hosts", "keys", "logos", "moving",
        "postgres", "provisioning", "reauthentication", "rollout", "script", "signup", "vault",
    },
    "gateways": {
        "connecting", "files", "drafts", "probes", "protocol", "elements", "facts", "limits", "reading", "sentences",
        "split", "transport", "trouble", "wording", "simulator", "twilio", "whatsapp_cloud",
    },
    "customers": {"archive", "bulk", "columns", "consent", "fields", "holdings", "phones", "scripts", "vcard", "words"},
    "conversations": {
        "choices", "composing", "excerpts", "facts", "holdings", "joining", "language", "ledger", "narrowing", "screen",
        "transcripts", "variables", "webhooks", "words",
    },
    "media": {"kinds", "owners", "pictures", "serving", "store"},
    "realtime": {"layer", "presence", "socket_auth"},
    "assistant": {"persona"},
    "dashboard": {
        "api_docs", "cards", "console", "context", "demo", "health", "metrics", "pwa", "refused", "retention", "signup",
        "styleguide", "subscription",
        "usage", "welcome",
    },
}  # fmt: skip

# Split by kind, not by noun; or a drawer; or a second way of what one room does.
BANNED = {
    "utils", "helpers", "services", "signals", "managers", "serializers", "constants", "mixins", "views", "filters",
    "permissions", "exceptions", "common", "misc", "base_classes", "receivers", "handlers", "decorators", "types",
}  # fmt: skip


def rooms_of(app: str) -> set[str]:
    """The names that stand directly in an app."""
    inside = [path for path in (APPS / app).iterdir() if not path.name.startswith((".", "__py"))]
    return {path.stem for path in inside if path.suffix == ".py" or path.is_dir()}


def strangers(app: str, rooms: set[str]) -> set[str]:
    """The rooms this app may not have."""
    allowed = CORE | {"__init__"} if app == "core" else ROOMS | OWN.get(app, set())
    return rooms - allowed


@pytest.mark.parametrize("app", sorted(path.parent.name for path in APPS.glob("*/__init__.py")))
def test_every_room_is_known(app: str) -> None:
    assert strangers(app, rooms_of(app)) == set()


def test_no_banned_rooms() -> None:
    assert [at(path) for path in python_files("apps", "config", "tests") if path.stem in BANNED] == []


def test_the_lists_hold_no_room_that_is_gone() -> None:
    assert rooms_of("core") - {"__init__"} == CORE
    for app, own in OWN.items():
        assert own - rooms_of(app) == set(), app


def test_every_app_says_what_lives_in_it() -> None:
    for path in APPS.glob("*/__init__.py"):
        assert path.read_text().startswith('"""'), at(path)


def test_it_sees_a_planted_room() -> None:
    assert strangers("customers", {"models", "services", "ledger"}) == {"services", "ledger"}
    assert strangers("conversations", {"ledger"}) == set()
    assert strangers("core", {"pages", "access"}) == {"pages"}
