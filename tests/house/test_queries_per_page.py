"""How many questions each page may ask the database. The same with one row and with thirty: no page loops over rows."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.actions import add_employee, create_role, invite
from apps.accounts.models import Role
from apps.conversations import screen
from apps.conversations.actions import add_note
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.gateways.models import Inbox
from apps.tenants import hosts
from apps.tenants.models import Business
from tests import people
from tests.factories import a_message, an_inbox
from tests.house.doors import doors

# The first three of each are session, user and employee with role. Raise a number only with a reason in the commit.
BUDGET = {
    "/": 7,  # three lists, the numbers one sees, and for an administrator one question for all that is still to do
    "/presence/": 5,
    "/customers/": 9,
    "/services/": 5,
    "/inbox/": 7,
    "/inbox/list/": 6,
    "/inbox/counts/": 4,
    "/inbox/filters/": 9,
    "/inbox/choose/": 4,
    "/inbox/palette/": 4,
    "/inbox/shortcuts/": 4,
    "/inbox/<uuid:pk>/choose/": 6,
    "/inbox/<uuid:pk>/here/": 5,
    "/inbox/search/": 3,  # without a question; with one: two for each kind, one for the people's conversations
    "/search/": 5,
    "/inbox/<uuid:pk>/": 16,
    "/inbox/<uuid:pk>/details/": 16,
    "/inbox/<uuid:pk>/rows/": 8,
    "/inbox/<uuid:pk>/export/": 9,  # the file and its row in the record
    "/inbox/<uuid:pk>/composer/": 5,
    "/inbox/<uuid:pk>/head/": 5,
    "/inbox/<uuid:pk>/panel/": 8,
    "/audit/": 9,
    "/exports/": 5,
    "/settings/secrets/": 7,
    "/settings/inboxes/": 6,
    "/settings/inboxes/notice/": 4,
    "/deliveries/": 6,
    "/deliveries/balance/": 5,
    "/me/": 4,
    "/me/password/": 4,
    "/me/email/": 4,
    "/me/second-factor/": 5,
    "/me/sessions/": 5,
    "/me/api-tokens/": 5,
}

# Those that only people with rights over others open; the same with five colleagues and with thirty.
OFFICE = {
    "/team/": 6,
    "/team/inboxes/": 8,
    "/team/inbox-choices/": 4,
    "/team/invite/": 7,
    "/roles/": 5,
    "/roles/new/": 4,
}

# Opened by people who are nobody yet, by machines, or once in a while by a programmer; the simulator counts its own.
WITHOUT = {
    "/api/", "/api/v1/docs/", "/healthz", "/manifest.webmanifest", "/metrics", "/offline/", "/sw.js",
    "/readyz", "/reset/", "/services/new/", "/settings/",
    "/customers/new/", "/customers/import/", "/settings/customers/", "/settings/labels/",
    "/settings/business/", "/settings/data/", "/settings/data/export/", "/settings/domains/", "/settings/hours/",
    "/settings/support/",
    "/inbox/<uuid:pk>/draft/", "/inbox/<uuid:pk>/macros/", "/inbox/<uuid:pk>/mentions/", "/inbox/<uuid:pk>/templates/",
    "/inbox/emoji/", "/inbox/macros/new/", "/inbox/views/", "/notes/", "/notes/new/", "/replies/", "/replies/new/",
    "/sign-in/", "/simulator/", "/subscription/", "/support/enter/", "/welcome/", "/welcome/answered/",
}  # fmt: skip


@pytest.fixture
def inbox(acme: Business) -> Inbox:
    """A number that people answer."""
    return an_inbox()


def fill(inbox: Inbox, customers: int, messages: int) -> Conversation:
    """Give an inbox so many conversations, each with so many messages and a note. Returns the last of them."""
    for customer in range(customers):
        for _turn in range(messages):
            phone = f"+9617000{customer:04}"
            conversation = a_message(inbox, phone=phone).conversation
        add_note(conversation, body="Prefers Arabic", author=people.employee("samia"), by=SYSTEM)
    return conversation


def queries(client: Client, address: str) -> int:
    """How many a page asks, when the host is known and the page has been asked for before."""
    for _turn in range(2):
        hosts.forget()  # else the memory may end between here and the page
        hosts.site_of("acme.localhost")
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200, address
    return len(asked)


def over(spent: dict[str, int], budget: dict[str, int]) -> dict[str, int]:
    """The pages that ask more than they may, and by how much."""
    return {page: count - budget[page] for page, count in spent.items() if count > budget[page]}


@pytest.mark.parametrize("person", ["samia", "karim"])
def test_queries_per_page(inbox: Inbox, client_of: Callable[..., Client], person: str) -> None:
    client = client_of(person)
    few = fill(inbox, customers=1, messages=1)
    pages = [door for door in doors("config.urls") if str(door) in BUDGET]
    pages = [door for door in pages if client.get(door.at(few.pk)).status_code != 403]

    before = {str(door): queries(client, door.at(few.pk)) for door in pages}
    many = fill(inbox, customers=12, messages=4)
    after = {str(door): queries(client, door.at(many.pk)) for door in pages}

    assert person == "karim" or set(after) == set(BUDGET)
    assert over(after, BUDGET) == {}
    assert over(after, {page: count + 1 for page, count in before.items()}) == {}  # one: older messages to look for
    assert person == "karim" or over(BUDGET, after) == {}, "a page asks less than its budget: lower it"


def test_queries_of_the_office(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    client = client_of("samia")
    client.get("/team/")
    role = Role.objects.get(is_system=True, sort=2)
    few = {page: queries(client, page) for page in OFFICE}

    for number in range(25):
        add_employee(email=f"{number}@example.test", full_name=f"Person {number}", role=role, by=SYSTEM)
        if number < 4:
            create_role(name=f"role_{number}", display_name=f"Role {number}", by=SYSTEM, giver=None)
            invite(email=f"asked{number}@example.test", full_name="Asked", role=role, by=SYSTEM, inviter=None)

    many = {page: queries(client, page) for page in OFFICE}
    assert many == few
    assert many == OFFICE


def test_every_page_has_a_budget(inbox: Inbox, client_of: Callable[..., Client]) -> None:
    client = client_of("samia")
    row = fill(inbox, customers=1, messages=1)

    opens = {
        str(door) for door in doors("config.urls")
        if door.viewset is None and str(door) not in WITHOUT and client.get(door.at(row.pk)).status_code == 200
    }  # fmt: skip

    assert opens - set(BUDGET) - set(OFFICE) == set()


def test_it_sees_a_planted_loop(
    inbox: Inbox, client_of: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(inbox, customers=3, messages=1)
    client = client_of("samia")
    monkeypatch.setattr(Conversation, "audit_label", property(lambda row: row.fresh().number))
    monkeypatch.setattr(
        screen, "list_context", lambda request: {"tabs": [row.audit_label for row in Conversation.objects.all()]}
    )

    spent = {"/inbox/list/": queries(client, "/inbox/list/")}

    assert over(spent, {"/inbox/list/": 4}) == {"/inbox/list/": 3}
