"""Message templates: read from the provider, changed by its news, filled and sent (GW-24, GW-26, R-031)."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.conversations import actions as talk
from apps.conversations import facts, tasks
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from apps.gateways import actions, protocol, queries
from apps.gateways.events import TemplatesChanged, TemplatesOutdated
from apps.gateways.models import Template
from tests.factories import a_conversation, an_inbox
from tests.gateways.provider import Answer

BODY = {"type": "BODY", "text": "Hi {{1}}, see you {{2}}.", "example": {"body_text": [["Rana", "Sunday"]]}}
SID = "HX" + "a" * 32


def told(name="reminder", status="APPROVED", **but):
    return {"id": f"id-{name}", "name": name, "language": "en", "status": status, "category": "UTILITY",
            "components": [BODY], "quality_score": {"score": "GREEN"}, "rejected_reason": "NONE", **but}  # fmt: skip


def a_template(inbox, **but):
    places = [{"name": "1", "sample": "Rana"}, {"name": "2", "sample": "Sunday"}]
    facts_ = {"name": "reminder", "language": "en", "category": "utility", "status": "approved", "external_id": "77",
              "components": [BODY], "variables": places}  # fmt: skip
    return Template.objects.create(inbox=inbox, **{**facts_, **but})


@pytest.fixture
def graph(loopback, settings):
    settings.META_GRAPH_URL = settings.TWILIO_API_URL = loopback.url
    return loopback


@pytest.fixture
def closed(acme):
    """A conversation whose window has closed."""
    conversation = a_conversation()
    conversation.window_until = timezone.now() - timedelta(minutes=1)
    conversation.save()
    return conversation


def test_templates_come_page_by_page_and_those_gone_are_archived(acme, graph):
    inbox = an_inbox()
    kept, lost, draft = (a_template(inbox, name=name, external_id=id_) for name, id_ in
                         (("reminder", "1"), ("lost", "2"), ("draft", "")))  # fmt: skip
    graph.will(
        Answer(200, {"data": [told()], "paging": {"cursors": {"after": "AAA"}, "next": "https://elsewhere/"}}),
        Answer(200, {"data": [told("offer", "PAUSED", category="MARKETING")], "paging": {"cursors": {"after": "B"}}}),
    )

    synced = actions.sync_templates(inbox, by=SYSTEM)

    assert (synced.added, synced.changed, synced.gone) == (1, 1, 1)
    noted = AuditEvent.objects.get(verb="synced_templates", object_id=inbox.pk)
    assert noted.after == {"added": 1, "changed": 1, "gone": 1}
    first, second = graph.heard
    assert first.path.startswith(f"/v26.0/{inbox.account_ref}/message_templates?")
    assert "after=AAA" in second.path
    assert (kept.fresh().external_id, kept.fresh().quality) == ("id-reminder", "green")
    assert lost.fresh().archived_at
    assert draft.fresh().archived_at is None
    offer = Template.objects.get(name="offer")
    assert (offer.status, offer.category) == ("paused", "marketing")
    assert offer.variables == [{"name": "1", "sample": "Rana"}, {"name": "2", "sample": "Sunday"}]


@pytest.mark.parametrize(("answer", "code"), [
    (Answer(401, {"error": {"code": 190, "message": "expired"}}), "invalid"),
    (Answer(503), "unavailable"),
])  # fmt: skip
def test_a_provider_that_says_no_changes_nothing(acme, graph, answer, code):
    inbox = an_inbox()
    kept = a_template(inbox)
    graph.will(answer)

    with pytest.raises(Refusal) as refused:
        actions.sync_templates(inbox, by=SYSTEM)

    assert refused.value.code == code
    assert kept.fresh().archived_at is None


def test_twilio_contents_become_templates_and_go_out_by_id_and_variables_only(acme, graph):
    inbox = an_inbox("twilio", account_ref="AC1")
    graph.will(Answer(200, {"contents": [
        {"sid": SID, "friendly_name": "reminder", "language": "en", "variables": {"1": "Rana"},
         "types": {"twilio/quick-reply": {"body": "Hi {{1}}.", "actions": [{"title": "Yes", "id": "yes"}]}},
         "approval_requests": {"name": "reminder", "category": "UTILITY", "status": "approved"}},
        {"sid": "HX" + "b" * 32, "friendly_name": "picture only", "types": {"twilio/media": {"media": ["x"]}}},
    ], "meta": {"next_page_url": None}}))  # fmt: skip
    actions.sync_templates(inbox, by=SYSTEM)
    conversation = a_conversation(inbox)
    conversation.window_until = timezone.now() - timedelta(minutes=1)
    conversation.save()
    graph.will(Answer(201, {"sid": "SM1", "status": "queued"}))

    message = talk.send_message(conversation, by=SYSTEM, template=Template.objects.get(), values={"1": "Layla"})
    tasks.deliver.delay(message.pk)

    sent = graph.heard[-1].form
    assert message.body == "Hi Layla."
    assert sent["ContentSid"] == [SID]
    assert json.loads(sent["ContentVariables"][0]) == {"1": "Layla"}
    assert "Body" not in sent
    assert message.fresh().status == "sent"


def test_a_template_is_sent_outside_the_window_with_all_its_values(closed, graph):
    template = a_template(closed.inbox)
    graph.will(Answer(200, {"messages": [{"id": "wamid.sent"}]}))

    message = talk.send_message(closed, by=SYSTEM, template=template, values={"1": "Layla", "2": "Friday"})
    tasks.deliver.delay(message.pk)

    assert (message.type, message.body) == ("template", "Hi Layla, see you Friday.")
    assert message.fresh().status == "sent"
    assert graph.heard[-1].json["template"] == {
        "name": "reminder",
        "language": {"code": "en"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Layla"}, {"type": "text", "text": "Friday"}]}
        ],
    }


def test_an_empty_place_is_refused_by_its_name_and_nothing_is_queued(closed):
    template = a_template(closed.inbox)

    with pytest.raises(Refusal) as refused:
        talk.send_message(closed, by=SYSTEM, template=template, values={"1": "Layla", "2": " "})

    assert refused.value.code == "invalid"
    assert list(refused.value.extra["errors"]) == ["2"]
    assert not closed.messages.filter(direction="out").exists()


@pytest.mark.parametrize("status", ["draft", "pending", "rejected", "paused", "disabled"])
def test_only_an_approved_template_can_be_picked_or_sent(closed, status):
    template = a_template(closed.inbox, status=status)

    assert list(queries.usable_templates(closed.inbox)) == []
    with pytest.raises(Refusal) as refused:
        talk.send_message(closed, by=SYSTEM, template=template, values={"1": "a", "2": "b"})

    assert refused.value.code == "conflict"
    assert not closed.messages.filter(direction="out").exists()


def test_a_closed_window_offers_what_can_be_said_the_cheapest_first(closed):
    offer = a_template(closed.inbox, name="an_offer", category="marketing")
    reminder = a_template(closed.inbox)
    a_template(closed.inbox, name="paused", status="paused")

    with pytest.raises(Refusal) as refused:
        talk.send_message(closed, body="Are you there?", by=SYSTEM)

    assert refused.value.code == "window_closed"
    offered = refused.value.extra["templates"]
    assert [each["id"] for each in offered] == [str(reminder.pk), str(offer.pk)]


def test_a_template_of_another_number_is_refused(closed):
    with pytest.raises(Refusal) as refused:
        talk.send_message(closed, by=SYSTEM, template=a_template(an_inbox()), values={"1": "a", "2": "b"})

    assert refused.value.code == "invalid"


@pytest.mark.parametrize(("kind", "detail", "expected"), [
    ("template_status", {"event": "PAUSED"}, {"status": "paused"}),
    ("template_status", {"event": "REJECTED", "reason": "INVALID_FORMAT"},
     {"status": "rejected", "rejected_reason": "INVALID_FORMAT"}),
    ("template_quality", {"new_quality_score": "YELLOW"}, {"quality": "yellow"}),
    ("template_category", {"new_category": "MARKETING"}, {"category": "marketing"}),
])  # fmt: skip
def test_news_of_a_template_changes_its_row(
    acme, announced, django_capture_on_commit_callbacks, kind, detail, expected
):
    inbox = an_inbox()
    template = a_template(inbox)
    named = {"message_template_name": "reminder", "message_template_language": "en", **detail}

    with django_capture_on_commit_callbacks() as callbacks:
        applied = facts.apply(inbox, protocol.Notice(kind, named, None))

    assert (applied.outcome, applied.object_id) == ("stored", template.pk)
    assert {name: getattr(template.fresh(), name) for name in expected} == expected
    assert TemplatesChanged(inbox_id=inbox.pk) in announced(callbacks)


def test_news_of_an_unknown_template_asks_for_the_list(acme, announced, django_capture_on_commit_callbacks):
    inbox = an_inbox()

    with django_capture_on_commit_callbacks() as callbacks:
        facts.apply(inbox, protocol.Notice("template_status", {"message_template_name": "new"}, None))

    assert announced(callbacks) == [TemplatesOutdated(inbox_id=inbox.pk)]


def test_the_simulator_has_templates_of_its_own_and_shows_the_words(acme):
    inbox = an_inbox("simulator")

    actions.sync_templates(inbox, by=SYSTEM)

    usable = list(queries.usable_templates(inbox))
    assert {row.language for row in usable} == {"en", "ar"}
    values = {each["name"]: each["sample"] for each in usable[0].variables}
    assert "{{" not in queries.render_template(usable[0], values).body
