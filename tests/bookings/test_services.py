"""What is offered: written whole or not at all, its prices remembered, its place in the menu kept."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django_tenants.utils import schema_context

from apps.audit.models import AuditEvent
from apps.billing.actions import change_plan
from apps.bookings import actions, queries
from apps.bookings.models import Service, ServicePrice
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from tests import people
from tests.factories import a_service

pytestmark = pytest.mark.usefixtures("acme")


def wrong(**but: Any) -> set[str]:
    """The fields that are said to be wrong when a service is offered so."""
    with pytest.raises(ValidationError) as refused:
        a_service(**but)
    assert not Service.objects.exists()
    return set(refused.value.message_dict)


def test_a_service_comes_last_with_a_key_and_the_businesss_currency():
    first, second = a_service(), a_service(price=Decimal("9.99"))

    assert [(row.key, row.sort, row.currency) for row in (first, second)] == [
        ("tarot_reading", 1, "USD"), ("tarot_reading_2", 2, "USD"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(object_id=second.pk).get().after["price"] == "9.99"


def test_a_name_without_latin_letters_has_a_key_too():
    assert [a_service(name_ar="قراءة الفنجان", name_en="Ü").key for _turn in range(2)] == ["service_u", "service_u_2"]


@pytest.mark.parametrize(
    ("but", "fields"),
    [
        ({"name_en": ""}, {"__all__", "name_en"}),
        ({"name_en": "", "name_ar": "قراءة"}, {"name_en"}),
        ({"key": "Tarot"}, {"key"}),
        ({"price": Decimal(-1)}, {"price"}),
        ({"currency": "XXZ"}, {"currency"}),
        ({"currency": "JPY", "price": Decimal("10.5")}, {"price"}),
        ({"price": Decimal("10.005")}, {"price"}),
        ({"original_price": Decimal(150)}, {"__all__"}),
        ({"kind": "appointment"}, {"__all__"}),
        ({"kind": "appointment", "duration_minutes": 4}, {"duration_minutes"}),
        ({"kind": "appointment", "duration_minutes": 481}, {"duration_minutes"}),
        ({"duration_minutes": 30}, {"__all__"}),
        ({"delivery_days": 61}, {"delivery_days"}),
        ({"short_en": "x" * 121}, {"short_en"}),
        ({"description_ar": "x" * 2001}, {"description_ar"}),
        ({"deposit_percent": 101}, {"deposit_percent"}),
        ({"max_per_day": 0}, {"max_per_day"}),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(but, fields):
    assert wrong(**but) == fields


@pytest.mark.parametrize("currency", ["JPY", "USD", "KWD"])
def test_money_is_kept_as_finely_as_its_currency_is_divided(currency):
    amount = {"JPY": "1000", "USD": "9.99", "KWD": "5.250"}[currency]

    assert a_service(price=Decimal(amount), currency=currency).fresh().price == Decimal(amount)


def test_a_key_is_used_once():
    a_service(key="cup")

    with pytest.raises(ValidationError) as refused:
        a_service(key="cup")

    assert "a_service_key_is_used_once" in str(refused.value) or "key" in refused.value.message_dict
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"price": -1}, {"original_price": 1}, {"kind": "appointment"}, {"duration_minutes": 30}, {"name_en": ""},
        {"stock": -1}, {"deposit_percent": 101},
    ],
)  # fmt: skip
def test_the_database_says_so_too(facts):
    service = a_service()

    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=service.pk).update(**facts)


def test_another_price_leaves_a_line():
    samia = people.employee("samia")
    service = a_service()

    actions.edit_service(service, by=samia.user.actor, price=Decimal(175), reason="new year")
    actions.edit_service(service, by=samia.user.actor, name_en="Tarot")

    line = ServicePrice.objects.get()
    assert (line.old, line.new, line.currency, line.actor_label, line.reason) == (150, 175, "USD", "Samia", "new year")
    assert service.fresh().price == 175
    edits = AuditEvent.objects.filter(object_id=service.pk, verb="edited").order_by("id")
    assert [(row.before, row.after) for row in edits] == [
        ({"price": "150.000"}, {"price": "175.00"}), ({}, {"name_en": "changed"}),
    ]  # fmt: skip


def test_the_history_of_a_price_cannot_be_changed():
    service = actions.edit_service(a_service(), by=SYSTEM, price=Decimal(1))

    for change in (service.prices.all().delete, lambda: service.prices.update(new=2)):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


def test_an_edit_that_does_not_fit_changes_nothing():
    service = a_service()

    with pytest.raises(ValidationError):
        actions.edit_service(service, by=SYSTEM, price=Decimal(1), kind="appointment")

    assert (service.fresh().price, ServicePrice.objects.count()) == (150, 0)


def test_saying_the_same_again_records_nothing():
    service = a_service()

    actions.edit_service(service, by=SYSTEM, price=Decimal("150.00"))

    assert not AuditEvent.objects.filter(verb="edited").exists()


def test_on_off_and_given_up():
    service = a_service()

    actions.deactivate_service(service, by=SYSTEM)
    actions.deactivate_service(service, by=SYSTEM)
    assert queries.active_count() == 0
    actions.activate_service(service, by=SYSTEM)
    assert queries.active_count() == 1
    actions.archive_service(service, by=SYSTEM)

    assert not queries.offered().exists()
    assert Service.objects.get().archived_at is not None
    verbs = AuditEvent.objects.filter(object_id=service.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["created", "deactivated", "activated", "archived"]
    with pytest.raises(Refusal, match="given up"):
        actions.activate_service(service, by=SYSTEM)
    assert queries.active_count() == 0


def test_the_menu_is_numbered_in_its_order_and_speaks_the_customers_language():
    cup = a_service(name_en="Cup", name_ar="فنجان", original_price=Decimal(200), emoji="☕")
    off, gone, rune = a_service(name_en="Off", is_active=False), a_service(stock=0), a_service(name_en="Rune")

    actions.reorder_services([rune.pk, gone.pk, cup.pk], by=SYSTEM)

    assert [(line.number, line.name, line.saves) for line in queries.menu("ar")] == [(1, "Rune", 0), (2, "فنجان", 25)]
    assert list(queries.offered().values_list("pk", flat=True)) == [rune.pk, gone.pk, cup.pk, off.pk]


def test_an_order_with_a_strangers_service_changes_nothing(globex: Business):
    ours = [a_service(name_en=name) for name in "AB"]
    with schema_context(globex.schema_name):
        theirs = a_service()

    with pytest.raises(Refusal, match="no such service"):
        actions.reorder_services([ours[1].pk, theirs.pk], by=SYSTEM)

    assert list(queries.offered()) == ours


def test_savings_are_rounded_down():
    assert queries.saving(Service(price=Decimal(100), original_price=Decimal(150))) == 33


def test_the_plan_says_how_many_are_active(acme: Business):
    change_plan(acme, plan="free", by=SYSTEM)
    rows = [a_service() for _turn in range(10)]
    resting = a_service(is_active=False)

    for deed in (a_service, lambda: actions.activate_service(resting, by=SYSTEM)):
        with pytest.raises(Refusal) as refused:
            deed()
        assert (refused.value.code, refused.value.extra) == ("plan_limit", {"current": 10, "limit": 10})

    assert (queries.active_count(), Service.objects.count()) == (10, 11)
    actions.deactivate_service(rows[0], by=SYSTEM)
    assert actions.activate_service(resting, by=SYSTEM).is_active
