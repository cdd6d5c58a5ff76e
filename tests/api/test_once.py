"""Repeating a POST does not repeat its effect (CORE-08), one after another and all at once."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.actions import issue_token
from apps.accounts.models import ApiToken, IdempotentRequest
from apps.billing.actions import start_trial
from apps.conversations.models import Conversation, Message, Note
from apps.core.actors import SYSTEM
from apps.tenants.benches.stage import throwaway_businesses
from apps.tenants.models import Business
from tests import people
from tests.api.conftest import speak
from tests.factories import a_conversation

Call = Callable[..., Any]
KEY = {"idempotency-key": "the same again"}


def test_the_second_post_with_a_key_gets_the_first_answer(api: Call, acme: Business) -> None:
    samia = api("samia")

    first = samia("POST", "api-tokens/", KEY, name="script")
    again = samia("POST", "api-tokens/", KEY, name="script")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ApiToken.objects.count() == 1


def test_a_kept_answer_is_sealed(api: Call, acme: Business) -> None:
    token = api("samia")("POST", "api-tokens/", KEY, name="script").json()["token"]

    assert token.startswith("mj_")
    assert token not in str(IdempotentRequest.objects.get().body)


def test_one_key_with_another_body_is_refused(api: Call, acme: Business) -> None:
    samia = api("samia")
    samia("POST", "api-tokens/", KEY, name="script")

    answer = samia("POST", "api-tokens/", KEY, name="another")

    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_mismatch")
    assert [row.name for row in ApiToken.objects.all()] == ["script"]


def test_a_key_is_each_callers_own(api: Call, acme: Business) -> None:
    api("samia")("POST", "api-tokens/", KEY, name="script")

    assert api("mona")("POST", "api-tokens/", KEY, name="mine").status_code == 201


def test_a_key_is_forgotten_after_a_day(api: Call, acme: Business) -> None:
    samia = api("samia")
    samia("POST", "api-tokens/", KEY, name="script")
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    assert samia("POST", "api-tokens/", KEY, name="another").status_code == 201
    assert ApiToken.objects.count() == 2


def test_a_refused_post_may_be_tried_again(api: Call, conversation: Conversation) -> None:
    mona = api("mona")
    path = f"conversations/{conversation.pk}/reopen/"

    refused = mona("POST", path, KEY)
    mona("POST", f"conversations/{conversation.pk}/close/")
    done = mona("POST", path, KEY)

    assert (refused.status_code, done.status_code) == (409, 200)


def test_a_key_that_cannot_be_kept_is_refused(api: Call, acme: Business) -> None:
    answer = api("samia")("POST", "api-tokens/", {"idempotency-key": "x" * 129}, name="script")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert ApiToken.objects.count() == 0


@pytest.fixture
def lively(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Business, str, str]]:
    """A business of its own with committed rows, a token of its manager, and a conversation's id."""
    with django_db_blocker.unblock(), throwaway_businesses(1) as [business]:
        people.populate(business)
        start_trial(business, by=SYSTEM)  # a plan with API tokens
        with tenant_context(business), transaction.atomic():
            token = issue_token(people.employee("mona"), name="script", by=SYSTEM)
            conversation = a_conversation()
        yield business, token, str(conversation.pk)
        connections.close_all()


@pytest.mark.parametrize(
    ("path", "model", "headers", "body"),
    [
        ("conversations/{}/send/", Message, {}, {"id": str(uuid4()), "body": "Once"}),
        ("conversations/{}/note/", Note, {}, {"id": str(uuid4()), "body": "Once"}),
        ("conversations/{}/note/", Note, KEY, {"body": "Once"}),
        ("api-tokens/", ApiToken, KEY, {"name": "once"}),
    ],
)
def test_five_at_once_have_one_effect_and_equal_answers(
    lively: tuple[Business, str, str], path: str, model: Any, headers: dict[str, str], body: dict[str, str]
) -> None:
    business, token, conversation = lively
    before = count(business, model)
    answers: list[Any] = []
    start = threading.Barrier(5)

    def post() -> None:
        host = {"host": f"{business.slug}.localhost", "authorization": f"Bearer {token}"}
        call = speak(Client(headers=host))
        start.wait()
        answers.append(call("POST", path.format(conversation), headers, **body))
        connections.close_all()

    threads = [threading.Thread(target=post) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json().get("id") for answer in answers}) == 1
    assert count(business, model) == before + 1


def count(business: Business, model: Any) -> int:
    """Rows there are, without the quiet lines of a thread."""
    with tenant_context(business):
        rows = model.objects.exclude(direction="internal") if model is Message else model.objects.all()
        return int(rows.count())
