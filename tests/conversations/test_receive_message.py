"""What happens when a customer writes."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.conversations import actions
from apps.conversations.events import MessageReceived
from apps.conversations.models import Conversation, Message
from apps.customers.models import Customer, Identity
from apps.gateways import protocol
from tests.factories import a_fact, a_message, an_inbox


@pytest.fixture
def inbox(acme):
    return an_inbox()


def test_a_first_message_makes_customer_conversation_and_row(
    inbox, globex, announced, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as callbacks:
        message = a_message(inbox, "مرحبا، كم سعر القراءة؟")

    conversation = message.conversation.fresh()
    assert announced(callbacks) == [MessageReceived(message_id=message.pk)]
    assert (message.direction, message.status, message.seq, message.arrived_seq) == ("in", "received", 1, 1)
    assert (conversation.status, conversation.last_seq, conversation.language) == ("open", 1, "ar")
    assert conversation.window_until == message.provider_at + timedelta(hours=24)
    assert (conversation.customer.phone, conversation.customer.country) == ("+96170123456", "LB")
    with tenant_context(globex):
        assert (Message.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_repeated_message_is_stored_once(inbox):
    fact = a_fact()
    actions.receive_message(inbox, fact)

    with pytest.raises(actions.AlreadyStored):
        actions.receive_message(inbox, fact)

    assert Message.objects.count() == 1
    assert Conversation.objects.get().last_seq == 1


def test_the_same_provider_id_in_two_businesses_is_two_messages(inbox, globex):
    fact = a_fact()
    actions.receive_message(inbox, fact)
    with tenant_context(globex):
        actions.receive_message(an_inbox(), fact)

        assert Message.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_late_message_takes_its_place_by_provider_time_and_opens_no_window(inbox):
    now = timezone.now()
    first = a_message(inbox, "now", at=now)
    late = a_message(inbox, "fifty hours ago", at=now - timedelta(hours=50))

    conversation = first.conversation.fresh()
    assert [m.body for m in conversation.messages.order_by("provider_at")] == ["fifty hours ago", "now"]
    assert late.arrived_seq == 2
    assert conversation.last_message_id == first.pk
    assert conversation.window_until == now + timedelta(hours=24)


def test_an_old_message_alone_has_a_closed_window_and_needs_a_person(acme):
    message = a_message(an_inbox(default_mode="ai"), at=timezone.now() - timedelta(hours=50))

    conversation = message.conversation.fresh()
    assert conversation.window_until < timezone.now()
    assert (conversation.needs_human, conversation.needs_reason) == (True, "late")


def test_a_customer_known_by_user_id_is_not_forked_when_the_phone_appears(inbox):
    by_id = protocol.Person(provider_user="LB.123", profile_name="Nour")
    both = protocol.Person(provider_user="LB.123", phone="+96170999888", profile_name="Nour")
    a_message(inbox, person=by_id)
    a_message(inbox, person=both)

    customer = Customer.objects.get()
    assert customer.phone == "+96170999888"
    assert sorted(customer.identities.values_list("kind", flat=True)) == ["phone", "provider_user"]
    assert Conversation.objects.count() == 1


def test_a_new_number_relinks_the_customer(inbox):
    a_message(inbox, phone="+96170111111")
    old, new = protocol.Person(phone="+96170111111"), protocol.Person(phone="+96170222222")
    changed = protocol.IdentityChanged(
        external_id="wamid.sys", provider_at=timezone.now(), old=old, new=new, what="number"
    )

    actions.change_identity(inbox, changed)
    a_message(inbox, phone="+96170222222")

    customer = Customer.objects.get()
    assert customer.phone == "+96170222222"
    assert Identity.objects.filter(retired_at=None).count() == 1
    assert Conversation.objects.get().messages.filter(type="system").get().payload["event"] == "number_changed"


def test_a_resolved_conversation_opens_again_within_its_days_and_is_new_after(inbox):
    conversation = a_message(inbox).conversation
    Conversation.objects.filter(pk=conversation.pk).update(status="resolved", resolved_at=timezone.now())
    assert a_message(inbox).conversation_id == conversation.pk

    Conversation.objects.filter(pk=conversation.pk).update(
        status="resolved", resolved_at=timezone.now() - timedelta(days=3)
    )
    assert a_message(inbox).conversation_id != conversation.pk


def test_reactions_edits_and_revokes_change_the_message_and_its_place(inbox):
    message = a_message(inbox, "the frist text")
    person, at = protocol.Person(phone="+96170123456"), timezone.now()

    actions.edit(inbox, protocol.Edited("wamid.e", message.external_id, "the first text", at, person))
    actions.react(inbox, protocol.ReactionChange("wamid.r1", message.external_id, "👍", person, at))
    later = at + timedelta(seconds=1)
    actions.react(inbox, protocol.ReactionChange("wamid.r2", message.external_id, None, person, later))

    message = message.fresh()
    assert (message.body, message.history[0]["body"]) == ("the first text", "the frist text")
    assert message.reactions.filter(removed_at=None).count() == 0
    assert (message.seq, message.arrived_seq) == (4, 1)

    actions.revoke(inbox, protocol.Revoked("wamid.x", message.external_id, at, person))
    assert (message.fresh().body, message.fresh().revoked_at) == ("", at)


def test_what_points_at_an_unknown_message_is_not_here_yet(inbox):
    fact = protocol.Revoked("wamid.x", "wamid.nobody", timezone.now(), protocol.Person(phone="+96170123456"))

    with pytest.raises(actions.NotHereYet):
        actions.revoke(inbox, fact)


def test_an_echo_of_the_phone_app_takes_the_word(acme):
    inbox = an_inbox(default_mode="ai")
    conversation = a_message(inbox).conversation.fresh()
    fact = protocol.Echo("wamid.echo", timezone.now(), protocol.Person(phone="+96170123456"), "text", "I am here", {})

    actions.receive_echo(inbox, fact)

    conversation = conversation.fresh()
    assert (conversation.mode, conversation.holder, conversation.epoch) == ("human", "phone_app", 2)
    actions.return_lease(conversation, now=timezone.now() + timedelta(hours=2))
    assert (conversation.fresh().mode, conversation.fresh().holder) == ("ai", "assistant")
