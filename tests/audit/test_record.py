"""The record: written with the deed, append-only, chained, silent about secrets and people."""

import io
import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.audit import chain
from apps.audit.models import AnalyticsFact, AppendOnly, AuditEvent, AuditSeal, OperatorEvent, OperatorSeal
from apps.core.actors import SYSTEM
from apps.customers.models import Customer
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak
from tests.factories import a_conversation, a_message, an_inbox
from tests.tenants.conftest import committed, fleet_of, superuser  # noqa: F401  fixtures


def note(count: int = 1) -> None:
    for number in range(count):
        audit.record(SYSTEM, "added", people.employee("karim"), after={"number": number})


def test_it_falls_with_the_deed(acme: Business) -> None:
    before = AuditEvent.objects.count()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        Employee.objects.update(full_name="Nobody")
        note()
        raise ZeroDivisionError

    assert AuditEvent.objects.count() == before


def test_it_says_from_where(acme: Business, client_of: Callable[..., Client]) -> None:
    client = client_of("mona")

    client.post(
        "/theme/", {"theme": "dark"}, headers={"user-agent": "Firefox\x00 on a boat"}, REMOTE_ADDR="2001:db8::7"
    )

    row = AuditEvent.objects.get(verb="edited", object_kind="employee")
    assert (row.address, row.agent, row.actor_label) == ("2001:db8::7", "Firefox on a boat", "Mona")
    assert (row.before, row.after) == ({"theme": "system"}, {"theme": "dark"})
    assert row.request_id != "-"


def test_a_proxys_nonsense_is_no_address(acme: Business, client_of: Callable[..., Client], settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    client_of("mona").post("/theme/", {"theme": "dark"}, headers={"x-forwarded-for": "<script>"})

    assert AuditEvent.objects.get(verb="edited", object_kind="employee").address is None


def test_work_without_a_request_has_no_address(acme: Business) -> None:
    note()

    assert AuditEvent.objects.latest("at").address is None


def test_a_customers_fields_appear_only_as_changed(acme: Business, client_of: Callable[..., Client]) -> None:
    rana = Customer.objects.create(name="Rana Marker", phone="+96170123456", language="en")

    speak(client_of("mona"))("PATCH", f"customers/{rana.pk}/", name="Rania Marker", language="ar")

    row = AuditEvent.objects.get(object_kind="customer", verb="edited")
    assert row.after == row.before == {"name": "changed", "language": "changed"}
    assert row.object_label == "…3456"
    assert "Marker" not in str(list(AuditEvent.objects.values()))


def test_what_is_called_like_a_secret_is_masked(acme: Business) -> None:
    row = people.employee("karim")
    deep = {"settings": {"api_key": "sk-1", "colour": "red"}, "password": "word", "tokens": ["a"], "password_set": True}

    audit.record(SYSTEM, "edited", row, before={"auth_token": "x"}, after=deep)

    kept = AuditEvent.objects.get(verb="edited", object_id=row.pk)
    assert kept.before == {"auth_token": "•••"}
    assert kept.after == {
        "settings": {"api_key": "•••", "colour": "red"}, "password": "•••", "tokens": "•••", "password_set": True,
    }  # fmt: skip


def test_a_diff_masks_by_type_and_name(acme: Business) -> None:
    user = people.employee("karim").user
    before = audit.facts(user)
    user.set_password("a new long phrase")
    user.language = "ar"

    found = audit.changed(user, before)

    assert found == {"before": {"password": "•••", "language": "en"}, "after": {"password": "•••", "language": "ar"}}


def test_nobody_changes_or_removes_a_row(acme: Business) -> None:
    note()
    chain.seal()
    row, place = AuditEvent.objects.latest("at"), AuditSeal.objects.latest("seq")

    for refused in (
        row.save, row.delete, place.save, place.delete, AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(verb="x"), lambda: AuditSeal.objects.update(hash="x"),
        lambda: AuditEvent.objects.bulk_update([row], ["verb"]), AuditSeal.objects.filter(pk=place.pk).delete,
    ):  # fmt: skip
        with pytest.raises(AppendOnly):
            refused()
    for statement in (
        "UPDATE audit_auditevent SET verb = 'x'", "DELETE FROM audit_auditevent",
        "UPDATE audit_auditseal SET hash = 'x'", "DELETE FROM audit_auditseal",
    ):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert AuditEvent.objects.get(pk=row.pk).verb == "added"


def test_the_operators_record_is_the_same(acme: Business) -> None:
    with schema_context("public"):
        audit.record_operator(
            SYSTEM, "suspended", acme, business_id=acme.pk, note="Asked by phone", after={"token": "x"}
        )
        chain.seal()
        row = OperatorEvent.objects.latest("at")

        assert (row.operator_note, row.after) == ("Asked by phone", {"token": "•••"})
        assert row.seal.seq == OperatorSeal.objects.count()
        assert chain.verify().is_whole
        with pytest.raises(AppendOnly):
            row.delete()
        for table in ("audit_operatorevent", "audit_operatorseal"):
            with (
                pytest.raises(DatabaseError, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"DELETE FROM {table}")


def test_the_chain_has_no_gap_and_each_business_its_own(acme: Business, globex: Business) -> None:
    note(3)
    chain.seal(whole=True)
    note(2)
    chain.seal()
    with tenant_context(globex):
        note()
        theirs = chain.verify()

    ours = chain.verify()

    assert ours.is_whole
    assert theirs.is_whole
    assert ours.rows == AuditEvent.objects.count() == AuditSeal.objects.count()
    assert list(AuditSeal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, ours.rows + 1))
    assert ours.head != theirs.head


def test_sealing_twice_gives_no_second_place(acme: Business) -> None:
    note(3)
    chain.seal(whole=True)

    assert chain.seal() == chain.seal(whole=True) == 0


@pytest.mark.parametrize(
    ("tamper", "reason"),
    [
        ("UPDATE {event} SET after = '{{\"number\": 9}}' WHERE id = '{id}'", "its content was changed"),
        ("UPDATE {event} SET actor_label = 'Somebody else' WHERE id = '{id}'", "its content was changed"),
        ("UPDATE {event} SET at = at + interval '1 second' WHERE id = '{id}'", "its content was changed"),
        ("DELETE FROM {seal} WHERE event_id = '{id}'; DELETE FROM {event} WHERE id = '{id}'", "a row is missing"),
        ("UPDATE {seal} SET hash = repeat('0', 64) WHERE event_id = '{id}'", "its content was changed"),
        (
            "UPDATE {seal} SET previous_hash = repeat('0', 64) WHERE event_id = '{id}'",
            "it does not follow the row before",
        ),
    ],
)
def test_a_tampered_row_is_found(superuser: psycopg.Connection, fleet_of: Any, tamper: str, reason: str) -> None:  # noqa: F811
    (business,) = fleet_of(1)
    with tenant_context(business):
        for number in range(5):
            audit.record(SYSTEM, "added", business, after={"number": number})
        assert chain.verify().is_whole
        victim = AuditSeal.objects.order_by("seq")[2]
    schema = business.schema_name
    superuser.execute(
        tamper.format(id=victim.event_id, event=f"{schema}.audit_auditevent", seal=f"{schema}.audit_auditseal")
    )
    superuser.commit()

    with pytest.raises(CommandError, match=f"row {victim.seq} .*{reason}"):
        call_command("verify_audit", business.slug, "--json", stdout=(said := io.StringIO()))

    assert json.loads(said.getvalue())[business.slug]["broken"] == victim.seq


def test_two_sealers_at_once_make_one_chain(fleet_of: Any) -> None:  # noqa: F811
    (business,) = fleet_of(1)

    def work(number: int) -> None:
        with tenant_context(business):
            for turn in range(15):
                with transaction.atomic():
                    audit.record(SYSTEM, "added", business, after={"worker": number, "turn": turn})
                chain.seal()
        connections.close_all()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    with tenant_context(business):
        found = chain.verify()
        assert (found.is_whole, found.rows) == (True, AuditEvent.objects.count())
        assert found.rows >= 60


def test_a_purge_leaves_a_checkpoint_and_the_chain_goes_on(fleet_of: Any, superuser: psycopg.Connection) -> None:  # noqa: F811
    (business,) = fleet_of(1)
    with tenant_context(business):
        for number in range(6):
            audit.record(SYSTEM, "added", business, after={"number": number})
        chain.seal()
        middle = AuditSeal.objects.order_by("seq")[3]
        border = AuditEvent.objects.get(pk=middle.event_id).at

        removed = chain.purge(border)
        again = chain.purge(border)
        audit.record(SYSTEM, "added", business)
        found = chain.verify()

        assert (removed, again) == (3, 0)
        assert found.is_whole
        assert AuditSeal.objects.order_by("seq").first().seq == 4  # type: ignore[union-attr]
        assert AuditEvent.objects.get(verb="purged", after__through=3).object_kind == "auditevent"
    superuser.execute(f"DELETE FROM {business.schema_name}.audit_auditseal WHERE seq = 4")
    superuser.execute(f"DELETE FROM {business.schema_name}.audit_auditevent WHERE id = %s", [middle.event_id])
    superuser.commit()
    with tenant_context(business):
        assert chain.verify().reason == "the beginning is missing"


def test_the_same_cause_makes_one_fact(acme: Business) -> None:
    for _turn in range(2):
        audit.record_fact("message_received", cause="message:1")
    audit.record_fact("handed_over", cause="message:1")

    assert AnalyticsFact.objects.count() == 2


def test_a_message_and_a_handover_are_facts(acme: Business) -> None:
    conversation = a_conversation(an_inbox(default_mode="ai"))
    message: Any = conversation.last_message
    conversation.refresh_from_db()
    from_conversation = AnalyticsFact.objects.get(kind="message_received")

    assert from_conversation.cause == f"message:{message.pk}"
    assert (from_conversation.customer_id, from_conversation.inbox_id) == (
        conversation.customer_id,
        conversation.inbox_id,
    )
    assert from_conversation.country == "LB"
    a_message(conversation.inbox)
    assert AnalyticsFact.objects.count() == 2


def test_what_is_over_goes_and_the_rest_stays(acme: Business, client_of: Callable[..., Client]) -> None:
    now = timezone.now()
    AnalyticsFact.objects.create(kind="message_received", cause="old", at=now - timedelta(days=1200))
    AnalyticsFact.objects.create(kind="message_received", cause="new", at=now)

    call_command("purge_expired", "acme", "--json", stdout=(said := io.StringIO()))

    assert json.loads(said.getvalue()) == {"acme": {"facts": 1}}
    assert AnalyticsFact.objects.get().cause == "new"
