"""What the verbs of a conversation take, and what is answered where that is not a conversation."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from apps.accounts.models import Employee
from apps.conversations.actions import DEEDS, Outcome
from apps.conversations.api.messages import TemplateChoiceSerializer, one_of_both
from apps.conversations.models import Conversation
from apps.core.api import Instant, Strict
from apps.customers.api.cards import OutcomeSerializer
from apps.customers.models import Customer, Label
from apps.gateways.models import Inbox


class TakeoverSerializer(Strict):
    """`force` takes it from the person who has it; that needs the right to assign."""

    force = serializers.BooleanField(default=False)


class HandbackSerializer(Strict):
    """The mode to go on in, the one before unless said, and why."""

    mode = serializers.ChoiceField(["ai", "hybrid"], required=False)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ModeSerializer(Strict):
    """Let the assistant answer (ai) or only draft (hybrid)."""

    mode = serializers.ChoiceField(Conversation.Mode.choices)


class AssignSerializer(Strict):
    """To whom."""

    employee = serializers.PrimaryKeyRelatedField(queryset=Employee.objects.filter(deactivated_at=None))


class PrioritySerializer(Strict):
    """How urgent it is."""

    priority = serializers.ChoiceField(Conversation.Priority.choices)


class ReadSerializer(Strict):
    """Up to which sequence; all there is unless said."""

    seq = serializers.IntegerField(min_value=0, max_value=2**63 - 1, required=False)


class TransferSerializer(AssignSerializer):
    """To whom, and why."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class SnoozeSerializer(Strict):
    """Until when: within the next year."""

    until = Instant()


class LabelsSerializer(Strict):
    """All the labels it shall have."""

    labels = serializers.PrimaryKeyRelatedField(queryset=Label.objects.all(), many=True)


class StartSerializer(Strict):
    """To whom, from which number, and the first word: a text, or a template of that number."""

    id = serializers.UUIDField(required=False)
    customer = serializers.PrimaryKeyRelatedField(queryset=Customer.objects.all())
    inbox = serializers.PrimaryKeyRelatedField(queryset=Inbox.objects.filter(archived_at=None))
    body = serializers.CharField(max_length=10_000, required=False)
    template = TemplateChoiceSerializer(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return one_of_both(attrs)


class BulkSerializer(Strict):
    """Up to a hundred conversations, one verb, and the fact it takes: employee, labels, until or priority."""

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=100)
    verb = serializers.ChoiceField(sorted(DEEDS))
    employee = serializers.PrimaryKeyRelatedField(queryset=Employee.objects.filter(deactivated_at=None), required=False)
    labels = serializers.PrimaryKeyRelatedField(queryset=Label.objects.all(), many=True, required=False)
    until = Instant(required=False)
    priority = serializers.ChoiceField(Conversation.Priority.choices, required=False)


class BulkResultSerializer(Strict):
    """What became of each, in the order asked."""

    results = OutcomeSerializer(many=True)


def told(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Outcomes as BulkResultSerializer shows them."""
    return {"results": [{**each._asdict(), "id": str(each.id)} for each in outcomes]}
