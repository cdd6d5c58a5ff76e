"""Conversations by JSON: who may do which verb, and what it leaves behind."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from apps.audit.models import AuditEvent
from apps.conversations.models import Conversation, Message, Note
from tests import people

Call = Callable[..., Any]


def at(conversation: Conversation, verb: str = "") -> str:
    return f"conversations/{conversation.pk}/{verb + '/' if verb else ''}"


def test_a_conversation_is_listed_with_what_is_unread(api: Call, conversation: Conversation) -> None:
    answer = api("mona")("GET", "conversations/").json()

    assert [row["id"] for row in answer["results"]] == [str(conversation.pk)]
    assert answer["results"][0]["unread"] == 1
    assert answer["results"][0]["inbox"] == str(conversation.inbox_id)
    assert answer["next"] is answer["previous"] is None


def test_counts_equal_the_filtered_lists(api: Call, conversation: Conversation) -> None:
    mona = api("mona")
    mona("POST", at(conversation, "takeover"))

    counts = mona("GET", "conversations/counts/").json()

    assert counts == {"mine": 1, "unassigned": 0, "all": 1, "needs": 0, "blocked": 0}
    for tab, count in counts.items():
        assert len(mona("GET", f"conversations/?tab={tab}").json()["results"]) == count


@pytest.mark.parametrize(("person", "status"), [("mona", 201), ("karim", 201), ("omar", 403)])
def test_who_may_send(api: Call, conversation: Conversation, person: str, status: int) -> None:
    answer = api(person)("POST", at(conversation, "send"), body="Good morning")

    assert answer.status_code == status
    assert Message.objects.filter(direction="out").count() == (status == 201)


def test_a_refusal_names_the_permission_that_is_missing(api: Call, conversation: Conversation) -> None:
    answer = api("omar")("POST", at(conversation, "send"), body="Good morning")

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "permission_denied"
    assert answer.json()["required_permission"] == "conversations.send_message"


def test_the_answer_to_send_is_the_message(api: Call, conversation: Conversation) -> None:
    chosen = str(uuid4())

    said = api("mona")("POST", at(conversation, "send"), id=chosen, body="مرحبا").json()

    assert (said["id"], said["body"], said["conversation"]) == (chosen, "مرحبا", str(conversation.pk))
    assert (said["direction"], said["status"], said["actor_kind"]) == ("out", "queued", "employee")


def test_one_id_twice_is_one_message(api: Call, conversation: Conversation) -> None:
    mona, chosen = api("mona"), str(uuid4())

    first = mona("POST", at(conversation, "send"), id=chosen, body="Once")
    again = mona("POST", "messages/", conversation=str(conversation.pk), id=chosen, body="Once")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert Message.objects.filter(direction="out").count() == 1


def test_one_id_with_two_texts_is_refused(api: Call, conversation: Conversation) -> None:
    mona, chosen = api("mona"), str(uuid4())
    mona("POST", at(conversation, "send"), id=chosen, body="Once")

    answer = mona("POST", at(conversation, "send"), id=chosen, body="Twice")

    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate")
    assert [row.body for row in Message.objects.filter(direction="out")] == ["Once"]


def test_a_token_writes_as_a_token(by_token: Call, conversation: Conversation) -> None:
    said = by_token("mona")("POST", at(conversation, "send"), body="From a program").json()

    assert said["actor_kind"] == "api_token"
    assert AuditEvent.objects.get(verb="sent").actor_kind == "api_token"


def test_a_reply_quotes_only_its_own_conversation(api: Call, conversation: Conversation, foreign: Conversation) -> None:
    answer = api("mona")("POST", at(conversation, "send"), body="Yes", reply_to=str(foreign.last_message_id))

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reply_to"])
    assert Message.objects.filter(direction="out").count() == 0


def test_taking_over_twice_is_held_by_other(api: Call, conversation: Conversation) -> None:
    first = api("mona")("POST", at(conversation, "takeover"))
    second = api("karim")("POST", at(conversation, "takeover"))

    assert (first.status_code, second.status_code) == (200, 404)  # an agent no longer sees what a colleague took
    assert conversation.fresh().assignee == people.employee("mona")


def test_a_conversation_that_somebody_holds_is_taken_by_force_only(api: Call, conversation: Conversation) -> None:
    api("karim")("POST", at(conversation, "takeover"))

    refused = api("mona")("POST", at(conversation, "takeover"))
    forced = api("mona")("POST", at(conversation, "takeover"), force=True)

    assert (refused.status_code, refused.json()["code"]) == (409, "held_by_other")
    assert "Karim" in refused.json()["detail"]
    assert (forced.status_code, forced.json()["assignee"]) == (200, str(people.employee("mona").pk))


def test_force_needs_the_right_to_assign(api: Call, conversation: Conversation) -> None:
    answer = api("karim")("POST", at(conversation, "takeover"), force=True)

    assert (answer.status_code, answer.json()["required_permission"]) == (403, "conversations.assign")
    assert conversation.fresh().assignee is None


def test_whoever_has_a_conversation_may_hand_it_back(api: Call, conversation: Conversation) -> None:
    karim = api("karim")
    karim("POST", at(conversation, "takeover"))

    answer = karim("POST", at(conversation, "handback"), mode="hybrid", reason="done")

    assert (answer.status_code, answer.json()["mode"], answer.json()["assignee"]) == (200, "hybrid", None)


def test_somebody_else_may_not_hand_it_back(api: Call, conversation: Conversation) -> None:
    api("mona")("POST", at(conversation, "takeover"))

    answer = api("omar")("POST", at(conversation, "handback"))

    assert (answer.status_code, answer.json()["required_permission"]) == (403, "conversations.assign")
    assert conversation.fresh().mode == "human"


@pytest.mark.parametrize(("person", "status"), [("mona", 200), ("omar", 403)])
def test_who_may_assign(api: Call, conversation: Conversation, person: str, status: int) -> None:
    answer = api(person)("POST", at(conversation, "assign"), employee=str(people.employee("layla").pk))

    assert answer.status_code == status
    assert (conversation.fresh().assignee_id is not None) == (status == 200)


def test_assigning_and_unassigning(api: Call, conversation: Conversation) -> None:
    mona = api("mona")

    given = mona("POST", at(conversation, "assign"), employee=str(people.employee("layla").pk)).json()
    taken = mona("POST", at(conversation, "unassign")).json()

    assert (given["assignee"], taken["assignee"]) == (str(people.employee("layla").pk), None)


def test_closing_reopening_and_priority(api: Call, conversation: Conversation) -> None:
    mona = api("mona")

    urgent = mona("POST", at(conversation, "set-priority"), priority="urgent").json()
    closed = mona("POST", at(conversation, "close")).json()
    twice = mona("POST", at(conversation, "close"))
    opened = mona("POST", at(conversation, "reopen")).json()

    assert urgent["priority"] == "urgent"
    assert (closed["status"], opened["status"]) == ("resolved", "open")
    assert (twice.status_code, twice.json()["code"]) == (409, "illegal_transition")


def test_modes_are_switched_between_assistant_and_draft(api: Call, conversation: Conversation) -> None:
    mona = api("mona")
    mona("POST", at(conversation, "handback"), mode="ai")

    drafting = mona("POST", at(conversation, "set-mode"), mode="hybrid")
    nonsense = mona("POST", at(conversation, "set-mode"), mode="loud")

    assert (drafting.status_code, drafting.json()["mode"]) == (200, "hybrid")
    assert (nonsense.status_code, list(nonsense.json()["errors"])) == (400, ["mode"])


def test_reading_is_each_persons_own(api: Call, conversation: Conversation) -> None:
    mona, omar = api("mona"), api("omar")

    read = mona("POST", at(conversation, "read"))

    assert read.json()["unread"] == 0
    assert omar("GET", at(conversation)).json()["unread"] == 1
    assert mona("POST", at(conversation, "unread")).json()["unread"] == 1
    assert mona("POST", at(conversation, "typing")).status_code == 204


def test_notes_are_for_those_who_may_read_them(api: Call, conversation: Conversation) -> None:
    written = api("karim")("POST", at(conversation, "note"), body="Prefers Arabic")
    refused = api("omar")("POST", at(conversation, "note"), body="Me too")

    assert (written.status_code, written.json()["author"]) == (201, str(people.employee("karim").pk))
    assert (refused.status_code, refused.json()["required_permission"]) == (403, "notes.create")
    assert [row["body"] for row in api("mona")("GET", "notes/").json()["results"]] == ["Prefers Arabic"]
    assert api("omar")("GET", "notes/").json()["required_permission"] == "notes.view"
    assert api("omar")("GET", f"notes/{written.json()['id']}/").status_code == 403
    assert Note.objects.count() == 1


def test_messages_come_newest_first_and_changes_in_order(api: Call, conversation: Conversation) -> None:
    mona = api("mona")
    for body in ("One", "Two"):
        mona("POST", at(conversation, "send"), body=body)

    newest = mona("GET", f"messages/?conversation={conversation.pk}&direction=out").json()["results"]
    since = mona("GET", f"messages/?conversation={conversation.pk}&since={conversation.last_seq}").json()["results"]
    before = mona("GET", f"messages/?conversation={conversation.pk}&before=2").json()["results"]

    assert [row["body"] for row in newest] == ["Two", "One"]
    assert [row["body"] for row in since if row["direction"] == "out"] == ["One", "Two"]
    assert [row["body"] for row in before] == ["Hello there"]


def test_a_failed_message_is_sent_again_or_given_up(api: Call, conversation: Conversation) -> None:
    mona = api("mona")
    said = mona("POST", at(conversation, "send"), body="Hello").json()

    taken_back = mona("POST", f"messages/{said['id']}/cancel/")
    too_late = mona("POST", f"messages/{said['id']}/retry/")

    assert taken_back.json()["status"] == "canceled"
    assert (too_late.status_code, too_late.json()["code"]) == (409, "illegal_transition")


@pytest.mark.parametrize("verb", ["retry", "cancel", "mark-not-sent"])
def test_a_viewer_decides_nothing_about_messages(api: Call, conversation: Conversation, verb: str) -> None:
    said = api("mona")("POST", at(conversation, "send"), body="Hello").json()
    before = Message.objects.values().get(pk=said["id"])

    answer = api("omar")("POST", f"messages/{said['id']}/{verb}/")

    assert answer.status_code == 403
    assert Message.objects.values().get(pk=said["id"]) == before
