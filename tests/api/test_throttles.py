"""How often one may ask (requirements 5.2), and that nobody resets a counter by writing a header."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django_tenants.utils import tenant_context

from apps.conversations.models import Conversation, Message
from apps.core import throttles
from apps.core.refusals import Refusal
from apps.tenants.models import Business
from tests.api.conftest import speak

Call = Callable[..., Any]


@pytest.fixture
def stricter(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes one limit small enough to reach."""

    def limit(throttle: type[throttles.PerMinute], number: int) -> None:
        monkeypatch.setattr(throttle, "limit", number)

    return limit


def test_the_limits_are_those_of_the_requirements() -> None:
    assert {each.scope: each.limit for each in throttles.ALL} == {
        "anonymous": 60, "employee": 300, "messages": 60, "uploads": 30, "token": 600, "business": 3000,
    }  # fmt: skip


@pytest.mark.parametrize("throttle", [throttles.OneEmployee, throttles.Business])
def test_over_the_limit_says_when_to_come_back(api: Call, stricter: Callable[..., None], throttle: Any) -> None:
    stricter(throttle, 2)
    mona = api("mona")

    answers = [mona("GET", "me/") for _number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_one_persons_limit_is_not_anothers(api: Call, by_token: Call, stricter: Callable[..., None]) -> None:
    stricter(throttles.OneEmployee, 1)
    mona, karim, program = api("mona"), api("karim"), by_token("mona")
    mona("GET", "me/")

    assert mona("GET", "me/").status_code == 429
    assert karim("GET", "me/").status_code == 200
    assert program("GET", "me/").status_code == 200


def test_a_token_has_a_limit_of_its_own(by_token: Call, stricter: Callable[..., None]) -> None:
    stricter(throttles.OneToken, 1)
    program = by_token("mona")

    assert [program("GET", "me/").status_code for _number in range(2)] == [200, 429]


def test_messages_have_a_smaller_share(api: Call, conversation: Conversation, stricter: Callable[..., None]) -> None:
    stricter(throttles.Messages, 1)
    mona, path = api("mona"), f"conversations/{conversation.pk}/"

    answers = [mona("POST", f"{path}send/", body="Hello").status_code for _number in range(2)]

    assert answers == [201, 429]
    assert mona("POST", f"{path}note/", body="Too much").status_code == 201
    assert Message.objects.filter(direction="out").count() == 1


def test_a_forged_header_does_not_reset_a_counter(acme: Business, stricter: Callable[..., None]) -> None:
    stricter(throttles.Anonymous, 2)

    def ask(number: int) -> int:
        nobody = speak(Client(headers={"host": "acme.localhost", "x-forwarded-for": f"10.0.0.{number}"}))
        return int(nobody("GET", "me/").status_code)

    assert [ask(number) for number in range(3)] == [401, 401, 429]


def test_guessing_tokens_is_counted_too(acme: Business, stricter: Callable[..., None]) -> None:
    stricter(throttles.Anonymous, 2)

    def guess(number: int) -> int:
        headers = {"host": "acme.localhost", "authorization": f"Bearer mj_{number}"}
        return int(speak(Client(headers=headers))("GET", "me/").status_code)

    assert [guess(number) for number in range(3)] == [401, 401, 429]


@pytest.mark.parametrize(
    ("hops", "said", "address"),
    [
        (0, "1.1.1.1", "127.0.0.1"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "9.9.9.9, 1.1.1.1", "1.1.1.1"),
        (2, "9.9.9.9, 1.1.1.1, 10.0.0.1", "1.1.1.1"),
        (2, "1.1.1.1", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_only_trusted_proxies_are_believed(settings: Any, hops: int, said: str, address: str) -> None:
    settings.TRUSTED_PROXY_COUNT = hops
    request = RequestFactory().get("/", headers={"x-forwarded-for": said})

    assert throttles.client_address(request) == address


def test_rare_deeds_have_places_that_come_free_again(acme: Business, globex: Business) -> None:
    places = [throttles.take("deed", "Rana", 2) for _number in range(2)]
    with pytest.raises(Refusal) as refused:
        throttles.take("deed", "Rana", 2)

    assert (refused.value.code, 3500 < refused.value.extra["retry_after"] <= 3600) == ("throttled", True)
    throttles.take("deed", "Omar", 2)
    throttles.take("other", "Rana", 2)
    with tenant_context(globex):
        throttles.take("deed", "Rana", 2)
    throttles.give_back(places[0])
    assert throttles.take("deed", "Rana", 2) == places[0]


@pytest.mark.parametrize(
    ("ask", "limit"),
    [
        (lambda n: throttles.sign_up("198.51.100.7"), 5),
        (lambda n: throttles.sign_up(f"2001:db8:1:2::{n:x}"), 5),
        (lambda n: throttles.ask_by_mail("find", " Rana@example.test", f"198.51.100.{n}"), 3),
        (lambda n: throttles.ask_by_mail("find", f"{n}@example.test", "198.51.100.7"), 10),
        (lambda n: throttles.export("an employee"), 5),
    ],
)
def test_the_hourly_limits_are_those_of_the_requirements(acme: Business, ask: Any, limit: int) -> None:
    for number in range(limit):
        ask(number)

    with pytest.raises(Refusal, match="too often"):
        ask(limit)


def test_uploads_have_a_share_of_their_own(api: Call, stricter: Callable[..., None]) -> None:
    stricter(throttles.Uploads, 1)
    mona = api("mona")

    assert [mona("POST", "me/avatar/", avatar=None).status_code for _number in range(2)] == [200, 429]
    assert mona("GET", "me/").status_code == 200
