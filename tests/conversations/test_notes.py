"""Notes: kinds, mentions, reminders, whose they are; and that none ever leaves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import actions, queries
from apps.conversations.models import Message, Note
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from tests.factories import a_conversation
from tests.people import employee

URL = "/api/v1/notes/"


@pytest.fixture
def conversation(acme):
    return a_conversation()


def noted(about, by="karim", **but):
    who = employee(by)
    return actions.add_note(about, **{"body": "Prefers Arabic", "author": who, "by": who.user.actor, **but})


def test_a_mention_of_somebody_who_may_not_see_it_is_refused(conversation, client_of):
    karim, layla = employee("karim"), employee("layla")
    actions.take_over(conversation, employee=karim, by=karim.user.actor)  # karim's own: layla sees it no more
    body = {"conversation": str(conversation.pk), "body": "@Layla look", "mentions": [str(layla.pk)]}

    refused = client_of("karim").post(URL, body, content_type="application/json")
    body["mentions"] = [str(employee("mona").pk)]
    kept = client_of("karim").post(URL, body, content_type="application/json")

    assert refused.status_code == 400
    assert kept.status_code == 201
    assert Note.objects.get().mentions == [employee("mona").pk]


def test_whom_one_may_mention(conversation, client_of):
    where = reverse("mentions", args=[conversation.pk], urlconf="config.urls")

    names = [each["name"] for each in client_of("karim").get(where).json()["people"]]

    assert names == ["Karim", "Layla", "Mona", "Samia"]  # a viewer reads no notes


@pytest.mark.parametrize(
    "facts",
    [{"kind": "reminder"}, {"kind": "general", "remind_at": timezone.now() + timedelta(days=1)},
     {"kind": "reminder", "remind_at": timezone.now() - timedelta(hours=1)}, {"body": " "}, {"body": "x" * 5001}],
)  # fmt: skip
def test_a_note_that_does_not_hold_together_is_not_kept(conversation, facts):
    with pytest.raises(Refusal):
        noted(conversation, **facts)

    assert not Note.objects.exists()


def test_a_reminder_whose_time_changes_rings_anew(conversation):
    note = noted(conversation, kind="reminder", remind_at=timezone.now() + timedelta(hours=1))
    Note.objects.filter(pk=note.pk).update(reminded_at=timezone.now())

    later = actions.edit_note(note, remind_at=timezone.now() + timedelta(hours=3), by=SYSTEM)
    assert later.reminded_at is None
    assert actions.edit_note(note, kind="general", by=SYSTEM).remind_at is None


@pytest.mark.parametrize(
    ("method", "person", "status"),
    [("patch", "karim", 200), ("patch", "layla", 403), ("patch", "mona", 200), ("patch", "omar", 403),
     ("delete", "karim", 204), ("delete", "mona", 403), ("delete", "samia", 204)],
)  # fmt: skip
def test_ones_own_and_those_of_others(conversation, client_of, method, person, status):
    note = noted(conversation)

    answer = getattr(client_of(person), method)(f"{URL}{note.pk}/", {"body": "New"}, content_type="application/json")

    assert answer.status_code == status
    assert (note.fresh().body == "Prefers Arabic") == (status == 403)


def test_a_changed_note_is_seen_by_whoever_looks(conversation):
    note = noted(conversation)
    since = conversation.fresh().last_seq

    actions.edit_note(note, body="Prefers English", by=SYSTEM)

    assert queries.thread(conversation, since=since, with_notes=True) == [note]


def test_a_note_on_a_customer_is_found_by_the_customers_name(conversation, client_of):
    noted(conversation.customer, kind="vip")
    pinned = noted(conversation, body="Call first")
    actions.pin_note(pinned, by=SYSTEM)
    samia = client_of("samia")

    page = samia.get("/notes/", {"q": "rana"}).content.decode()

    assert page.index("Call first") < page.index("Prefers Arabic")
    assert "Prefers Arabic" not in samia.get("/notes/", {"kind": "warning"}).content.decode()
    assert "Prefers Arabic" not in samia.get("/notes/", {"q": "nobody"}).content.decode()


def test_pages_write_pin_and_delete(conversation, client_of):
    karim = client_of("karim")
    form = {"customer": conversation.customer_id, "kind": "general", "body": "Likes tea", "remind_at": ""}
    assert karim.post("/notes/new/", form).status_code == 302
    note = Note.objects.get()

    karim.post(f"/notes/{note.pk}/pin/", {"pinned": "yes"})
    assert note.fresh().is_pinned
    karim.post(f"/notes/{note.pk}/delete/")
    assert note.fresh().deleted_at
    assert note.fresh().body == ""
    assert client_of("omar").get("/notes/").status_code == 403


def test_no_note_is_ever_a_message(conversation, client_of):
    noted(conversation, body="Secret of the house")
    where = reverse("note", args=[conversation.pk], urlconf="config.urls")
    client_of("karim").post(where, {"body": "Secret of the house"}, headers={"HX-Request": "true"})

    assert Note.objects.count() == 2
    assert not Message.objects.filter(direction="out").exists()
    assert not Message.objects.filter(body__contains="Secret").exists()
