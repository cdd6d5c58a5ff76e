"""What is hidden leaves screens, API and files; what was counted stays counted."""

import csv
import io
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEvent
from apps.conversations import actions, queries, transcripts
from apps.conversations.models import Conversation, Message, UsageWindow
from apps.core.actors import SYSTEM
from apps.core.refusals import Refusal
from tests.factories import a_conversation, a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}
SECRET = "my card is 4111"


@pytest.fixture
def inbox(acme):
    return an_inbox("simulator")


@pytest.fixture
def message(inbox):
    a_message(inbox, "Good evening")
    return a_message(inbox, SECRET)


def door(name, row):
    return reverse(name, args=[row.pk], urlconf="config.urls")


def test_a_hidden_message_leaves_the_screens_the_api_and_the_file(message, client_of):
    samia, conversation = client_of("samia"), message.conversation
    assert samia.post(door("message-hide", message), headers=SCRIPT).status_code == 204

    seen = [
        samia.get(door("conversation", conversation)), samia.get(door("thread-rows", conversation), {"since": 0}),
        samia.get("/inbox/list/"), samia.get(f"/api/v1/messages/{message.pk}/"),
        samia.get(door("export-conversation", conversation)), samia.get("/api/v1/messages/"),
    ]  # fmt: skip
    assert [page.status_code for page in seen] == [200] * len(seen)
    assert not [page for page in seen if "4111" in page.content.decode()]
    assert Message.objects.filter(pk=message.pk).values_list("body", flat=True).get() == SECRET
    hidden = AuditEvent.objects.get(verb="hidden", object_id=message.pk)
    assert (hidden.actor_label, SECRET in json.dumps([hidden.before, hidden.after])) == ("Samia", False)


def test_a_quote_of_a_hidden_message_says_nothing(message, inbox):
    a_message(inbox, "This one", reply_to_external=message.external_id)
    actions.hide_message(message, by=SYSTEM)

    quoting = queries.thread(message.conversation, with_notes=False)[-1]
    assert (quoting.body, quoting.reply_to.body) == ("This one", "")


def test_hiding_twice_changes_nothing_and_a_line_is_not_hidden(message):
    actions.set_priority(message.conversation, priority="high", by=SYSTEM)
    line = message.conversation.messages.get(type="system")
    actions.hide_message(message, by=SYSTEM)
    seq = message.conversation.fresh().last_seq
    actions.hide_message(message, by=SYSTEM)

    assert message.conversation.fresh().last_seq == seq
    with pytest.raises(Refusal):
        actions.hide_message(line, by=SYSTEM)
    assert line.fresh().hidden_at is None


def test_what_is_hidden_before_it_leaves_is_not_sent(message):
    queued = actions.send_message(message.conversation, body="Wrong chat", by=SYSTEM)
    actions.hide_message(queued, by=SYSTEM)

    assert queued.fresh().status == "canceled"
    assert actions.claim(queued.pk) is None


def test_only_who_may_delete_hides(message, client_of):
    for name in ("mona", "karim", "omar"):
        assert client_of(name).post(door("message-hide", message), headers=SCRIPT).status_code == 403
    assert message.fresh().hidden_at is None


def test_clearing_hides_all_keeps_the_row_and_every_screen_hears_of_each(message):
    conversation = message.conversation
    Conversation.objects.filter(pk=conversation.pk).update(stage="PAYMENT")
    windows, seq = UsageWindow.objects.values_list("number", "over_limit"), conversation.fresh().last_seq
    before = list(windows)
    actions.clear_conversation(conversation, by=SYSTEM)

    after = conversation.fresh()
    assert (after.stage, after.status, after.hidden_at) == ("", "open", None)
    assert [row.body for row in queries.thread(after, since=seq, with_notes=False)] == ["", "", ""]
    assert {row.line for row in queries.thread(after, since=seq, with_notes=False)} == {
        "",
        " hid everything said before",
    }
    seqs = list(conversation.messages.values_list("seq", flat=True))
    assert (len(set(seqs)), max(seqs)) == (3, after.last_seq)
    assert list(windows) == before


def test_deleting_takes_it_out_of_the_lists_and_the_next_message_begins_another(message, inbox, client_of):
    conversation = message.conversation
    assert client_of("samia").post(door("delete-conversation", conversation), headers=SCRIPT).status_code == 204

    assert conversation.fresh().status == "resolved"
    assert not queries.conversations_for(employee("samia").user).exists()
    assert client_of("samia").get(door("conversation", conversation)).status_code == 404
    assert UsageWindow.objects.count() == 1
    assert a_message(inbox, "Hello again").conversation_id != conversation.pk


@pytest.mark.parametrize("kind", ["json", "text", "csv"])
def test_a_file_holds_as_many_messages_as_were_said(message, client_of, kind):
    conversation = message.conversation
    actions.send_message(conversation, body="=1+1", by=SYSTEM)
    actions.hide_message(message, by=SYSTEM)
    answer = client_of("mona").get(door("export-conversation", conversation), {"format": kind})
    text = answer.content.decode()

    if kind == "json":
        assert [row["body"] for row in json.loads(text)["messages"]] == ["Good evening", "=1+1"]
    elif kind == "csv":
        assert [row["body"] for row in csv.DictReader(io.StringIO(text))] == ["Good evening", "'=1+1"]
    else:
        assert [line.split(": ", 1)[1] for line in text.splitlines()[2:]] == ["Good evening", "=1+1"]
    assert answer["Content-Type"] == transcripts.TYPES[kind]
    assert AuditEvent.objects.get(verb="exported").after == {"format": kind, "messages": 2}


def test_the_api_gives_the_same_file(message, client_of):
    mona, address = client_of("mona"), f"/api/v1/conversations/{message.conversation_id}/export/"

    for kind in transcripts.FORMS:
        assert mona.get(address, {"format": kind})["Content-Type"] == transcripts.TYPES[kind]
    assert mona.get(address).json()["messages"][0]["body"] == "Good evening"
    assert client_of("karim").get(address, {"format": "csv"}).status_code == 403
    assert mona.get(address, {"format": "pdf"}).status_code == 404


def test_no_note_leaves_in_a_file(acme, client_of):
    conversation, mona = a_conversation(), employee("mona")
    actions.add_note(conversation, body="She paid twice", author=mona, by=mona.user.actor)

    for kind in transcripts.FORMS:
        assert "She paid twice" not in transcripts.write(conversation, kind, by=SYSTEM)


def test_a_hidden_message_is_not_sent_again(message):
    sent = actions.send_message(message.conversation, body="Hi", by=SYSTEM)
    Message.objects.filter(pk=sent.pk).update(status="failed", error_code="131026", hidden_at=timezone.now())

    with pytest.raises(Refusal):
        actions.retry_message(sent.fresh(), by=SYSTEM)
    assert sent.fresh().status == "failed"
