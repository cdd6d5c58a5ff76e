"""The living style guide draws every component in both languages, and is an operator's alone where Majlis is used."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_urlconf


def test_it_draws_every_component_in_both_directions_and_themes(platform: Client) -> None:
    before = get_urlconf()

    answer = platform.get("/styleguide/")

    text = answer.content.decode()
    assert answer.status_code == 200
    for facts in ('lang="en" dir="ltr" data-theme="light"', 'lang="ar" dir="rtl" data-theme="dark"'):
        assert facts in text
    for part in ("conversation-row", "message", "composer", "takeover", "thread-head", "banner", "empty", "field"):
        assert text.count(f'class="{part}"') >= 4, part
    assert {"Take over", "تولَّ المحادثة"} <= {word for word in ("Take over", "تولَّ المحادثة") if word in text}
    assert get_urlconf() == before


@pytest.mark.parametrize("who", ["platform", "console"])
def test_where_it_is_used_it_is_an_operators(who: str, request: pytest.FixtureRequest, settings: Any) -> None:
    client: Client = request.getfixturevalue(who)
    settings.PRODUCTION = True

    answer = client.get("/styleguide/")

    assert answer.status_code == (200 if who == "console" else 404)
    assert ("conversation-row" in answer.content.decode()) is (who == "console")
