"""The audience of a nudge and the rows a person may see are one rule, written in Python and in SQL."""

import pytest

from apps.accounts.models import Employee
from apps.conversations import actions
from apps.conversations.models import Conversation
from apps.conversations.queries import readers_of
from apps.gateways.models import InboxGroupPermission
from tests.factories import a_conversation, an_inbox
from tests.people import TEAM, employee


@pytest.mark.parametrize("holder", [None, *TEAM])
@pytest.mark.parametrize("granted", [True, False])
@pytest.mark.parametrize("without", [None, "conversations.view", "conversations.view_all"])
def test_who_reads_is_who_sees(acme, holder, granted, without):
    inbox = an_inbox()
    conversation = a_conversation(inbox)
    if holder:
        conversation = actions.assign_conversation(conversation, to=employee(holder), by=employee("mona").user.actor)
    if not granted:
        InboxGroupPermission.objects.filter(content_object=inbox).delete()
    if without:
        Employee.objects.update(denials=[without])

    readers = {person.user.email for person in readers_of(conversation)}
    seers = {
        person.user.email
        for person in Employee.objects.select_related("user", "role")
        if Conversation.objects.for_user(person.user).filter(pk=conversation.pk).exists()
    }

    assert readers == seers
