"""A row of globex does not exist for acme: not by its id, not in a list, not through a filter, not over a socket.

Generated from the URLconf and from the models: a door or a table that is new tomorrow is tested tomorrow. Each door is
asked for the rows of its own app and for what rows of every app hang on; tests/isolation asks each for everything.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import channels.db
import pytest
from asgiref.sync import sync_to_async
from channels.layers import channel_layers
from django.core.cache import caches
from django.test import Client, override_settings
from django_tenants.utils import tenant_context

from apps.tenants.models import Business
from tests import people
from tests.api.conftest import read
from tests.house import planting
from tests.house.doors import Door, doors
from tests.realtime.sockets import Tab, cookie_of, nudge_in, scenario

pytestmark = pytest.mark.once

ClientOf = Callable[..., Client]
EMPTY = {"accounts.user_groups", "accounts.user_user_permissions"}
TAKEN = (((), ()), (("pk",), ("uuid",)), (("token",), ("str",)))  # a token is of a mailed link: tests/accounts
ABSENT = (404, 405, 410)
HUBS = {"accounts.employee", "conversations.conversation", "customers.customer", "gateways.inbox"}
Foreign = dict[UUID, str]  # keys, each with the name of its model


@pytest.fixture
def foreign(globex: Business, acme: Business) -> Foreign:
    """The ids of all marked rows of globex."""
    with tenant_context(globex):
        rows = planting.everything()
        refused = planting.plant()
        missing = {model._meta.label_lower for model in planting.tables()} - {model._meta.label_lower for model in rows}
        found = {pk: model._meta.label_lower for model in rows if (pk := planting.key(model))}
    assert refused == planting.UNMARKED
    assert missing - EMPTY == set(), "give planting.everything() a row of these"
    with tenant_context(acme):
        ours = {planting.key(model) for model in planting.everything()}
    for business, word in ((acme, "ours"), (globex, planting.MARKER)):
        planting.pictures(business, word)
    return {pk: model for pk, model in found.items() if pk not in ours}


def leaks(client: Client, closed: Iterable[Door], foreign: Foreign) -> list[str]:
    """Each address behind these doors at which a foreign row shows."""
    found = []
    for door, method in ((each, method) for each in closed for method in each.methods):
        for address, is_foreign in _addresses(door, method, foreign):
            answer = _ask(client, method, address)
            if _shows(answer) or (is_foreign and answer.status_code not in ABSENT):
                found.append(f"{method} {address} → {answer.status_code}")
            if answer.status_code == 405:  # whatever the row
                break
    return found


def _addresses(door: Door, method: str, foreign: Foreign) -> Iterable[tuple[str, bool]]:
    if door.converters == ("slug",):  # a secret's name, the same in every business
        return [(door.at("openai_api_key"), False)]
    assert (door.takes, door.converters) in TAKEN, f"Teach this test what {door} takes."
    if door.takes:
        return [(door.at(pk), True) for pk, model in foreign.items() if model in HUBS or _is_near(door, model)]
    if method != "GET":
        return []
    filters = getattr(getattr(door.viewset, "filterset_class", None), "base_filters", {})
    return [(door.at(), False), *((f"{door.at()}?{name}={pk}", False) for name in filters for pk in foreign)]


def _is_near(door: Door, model: str) -> bool:
    """Whether a door is in the app of a model; one that is in no app of ours is near to all."""
    apps, _dot, rest = (door.viewset or door.view).__module__.partition(".")
    return apps != "apps" or model.startswith(f"{rest.partition('.')[0]}.")


def _ask(client: Client, method: str, address: str) -> Any:
    for name in ("default", "platform"):
        caches[name].clear()  # who asks a thousand times is not turned away for that
    answer: Any = client.generic(method, address, "{}" if method != "GET" else "", "application/json")
    return read(answer) if answer.streaming else answer


def _shows(answer: Any) -> bool:
    said = (answer.content + str(answer.headers).encode()).decode().lower()
    return "globex" in said or planting.NUMBER in said


def test_no_tenant_leaks(foreign: Foreign, client_of: ClientOf, globex: Business) -> None:
    every = doors("config.urls")
    with tenant_context(globex):
        before = [list(model._base_manager.order_by("pk").values()) for model in planting.tables()]

    found = leaks(client_of("samia"), every, foreign)

    assert found == []
    assert len(foreign) > 15
    assert len(every) > 60
    with tenant_context(globex):
        assert [list(model._base_manager.order_by("pk").values()) for model in planting.tables()] == before


def test_the_same_doors_show_rows_of_ones_own(foreign: Foreign, client_of: ClientOf, acme: Business) -> None:
    client = client_of("samia")
    own = [pk for model in planting.tables() if (pk := planting.key(model))]

    shut = [
        str(door) for door in doors("config.urls")
        if "pk" in door.takes and "GET" in door.methods
        and _ask(client, "GET", door.at(own[0])).status_code != 405
        and not any(_ask(client, "GET", door.at(pk)).status_code == 200 for pk in own)
    ]  # fmt: skip

    assert shut == []


def test_every_guarded_queryset_is_its_own_businesss(foreign: Foreign, acme: Business) -> None:
    samia = people.employee("samia").user
    every: list[Any] = [model._default_manager.all() for model in planting.tables()]
    guarded = [rows for rows in every if hasattr(rows, "for_user")]

    assert len(guarded) >= 9
    for rows in guarded:
        assert not rows.for_user(samia).filter(pk__in=foreign).exists(), rows.model


def test_a_socket_hears_only_its_own_business(
    acme: Business, globex: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_layers.backends.clear()  # queues of another test's loop
    monkeypatch.setattr(channels.db, "close_old_connections", lambda: None)  # the test holds this one
    samia = people.employee("samia").user_id
    cookie = cookie_of("samia", acme)

    async def play() -> list[str]:
        tab = await Tab(acme, cookie).opened()
        await sync_to_async(nudge_in)(globex, [samia], topic="globexleak")
        await sync_to_async(nudge_in)(acme, [samia], topic="inbox")
        heard = await tab.heard(1)
        await tab.leave()
        return heard

    assert ["globexleak" in frame for frame in scenario(play)] == [False]


@override_settings(ROOT_URLCONF="tests.house.leaky_urls")
def test_it_sees_planted_leaks(foreign: Foreign, client_of: ClientOf) -> None:
    leaky = [door for door in doors("tests.house.leaky_urls") if door.path.startswith("leak/")]

    found = leaks(client_of("samia"), leaky, foreign)

    assert found[0] == "GET /leak/ → 200"
    assert {line.split(" → ")[1] for line in found[1:]} == {"204"}
