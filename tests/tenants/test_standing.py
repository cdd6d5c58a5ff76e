"""Where a business stands: one table of moves, and what each standing lets its people do (TEN-08, TEN-09, TEN-20)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee
from apps.audit.models import AuditEvent, OperatorEvent
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants import actions, hosts, tasks
from apps.tenants.actions.standing import CLOSING, MOVES, check_move
from apps.tenants.events import BusinessClosing, ClosingReminderDue
from apps.tenants.models import Business
from tests import people

ClientOf = Callable[..., Client]
REASON = "They asked for it in writing."
EVERY = ["provisioning", "ready", "failed", "suspended", "closing", "erased"]
KNOWN = {  # requirements TEN-08, written out once more so that neither changes alone
    ("provisioning", "ready"), ("provisioning", "failed"), ("failed", "provisioning"), ("ready", "suspended"),
    ("suspended", "ready"), ("ready", "closing"), ("suspended", "closing"), ("closing", "ready"), ("closing", "erased"),
}  # fmt: skip
BY_VERB = {  # and which of them our verbs make
    "suspend": {("ready", "suspended")}, "resume": {("suspended", "ready")},
    "close": {("ready", "closing"), ("suspended", "closing")}, "reopen": {("closing", "ready")},
}  # fmt: skip
MOVED = ("suspended", "resumed", "closed", "reopened")
VERBS = {
    "suspend": (actions.suspend_business, "suspended"), "resume": (actions.resume_business, "ready"),
    "close": (actions.close_business, "closing"), "reopen": (actions.reopen_business, "ready"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_password_tried_yet() -> None:
    caches["default"].clear()


def put(business: Business, status: str, **facts: object) -> None:
    if status == "closing":
        facts = {"closing_until": timezone.now() + CLOSING, **facts}
    with schema_context("public"):
        Business.objects.filter(pk=business.pk).update(status=status, **facts)
    hosts.forget()


def status_of(business: Business) -> str:
    with schema_context("public"):
        return Business.objects.values_list("status", flat=True).get(pk=business.pk)


@pytest.mark.parametrize(("before", "after"), list(product(EVERY, EVERY)))
def test_the_table_of_moves(acme: Business, before: str, after: str) -> None:
    row = Business(name="Acme", status=before)

    assert ((before, after) in MOVES) == ((before, after) in KNOWN)
    if (before, after) in KNOWN:
        check_move(row, after)
    else:
        with pytest.raises(Refusal) as refused:
            check_move(row, after)
        assert refused.value.code == "illegal_transition"


@pytest.mark.parametrize(("verb", "before"), list(product(VERBS, EVERY)))
def test_every_verb_from_every_standing(acme: Business, verb: str, before: str) -> None:
    put(acme, before)
    do, after = VERBS[verb]

    if (before, after) in BY_VERB[verb]:
        assert do(acme, reason=REASON, by=SYSTEM).status == status_of(acme) == after
    elif before == after:
        assert do(acme, reason=REASON, by=SYSTEM).status == before
    else:
        with pytest.raises(Refusal) as refused:
            do(acme, reason=REASON, by=SYSTEM)
        assert (refused.value.code, status_of(acme)) == ("illegal_transition", before)
    with schema_context("public"):
        moved = OperatorEvent.objects.filter(business_id=acme.pk).filter(verb__in=MOVED).count()
    assert moved == AuditEvent.objects.filter(object_kind="business").count() == int(status_of(acme) != before)


def close(client: Client, slug: str = "acme", password: str = people.PASSWORD) -> int:
    return client.post("/settings/data/close/", {"slug": slug, "password": password}).status_code


def test_closing_asks_for_the_address_and_the_password(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")

    assert [close(samia, slug="acne"), close(samia, password="wrong"), close(client_of("mona"))] == [400, 400, 403]
    assert status_of(acme) == "ready"
    assert close(samia) == 302

    assert status_of(acme) == "closing"
    with schema_context("public"):
        until = acme.fresh().closing_until
        assert until is not None
        left = until - timezone.now()
        [entry] = OperatorEvent.objects.filter(business_id=acme.pk, verb="closed")
    assert timedelta(days=29, hours=23) < left <= CLOSING
    assert entry.actor_label == "Samia"
    assert AuditEvent.objects.filter(object_kind="business", verb="closed").count() == 1


def test_closing_over_the_api(acme: Business, client_of: ClientOf) -> None:
    def call(name: str, verb: str, **body: str) -> tuple[int, str]:
        answer = client_of(name).post(f"/api/v1/business/{verb}/", body, "application/json")
        return answer.status_code, answer.json().get("code") or answer.json()["status"]

    assert call("samia", "close", slug="other", password=people.PASSWORD) == (400, "invalid")
    assert call("samia", "close", slug="acme", password="wrong") == (400, "invalid")
    assert call("mona", "close", slug="acme", password=people.PASSWORD) == (403, "permission_denied")
    assert status_of(acme) == "ready"
    assert call("samia", "close", slug="acme", password=people.PASSWORD) == (200, "closing")
    assert call("mona", "reopen", password=people.PASSWORD) == (403, "permission_denied")
    assert call("samia", "reopen", password=people.PASSWORD) == (200, "ready")


def test_whoever_may_not_close_may_not_reopen(acme: Business, client_of: ClientOf) -> None:
    Employee.objects.filter(pk=people.employee("mona").pk).update(grants=["settings.edit", "settings.view"])
    put(acme, "closing")
    mona = client_of("mona")

    page = mona.post("/settings/data/reopen/", {"password": people.PASSWORD})
    api = mona.post("/api/v1/business/reopen/", {"password": people.PASSWORD}, "application/json")

    assert [page.status_code, api.status_code] == [403, 403]
    assert api.json()["required_permission"] == "settings.billing"
    assert "/settings/data/reopen/" not in mona.get("/settings/data/").content.decode()
    assert status_of(acme) == "closing"


def test_passwords_cannot_be_tried_out(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    body = {"slug": "acme", "password": "wrong"}

    tried = [samia.post("/api/v1/business/close/", body, "application/json").status_code for _turn in range(6)]

    assert tried == [400] * 5 + [429]
    assert close(samia) == 400  # even the right one waits
    assert status_of(acme) == "ready"


def test_a_closing_business_is_read_only(acme: Business, client_of: ClientOf) -> None:
    samia, karim = client_of("samia"), client_of("karim")
    put(acme, "closing")

    assert [karim.get(path).status_code for path in ("/", "/inbox/", "/api/v1/conversations/")] == [200] * 3
    assert samia.get("/settings/business/").status_code == 200
    assert samia.post("/settings/business/", {"name": "New"}).status_code == 403
    api = samia.patch("/api/v1/business/", {"name": "New"}, "application/json")
    assert (api.status_code, api.json()["code"]) == (403, "business_suspended")
    assert karim.post("/theme/", {"theme": "dark"}).status_code == 403
    assert samia.post("/sign-out/").status_code == 302
    assert samia.post("/sign-in/", {"email": "samia@example.test", "password": people.PASSWORD}).status_code == 302
    assert Business.objects.get(pk=acme.pk).name == "Acme"
    assert "This business closes on" in samia.get("/").content.decode()


def test_on_day_29_everything_comes_back(acme: Business, client_of: ClientOf) -> None:
    samia = client_of("samia")
    before = {**Business.objects.filter(pk=acme.pk).values().get(), "updated_at": None}
    close(samia)
    put(acme, "closing", closing_until=timezone.now() + timedelta(days=1), closing_reminded=29)

    assert samia.post("/settings/data/reopen/", {"password": "wrong"}).status_code == 400
    assert samia.post("/settings/data/reopen/", {"password": people.PASSWORD}).status_code == 302

    assert {**Business.objects.filter(pk=acme.pk).values().get(), "updated_at": None} == before
    assert samia.post("/theme/", {"theme": "dark"}).status_code == 302


def test_when_the_thirty_days_are_over_nobody_comes_back(acme: Business, client_of: ClientOf) -> None:
    put(acme, "closing", closing_until=timezone.now() - timedelta(seconds=1))

    assert client_of("samia").post("/settings/data/reopen/", {"password": people.PASSWORD}).status_code == 400
    assert status_of(acme) == "closing"


def test_reminders_on_day_1_23_and_29_once_each(acme, announced, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        actions.close_business(acme, reason=REASON, by=SYSTEM)
    assert announced(callbacks) == [BusinessClosing(business_id=acme.pk)]
    begun = acme.fresh().closing_until - CLOSING
    told = []

    for hour in range(0, 30 * 24, 6):
        put(acme, "closing", closing_until=timezone.now() + CLOSING - timedelta(hours=hour))
        with schema_context("public"), django_capture_on_commit_callbacks() as callbacks:
            tasks.mind_closing.run()
        told += [(event, hour // 24 + 1) for event in announced(callbacks)]

    assert told == [(ClosingReminderDue(business_id=acme.pk, day=day), day) for day in (1, 23, 29)]
    assert begun <= timezone.now()


def test_who_pays_reaches_the_bill_while_suspended(acme: Business, client_of: ClientOf) -> None:
    actions.suspend_business(acme, reason=REASON, by=SYSTEM)
    samia, mona = client_of("samia"), client_of("mona")

    bills = ("/subscription/", "/api/v1/subscription/")
    assert not any(REASON in samia.get(path).content.decode() for path in bills)
    assert all(REASON in mona.get(path).content.decode() for path in bills)
    assert [samia.get(path).status_code for path in ("/", "/inbox/", "/api/v1/me/")] == [403] * 3
    assert mona.get("/sign-in/").status_code == 302  # somebody who is inside already
    assert Client(headers={"host": "acme.localhost"}).get("/sign-in/").status_code == 200


def test_who_pays_takes_out_what_is_theirs_while_suspended(
    acme: Business, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    actions.suspend_business(acme, reason=REASON, by=SYSTEM)
    samia, mona = client_of("samia"), client_of("mona")

    asked = mona.post("/api/v1/exports/", {"kind": "customers"}, content_type="application/json")
    assert asked.json()["code"] == "business_suspended"
    with django_capture_on_commit_callbacks(execute=True):
        asked = samia.post("/api/v1/exports/", {"kind": "customers"}, content_type="application/json")
    job = asked.json()["id"]
    assert (asked.status_code, samia.get(f"/api/v1/exports/{job}/").json()["state"]) == (201, "ready")
    fetched: Any = samia.get(f"/api/v1/exports/{job}/download/")
    assert (fetched.status_code, b"id," in b"".join(fetched.streaming_content)) == (200, True)
    assert samia.get("/exports/").status_code == 200
    assert '/exports/"' in samia.get("/inbox/").text
    assert '/exports/"' not in mona.get("/inbox/").text


def test_another_business_goes_on(acme: Business, globex: Business, client_of: ClientOf) -> None:
    client = client_of("samia", globex)
    put(acme, "closing")

    assert client.post("/theme/", {"theme": "dark"}).status_code == 302
    with tenant_context(globex):
        assert not AuditEvent.objects.filter(object_kind="business").exists()
