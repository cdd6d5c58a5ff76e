"""The pages of the ledger: what came in, filtered, opened on the record, applied once more (GW-32, GW-34, R-010)."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.conversations import ledger
from apps.conversations.models import Message
from apps.core.actors import SYSTEM
from apps.gateways.models import Delivery, DeliveryElement
from apps.gateways.whatsapp_cloud.parse import parse
from tests.factories import an_inbox
from tests.gateways.samples import encoded, message


@pytest.fixture
def inbox(acme):
    return an_inbox()


def came_in(inbox, external_id, outcome="failed", **but):
    """A delivery with one text that has this outcome."""
    raw = parse(encoded(message(id=external_id, **but)))[0].raw
    row = Delivery.objects.create(received_at=timezone.now(), gateway="whatsapp_cloud", app_id=inbox.app_id, bytes=9,
                                  element_count=1)  # fmt: skip
    reason = "group" if outcome == "ignored" else ""
    DeliveryElement.objects.create(delivery=row, inbox=inbox, position=0, kind="text", external_id=external_id,
                                   raw=raw, outcome=outcome, reason=reason)  # fmt: skip
    return row


def test_filters_stand_in_the_address(inbox, client_of):
    client = client_of("samia")
    failed, ignored = came_in(inbox, "wamid.a"), came_in(inbox, "wamid.b", "ignored")

    def found(**asked):
        return [row.pk for row in client.get(reverse("deliveries"), asked).context["rows"]]

    assert found() == [ignored.pk, failed.pk]
    assert found(outcome="failed") == [failed.pk]
    assert found(message="wamid.b") == [ignored.pk]
    assert found(kind="text", inbox=str(inbox.pk)) == [ignored.pk, failed.pk]
    assert found(inbox="nonsense") == []
    assert found(until="2020-01-01") == []
    assert found(since="not a day") == [ignored.pk, failed.pk]


def test_pages_follow_one_another_without_gap(inbox, client_of, monkeypatch):
    monkeypatch.setattr("apps.conversations.pages.deliveries.PAGE", 2)
    rows = [came_in(inbox, f"wamid.{number}").pk for number in range(5)]
    client, seen, address = client_of("samia"), [], reverse("deliveries")

    while True:
        context = client.get(address).context
        seen += [row.pk for row in context["rows"]]
        if not context["older"]:
            break
        address = f"{reverse('deliveries')}?before={context['older']}"

    assert seen == rows[::-1]


def test_everything_received_is_accounted_for(inbox, client_of):
    came_in(inbox, "wamid.a"), came_in(inbox, "wamid.b", "ignored")

    balance = client_of("samia").get(reverse("deliveries-balance")).context["balance"]

    assert balance == {"received": 2, "stored": 0, "duplicate": 0, "ignored": 1, "dead_letter": 0, "held": 0,
                       "pending": 1, "missing": 0}  # fmt: skip
    DeliveryElement.objects.filter(outcome="ignored").delete()
    assert ledger.balance()["missing"] == 1


def test_opening_one_shows_its_words_and_leaves_a_row(inbox, client_of):
    row = came_in(inbox, "wamid.a", text={"body": "my secret wish"})

    page = client_of("samia").get(reverse("delivery", args=[row.pk])).content.decode()

    assert "my secret wish" in page
    assert AuditEvent.objects.filter(verb="opened", object_id=row.pk).exists()


def test_one_element_is_applied_once_more_and_only_once(inbox, client_of):
    row = came_in(inbox, "wamid.a", text={"body": "Hello"})
    element = row.elements.get()
    client, address = client_of("samia"), reverse("delivery-replay", args=[row.pk])

    client.post(address, {"element": str(element.pk)})
    client.post(address)

    assert Message.objects.filter(external_id="wamid.a").count() == 1
    assert (element.fresh().outcome, element.fresh().attempts) == ("stored", 1)


def test_a_day_replayed_changes_no_count_of_messages(inbox, client_of):
    came_in(inbox, "wamid.a", text={"body": "Hello"})
    day = timezone.localdate().isoformat()
    client = client_of("samia")

    for _turn in range(2):
        answer = client.post(reverse("deliveries-replay"), {"since": day, "until": day})
        assert answer.status_code == 302
        assert Message.objects.filter(direction="in").count() == 1


@pytest.mark.parametrize("name", ["karim", "omar"])
def test_who_may_not_replays_nothing(inbox, client_of, name):
    row = came_in(inbox, "wamid.a")

    assert client_of(name).post(reverse("delivery-replay", args=[row.pk])).status_code in (403, 404)
    assert client_of(name).post(reverse("deliveries-replay"), {}).status_code == 403

    assert row.elements.get().attempts == 0


def test_the_command_says_what_it_did(inbox, acme):
    came_in(inbox, "wamid.a", text={"body": "Hello"})
    now = timezone.now()
    out = StringIO()

    call_command("replay_deliveries", "acme", since=(now - timedelta(hours=1)).isoformat(),
                 until=(now + timedelta(hours=1)).isoformat(), json=True, stdout=out)  # fmt: skip

    assert json.loads(out.getvalue()) == {"business": "acme", "deliveries": 1, "elements": 1}
    assert ledger.replay_range(now - timedelta(hours=1), now + timedelta(hours=1), by=SYSTEM) == (1, 0)
