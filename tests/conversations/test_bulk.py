"""One verb on many: each is done or refused by itself, and nobody may do to many what they may not do to one."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.conversations import actions
from apps.conversations.models import Conversation
from apps.core.actors import SYSTEM
from apps.customers.models import Label
from tests.factories import a_message, an_inbox
from tests.people import employee

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def rows(acme):
    inbox = an_inbox("simulator")
    return [a_message(inbox, phone=f"+9617012345{n}").conversation.fresh() for n in range(3)]


def ask(client, rows, verb, **facts):
    form = {"ids": [str(row.pk) for row in rows], "verb": verb, **facts}
    return client.post(reverse("bulk", urlconf="config.urls"), form, headers=SCRIPT)


def ok(answer):
    assert answer.status_code == 200, answer.content
    return [each["ok"] for each in answer.json()["results"]]


def test_one_that_is_refused_leaves_the_others_done(rows, client_of):
    actions.close_conversation(rows[1], by=SYSTEM)
    answer = ask(client_of("karim"), rows, "resolve")

    assert ok(answer) == [True, False, True]
    assert answer.json()["results"][1]["code"] == "illegal_transition"
    assert {row.fresh().status for row in rows} == {"resolved"}


def test_every_verb_does_what_it_does_alone(rows, client_of):
    mona, label = client_of("mona"), Label.objects.create(name="Regular")
    rows[0].labels.add(Label.objects.create(name="kept"))
    until = (timezone.now() + timedelta(days=1)).isoformat()

    assert all(ok(ask(mona, rows, "assign", employee=str(employee("karim").pk))))
    assert all(ok(ask(mona, rows, "label", labels=[str(label.pk)])))
    assert all(ok(ask(mona, rows, "priority", priority="urgent")))
    assert all(ok(ask(mona, rows, "snooze", until=until)))
    assert all(ok(ask(mona, rows, "read")))
    assert all(ok(ask(mona, rows, "unread")))
    for row in map(Conversation.fresh, rows):
        assert (row.assignee.full_name, row.priority, row.status) == ("Karim", "urgent", "snoozed")
    assert set(rows[0].labels.values_list("name", flat=True)) == {"kept", "Regular"}


def test_nobody_does_to_many_what_they_may_not_do_to_one(rows, client_of):
    actions.assign_conversation(rows[0], to=employee("layla"), by=SYSTEM)
    answer = ask(client_of("karim"), [*rows[:2]], "assign", employee=str(employee("karim").pk))
    codes = [each["code"] for each in answer.json()["results"]]

    assert codes == ["not_found", "permission_denied"]  # another agent's is not even seen
    assert ok(ask(client_of("omar"), rows, "resolve")) == [False] * 3
    assert rows[1].fresh().assignee is None
    assert {row.fresh().status for row in rows} == {"open"}


@pytest.mark.parametrize(
    ("verb", "facts"), [("delete", {}), ("snooze", {}), ("priority", {}), ("assign", {}), ("priority", {"ids": []})]
)
def test_what_is_not_said_is_asked_for(rows, client_of, verb, facts):
    answer = ask(client_of("mona"), rows, verb, **facts)

    assert answer.status_code == 400
    assert {row.fresh().last_seq for row in rows} == {1}


def test_a_hundred_at_once_and_not_one_more(rows, client_of):
    more = [type("Row", (), {"pk": uuid.uuid4()}) for _ in range(98)]

    assert ask(client_of("mona"), [*rows, *more], "resolve").status_code == 400
    assert ok(ask(client_of("mona"), [*rows, *more[:97]], "resolve")).count(True) == 3


def test_the_api_reports_each(rows, client_of):
    body = {"ids": [str(rows[0].pk), str(uuid.uuid4())], "verb": "priority", "priority": "low"}
    answer = client_of("mona").post("/api/v1/conversations/bulk/", body, "application/json")

    assert ok(answer) == [True, False]
    assert rows[0].fresh().priority == "low"
