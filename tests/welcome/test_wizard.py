"""TEN-15: five steps, kept on the server, that can be left, skipped and opened again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context, tenant_context

from apps.assistant.models import Persona
from apps.audit.models import AuditEvent
from apps.bookings.models import Service
from apps.conversations.actions import send_message
from apps.core.actors import ASSISTANT
from apps.core.refusals import Refusal
from apps.dashboard.welcome import steps
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import api
from tests.factories import a_conversation, an_inbox

__all__ = ["api"]
FACTS = {
    "name": "Nour Salon", "industry": "salon", "country": "LB", "timezone": "Asia/Beirut", "currency": "USD",
    "primary_language": "ar",
}  # fmt: skip
WORDS = {"greeting_ar": "أهلًا", "greeting_en": "Welcome", "tone": "casual", "language_rule": "auto"}


@pytest.fixture
def samia(client_of: Callable[..., Client]) -> Client:
    return client_of("samia")


def row() -> Business:
    with schema_context("public"):
        return Business.objects.get(slug="acme")


def here(client: Client) -> int:
    """The step a fresh look at the wizard shows."""
    return int(client.get("/welcome/").context["step"])


def send(client: Client, step: int, act: str = "next", **facts: Any) -> Any:
    return client.post("/welcome/", {"step": step, "act": act, **facts})


def answer_somebody() -> None:
    conversation = a_conversation(an_inbox("simulator", default_mode="ai"))
    send_message(conversation, body="Welcome", by=ASSISTANT, epoch=conversation.epoch)


def test_each_step_is_resumed_where_it_was_left(
    acme: Business, samia: Client, client_of: Callable[..., Client]
) -> None:
    seen = []
    for step, facts in [(1, FACTS), (2, {}), (3, {}), (4, WORDS)]:
        seen.append(here(client_of("samia")))  # another browser
        assert send(client_of("samia"), step, **facts)["Location"] == f"/welcome/?step={step + 1}"
    seen.append(here(samia))

    assert seen == [1, 2, 3, 4, 5]
    assert row().onboarded_at is None


def test_each_step_does_its_work(acme: Business, samia: Client) -> None:
    send(samia, 1, **FACTS)
    send(samia, 3, on_haircut="on", price_haircut="31", on_manicure="on", price_manicure="12.50")
    send(samia, 4, **WORDS)

    assert (row().name, row().timezone, row().primary_language) == ("Nour Salon", "Asia/Beirut", "ar")
    assert list(Service.objects.values_list("key", "price", "currency")) == [
        ("haircut", Decimal(31), "USD"), ("manicure", Decimal("12.5"), "USD"),
    ]  # fmt: skip
    persona = Persona.objects.get(is_current=True)
    assert (persona.version, persona.greeting_en, persona.tone) == (2, "Welcome", "casual")


def test_an_answered_message_ends_it(acme: Business, samia: Client) -> None:
    early = send(samia, 5)
    answer_somebody()

    ended = send(samia, 5)

    assert early.status_code == 409
    assert (ended.status_code, ended["Location"]) == (302, "/")
    assert row().onboarded_at is not None


def test_the_last_step_sees_the_answer_by_itself(acme: Business, samia: Client) -> None:
    before = samia.get("/welcome/answered/").content
    answer_somebody()

    assert b'value="next"' not in before
    assert b'value="next"' in samia.get("/welcome/answered/").content


def test_skipping_is_recorded_and_can_be_made_good(acme: Business, samia: Client) -> None:
    send(samia, 2, "skip")
    skipped = row().onboarding_skipped
    send(samia, 2)

    assert (skipped, row().onboarding_skipped) == ([2], [])
    assert [event.after for event in AuditEvent.objects.filter(verb="skipped_step")] == [{"step": "whatsapp"}]


def test_the_first_step_is_not_skipped(acme: Business, samia: Client) -> None:
    assert send(samia, 1, "skip").status_code == 400

    assert (row().onboarding_step, row().onboarding_skipped) == (1, [])


def test_a_step_is_opened_again(acme: Business, api: Callable[..., Any]) -> None:
    by = people.employee("samia").user.actor
    for step in range(2, 6):
        steps.skip(acme.pk, step=step, by=by)

    told = api("samia")("POST", "onboarding/reopen/", step=3).json()

    assert (told["onboarding_step"], told["onboarding_skipped"], told["onboarded_at"]) == (3, [2, 4, 5], None)


def test_what_is_wrong_is_said_and_nothing_is_kept(acme: Business, samia: Client) -> None:
    refused = [send(samia, 1, **{**FACTS, "name": "N"}), send(samia, 4, **{**WORDS, "tone": "angry"}),
               send(samia, 3, on_appointment="on", price_appointment="-1")]  # fmt: skip

    assert [answer.status_code for answer in refused] == [400, 400, 400]
    assert (row().name, row().onboarding_step, Service.objects.count()) == ("Acme", 1, 0)
    assert Persona.objects.count() == 1


@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_each_step_opens_in_both_languages(
    acme: Business, client_of: Callable[..., Client], step: int, language: str
) -> None:
    user = people.employee("samia").user
    user.language = language
    user.save()

    answer = client_of("samia").get(f"/welcome/?step={step}")

    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("person", ["mona", "karim", "omar"])
def test_only_who_may_change_the_settings_comes_in(
    acme: Business, client_of: Callable[..., Client], person: str
) -> None:
    client = client_of(person)

    assert client.get("/welcome/").status_code == 403
    assert send(client, 2, "skip").status_code == 403
    assert row().onboarding_step == 1


def test_one_businesss_wizard_is_not_anothers(acme: Business, globex: Business) -> None:
    steps.skip(acme.pk, step=2, by=people.employee("samia").user.actor)

    with tenant_context(globex):
        assert steps.progress(globex.pk).step == 1
        with pytest.raises(Business.DoesNotExist):
            steps.progress(acme.pk)


def test_there_are_five_steps(acme: Business) -> None:
    with pytest.raises(Refusal):
        steps.skip(acme.pk, step=6, by=people.employee("samia").user.actor)


def test_the_api_tells_how_far_it_is(acme: Business, api: Callable[..., Any]) -> None:
    samia = api("samia")
    samia("POST", "onboarding/advance/")
    samia("POST", "onboarding/skip/")

    told = api("karim")("GET", "onboarding/").json()

    assert (told["onboarding_step"], told["onboarding_skipped"]) == (3, [2])
    assert [each["state"] for each in told["steps"]] == ["done", "skipped", "current", "open", "open"]


def test_the_api_does_not_end_it_before_an_answer(acme: Business, api: Callable[..., Any]) -> None:
    assert api("samia")("POST", "onboarding/advance/", step=5).json()["code"] == "conflict"

    assert row().onboarded_at is None
