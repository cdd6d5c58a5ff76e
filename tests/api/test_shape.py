"""The one shape of the API: strict bodies and parameters, cursor pages, problem documents, times in UTC."""

import json
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.test import Client

from apps.conversations.models import Conversation, Message
from apps.core.api import GuardedViewSet, verb
from apps.core.guards import Unguarded
from apps.customers import api as customers_api
from apps.customers.models import Customer
from apps.tenants.models import Business
from tests import people

Call = Callable[..., Any]


def test_an_unguarded_view_cannot_be_written() -> None:
    with pytest.raises(Unguarded, match="ForgetfulViewSet names no guard for list"):

        class ForgetfulViewSet(GuardedViewSet):
            queryset = None

            def list(self, request: Any) -> None:
                """Everything, for everybody."""


def test_a_verb_names_its_word() -> None:
    with pytest.raises(TypeError):
        verb()  # type: ignore[call-arg]


def test_a_misspelt_field_is_named_and_nothing_changes(api: Call, acme: Business) -> None:
    rana = Customer.objects.create(name="Rana")

    answer = api("mona")("PATCH", f"customers/{rana.pk}/", name="Rania", languge="ar")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert list(answer.json()["errors"]) == ["languge"]
    assert rana.fresh().name == "Rana"


def test_a_verb_without_a_body_takes_no_field(api: Call, conversation: Conversation) -> None:
    answer = api("mona")("POST", f"conversations/{conversation.pk}/close/", why="tired")

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_field")
    assert conversation.fresh().status == "open"


@pytest.mark.parametrize("path", ["customers/?colour=red", "me/?x=1", "conversations/counts/?tab=mine"])
def test_an_unknown_parameter_is_named(api: Call, path: str) -> None:
    answer = api("mona")("GET", path)

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert list(answer.json()["errors"]) == [path.partition("?")[2].partition("=")[0]]


@pytest.mark.parametrize("limit", ["0", "101", "NaN", "", "-1", "1e1", "²", "9" * 30])
def test_a_limit_out_of_range_is_refused(api: Call, limit: str) -> None:
    answer = api("mona")("GET", f"customers/?limit={limit}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["limit"])


@pytest.mark.parametrize("cursor", ["", "x", "bm90anNvbg==", "eyJhdCI6IFtdLCAiYmFjayI6IGZhbHNlfQ=="])
def test_a_cursor_that_is_not_ours_is_refused(api: Call, cursor: str) -> None:
    answer = api("mona")("GET", f"customers/?cursor={cursor}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


def test_rows_that_arrive_between_pages_are_neither_repeated_nor_skipped(api: Call, acme: Business) -> None:
    mona = api("mona")
    there = [Customer.objects.create(name=f"Customer {number}") for number in range(5)]
    Customer.objects.update(created_at=there[0].created_at)  # ties are the hard case

    seen, link = [], "customers/?limit=2"
    while link:
        page = mona("GET", link).json()
        seen += [row["id"] for row in page["results"]]
        Customer.objects.create(name="Newcomer")
        link = page["next"].partition("/api/v1/")[2] if page["next"] else ""

    assert seen == [str(pk) for pk in sorted((row.pk for row in there), reverse=True)]


def test_previous_leads_back(api: Call, acme: Business) -> None:
    mona = api("mona")
    for number in range(5):
        Customer.objects.create(name=f"Customer {number}")

    first = mona("GET", "customers/?limit=2").json()
    second = mona("GET", first["next"].partition("/api/v1/")[2]).json()
    back = mona("GET", second["previous"].partition("/api/v1/")[2]).json()

    assert back["results"] == first["results"]
    assert back["previous"] is None
    assert len(second["results"]) == 2


def test_times_are_utc_whatever_the_business_s_zone(api: Call, acme: Business) -> None:
    Customer.objects.create(name="Rana")

    [row] = api("mona")("GET", "customers/").json()["results"]

    assert row["created_at"].endswith("Z")


def test_text_is_kept_whole(api: Call, acme: Business) -> None:
    rana = Customer.objects.create(name="Rana")

    answer = api("mona")("PATCH", f"customers/{rana.pk}/", name="Re\u0301ne\u0065\u0301\x00 🌙 رنا")

    assert answer.json()["name"] == "Ré" + "neé 🌙 رنا"


@pytest.mark.parametrize("body", ["[]", '"x"', "{", '{"name": NaN}', '{"name": "\\ud800"}', ""])
def test_a_body_that_is_no_object_changes_nothing(client_of: Callable[..., Client], acme: Business, body: str) -> None:
    rana = Customer.objects.create(name="Rana")

    answer = client_of("mona").patch(
        f"/api/v1/customers/{rana.pk}/", body, content_type="application/json", headers={"accept": "application/json"}
    )

    assert answer.status_code in (200, 400)
    assert (rana.fresh().name == "Rana") == (answer.status_code == 400 or not body)


@pytest.mark.parametrize(
    ("trouble", "status", "code"),
    [
        (RuntimeError("SELECT secret FROM insides"), 500, "internal"),
        (IntegrityError('duplicate key "a_secret_constraint"'), 409, "conflict"),
        (ProtectedError("Cannot delete Role", set()), 409, "in_use"),
    ],
)
def test_nothing_of_our_insides_leaves(
    api: Call, acme: Business, monkeypatch: pytest.MonkeyPatch, trouble: Exception, status: int, code: str
) -> None:
    def break_down(*_args: Any) -> None:
        raise trouble

    monkeypatch.setattr(customers_api.CustomerViewSet, "get_queryset", break_down)

    answer = api("mona")("GET", "customers/")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not [word for word in ("SELECT", "secret", "Error", "Role", "Traceback") if word in answer.text]
    assert status != 500 or answer.json()["request_id"] == answer["X-Request-Id"]


@pytest.mark.parametrize("path", ["nothing/", "customers", "customers/17/", "conversations/x/send/"])
def test_an_address_that_leads_nowhere_is_a_problem_document(api: Call, path: str) -> None:
    answer = api("mona")("GET", path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_other_methods_and_other_forms_are_refused(
    client_of: Callable[..., Client], conversation: Conversation
) -> None:
    client = client_of("mona")
    path = f"/api/v1/conversations/{conversation.pk}/"

    assert client.put(path, {}, "application/json").json()["code"] == "method_not_allowed"
    assert client.get(f"{path}close/").status_code == 405
    assert client.post(f"{path}send/", {"body": "as a form"}).status_code == 415
    assert Message.objects.filter(direction="out").count() == 0


def test_a_page_for_people_is_html_without_foreign_or_inline_script(client_of: Callable[..., Client]) -> None:
    client = client_of("samia")

    for path in ("", "customers/", "conversations/", "me/", "inboxes/", "employees/17/"):
        answer = client.get(f"/api/v1/{path}", headers={"accept": "text/html"})
        assert answer["Content-Type"].startswith(("text/html", "application/problem+json")), path
        assert answer.text.count("<style") == answer.text.count(" style=") == 0
        assert "http://" not in answer.text.replace("http://acme.localhost", "")
        assert [tag for tag in answer.text.split("<script")[1:] if "src=" not in tag.partition(">")[0]
                and "application/json" not in tag.partition(">")[0]] == []  # fmt: skip


class AQuietViewSet(GuardedViewSet):
    """A view whose guards are complete."""

    queryset = None
    guards: ClassVar[dict[str, str]] = {"list": "signed-in"}

    def list(self, request: Any) -> None:
        """Nothing."""


def test_the_problem_of_a_form_names_each_field(api: Call, acme: Business) -> None:
    samia = api("samia")

    answer = samia("PATCH", "business/", name="x", timezone="Mars/Olympus", plan="enterprise")
    known = samia("PATCH", "business/", name="x", timezone="Mars/Olympus")

    assert (answer.json()["code"], list(answer.json()["errors"])) == ("unknown_field", ["plan"])
    assert (known.json()["code"], sorted(known.json()["errors"])) == ("invalid", ["name", "timezone"])
    assert json.loads(api("omar")("GET", "business/").text)["name"] == "Acme"
    assert people.employee("omar").user.may("settings.view")
