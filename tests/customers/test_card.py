"""A customer's card: who is who, what they spent, who set what, blocking, the list, bulk."""

from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.assistant.actions import consider
from apps.audit.models import AuditEvent
from apps.conversations.models import Conversation, Message, UsageWindow
from apps.conversations.queries import conversations_for, tab_counts
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.customers import actions, bulk, phones, queries, scripts, vcard
from apps.customers.actions import Names, customer_for, segments
from apps.customers.models import Customer, CustomerSettings, Identity, Label
from apps.tenants.models import Business
from tests import people
from tests.factories import a_message, an_inbox

Make = Callable[..., Customer]


@pytest.mark.parametrize(("one", "other"), [
    ("+5511987654321", "+551187654321"), ("+5215512345678", "+525512345678"), ("+5491123456789", "+541123456789"),
])  # fmt: skip
def test_country_variants_of_a_number_are_one_person(one: str, other: str, acme: Business) -> None:
    now = timezone.now()
    first = customer_for(Names("whatsapp_cloud", phone=one), at=now)
    second = customer_for(Names("whatsapp_cloud", phone=other), at=now)

    assert first.pk == second.pk
    assert Identity.objects.filter(customer=first, kind="phone", retired_at=None).count() == 1
    with pytest.raises(Refusal, match="Another customer"):
        actions.create_customer(by=SYSTEM, phone=other)


def test_a_possible_number_that_is_not_valid_is_kept_with_a_warning(acme: Business) -> None:
    assert phones.read("+961 70 123 456").warning == ""
    odd = phones.read("+1 200 200 2000")

    assert odd.phone == "+12002002000"
    assert odd.warning
    with pytest.raises(Refusal):
        phones.read("twelve")


def test_the_same_number_in_two_businesses_is_fine(a_customer: Make, globex: Business) -> None:
    here = a_customer()
    with tenant_context(globex):
        there = actions.create_customer(by=SYSTEM, name="Somebody", phone="+96170123456")

    assert here.pk != there.pk


@pytest.mark.parametrize(("paid", "segment", "is_vip"), [
    ("499.99", "loyal", False), ("500.00", "vip", True), ("199.99", "regular", False), ("99.99", "new", False),
])  # fmt: skip
def test_segments_follow_what_was_spent(paid: str, segment: str, is_vip: bool, a_customer: Make) -> None:
    row = actions.note_payment(
        a_customer(), amount=Decimal(paid), currency=segments.own_currency(), by=SYSTEM, bookings=1
    )

    assert (row.segment, row.is_vip, row.paid_bookings) == (segment, is_vip, 1)


def test_a_refund_drops_the_segment_and_an_override_outlives_it(a_customer: Make) -> None:
    currency = segments.own_currency()
    row = actions.note_payment(a_customer(), amount=Decimal(600), currency=currency, by=SYSTEM, bookings=1)
    row = actions.note_payment(row, amount=Decimal(-550), currency=currency, by=SYSTEM, bookings=-1)
    assert (row.segment, row.is_vip, row.paid_bookings) == ("new", False, 0)

    row = actions.edit_customer(row, by=SYSTEM, vip_override=True)
    assert (row.segment, row.is_vip) == ("new", True)


def test_other_thresholds_count_everybody_anew(a_customer: Make) -> None:
    actions.note_payment(a_customer(), amount=Decimal(50), currency=segments.own_currency(), by=SYSTEM)
    actions.edit_settings(by=SYSTEM, regular_from=Decimal(10), loyal_from=Decimal(20), vip_from=Decimal(40))

    segments.count_anew()

    assert Customer.objects.get().segment == "vip"


def test_each_changed_field_says_who_set_it(a_customer: Make, acme: Business) -> None:
    mona = people.employee("mona")
    row = actions.edit_customer(a_customer(), by=mona.user.actor, email="RANA@example.test", name="Rana Haddad")

    assert row.email == "rana@example.test"
    assert row.provenance["email"]["label"] == "Mona"
    assert row.provenance["name"]["kind"] == "system"  # it did not change


def test_a_new_number_is_a_new_identity_of_the_same_person(a_customer: Make) -> None:
    row = actions.edit_customer(a_customer(), by=SYSTEM, phone="+961 71 222 333")

    assert row.phone == "+96171222333"
    assert row.identities.get(retired_at=None).value == "+96171222333"
    assert row.identities.exclude(retired_at=None).get().value == "+96170123456"


def test_own_fields_are_checked(a_customer: Make) -> None:
    fields = [{"key": "size", "name_en": "Size", "kind": "choice", "choices": ["S", "M"]}]
    actions.edit_settings(by=SYSTEM, fields=fields)

    assert actions.edit_customer(a_customer(), by=SYSTEM, custom={"size": "M"}).custom == {"size": "M"}
    with pytest.raises(Refusal):
        actions.edit_customer(Customer.objects.get(), by=SYSTEM, custom={"size": "XXL"})
    with pytest.raises(Refusal):
        actions.edit_customer(Customer.objects.get(), by=SYSTEM, custom={"shoe": "1"})
    assert CustomerSettings.objects.count() == 1


def test_a_blocked_customer_writes_into_silence(acme: Business) -> None:
    inbox = an_inbox(default_mode="ai")
    first = a_message(inbox, "Hello")
    windows = UsageWindow.objects.count()
    customer = first.conversation.customer
    actions.block(customer, by=SYSTEM)
    Conversation.objects.update(waiting_since=None)
    mona = people.employee("mona").user
    sent = Message.objects.filter(direction="out").count()

    for text in ("one", "two", "three"):
        consider(a_message(inbox, text))

    assert Message.objects.filter(direction="in").count() == 4
    assert UsageWindow.objects.count() == windows
    assert Message.objects.filter(direction="out").count() == sent
    row = Conversation.objects.get()
    assert (row.waiting_since, row.needs_human) == (None, False)
    assert tab_counts(mona)["all"] == 0
    assert not conversations_for(mona, tab="mine").exists()

    actions.unblock(customer.fresh(), by=SYSTEM)
    a_message(inbox, "four")
    assert Conversation.objects.get().waiting_since is not None
    assert tab_counts(mona)["all"] == 1


@pytest.mark.parametrize("q", ["رنا", "anah", "70 123", "123456", "070123", "HADDAD", "rana@"])
def test_search_finds_any_script_partial(q: str, a_customer: Make) -> None:
    row = a_customer(name="Ranah Haddad", arabic_name="رنا حداد", email="rana@example.test")
    actions.create_customer(by=SYSTEM, name="Somebody Else", phone="+96171999888")

    assert [each.pk for each in queries.searched(Customer.objects.all(), q)] == [row.pk]


def test_bulk_leaves_the_others_done_when_one_fails(a_customer: Make, acme: Business) -> None:
    label = Label.objects.create(name="Wholesale")
    rows = [a_customer(phone=f"+9617012{n:04}", name=f"Person {n}") for n in range(5)]
    mona = people.employee("mona")

    found = bulk.run(
        mona.user, ids=[*(row.pk for row in rows), uuid4()], verb="label", labels=[label.pk], by=mona.user.actor
    )

    assert (found.done, len(found.rows)) == (5, 6)
    assert found.rows[-1]["code"] == "not_found"
    assert label.customers.count() == 5
    with pytest.raises(Refusal):
        bulk.run(people.employee("samia").user, ids=[rows[0].pk], verb="erase", confirm="2", by=SYSTEM)
    assert Customer.objects.filter(erased_at=None).count() == 5


def test_a_suggested_name_is_only_a_suggestion(a_customer: Make) -> None:
    row = a_customer(name="Rana Haddad")

    assert scripts.suggestion(row.name, row.arabic_name, "") == ("arabic_name", "رنا حداد")
    assert scripts.suggestion("", "منى خوري", "")[1].startswith("Mona") or scripts.in_latin("منى") == "Mona"
    assert Customer.objects.get().arabic_name == ""
    assert scripts.suggestion("Rana", "رنا", "") == ("", "")


def test_a_card_for_the_address_book_is_escaped(a_customer: Make) -> None:
    text = vcard.written(a_customer(name="Rana; Haddad", address="Hamra, Beirut\nLebanon"))

    assert "FN:Rana\\; Haddad" in text
    assert "Hamra\\, Beirut\\nLebanon" in text
    assert text.startswith("BEGIN:VCARD\r\nVERSION:4.0")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_pages_in_both_languages(client_of: Callable[..., Client], a_customer: Make) -> None:
    row = a_customer()
    client = client_of("samia")

    for address in (
        "/customers/", "/customers/?q=rana&sort=name", "/customers/new/", f"/customers/{row.pk}/",
        f"/customers/{row.pk}/edit/", f"/customers/{row.pk}/merge/", "/customers/import/", "/settings/customers/",
        "/settings/labels/", f"/inbox/customer/{row.pk}/", f"/customers/{row.pk}/vcard/",
    ):  # fmt: skip
        for language in ("en", "ar"):
            client.post("/language/", {"language": language})
            assert client.get(address).status_code == 200, address


def test_a_page_edits_and_says_a_conflict(client_of: Callable[..., Client], a_customer: Make) -> None:
    row = a_customer()
    a_customer(phone="+96171000111", name="Other")
    client = client_of("mona")

    taken = client.post(f"/customers/{row.pk}/edit/", {"name": "Rana", "phone": "+96171000111"})
    assert taken.status_code == 422
    assert row.fresh().name == "Rana Haddad"
    assert client.post(f"/customers/{row.pk}/edit/", {"name": "Rana", "phone": "+96170123456"}).status_code == 302
    assert row.fresh().name == "Rana"
    assert AuditEvent.objects.filter(verb="edited", object_id=row.pk).count() == 1


def test_what_is_wrong_with_a_number_stands_beside_it(client_of: Callable[..., Client], a_customer: Make) -> None:
    a_customer(phone="+96171000111", name="Other")
    client = client_of("mona")

    wrong = client.post("/customers/new/", {"name": "Rana", "phone": "twelve"})
    taken = client.post("/customers/new/", {"name": "Rana", "phone": "+96171000111"})

    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["phone"])
    assert (taken.status_code, list(taken.context["form"].errors)) == (422, ["phone"])
    assert Customer.objects.count() == 1


def test_without_the_right_to_see_customers_only_the_end_of_a_number_shows(
    client_of: Callable[..., Client], acme: Business
) -> None:
    conversation = a_message(an_inbox(), phone="+96170123456").conversation
    karim = people.employee("karim")
    karim.denials = ["customers.view"]
    karim.save()
    client = client_of("karim")

    for address in (
        "/inbox/", f"/inbox/{conversation.pk}/", f"/inbox/{conversation.pk}/details/",
        f"/api/v1/conversations/{conversation.pk}/", f"/api/v1/messages/?conversation={conversation.pk}",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "96170123456" not in answer.content.decode(), address
    assert not conversations_for(people.employee("karim").user, q="96170123").exists()
    assert client.get("/customers/").status_code == 403
    assert "…3456" in client.get(f"/inbox/{conversation.pk}/").content.decode()
