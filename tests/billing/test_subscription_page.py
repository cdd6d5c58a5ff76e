"""What page, price list and API say of plan and usage is the same; banners, letters, voice (BIL-01, 05, 07, 13)."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from apps.audit.models import AuditEvent
from apps.billing import actions
from apps.billing.actions.operators import set_plan
from apps.billing.models import Invoice, Subscription, UsageMonth
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from tests.factories import a_message, a_service, an_inbox

PRICES = {"free": "0", "starter": "100", "pro": "200", "enterprise": "300"}


def this_month() -> date:
    return timezone.now().date().replace(day=1)


def prices_of(html: str) -> list[str]:
    """The monthly prices of the offers on a page, in order."""
    return re.findall(r'class="offer-figure"[^>]*>\$?([\d,]+)', html)


def test_prices_are_equal_everywhere(on: Any, client_of: Callable[..., Client]) -> None:
    on("free")
    visitor = Client(headers={"host": "localhost"})
    sold = [plan["price_month"] for plan in visitor.get("/api/v1/plans/").json()["results"]]
    wanted = list(PRICES.values())

    assert sold == [f"{price}.00" for price in wanted]
    assert prices_of(visitor.get("/pricing/").content.decode()) == wanted
    assert prices_of(visitor.get("/").content.decode()) == wanted
    assert prices_of(client_of("samia").get("/subscription/").content.decode()) == wanted


def test_the_page_says_what_the_api_says(on: Any, client_of: Callable[..., Client]) -> None:
    on("pro")
    UsageMonth.objects.create(month=this_month(), conversations=4100, conversations_over=0, voice_seconds=12_000)
    an_inbox(), a_service()
    samia = client_of("samia")

    told = samia.get("/api/v1/usage/").json()
    plan = samia.get("/api/v1/subscription/").json()
    page = samia.get("/subscription/").content.decode()

    figures = {figure["key"]: (figure["used"], figure["limit"]) for figure in told["figures"]}
    assert figures["conversations"] == (4100, 5000)
    assert figures["voice_minutes"] == (200, 200)
    assert (figures["employees"], figures["inboxes"]) == ((5, 10), (1, 5))
    assert figures["services"] == (1, None)
    for key, (used, limit) in figures.items():
        bar = page[page.index(f'data-key="{key}"') :]
        level = re.match(r'data-key="\w+" data-level="(\w*)"', bar)
        assert level is not None
        assert level[1] == {"conversations": "amber", "voice_minutes": "red"}.get(key, "")
        if key != "storage_bytes":
            assert f"<bdi>{used}</bdi> / <bdi>{'unlimited' if limit is None else limit}</bdi>" in bar
    assert (plan["plan"], plan["status"], plan["next_amount"], plan["currency"]) == ("pro", "active", "200.00", "USD")
    assert "data-next-amount><bdi>$200</bdi>" in page


def test_another_month_is_asked_for_by_any_of_its_days(acme: Business, client_of: Callable[..., Client]) -> None:
    UsageMonth.objects.create(month=date(2026, 3, 1), conversations=12)
    samia = client_of("samia")

    assert samia.get("/api/v1/usage/?month=2026-03-17").json()["figures"][0]["used"] == 12
    assert samia.get("/api/v1/usage/?month=soon").status_code == 400


def test_money_is_for_those_who_may_see_it(on: Any, client_of: Callable[..., Client]) -> None:
    on("starter")
    karim = client_of("karim")

    told = karim.get("/api/v1/subscription/").json()
    assert (told["plan"], told["limits"]["employees"]) == ("starter", 3)
    assert not {"price", "next_amount", "period_end", "billing"} & set(told)
    assert karim.get("/api/v1/invoices/").status_code == 403
    assert karim.get("/api/v1/usage/").status_code == 403
    assert karim.get("/subscription/").status_code == 403
    assert karim.post("/subscription/cancel/").status_code == 403
    assert not Subscription.objects.get().cancel_at_end


def test_canceling_and_keeping_on_the_page(on: Any, client_of: Callable[..., Client]) -> None:
    on("pro")
    samia = client_of("samia")

    samia.post("/subscription/cancel/")
    assert Subscription.objects.get().cancel_at_end
    assert "Keep this plan" in samia.get("/subscription/").content.decode()
    samia.post("/subscription/resume/")

    assert not Subscription.objects.get().cancel_at_end


def test_an_operator_arranges_plan_period_and_invoice(acme: Business, client_of: Callable[..., Client]) -> None:
    until = timezone.now().date() + timedelta(days=90)
    facts: dict[str, Any] = {
        "plan": "starter",
        "reason": "Cheque 77, three months",
        "until": until,
        "invoice": "2026-7",
    }
    set_plan(acme, by=SYSTEM, **facts)

    samia = client_of("samia")
    [bill] = samia.get("/api/v1/invoices/").json()["results"]
    assert (bill["number"], bill["amount"], bill["note"]) == ("2026-7", "100.00", "Cheque 77, three months")
    assert Subscription.objects.get().period_end.date() == until + timedelta(days=1)
    page = samia.get("/subscription/").content.decode()
    assert "2026-7" in page
    assert "Arranged with us" in page
    with pytest.raises(Refusal, match="used already"):
        set_plan(acme, by=SYSTEM, **facts)
    assert Invoice.objects.count() == 1


def test_a_business_sees_no_invoice_of_another(acme: Business, globex: Business) -> None:
    set_plan(globex, plan="pro", reason="arranged by telephone", invoice="G-1", by=SYSTEM)

    assert Invoice.objects.count() == 0


def said_in_the_frame(client: Client) -> list[str]:
    """What the plan has to say on the home page."""
    caches["default"].clear()
    return re.findall(r'data-about="(\w+)"', client.get("/").content.decode())


def test_80_and_100_percent_are_said_to_all_and_mailed_once_each(
    on: Any, client_of: Callable[..., Client], django_capture_on_commit_callbacks: Any
) -> None:
    on("free")
    UsageMonth.objects.create(month=this_month(), conversations=77)
    karim, inbox = client_of("karim"), an_inbox()
    heard: list[tuple[int, list[str], int]] = []

    for number in range(78, 104):
        with django_capture_on_commit_callbacks(execute=True):
            a_message(inbox, phone=f"+9617000{number:04}")
        heard.append((number, said_in_the_frame(karim), len(mail.outbox)))

    assert {number: words for number, words, _mails in heard} == {
        number: [] if number < 80 else ["used_80"] if number < 100 else ["used_100"] for number in range(78, 104)
    }
    assert [mails for _number, _words, mails in heard] == [0] * 2 + [1] * 20 + [2] * 4
    assert [letter.to for letter in mail.outbox] == [["samia@example.test"]] * 2
    assert "80 percent" in mail.outbox[0].subject
    told = AuditEvent.objects.filter(verb="usage_warned").order_by("at")
    assert [event.after["percent"] for event in told if event.after] == [80, 100]


@pytest.mark.parametrize(
    ("facts", "what"),
    [
        ({"status": "past_due", "past_due_since": timezone.now()}, ["past_due"]),
        ({"grace_until": timezone.now() + timedelta(days=3)}, ["grace"]),
        ({"status": "trialing", "trial_end": timezone.now() + timedelta(days=2)}, ["trial"]),
        ({"status": "trialing", "trial_end": timezone.now() + timedelta(days=9)}, []),
    ],
)
def test_the_frame_says_what_is_to_come(
    on: Any, client_of: Callable[..., Client], facts: dict[str, Any], what: list[str]
) -> None:
    on("pro")
    with schema_context("public"):
        Subscription.objects.filter(business__slug="acme").update(**facts)

    assert said_in_the_frame(client_of("karim")) == what


def test_voice_is_held_before_and_settled_after(on: Any) -> None:
    on("starter")  # sixty minutes
    UsageMonth.objects.create(month=this_month(), voice_seconds=3500)

    first = actions.reserve_voice(60)
    assert first is not None
    assert actions.reserve_voice(41) is None
    assert actions.reserve_voice(40) is not None
    actions.settle_voice(first, used=55)

    month = UsageMonth.objects.get()
    assert (month.voice_seconds, month.voice_reserved) == (3555, 40)


def test_voice_that_is_used_up_comes_back_next_month(on: Any) -> None:
    on("starter")
    UsageMonth.objects.create(month=this_month(), voice_seconds=3600)

    assert actions.reserve_voice(1) is None
    assert actions.reserve_voice(1, at=timezone.now() + timedelta(days=32)) is not None


def test_without_voice_none_is_held_and_without_limit_all(on: Any) -> None:
    on("free")
    assert actions.reserve_voice(1) is None
    on("enterprise")
    assert actions.reserve_voice(10**6) is not None
