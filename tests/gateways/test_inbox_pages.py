"""The pages of numbers and their templates: settings, the doctor, writing and submitting (GW-02, GW-25)."""

import pytest
from django.urls import reverse

from apps.core.actors import SYSTEM
from apps.gateways import actions
from apps.gateways.forms import TEXTS
from apps.gateways.models import Inbox, Template
from tests.factories import an_inbox

CHANGED = {
    "name": "Reception", "default_mode": "hybrid", "language": "ar", "greeting_on": False, "over_limit_text_on": False,
    "out_of_hours_on": False, "out_of_hours": {"en": "Back at nine", "ar": "نعود في التاسعة"}, "calendar": None,
    "assign_policy": "least_busy", "reopen_days": 3, "auto_resolve_hours": 48, "stale_minutes": 90,
    "phone_lease_minutes": 30, "idle_return_minutes": 120, "closing_text": {"en": "Goodbye"}, "csat_on": True,
    "csat_text": {"ar": "كيف كانت خدمتنا؟"}, "read_receipts": False, "is_active": False,
}  # fmt: skip


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator")


def posted(facts):
    """The same as a browser posts it."""
    told = {}
    for name, value in facts.items():
        if name in TEXTS:
            told |= {f"{name}_{code}": text for code, text in value.items()}
        elif value is True:
            told[name] = "on"
        elif value is not False and value is not None:
            told[name] = value
    return told


def test_every_setting_has_a_change_here():
    assert set(CHANGED) == set(actions.SETTINGS)


def test_form_api_and_model_agree_on_every_setting(inbox, client_of):
    client = client_of("samia")
    other = an_inbox("simulator")

    page = client.post(reverse("settings-inbox", args=[inbox.pk]), posted(CHANGED))
    api = client.patch(f"/api/v1/inboxes/{other.pk}/", CHANGED, content_type="application/json")

    assert (page.status_code, api.status_code) == (302, 200), api.content
    for name, value in CHANGED.items():
        assert getattr(inbox.fresh(), name) == value, name
        assert getattr(other.fresh(), name) == value, name
        assert api.json()[name] == value, name
    assert inbox.fresh().health == "disabled"


@pytest.mark.parametrize(("name", "value"), [
    ("reopen_days", 31), ("stale_minutes", 4), ("phone_lease_minutes", 1441), ("idle_return_minutes", 14),
    ("auto_resolve_hours", 721), ("name", ""), ("default_mode", "nobody"),
])  # fmt: skip
def test_what_one_door_refuses_the_other_refuses_too(inbox, client_of, name, value):
    client = client_of("samia")

    page = client.post(reverse("settings-inbox", args=[inbox.pk]), posted({**CHANGED, name: value}))
    api = client.patch(f"/api/v1/inboxes/{inbox.pk}/", {name: value}, content_type="application/json")

    assert (page.status_code, api.status_code) == (400, 400)
    assert inbox.fresh().stale_minutes == 60


def test_a_number_is_taken_away_only_by_typing_its_name(inbox, client_of):
    client, address = client_of("samia"), reverse("settings-inbox-act", args=[inbox.pk])

    client.post(address, {"act": "archive", "name": "something else"})
    assert inbox.fresh().archived_at is None

    answer = client.post(address, {"act": "archive", "name": inbox.name})
    assert inbox.fresh().archived_at
    assert answer["Location"] == reverse("settings-inboxes")


@pytest.mark.parametrize("act", ["check", "sync_templates", "sync_profile", "rotate", "disconnect", "reconnect"])
def test_an_agent_may_do_none_of_it(inbox, client_of, act):
    before = Inbox.objects.values().get(pk=inbox.pk)

    answer = client_of("karim").post(reverse("settings-inbox-act", args=[inbox.pk]), {"act": act, "name": inbox.name})

    assert answer.status_code == 403
    assert Inbox.objects.values().get(pk=inbox.pk) == before


def test_the_pages_show_health_the_doctor_and_the_webhook(inbox, client_of):
    client = client_of("samia")
    client.post(reverse("settings-inbox-act", args=[inbox.pk]), {"act": "check"})
    Inbox.objects.filter(pk=inbox.pk).update(health="stopped")

    cards = client.get(reverse("settings-inboxes")).content.decode()
    page = client.get(reverse("settings-inbox", args=[inbox.pk])).content.decode()
    notice = client.get(reverse("inboxes-notice")).content.decode()

    assert "Stopped" in cards
    assert "Access token" in page
    assert "/hooks/simulator/" in page
    assert inbox.name in notice
    assert inbox.name not in client_of("karim").get(reverse("inboxes-notice")).content.decode()


def test_a_template_is_written_submitted_and_approved(inbox, client_of):
    client = client_of("samia")
    words = {"name": "welcome", "language": "en", "category": "utility", "body": "Hi {{1}}, welcome.",
             "samples": "1=Rana", "buttons": "Thanks\nSite | https://example.test/{{1}}"}  # fmt: skip

    answer = client.post(reverse("settings-template-new", args=[inbox.pk]), words)
    row = Template.objects.get(name="welcome")

    assert answer.status_code == 302
    assert (row.status, [each["name"] for each in row.variables]) == ("draft", ["1", "button.1.1"])
    samples = {**words, "samples": "1=Rana\nbutton.1.1=x"}
    client.post(reverse("settings-template", args=[row.pk]), samples)
    client.post(reverse("settings-template-act", args=[row.pk]), {"act": "submit"})
    assert row.fresh().status == "approved"
    page = client.get(reverse("settings-templates", args=[inbox.pk])).content.decode()
    assert "Hi Rana, welcome." in page


@pytest.mark.parametrize(("change", "field"), [
    ({"name": "Not This"}, "name"), ({"body": "{{1}} first"}, "body"), ({"body": "a {{1}}{{2}} b"}, "body"),
    ({"body": "a {{2}} b"}, "body"), ({"buttons": "Go | http://plain.test"}, "buttons"),
    ({"header_kind": "text"}, "header"), ({"footer": "by {{1}}"}, "footer"),
])  # fmt: skip
def test_wrong_words_are_refused_where_they_stand(inbox, client_of, change, field):
    words = {"name": "ok", "language": "en", "category": "utility", "body": "Hi.", **change}

    answer = client_of("samia").post(reverse("settings-template-new", args=[inbox.pk]), words)

    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert not Template.objects.filter(inbox=inbox).exists()


def test_a_rejection_and_its_reason_are_shown(inbox, client_of):
    client = client_of("samia")
    row = Template.objects.create(inbox=inbox, name="bad", language="en", category="utility", status="draft",
                                  components=[{"type": "BODY", "text": "{{1}}"}],
                                  variables=[{"name": "1", "sample": "x"}])  # fmt: skip

    actions.submit_template(row, by=SYSTEM)

    assert row.fresh().status == "rejected"
    assert "INVALID_FORMAT" in client.get(reverse("settings-templates", args=[inbox.pk])).content.decode()
