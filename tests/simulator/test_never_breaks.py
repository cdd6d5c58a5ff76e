"""What a pretend phone is asked that makes no sense, and a network of its own that is half gone: refused in words."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways.models import Inbox
from apps.gateways.simulator import faults
from apps.gateways.simulator import phone as verbs
from tests.simulator.test_doors import api


@pytest.mark.parametrize("number", ["nan", "NaN", "inf", "1e999"])
@pytest.mark.parametrize("field", ["latitude", "longitude"])
def test_a_place_is_two_numbers(phone, client_of, field, number):
    place = {"latitude": 33.9, "longitude": 35.5, field: number}

    code, problem = api(client_of("samia"), "POST", f"{phone.pk}/message/", type="location", **place)

    assert (code, problem["code"]) == (400, "invalid")
    assert phone.bubbles.count() == 0


def test_the_page_s_place_is_two_numbers_too(phone, client_of):
    given = {"phone": phone.pk, "type": "location", "latitude": "nan", "longitude": "1e999"}

    assert client_of("samia").post("/simulator/write/", given).status_code == 400
    assert phone.bubbles.count() == 0


@pytest.mark.parametrize(
    "payload",
    [
        {"sections": [{"title": "Cards"}]}, {"sections": [{"rows": [{}]}]}, {"buttons": [{}]}, {"buttons": "none"},
        {"sections": "none"}, {"buttons": [None], "sections": [None]},
    ],
)  # fmt: skip
def test_a_message_without_proper_choices_offers_none(phone, client_of, payload):
    phone.bubbles.create(
        direction="out", type="interactive", external_id="wamid.sim.odd", provider_at=timezone.now(), payload=payload
    )

    code, problem = api(
        client_of("samia"), "POST", f"{phone.pk}/message/", type="choice", message="wamid.sim.odd", choice="gold"
    )

    assert (code, problem["code"]) == (400, "invalid")


def test_a_number_whose_app_is_gone(phone, client_of):
    """Its key is a plain value: nothing in the database keeps the app alive."""
    Inbox.objects.filter(pk=phone.inbox_id).update(app_id=phone.pk)

    code, problem = api(client_of("samia"), "POST", f"{phone.pk}/message/", text="Hello")

    assert (code, problem["code"]) == (503, "unavailable")
    assert Message.objects.count() == 0


def test_an_archived_number_has_no_phones(phone, client_of):
    Inbox.objects.filter(pk=phone.inbox_id).update(archived_at=timezone.now())

    assert api(client_of("samia"), "POST", f"{phone.pk}/message/", text="Hello")[0] == 404


@pytest.mark.parametrize("failure", [httpx.InvalidURL("x"), httpx.ReadTimeout("x")])
def test_a_door_that_cannot_be_reached_at_all(phone, client_of, monkeypatch, failure):
    def breaks(*_args: Any, **_kwargs: Any) -> None:
        raise failure

    monkeypatch.setattr(httpx.Client, "post", breaks)

    assert api(client_of("samia"), "POST", f"{phone.pk}/message/", text="Hello")[0] == 503


def test_every_switch_at_its_ends(phone, client_of):
    ends: dict[str, list[Any]] = {
        "duplicate": [10], "delay": [faults.LONGEST_DELAY], "foreign": ["x" * 64, "٣"], "malformed": [True],
        "error": [{"code": 0, "times": 0, "retry_after": 999_999}], "statuses_late": [faults.LONGEST_DELAY],
        "batch": [100], "reorder": [20],
    }  # fmt: skip
    client = client_of("samia")
    for seconds in (30 * 86_400, -30 * 86_400):
        verbs.set_clock(phone, offset=timedelta(seconds=seconds), by=SYSTEM)
        for name, values in ends.items():
            for value in values:
                assert api(client, "POST", f"{phone.pk}/fault/", faults={name: value})[0] == 200, (name, value)
                assert api(client, "POST", f"{phone.pk}/message/", text="Hello")[0] == 200, (name, value)


@pytest.mark.parametrize("number", ["+", "", "٩٦١٧٠١٢٣٤٥٦", "+96170123456", "+1" * 9])
def test_a_number_nobody_can_move_to(phone, client_of, number):
    assert api(client_of("samia"), "POST", f"{phone.pk}/message/", type="number", number=number)[0] == 400


def test_the_refusal_of_an_unreachable_door_is_a_refusal(phone, settings):
    settings.SIMULATOR_TRANSPORT = ""
    settings.PUBLIC_BASE_URL = "http://[::1"

    with pytest.raises(Refusal, match="Nobody answers"):
        verbs.write(phone, text="Hello")
