"""Whatever is asked of the API: it never breaks, never says what its document does not, never shows another business.

A small fixed slice here; `make fuzz` asks FUZZ requests (20,000 unless said) of all operations together.
"""

import os
from uuid import UUID

import pytest
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import issue_token
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests import people
from tests.api.routes import routes, some_rows
from tests.isolation import twins
from tests.isolation.fuzzing import Fuzzer
from tests.isolation.twins import FOREIGN, OWN
from tests.isolation.witness import Witness, watching

pytestmark = pytest.mark.once

ALL = int(os.environ.get("FUZZ", "0"))
SLICE = 4  # requests for an operation, of one caller
CALLERS = ("acme", "globex", "nobody")

# What differs from the document on purpose, with the reason: a start of what `wrong` says.
EXPLAINED = {
    "POST /api/v1/inboxes/{id}/sync-templates/: 503": "it asks Meta, whom these tests do not reach, and says so",
    "POST /api/v1/inboxes/{id}/sync-profile/: 503": "the same",
}


@pytest.fixture
def fuzzer(acme: Business, globex: Business, request: pytest.FixtureRequest) -> Fuzzer:
    """A caller who knows the keys of both businesses."""
    tokens: dict[Business, str] = {}
    known: list[tuple[str, UUID]] = []
    for business, word in ((acme, OWN), (globex, FOREIGN)):
        with tenant_context(business):
            rows = some_rows()
            twins.mark_names(word)
            known += [(noun, row.pk) for noun, row in rows.items()]
            tokens[business] = issue_token(people.employee("samia"), name="fuzz", by=SYSTEM)
    if request.param == "nobody":
        return Fuzzer("acme.localhost", {}, known, Witness(acme.schema_name, (OWN, FOREIGN)))
    business, foreign = (acme, FOREIGN) if request.param == "acme" else (globex, OWN)
    headers = {"authorization": f"Bearer {tokens[business]}"}
    return Fuzzer(f"{business.slug}.localhost", headers, known, Witness(business.schema_name, (foreign,)))


@pytest.mark.parametrize("who", ["an operator", "nobody"])
def test_whatever_is_asked_of_the_platform(who: str, acme: Business, globex: Business, db: None) -> None:
    """Signing up makes a schema, which no transaction takes back; its own tests ask for it."""
    operator = Client(headers={"host": "localhost"})
    with schema_context("public"):
        operator.force_login(people.an_operator())
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in operator.cookies.items())
    headers = {"cookie": cookies} if who == "an operator" else {}
    rows = [("businesses", business.pk) for business in (acme, globex)]
    fuzzer = Fuzzer(
        "localhost", headers, rows, Witness("public", (OWN, FOREIGN)), "config.urls_public", ("POST /api/v1/signup/",)
    )

    with schema_context("public"):
        fuzzer.run(ALL // 200 or SLICE)

    assert not fuzzer.wrong, "\n".join(f"{name}: {why}" for name, why in fuzzer.wrong.items())
    assert max(fuzzer.statuses) < 500
    assert fuzzer.asked >= 10
    assert (fuzzer.statuses[401] > 0) == (who == "nobody")


@pytest.mark.parametrize("fuzzer", CALLERS, indirect=True)
def test_whatever_is_asked(fuzzer: Fuzzer, request: pytest.FixtureRequest) -> None:
    wanted = ALL // len(CALLERS) or 1

    with watching(fuzzer.witness):
        for _ in range(5):  # what could not be sent is made good
            if (missing := wanted - fuzzer.asked) > 0:
                fuzzer.run(missing // len(routes()) + 1 if ALL else SLICE, seed_=fuzzer.asked + 1)

    print(f"\n{request.node.name}: {fuzzer.asked} requests, {dict(sorted(fuzzer.statuses.items()))}")
    unexplained = {name: why for name, why in fuzzer.wrong.items() if not name.startswith(tuple(EXPLAINED))}
    print(*(f"{name}: {why}" for name, why in unexplained.items()), sep="\n")
    assert (list(unexplained), fuzzer.witness.leaks) == ([], [])
    assert max(set(fuzzer.statuses) - {503}) < 500
    assert fuzzer.asked >= len(routes())
