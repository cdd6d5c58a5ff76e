"""What is half written is one's own, one per conversation, cleared by sending, gone after thirty days."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import actions, queries
from apps.conversations.models import ComposerDraft, Macro, SavedView
from apps.core.actors import SYSTEM
from apps.dashboard.retention import purge_business
from tests.factories import a_conversation
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def conversation(acme):
    return a_conversation()


def at(name, row):
    return reverse(name, args=[row.pk], urlconf="config.urls")


def test_two_people_two_drafts(conversation, client_of):
    mona, karim = client_of("mona"), client_of("karim")
    mona.post(at("draft", conversation), {"body": "Good mor"})
    karim.post(at("draft", conversation), {"body": "Ask her", "note": "yes"})

    assert mona.get(at("draft", conversation)).json() == {"body": "Good mor", "note": False}
    assert karim.get(at("draft", conversation)).json() == {"body": "Ask her", "note": True}
    assert queries.conversations_for(employee("mona").user).get().has_draft
    assert not queries.conversations_for(employee("samia").user).get().has_draft


def test_sending_clears_ones_own(conversation, client_of):
    mona = client_of("mona")
    mona.post(at("draft", conversation), {"body": "Welcome"})
    actions.keep_draft(conversation, employee=employee("karim"), body="Mine")

    mona.post(at("send", conversation), {"id": str(uuid.uuid4()), "body": "Welcome"}, headers=SCRIPT)

    assert ComposerDraft.objects.get().employee == employee("karim")


def test_nothing_left_is_no_draft_and_thirty_days_are_enough(conversation):
    mona, karim = employee("mona"), employee("karim")
    actions.keep_draft(conversation, employee=mona, body="Welcome")
    actions.keep_draft(conversation, employee=karim, body="Old")
    ComposerDraft.objects.filter(employee=karim).update(updated_at=timezone.now() - timedelta(days=31))

    assert purge_business()["drafts"] == 1
    actions.keep_draft(conversation, employee=mona, body="  ")
    assert not ComposerDraft.objects.exists()


def test_a_macro_stops_at_the_first_refusal_and_says_so(conversation, client_of):
    samia = employee("samia")
    steps = [{"verb": "set_priority", "priority": "urgent"}, {"verb": "assign", "employee": str(samia.pk)},
             {"verb": "close"}]  # fmt: skip
    macro = actions.create_macro(owner=samia, name="Raise", steps=steps, is_shared=True, by=SYSTEM)
    where, body = f"/api/v1/macros/{macro.pk}/run/", {"conversation": str(conversation.pk)}

    ran = client_of("karim").post(where, body, content_type="application/json").json()

    assert (ran["done"], ran["refused"], ran["code"]) == (["set_priority"], "assign", "permission_denied")
    assert conversation.fresh().priority == "urgent"
    assert conversation.fresh().status == "open"
    ran = client_of("samia").post(where, body, content_type="application/json").json()
    assert ran["done"] == ["set_priority", "assign", "close"]


@pytest.mark.parametrize("steps", [[], [{"verb": "delete"}], [{"verb": "close", "x": "1"}],
                                   [{"verb": "set_priority", "priority": "now"}]])  # fmt: skip
def test_a_macro_of_unknown_steps_is_refused(acme, client_of, steps):
    body = {"name": "Odd", "steps": steps}
    answer = client_of("karim").post("/api/v1/macros/", body, content_type="application/json")

    assert answer.status_code == 400
    assert not Macro.objects.exists()


def test_a_view_is_ones_own_until_it_is_shared(acme, client_of):
    karim, samia = client_of("karim"), client_of("samia")
    shared = {"name": "Urgent", "filters": {"priority": "urgent"}, "is_shared": True}

    assert karim.post("/api/v1/saved-views/", shared, content_type="application/json").status_code == 403
    assert samia.post("/api/v1/saved-views/", shared, content_type="application/json").status_code == 201
    karim.post(reverse("view-new", urlconf="config.urls"), {"name": "Mine", "now": "tab=mine&cursor=x"})

    assert SavedView.objects.get(name="Mine").filters == {"tab": "mine"}
    menu = reverse("views-menu", urlconf="config.urls")
    assert "Mine" not in samia.get(menu).content.decode()
    assert {"Mine", "Urgent"} <= set(karim.get(menu).content.decode().replace("<", ">").split(">"))
    row = SavedView.objects.get(name="Urgent")
    assert karim.delete(f"/api/v1/saved-views/{row.pk}/").status_code == 403
