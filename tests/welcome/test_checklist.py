"""TEN-17: doing the thing ticks it, without a click."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.accounts.actions.calendars import edit_calendar
from apps.accounts.models import Calendar, Employee, User
from apps.accounts.secrets import set_secret
from apps.billing.models import Subscription
from apps.bookings.actions import create_service, deactivate_service
from apps.bookings.models import Service
from apps.conversations.actions import send_message
from apps.core.actors import ASSISTANT, SYSTEM
from apps.tenants.models import Business
from tests.factories import a_conversation, an_inbox


@pytest.fixture
def ticked(acme: Business, client_of: Callable[..., Client]) -> Callable[[], set[str]]:
    """What the home page shows as done for Samia, who is alone and has done nothing."""
    User.objects.filter(email="samia@example.test").update(email_confirmed_at=None)
    Employee.objects.exclude(user__email="samia@example.test").update(deactivated_at=timezone.now())

    def look() -> set[str]:
        context: Any = client_of("samia").get("/").context
        return {point.key for point in context["checklist"] if point.is_done}

    return look


def answered() -> None:
    conversation = a_conversation(an_inbox("simulator", default_mode="ai"))
    send_message(conversation, body="Welcome", by=ASSISTANT, epoch=conversation.epoch)


def paying() -> None:
    with schema_context("public"):
        business = Business.objects.get(slug="acme")
        Subscription.objects.filter(business=business).update(billing="card")


def set_hours() -> None:
    """The seeded week is a guess of some days ago; now somebody has looked at it."""
    calendar = Calendar.objects.get(purpose="business")
    edit_calendar(calendar, by=SYSTEM, weekly=[[{"from": "10:00", "to": "18:00"}], [], [], [], [], [], []])


DEEDS: dict[str, Callable[[], Any]] = {
    "email": lambda: User.objects.filter(email="samia@example.test").update(email_confirmed_at=timezone.now()),
    "inbox": lambda: an_inbox("whatsapp_cloud"),
    "service": lambda: create_service(
        by=SYSTEM, name_en="Cut", kind="appointment", price=Decimal(9), duration_minutes=30
    ),
    "hours": set_hours,
    "tried": answered,
    "team": lambda: Employee.objects.filter(user__email="mona@example.test").update(deactivated_at=None),
    "payment": lambda: set_secret("stripe_secret_key", "sk_test_0123456789", scope="business", by=SYSTEM),
}


def test_nothing_is_done_at_first(ticked: Callable[[], set[str]]) -> None:
    assert ticked() == set()


@pytest.mark.parametrize("key", DEEDS)
def test_doing_it_ticks_it_and_nothing_else(ticked: Callable[[], set[str]], key: str) -> None:
    DEEDS[key]()

    assert ticked() == {key}


def test_a_card_is_a_payment_method_too(ticked: Callable[[], set[str]]) -> None:
    paying()

    assert ticked() == {"payment"}


def test_undoing_it_unticks_it(ticked: Callable[[], set[str]]) -> None:
    DEEDS["service"]()

    deactivate_service(Service.objects.get(), by=SYSTEM)

    assert ticked() == set()


def test_only_who_may_change_the_settings_is_asked(acme: Business, client_of: Callable[..., Client]) -> None:
    page = client_of("mona").get("/")

    assert page.context["checklist"] == []
    assert b"checklist" not in page.content


def test_a_card_shows_as_many_as_its_list(acme: Business, client_of: Callable[..., Client]) -> None:
    inbox = an_inbox()
    a_conversation(inbox)
    client = client_of("samia")

    counts = client.get("/").context["counts"]

    for tab in ("unassigned", "mine", "needs"):
        rows = client.get(f"/inbox/?tab={tab}").content.decode().count('class="conversation-row"')
        assert counts[tab] == rows
