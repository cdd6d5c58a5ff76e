"""Digits as the business or the person wishes them: what is read follows, what is copied or typed does not."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django_tenants.utils import schema_context

from apps.accounts.models import Employee
from apps.core import numerals
from apps.tenants import hosts
from apps.tenants.models import Business
from tests import people
from tests.factories import a_message, an_inbox

ClientOf = Callable[..., Client]
NOON = datetime(2026, 11, 10, 12, 5, tzinfo=UTC)


def drawn(template: str, **context: object) -> str:
    return Template("{% load ui %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("template", "latin", "arabic"),
    [
        ("{{ n|digits }}", "1024", "١٠٢٤"),
        ("{{ at|clock }}", "12:05", "١٢:٠٥"),
        ("{{ at|date:'j M Y' }}", "10 Nov 2026", "١٠ Nov ٢٠٢٦"),
        ("{{ at|date:'Y-m-d' }}", "2026-11-10", "2026-11-10"),
        ("{{ at|iso }}", "2026-11-10T12:05:00+00:00", "2026-11-10T12:05:00+00:00"),
        ("{{ price|money:'USD' }}", "$50.25", "$٥٠٫٢٥"),
        ("{{ n|filesizeformat }}", "1.0\xa0KB", "١٫٠\xa0KB"),
        ("{{ nothing|digits }}", "", ""),
        ("{{ html|digits }}", '<b id="x1">7 &#39;</b>', '<b id="x1">٧ &#39;</b>'),
        ("{{ text|digits }}", "&lt;b&gt;", "&lt;b&gt;"),
        ("{% filter digits %}<i>{{ n }}</i> &amp; 3{% endfilter %}", "<i>1024</i> &amp; 3", "<i>١٠٢٤</i> &amp; ٣"),
    ],
)  # fmt: skip
def test_what_a_filter_writes(template: str, latin: str, arabic: str) -> None:
    facts = {"n": 1024, "at": NOON, "price": Decimal("50.25"), "nothing": None, "text": "<b>",
             "html": mark_safe('<b id="x1">7 &#39;</b>')}  # fmt: skip

    with timezone.override("UTC"), translation.override("en"):
        assert drawn(template, **facts) == latin
        with numerals.using("arabic"):
            assert drawn(template, **facts) == arabic
        assert drawn(template, **facts) == latin


@pytest.mark.parametrize(
    ("own", "house", "language", "digits"),
    [
        ("", "latin", "ar", "latin"), ("", "arabic", "ar", "arabic"), ("", "arabic", "en", "latin"),
        ("latin", "arabic", "ar", "latin"), ("arabic", "latin", "en", "arabic"),
    ],
)  # fmt: skip
def test_a_person_goes_before_the_business(own: str, house: str, language: str, digits: str) -> None:
    assert numerals.chosen(own, house, language=language) == digits


def test_a_page_follows_and_what_is_typed_does_not(acme: Business, client_of: ClientOf) -> None:
    a_message(an_inbox(), phone="+96170123456")
    with schema_context("public"):
        Business.objects.filter(pk=acme.pk).update(digits="arabic")
    hosts.forget()
    samia = client_of("samia")

    assert 'data-digits="arabic"' not in samia.get("/team/").text
    samia.post("/language/", {"language": "ar"})
    team, inbox, mine = (samia.get(path).text for path in ("/team/", "/inbox/", "/me/"))

    assert 'data-digits="arabic"' in team
    assert "<dd>٥</dd>" in team
    assert "٩٦١" not in inbox
    assert 'maxlength="100"' in mine
    assert numerals.current.get() == "latin"


def test_one_chooses_for_oneself(acme: Business, client_of: ClientOf) -> None:
    mona = client_of("mona")

    answer = mona.patch("/api/v1/me/", {"digits": "arabic"}, content_type="application/json")
    assert (answer.status_code, answer.json()["digits"]) == (200, "arabic")
    assert "<dd>٥</dd>" in mona.get("/team/").text
    assert mona.patch("/api/v1/me/", {"digits": "roman"}, content_type="application/json").status_code == 400
    form = {"full_name": "Mona", "language": "en", "theme": "system", "timezone": "", "digits": ""}
    assert mona.post("/me/", form).status_code == 302

    assert Employee.objects.get(pk=people.employee("mona").pk).digits == ""
    assert "<dd>5</dd>" in mona.get("/team/").text
