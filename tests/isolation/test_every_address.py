"""No byte of globex leaves at acme's doors, though every row of globex has the key of a row of acme (R-069).

The doors come from the URLconfs, the bodies from the OpenAPI document, the forms from the pages themselves.
"""

import re
from collections.abc import Callable
from http.cookies import SimpleCookie

import pytest
from django.core import mail
from django.test import Client
from django_tenants.utils import tenant_context

from apps.accounts.actions import issue_token
from apps.core.actors import SYSTEM
from apps.tenants.models import Business
from tests import people
from tests.house.doors import doors
from tests.isolation.carrying import opened
from tests.isolation.touching import touched
from tests.isolation.twins import FOREIGN, OWN, keys, tables
from tests.isolation.walking import Visitor, unanswered, unvisited
from tests.isolation.witness import Witness, watching

Visits = Callable[..., Visitor]

LINK = re.compile(r"https?://[^/\s]+(/[^\s\"'<>]+)")

# Doors at which a walk finds nothing, with the reason.
NOTHING_THERE = {"/api/": "whatever else stands under it says 404"}


def cross(theirs: Visitor, ours: Visitor, site: str = "config.urls") -> set[str]:
    """Globex walks first, so that whatever remembers too much has something to tell; then acme, watched.

    Returns the tables of globex that acme's walk touched.
    """
    every = doors(site)
    theirs.walk(every, writing=False)
    ours.fitting = theirs.fitting
    with watching(ours.witness), touched(theirs.witness.home) as at_theirs:
        ours.walk(every, OWN)
        ours.submit(OWN)
    return at_theirs.tables


def test_the_twins_are_alike_but_for_their_texts(twin: tuple[Business, Business]) -> None:
    acme, globex = twin

    with tenant_context(acme):
        ours = {model: set(model._base_manager.values_list("pk", flat=True)) for model in tables()}
    with tenant_context(globex):
        theirs = {model: set(model._base_manager.values_list("pk", flat=True)) for model in tables()}
        marked = [str(list(model._base_manager.values())) for model in tables()]

    assert [model._meta.label for model in tables() if not ours[model] <= theirs[model]] == []
    assert sum(FOREIGN in text for text in marked) >= 20
    assert len(tables()) >= 25


def test_no_address_of_a_business_shows_another(visitor_of: Visits, twin: tuple[Business, Business]) -> None:
    _acme, globex = twin
    theirs, ours = visitor_of("karim", globex), visitor_of("samia")
    every = doors("config.urls")

    touched_there = cross(theirs, ours)

    assert ours.witness.leaks == []
    assert ours.broken == []
    assert unvisited(every, [ours]) == set()
    assert unanswered(every, ours) == set(NOTHING_THERE), {name: ours.visited[name] for name in unanswered(every, ours)}
    assert len(ours.shown) >= 20, "the walk must see rows, else it proves nothing"
    assert len(ours.forms) >= 3
    assert {"body", "headers", "cookies", "status", "cache", "task", "log"} <= set(ours.witness.kinds)
    assert touched_there == set()


def test_nothing_that_acme_gave_out_opens_at_globex(visitor_of: Visits, twin: tuple[Business, Business]) -> None:
    acme, _globex = twin
    ours, witness = visitor_of("samia"), Witness(acme.schema_name, (FOREIGN, OWN))
    ours.walk(doors("config.urls"))
    ours.submit()
    links = ours.links | {link for each in mail.outbox for link in LINK.findall(str(each.message()))}
    with tenant_context(acme):
        token = issue_token(people.employee("samia"), name="carried", by=SYSTEM)
    carried = {
        "a session": Client(headers={"host": "globex.localhost"}),
        "a token": Client(headers={"host": "globex.localhost", "authorization": f"Bearer {token}"}),
    }
    carried["a session"].cookies = SimpleCookie(ours.signed_in)

    for client in carried.values():
        stranger = Visitor(client, witness, ours.known[:2])
        stranger.walk(doors("config.urls"))
        assert opened(links, client, witness) == []

    assert witness.leaks == []


@pytest.mark.parametrize("site", ["config.urls", "config.urls_public"])
def test_a_stranger_sees_nothing_of_any_business(site: str, twin: tuple[Business, Business]) -> None:
    acme, _globex = twin
    client = Client(headers={"host": "acme.localhost" if site == "config.urls" else "localhost"})
    with tenant_context(acme):
        stranger = Visitor(client, Witness(acme.schema_name, (FOREIGN, OWN)), keys()[:3])

    with watching(stranger.witness):
        stranger.walk(doors(site))
        stranger.submit()

    assert [leak for leak in stranger.witness.leaks if not leak.startswith("cache")] == []
    assert stranger.broken == []
    assert unvisited(doors(site), [stranger]) == set()


def test_the_console_shows_no_row_of_any_business(console: Client, twin: tuple[Business, Business]) -> None:
    acme, globex = twin
    operator = Visitor(console, Witness("public", (FOREIGN, OWN)), [acme.pk, globex.pk])
    every = [door for door in doors("config.urls_public") if door.path.startswith("operators/")]

    with watching(operator.witness):
        operator.walk(every)
        operator.submit()

    assert operator.witness.leaks == []
    assert operator.broken == []
    assert unvisited(every, [operator]) == set()
    assert len(every) >= 30
