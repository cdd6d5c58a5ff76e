"""Paying by card, against a Stripe on this machine, by Stripe's own library (BIL-12)."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from apps.billing.models import Invoice, PlatformPaymentEvent, Subscription
from apps.billing.queries import plan_of
from apps.core import crypto
from apps.tenants.models import Business
from tests.billing.loopback_stripe import LoopbackStripe, loopback_stripe, signed

KEY, SECRET = "sk_test_majlis", "whsec_majlis"
DOOR = "/hooks/stripe/platform/"


@pytest.fixture
def stripe(settings: Any) -> Iterator[LoopbackStripe]:
    """A Stripe that the platform is set up with."""
    with loopback_stripe() as found:
        settings.STRIPE_API_URL, settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = found.url, KEY, SECRET
        yield found


@pytest.fixture
def tell() -> Callable[..., int]:
    """Posts an event to the platform's door, signed, and gives the status of the answer."""

    def post(event: dict[str, Any], secret: str = SECRET, **but: Any) -> int:
        body, signature = signed(event, secret, **but)
        door = Client(headers={"host": "localhost"})
        answer = door.post(DOOR, body, "application/json", headers={"Stripe-Signature": signature})
        return answer.status_code

    return post


@pytest.fixture
def paid(on: Any, stripe: LoopbackStripe, client_of: Callable[..., Client]) -> Any:
    """Acme, on free, has paid starter by card; nobody has told us yet. Gives session, subscription, invoice."""
    on("free")
    answer = client_of("samia").post(
        "/api/v1/subscription/checkout/", {"plan": "starter"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return stripe.pay(KEY, answer.json()["url"].rpartition("/")[2])


def ours(acme: Business) -> Subscription:
    with schema_context("public"):
        return Subscription.objects.select_related("plan").get(business=acme)


def outcomes() -> list[str]:
    with schema_context("public"):
        return list(PlatformPaymentEvent.objects.order_by("created_at").values_list("outcome", flat=True))


def test_checkout_asks_for_the_price_of_the_plans_row(paid: Any, stripe: LoopbackStripe, acme: Business) -> None:
    _method, _path, form = stripe.of(KEY).asked[-1]

    price = form["line_items"]["0"]["price_data"]
    assert (price["unit_amount"], price["currency"], price["recurring"]) == ("10000", "usd", {"interval": "month"})
    assert form["client_reference_id"] == str(acme.pk)
    assert form["success_url"].startswith("http://acme.localhost")
    assert plan_of(acme).key == "free"  # until a webhook says otherwise


def test_a_paid_checkout_makes_the_plan_active(paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any) -> None:
    session, running, bill = paid

    assert tell(stripe.event("checkout.session.completed", session)) == 200
    assert tell(stripe.event("invoice.paid", bill)) == 200

    row = ours(acme)
    assert (row.plan.key, row.status, row.billing) == ("starter", "active", "card")
    assert row.provider_subscription == running["id"]
    assert (row.period_end - row.period_start).days == 30
    kept = Invoice.objects.get()
    assert (kept.number, int(kept.amount), kept.status) == (bill["number"], 100, "paid")


def test_an_event_is_handled_once(paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any) -> None:
    event = stripe.event("customer.subscription.created", paid[1])

    assert [tell(event) for _turn in range(3)] == [200, 200, 200]

    assert outcomes() == ["applied"]
    asked = [path for method, path, _form in stripe.of(KEY).asked if method == "GET"]
    assert asked == [f"/v1/subscriptions/{paid[1]['id']}"]


def test_events_in_any_order_end_at_what_is_true_now(
    paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any
) -> None:
    _session, running, _bill = paid
    early = stripe.event("customer.subscription.created", running)
    running["status"] = "past_due"
    failed = stripe.event("customer.subscription.updated", running)
    running["status"] = "active"
    again = stripe.event("customer.subscription.updated", running)

    for event in (again, failed, early):
        assert tell(event) == 200

    assert (ours(acme).plan.key, ours(acme).status) == ("starter", "active")


def test_a_failed_payment_is_overdue_and_an_ended_one_is_free(
    paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any
) -> None:
    _session, running, bill = paid
    tell(stripe.event("customer.subscription.created", running))
    running["status"], bill["status"] = "past_due", "open"
    tell(stripe.event("invoice.payment_failed", bill))
    assert (ours(acme).status, ours(acme).plan.key) == ("past_due", "starter")
    assert ours(acme).past_due_since is not None

    running["status"] = "canceled"
    tell(stripe.event("customer.subscription.deleted", running))

    row = ours(acme)
    assert (row.status, row.plan.key, row.billing, row.provider_subscription) == ("active", "free", "manual", None)


def test_a_stranger_changes_nothing(paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any) -> None:
    account, running = stripe.of(KEY), paid[1]
    other = stripe.make(account, "customer", "cus", metadata={})
    foreign = stripe.make(account, "subscription", "sub", customer=other["id"], status="active", metadata={})

    assert tell(stripe.event("customer.subscription.created", foreign)) == 200
    assert tell(stripe.event("customer.subscription.created", running, livemode=True)) == 200
    assert tell(stripe.event("account.updated", other)) == 200

    assert outcomes() == ["foreign", "foreign", "ignored"]
    assert (ours(acme).plan.key, ours(acme).billing) == ("free", "manual")


def test_another_price_than_the_plans_is_not_believed(
    paid: Any, stripe: LoopbackStripe, acme: Business, tell: Any
) -> None:
    running = paid[1]
    running["items"]["data"][0]["price"]["unit_amount"] = 1

    tell(stripe.event("customer.subscription.created", running))

    assert (outcomes(), ours(acme).plan.key) == (["ignored"], "free")


@pytest.mark.parametrize(("how", "status"), [("unsigned", 401), ("wrong", 403), ("old", 403), ("garbled", 403)])
def test_only_a_signature_opens_the_door(stripe: LoopbackStripe, acme: Business, how: str, status: int) -> None:
    event = stripe.event("customer.subscription.created", {"id": "sub_1"})
    body, signature = signed(event, "another" if how == "wrong" else SECRET, at=1_700_000_000 if how == "old" else None)
    headers = {} if how == "unsigned" else {"Stripe-Signature": signature}
    if how == "garbled":
        body = body.replace(b"evt_", b"evT_")

    answer = Client(headers={"host": "localhost"}).post(DOOR, body, "application/json", headers=headers)

    assert answer.status_code == status
    assert outcomes() == []


def test_without_a_secret_there_is_no_door(acme: Business) -> None:
    assert Client(headers={"host": "localhost"}).post(DOOR, b"{}", "application/json").status_code == 404


def test_what_stripe_told_is_kept_sealed(paid: Any, stripe: LoopbackStripe, tell: Any) -> None:
    event = stripe.event("customer.subscription.created", paid[1])
    tell(event)

    with schema_context("public"):
        row = PlatformPaymentEvent.objects.get()
    assert event["id"].encode() not in bytes(row.payload)
    assert event["id"] in crypto.decrypt(bytes(row.payload), owner="public", place="payment_event", key_id=row.key_id)


def test_one_customer_is_made_however_often_one_asks(
    paid: Any, stripe: LoopbackStripe, client_of: Callable[..., Client], acme: Business
) -> None:
    with schema_context("public"):
        Subscription.objects.filter(business=acme).update(provider_customer=None)  # as if the answer had been lost
    stripe.troubles = [500]  # and Stripe stumbles: the library asks again with the same key
    answer = client_of("samia").post(
        "/api/v1/subscription/checkout/", {"plan": "pro", "period": "year"}, content_type="application/json"
    )

    assert answer.status_code == 200
    account = stripe.of(KEY)
    assert len([name for name in account.objects if name.startswith("cus_")]) == 1
    price = account.asked[-1][2]["line_items"]["0"]["price_data"]
    assert (price["unit_amount"], price["recurring"]) == ("200000", {"interval": "year"})


def test_the_end_of_the_period_is_asked_of_stripe_and_told_by_it(
    paid: Any, stripe: LoopbackStripe, client_of: Callable[..., Client], acme: Business, tell: Any
) -> None:
    running = paid[1]
    tell(stripe.event("customer.subscription.created", running))
    samia = client_of("samia")

    def ask(verb: str) -> Any:
        return samia.post(f"/api/v1/subscription/{verb}/", {}, content_type="application/json")

    assert ask("cancel").status_code == 200
    assert not ours(acme).cancel_at_end
    tell(stripe.event("customer.subscription.updated", running))
    assert ours(acme).cancel_at_end
    assert ask("resume").status_code == 200
    tell(stripe.event("customer.subscription.updated", running))

    assert not ours(acme).cancel_at_end
    assert ask("portal").json()["url"].startswith("https://billing.stripe.test/")
    page = samia.post("/subscription/upgrade/", {"plan": "pro"})
    assert page.status_code == 302  # back, with the reason: a card pays already


def test_a_stripe_that_does_not_answer_breaks_nothing(
    on: Any, stripe: LoopbackStripe, client_of: Callable[..., Client], acme: Business
) -> None:
    on("free")
    stripe.troubles = [500] * 9

    answer = client_of("samia").post(
        "/api/v1/subscription/checkout/", {"plan": "starter"}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert ours(acme).provider_customer is None


def test_without_a_key_plans_are_arranged_with_us(on: Any, client_of: Callable[..., Client]) -> None:
    on("free")
    samia = client_of("samia")

    answer = samia.post("/api/v1/subscription/checkout/", {"plan": "starter"}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    page = samia.get("/subscription/").content.decode()
    assert "Arranged with us" in page
    assert "Upgrade" not in page
