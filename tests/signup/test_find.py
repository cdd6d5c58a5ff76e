"""TEN-14: the same answer for every e-mail, and one letter for whom it concerns."""

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from apps.tenants import directory
from apps.tenants.models import Business, DirectoryEntry


@pytest.fixture
def platform(acme: Business, globex: Business) -> Client:
    """A stranger's browser; Samia works in both businesses."""
    for name in ("default", "platform"):
        caches[name].clear()
    for business in (acme, globex):
        directory.list_people(business.schema_name, ["samia@example.test"])
    return Client(headers={"host": "localhost"})


def ask(platform: Client, email: str) -> tuple[int, bytes]:
    answer = platform.post("/api/v1/find-business/", {"email": email}, "application/json")
    return answer.status_code, answer.content


def test_known_and_unknown_get_one_answer(platform: Client) -> None:
    assert ask(platform, "samia@example.test") == ask(platform, "nobody@example.test")

    assert [letter.to for letter in mail.outbox] == [["samia@example.test"]]


def test_the_letter_lists_each_address(platform: Client) -> None:
    ask(platform, "Samia@Example.test")

    (letter,) = mail.outbox
    assert "http://acme.localhost:8000/sign-in/" in letter.body
    assert "http://globex.localhost:8000/sign-in/" in letter.body


def test_the_page_answers_both_alike(platform: Client) -> None:
    pages = [
        platform.post("/find/", {"email": email}).content for email in ("samia@example.test", "nobody@example.test")
    ]

    assert pages[0] == pages[1] or len(pages[0]) == len(pages[1])
    assert len(mail.outbox) == 1


def test_a_suspended_business_is_not_listed(platform: Client, globex: Business) -> None:
    with schema_context("public"):
        Business.objects.filter(pk=globex.pk).update(status="suspended")

    ask(platform, "samia@example.test")

    assert "globex" not in mail.outbox[0].body


@pytest.mark.parametrize("email", ["samia@example.test", "nobody@example.test"])
def test_three_an_hour_per_e_mail_known_or_not(platform: Client, email: str) -> None:
    assert [ask(platform, email)[0] for _turn in range(4)] == [202, 202, 202, 429]


def test_ten_an_hour_per_address(platform: Client) -> None:
    assert [ask(platform, f"{number}@example.test")[0] for number in range(11)] == [202] * 10 + [429]


@pytest.mark.parametrize("body", [{}, {"email": "no"}, {"email": "a@b.cd", "business": "acme"}])
def test_anything_else_is_refused(platform: Client, body: dict[str, str]) -> None:
    assert platform.post("/api/v1/find-business/", body, "application/json").status_code == 400


def test_public_keeps_no_e_mail(platform: Client) -> None:
    with schema_context("public"):
        kept = " ".join(map(str, DirectoryEntry.objects.values_list("email_hash", flat=True)))

    assert "samia" not in kept
