"""How a conversation is sorted: its labels and how urgent it is."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from apps.conversations.actions import threads
from apps.conversations.models import Conversation
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.customers.models import Label


@transaction.atomic
def set_labels(conversation: Conversation, *, labels: Collection[Label], by: Actor) -> Conversation:
    """Give it exactly these labels. One line says which came and which went."""
    conversation = threads.lock(conversation)
    before = {label.pk: label.name for label in conversation.labels.all()}
    after = {label.pk: label.name for label in labels}
    if before.keys() == after.keys():
        return conversation
    conversation.labels.set(labels)
    came = sorted(name for pk, name in after.items() if pk not in before)
    went = sorted(name for pk, name in before.items() if pk not in after)
    threads.add_line(conversation, "labelled", by=by, name=by.label, added=came, removed=went)
    return threads.settle(conversation, by, "labelled", after={"added": came, "removed": went})


@transaction.atomic
def add_labels(conversation: Conversation, *, labels: Collection[Label], by: Actor) -> Conversation:
    """Give it these labels beside those it has."""
    conversation = threads.lock(conversation)
    return set_labels(conversation, labels={*conversation.labels.all(), *labels}, by=by)


@transaction.atomic
def set_priority(conversation: Conversation, *, priority: str, by: Actor) -> Conversation:
    """Say how urgent it is."""
    conversation = threads.lock(conversation)
    if priority not in Conversation.Priority.values:
        raise Refusal("invalid", _("The priority is low, normal, high or urgent."))
    if conversation.priority == priority:
        return conversation
    before, conversation.priority = conversation.priority, priority
    threads.add_line(conversation, "priority_set", by=by, name=by.label, priority=priority, before=before)
    return threads.settle(conversation, by, "set_priority", "priority", after={"priority": priority})
