"""From the form to an open business (TEN-01, TEN-02, TEN-04): whole, once, and whatever dies on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.models import Employee, User
from apps.audit.models import OperatorEvent
from apps.billing.models import Subscription
from apps.dashboard import tasks
from apps.dashboard.benches.signup import measure
from apps.gateways.models import Inbox, SimulatorPhone
from apps.tenants import provisioning, script, signup
from apps.tenants.models import Business, Domain, SignUp
from tests.signup.conftest import FORM, business

Post = Callable[..., Any]


def jobs() -> list[SignUp]:
    with schema_context("public"):
        return list(SignUp.objects.select_related("business"))


@pytest.fixture
def unopened(committed: None) -> SignUp:
    """Somebody has signed up, and no worker has looked yet."""
    with schema_context("public"):
        row = provisioning.new_business(
            slug="newcomer", name="Newcomer", industry="clinic", country="LB", primary_language="ar"
        )
        Domain.objects.create(business=row, host="newcomer.localhost")
        return SignUp.objects.create(
            business=row, email="nour@example.test", full_name="Nour", password="argon2$hash", language="ar"
        )


def test_a_sign_up_opens_a_business_with_its_owner_inside(post: Post) -> None:
    answer = post()

    assert answer.status_code == 201
    assert answer.json()["slug"] == "nour-salon"
    assert answer.json()["url"].startswith("http://nour-salon.localhost")
    row = business()
    facts = (row.status, row.name, row.industry, row.country, row.timezone, row.currency, row.primary_language)
    assert facts == ("ready", "Nour Salon", "salon", "LB", "Asia/Beirut", "USD", "ar")
    assert jobs() == []
    with tenant_context(row):
        owner = Employee.objects.select_related("user", "role").get()
        assert (owner.full_name, owner.user.email, owner.role.name) == ("Nour Haddad", "nour@example.test", "admin")
        assert check_password(FORM["password"], owner.user.password)
        assert Inbox.objects.get().gateway == "simulator"
        assert SimulatorPhone.objects.count() == 1


def test_it_starts_on_a_trial_of_pro_for_fourteen_days(post: Post) -> None:
    post()

    with schema_context("public"):
        held = Subscription.objects.select_related("plan").get(business=business())
    assert (held.plan.key, held.status) == ("pro", "trialing")
    assert held.trial_end is not None
    assert (held.trial_end - held.period_start).days == 14


def test_its_owner_finds_it_again_and_is_asked_to_confirm(post: Post, stranger: Client) -> None:
    mail.outbox.clear()
    post()

    stranger.post("/api/v1/find-business/", {"email": "nour@example.test"}, "application/json")

    assert [letter.to for letter in mail.outbox] == [["nour@example.test"]] * 2
    assert "http://nour-salon.localhost:8000/confirm/" in mail.outbox[0].body
    assert "http://nour-salon.localhost:8000/sign-in/" in mail.outbox[1].body


def test_the_owner_signs_in_with_the_password_they_chose(post: Post) -> None:
    post()

    answer = Client(headers={"host": "nour-salon.localhost"}).post(
        "/sign-in/", {"email": "nour@example.test", "password": FORM["password"]}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("name", ["plan", "status", "trial_end", "trial_days", "schema_name", "slug"])
def test_what_is_not_the_callers_to_say_is_refused(post: Post, name: str) -> None:
    answer = post(**{name: "enterprise"})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert list(answer.json()["errors"]) == [name]
    assert jobs() == []
    with schema_context("public"):
        assert Business.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "N"), ("name", "N" * 101), ("industry", "casino"), ("country", "XX"), ("country", "Lebanon"),
        ("timezone", "Asia/Atlantis"), ("currency", "ABC"), ("primary_language", "fr"), ("owner_name", ""),
        ("owner_name", "n" * 101), ("email", "nour"), ("email", "n" * 250 + "@a.bc"), ("password", "short"),
        ("password", "1234567890123"), ("password", "1q2w3e4r5t"), ("password", "nour@example.test"),
        ("password", "Nour Haddad"), ("terms_accepted", False), ("name", None), ("industry", None), ("country", None),
        ("primary_language", None), ("email", None), ("password", None), ("terms_accepted", None),
    ],
)  # fmt: skip
def test_each_field_is_checked(post: Post, name: str, value: Any) -> None:
    answer = post(**{name: value})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.json()
    assert list(answer.json()["errors"]) == [name]
    with schema_context("public"):
        assert Business.objects.count() == 2


def test_what_is_left_to_the_country_follows_from_it(post: Post) -> None:
    post(country="AE", timezone=None, currency=None)

    assert (business().timezone, business().currency) == ("Asia/Dubai", "AED")


def test_five_an_hour_from_one_address(post: Post) -> None:
    answers = [post(name=f"Salon {number}").status_code for number in range(6)]

    assert answers == [201, 201, 201, 201, 201, 429]
    with schema_context("public"):
        assert Business.objects.count() == 2 + 5


def test_a_refused_form_is_not_counted(post: Post) -> None:
    assert {post(email="no").status_code for _turn in range(7)} == {400}

    assert post().status_code == 201


def test_the_form_leads_over_the_waiting_page_into_the_wizard(stranger: Client) -> None:
    sent = stranger.post("/signup/", {**FORM, "terms_accepted": "on"})
    waited = stranger.get(sent["Location"])
    inside = Client(headers={"host": "nour-salon.localhost"})
    address = waited["Location"].split(".localhost", 1)[1].split("/", 1)[1]
    entered = inside.get(f"/{address}")

    assert (sent.status_code, sent["Location"]) == (302, "/signup/waiting/")
    assert "/enter/?pass=" in waited["Location"]
    assert entered["Location"] == "/welcome/"
    assert inside.get("/").status_code == 200


def test_the_pass_is_good_once_for_one_business_alone(stranger: Client) -> None:
    stranger.post("/signup/", {**FORM, "terms_accepted": "on"})
    token = stranger.get("/signup/waiting/")["Location"].partition("?pass=")[2]
    elsewhere = Client(headers={"host": "acme.localhost"})

    elsewhere.get(f"/enter/?pass={token}")
    first, second = (Client(headers={"host": "nour-salon.localhost"}) for _turn in range(2))
    for browser in (first, second):
        browser.get(f"/enter/?pass={token}")

    assert elsewhere.get("/").status_code == 302
    assert first.get("/").status_code == 200
    assert second.get("/").status_code == 302
    assert "pass=" not in stranger.get("/signup/waiting/")["Location"]


def test_a_stranger_waits_for_nothing(stranger: Client) -> None:
    assert stranger.get("/signup/waiting/")["Location"] == "/find/"


def test_the_page_shows_what_is_wrong_and_keeps_what_was_typed(stranger: Client) -> None:
    answer = stranger.post("/signup/", {**FORM, "password": "short"})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'value="Nour Salon"' in page
    assert "id_password_error" in page
    assert "short" not in page.replace("too short", "")


def test_an_unreachable_business_waits(unopened: SignUp) -> None:
    assert Client(headers={"host": "newcomer.localhost"}).get("/").status_code == 503


def test_a_worker_killed_after_the_schema_leaves_a_job_that_is_finished_once(unopened: SignUp) -> None:
    with schema_context("public"):
        job = signup.claim(unopened.pk)
        assert job is not None
        provisioning.provision(job.business, opens=False)
        assert business("newcomer").status == "provisioning"
        SignUp.objects.update(claimed_at=timezone.now() - timedelta(minutes=2))

        tasks.sweep_sign_ups.delay()
        SignUp.objects.update(next_at=timezone.now())
        tasks.sweep_sign_ups.delay()

    assert business("newcomer").status == "ready"
    assert jobs() == []
    with tenant_context(business("newcomer")):
        assert User.objects.count() == Inbox.objects.count() == 1


def test_a_worker_killed_between_the_two_schemas_leaves_no_stray_route(unopened: SignUp) -> None:
    with schema_context("public"):
        job = signup.claim(unopened.pk)
        assert job is not None
        provisioning.provision(job.business, opens=False)
        app = job.business.gateway_apps.create(gateway="simulator", token="t" * 43)
        app.routes.create(
            gateway="simulator", external_id=f"sim-{job.business.schema_name[2:]}", business=job.business,
            inbox_id=job.pk,
        )  # fmt: skip
        SignUp.objects.update(state="waiting")

        tasks.sweep_sign_ups.delay()

    with tenant_context(business("newcomer")):
        inbox = Inbox.objects.get()
    with schema_context("public"):
        assert list(business("newcomer").routes.values_list("inbox_id", flat=True)) == [inbox.pk]


def test_two_workers_open_it_once(unopened: SignUp) -> None:
    with schema_context("public"):
        assert signup.claim(unopened.pk) is not None
        assert signup.claim(unopened.pk) is None


def test_after_three_retries_the_operators_are_told_and_the_visitor_may_try_again(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = script.script_for
    monkeypatch.setattr(script, "script_for", lambda schema: "SELECT 1/0")
    stranger.post("/signup/", {**FORM, "terms_accepted": "on"})
    for _turn in range(6):
        with schema_context("public"):
            SignUp.objects.update(next_at=timezone.now())
            tasks.sweep_sign_ups.delay()

    (job,) = jobs()
    assert (job.state, job.attempts, business().status) == ("failed", 4, "failed")
    assert "division by zero" in job.error
    with schema_context("public"):
        assert OperatorEvent.objects.filter(verb="provisioning_failed", business_id=business().pk).count() == 1
    told = stranger.get("/signup/waiting/")
    assert told.status_code == 200
    assert b"division" not in told.content

    monkeypatch.setattr(script, "script_for", whole)
    stranger.post("/signup/waiting/")

    assert business().status == "ready"


def test_a_failure_keeps_the_hash_and_nothing_clear(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(schema: str) -> str:
        raise DatabaseError("no room")

    monkeypatch.setattr(script, "script_for", broken)
    post()

    (job,) = jobs()
    assert check_password(FORM["password"], job.password)
    assert FORM["password"] not in str(vars(job))


def _quietly(done: int, total: int, what: str = "") -> None:
    pass


def test_the_bench_opens_businesses_and_leaves_none(committed: None) -> None:
    figures = measure(_quietly, small=True)

    assert figures["n"] == 5
    assert figures["failures"] == []
    with schema_context("public"):
        assert Business.objects.count() == 2
