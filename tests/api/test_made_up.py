"""Requests that `make fuzz` found and nobody had thought of."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.tenants.models import Business
from tests.api.routes import some_rows


@pytest.mark.parametrize("quoted", ["\x05\x93", "no such message"])
def test_a_pretend_customer_who_quotes_a_message_that_is_not_there(
    quoted: str, api: Callable[..., Any], acme: Business
) -> None:
    phone = some_rows()["simulator"]

    answer = api("samia")("POST", f"simulator/{phone.pk}/message/", text="¬", message=quoted, longitude=0.08)

    assert answer.status_code in (200, 400, 404, 409), answer.text


def test_a_choice_that_may_be_empty_says_so_in_the_document(api: Callable[..., Any], acme: Business) -> None:
    document = api("samia")("GET", "schema/").json()
    mode = document["components"]["schemas"]["Conversation"]["properties"]["mode_before"]

    assert any("BlankEnum" in str(each) for each in mode["oneOf"])
