"""The operators' console: who enters, what it hides, and that its verbs leave both records (TEN-09, TEN-18)."""

import io
import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts import second_factor
from apps.accounts.models import User
from apps.audit.models import AuditEvent, OperatorEvent
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.actions import resume_business, suspend_business
from apps.tenants.models import Business, GatewayApp, QuarantinedDelivery
from tests import people

LIST = "/operators/tenants/business/"
REASON = "The invoice of March is unpaid."


def choose(client: Client, business: Business, verb: str, **more: str) -> int:
    response = client.post(LIST, {"action": verb, "_selected_action": str(business.pk), **more})
    return response.status_code


def records(business: Business, verb: str) -> tuple[list[OperatorEvent], list[AuditEvent]]:
    with schema_context("public"):
        public = list(OperatorEvent.objects.filter(business_id=business.pk, verb=verb))
    with tenant_context(business):
        return public, list(AuditEvent.objects.filter(object_id=business.pk, verb=verb))


def status_of(business: Business) -> tuple[str, str]:
    with schema_context("public"):
        row = business.fresh()
        return row.status, row.status_reason


def test_only_operators_enter_and_only_on_the_platforms_host(
    console: Client, platform: Client, acme: Business, client_of: Callable[..., Client]
) -> None:
    assert console.get("/operators/").status_code == 200
    assert console.get(LIST).status_code == 200
    assert platform.get(LIST, follow=True).redirect_chain[-1] == (f"/operators/login/?{urlencode({'next': LIST})}", 302)
    assert client_of("samia").get("/operators/").status_code == 404
    assert console.get("/operators/", headers={"host": "acme.localhost"}).status_code == 404


def test_a_user_of_public_who_is_no_operator_is_signed_out(console: Client, operator: User) -> None:
    with schema_context("public"):
        User.objects.filter(pk=operator.pk).update(is_operator=False)

    assert console.get(LIST).status_code == 302
    assert not console.session.keys()


def test_operators_sign_in_behind_the_same_lock(operator: User, platform: Client) -> None:
    def knock(password: str) -> int:
        said = {"username": "OP@majlis.test", "password": password, "code": codes.pop()}
        return platform.post("/operators/login/", said).status_code

    with schema_context("public"):
        verbs_before = OperatorEvent.objects.filter(object_id=operator.pk).count()
        codes = second_factor.renew_codes(
            operator, password=people.PASSWORD, code=people.next_code(operator), by=operator.actor
        )

    assert knock(people.PASSWORD) == 302  # leads to the console, whose address is asked next
    assert platform.get("/operators/").status_code == 200
    assert 8 * 3600 - 60 < platform.session.get_expiry_age() <= 8 * 3600
    platform.post("/operators/logout/")
    assert [knock("wrong") for _ in range(5)] == [200] * 5
    assert knock(people.PASSWORD) == 200
    assert platform.get("/operators/").status_code == 302
    for number in range(14):
        platform.post("/operators/login/", {"username": f"guess{number}@majlis.test", "password": "wrong"})
    assert knock(people.PASSWORD) == 429
    with schema_context("public"):
        verbs = list(OperatorEvent.objects.filter(object_id=operator.pk).order_by("at").values_list("verb", flat=True))
    assert verbs[verbs_before + 1 :] == ["signed_in", *["sign_in_failed"] * 5, "locked", "sign_in_refused"]


def test_suspending_asks_why_and_leaves_both_records(console: Client, operator: User, acme: Business) -> None:
    asked = console.post(LIST, {"action": "suspend", "_selected_action": str(acme.pk)})
    assert "operators/reason.html" in [template.name for template in asked.templates]
    assert choose(console, acme, "suspend", reason="too short") == 200
    assert status_of(acme) == ("ready", "")
    assert records(acme, "suspended") == ([], [])

    assert choose(console, acme, "suspend", reason=f"  {REASON} ") == 302

    assert status_of(acme) == ("suspended", REASON)
    for [entry] in records(acme, "suspended"):
        assert (entry.actor_kind, entry.actor_id, entry.after) == ("operator", operator.pk, {"reason": REASON})


def test_resuming_does_too(console: Client, acme: Business, globex: Business, client_of: Callable[..., Client]) -> None:
    client = client_of("mona")
    suspend_business(acme, reason=REASON, by=SYSTEM)

    assert choose(console, acme, "resume", reason="They have paid today.") == 302

    assert status_of(acme) == ("ready", "")
    assert [len(found) for found in records(acme, "resumed")] == [1, 1]
    assert [len(found) for found in records(globex, "suspended")] == [0, 0]
    assert client.get("/sign-in/").status_code == 302


def test_a_move_that_is_not_allowed_changes_nothing(console: Client, acme: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(status="closing", closing_until=timezone.now())

    assert choose(console, acme, "suspend", reason=REASON) == 302
    with pytest.raises(Refusal, match="cannot be done now"):
        resume_business(acme, reason=REASON, by=SYSTEM)

    assert status_of(acme) == ("closing", "")
    assert records(acme, "suspended") == ([], [])


@pytest.mark.parametrize("reason", ["", "too short", "x" * 501])
def test_a_reason_has_ten_to_five_hundred_characters(acme: Business, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        suspend_business(acme, reason=reason, by=SYSTEM)

    assert refused.value.code == "invalid"
    assert status_of(acme) == ("ready", "")


def test_rows_are_there_to_look_at(console: Client, acme: Business) -> None:
    address = f"{LIST}{acme.pk}/change/"

    assert console.get(address).status_code == 200
    assert console.post(address, {"status": "erased", "name": "Gone"}).status_code == 403
    assert console.post(f"{LIST}add/", {"name": "New"}).status_code == 403
    assert console.post(f"{LIST}{acme.pk}/delete/", {"post": "yes"}).status_code == 403
    assert console.post(
        LIST, {"action": "delete_selected", "_selected_action": str(acme.pk), "post": "yes"}
    ).status_code
    assert status_of(acme) == ("ready", "")
    with schema_context("public"):
        assert acme.fresh().name == "Acme"


def test_tokens_and_bodies_are_not_shown(console: Client, acme: Business) -> None:
    with schema_context("public"):
        app = GatewayApp.objects.create(gateway="simulator", owner=acme, token="A" * 39 + "tail")
        kept = QuarantinedDelivery.objects.create(
            received_at=timezone.now(), gateway="simulator", app=app, reason="unknown_number", kind="text",
            address_last4="4321", body=b"a customer's words", body_sha256="f" * 64,
        )  # fmt: skip

    pages = [
        console.get(address).content.decode()
        for address in (
            "/operators/tenants/gatewayapp/",
            f"/operators/tenants/gatewayapp/{app.pk}/change/",
            "/operators/tenants/quarantineddelivery/",
            f"/operators/tenants/quarantineddelivery/{kept.pk}/change/",
        )
    ]

    assert all("…tail" in page for page in pages[:2])
    assert all("4321" in page for page in pages[2:])
    assert not any("AAAA" in page or "customer's words" in page or "customer&#x27;s words" in page for page in pages)


def test_the_commands_do_the_same(acme: Business) -> None:
    def run(name: str, *arguments: str) -> dict[str, object]:
        out = io.StringIO()
        call_command(name, "acme", *arguments, "--json", "--no-input", stdout=out)
        answer: dict[str, object] = json.loads(out.getvalue())
        return answer

    suspended, again = run("suspend_business", "--reason", REASON), run("suspend_business")
    resumed, again_resumed = run("resume_business"), run("resume_business")

    assert suspended == {"slug": "acme", "status": "suspended", "reason": REASON, "changed": True}
    assert (again["status"], again["reason"], again["changed"]) == ("suspended", REASON, False)
    assert (resumed["status"], resumed["changed"], again_resumed["changed"]) == ("ready", True, False)
    assert [len(found) for found in (*records(acme, "suspended"), *records(acme, "resumed"))] == [1, 1, 1, 1]


@pytest.mark.parametrize("arguments", [("nobody",), ("acme", "--reason", "short")])
def test_a_command_that_cannot_says_why(acme: Business, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command("suspend_business", *arguments, "--no-input")

    assert status_of(acme) == ("ready", "")
