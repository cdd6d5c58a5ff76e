"""The JSON door to messages: what was said, saying something, and what a person decides about a message of ours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.conversations import actions
from apps.conversations.models import Conversation, Message
from apps.core.access import get_for
from apps.core.api import GuardedViewSet, Instant, Strict, StrictModel, verb
from apps.core.refusals import Refusal
from apps.gateways.models import Template


class MessageSerializer(StrictModel):
    """One thing said, by either side, or a line that says what changed."""

    class Meta:
        model = Message
        fields = (
            "id", "conversation", "inbox", "seq", "arrived_seq", "direction", "type", "body", "payload", "reply_to",
            "external_id", "provider_at", "status", "send_at", "sent_at", "delivered_at", "read_at", "played_at",
            "failed_at", "error_code", "error_text", "attempts", "edited_at", "revoked_at", "hidden_at", "history",
            "parts", "actor_kind", "actor_id", "actor_label", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class TemplateChoiceSerializer(Strict):
    """A template of the conversation's inbox, and a value for each of its places."""

    id = serializers.PrimaryKeyRelatedField(queryset=Template.objects.filter(archived_at=None))
    values = serializers.DictField(child=serializers.CharField(max_length=2000, allow_blank=True), default=dict)


def one_of_both(attrs: dict[str, Any]) -> dict[str, Any]:
    """Raise ValidationError unless there is either a text or a template; files may stand for a text."""
    if attrs.get("attachments") and not attrs.get("template"):
        return attrs
    if bool(attrs.get("template")) == ("body" in attrs):
        text = _("Send either a text or a template.") if "body" in attrs else _("This field is required.")
        raise serializers.ValidationError({"body": [text]})
    return attrs


class SendSerializer(Strict):
    """A text or a template, the id the caller chose for it, what it answers, and fresh uploads of the caller.

    With `send_at` it waits until then (90 days at most): `unless_answered` takes it back if the customer writes first,
    `fallback` is the template that goes instead if the window is closed by then.
    """

    id = serializers.UUIDField(required=False)
    body = serializers.CharField(max_length=10_000, required=False)
    reply_to = serializers.UUIDField(required=False, allow_null=True)
    template = TemplateChoiceSerializer(required=False, allow_null=True)
    attachments = serializers.ListField(child=serializers.UUIDField(), max_length=10, default=list)
    send_at = Instant(required=False, allow_null=True)
    unless_answered = serializers.BooleanField(required=False)
    fallback = TemplateChoiceSerializer(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("send_at") and (attrs.get("unless_answered") or attrs.get("fallback")):
            raise serializers.ValidationError({"send_at": [_("Say when it shall leave.")]})
        return one_of_both(attrs)


class NewMessageSerializer(SendSerializer):
    """The same, with the conversation it is said in."""

    conversation = serializers.UUIDField()


class ReactSerializer(Strict):
    """One emoji, or none."""

    emoji = serializers.CharField(max_length=16, allow_blank=True)


class MessageFilter(filters.FilterSet):
    """Of one conversation: what changed after a sequence (`since`), what lies before one (`before`)."""

    since = filters.NumberFilter(field_name="seq", lookup_expr="gt")
    before = filters.NumberFilter(field_name="seq", lookup_expr="lt")

    class Meta:
        model = Message
        fields = ("conversation", "inbox", "direction", "status", "type", "external_id")


class MessageViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Messages in the provider's time, the newest first; with `since`, what changed, in the order it did."""

    queryset = Message.objects.all()
    serializer_class = MessageSerializer
    filterset_class = MessageFilter
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "create": "reply"}
    takes: ClassVar[dict[str, Any]] = {"create": NewMessageSerializer}
    speaking: ClassVar[tuple[str, ...]] = ("create", "retry")

    def get_ordering(self) -> tuple[str, ...]:
        if "since" in self.request.query_params:
            return ("seq", "id")
        return ("-provider_at", "-created_at", "-id")

    def create(self, request: Request) -> Response:
        """Say something in a conversation: the same act as its verb `send`."""
        said = dict(self.checked().validated_data)
        conversation = get_for(request.user, "reply", Conversation.objects.all(), pk=said.pop("conversation"))
        return self.write(lambda: say(self, conversation, **said), 201)

    @verb("reply")
    def retry(self, message: Message) -> Message:
        """Send it again, as a new attempt."""
        return actions.retry_message(message, by=self.actor)

    @verb("reply")
    def cancel(self, message: Message) -> Message:
        """Take back what no worker has claimed yet."""
        return actions.cancel_message(message, by=self.actor)

    @verb("reply")
    def mark_not_sent(self, message: Message) -> Message:
        """A person has looked: it did not arrive."""
        return actions.mark_not_sent(message, by=self.actor)

    @verb("delete")
    def hide(self, message: Message) -> Message:
        """Take it off the screens and out of what is taken out; the customer's phone keeps it."""
        return actions.hide_message(message, by=self.actor)

    @verb("reply", takes=ReactSerializer)
    def react(self, message: Message, emoji: str) -> Message:
        """Put an emoji on it in place of ours before; an empty one takes it off."""
        return actions.react_to_message(message, emoji=emoji, by=self.actor)


def say(
    view: GuardedViewSet,
    conversation: Conversation,
    body: str = "",
    id: UUID | None = None,
    reply_to: UUID | None = None,
    template: dict[str, Any] | None = None,
    attachments: Sequence[UUID] = (),
    send_at: datetime | None = None,
    unless_answered: bool = False,
    fallback: dict[str, Any] | None = None,
) -> Message:
    """Send as the caller. Whoever may answer but not take over is refused while the assistant has the word."""
    user = view.request.user
    quoted = conversation.messages.filter(pk=reply_to).first() if reply_to else None
    if reply_to and quoted is None:
        raise serializers.ValidationError({"reply_to": [_("This message is not of this conversation.")]})
    takes_over = conversation.mode != Conversation.Mode.HUMAN and send_at is None
    if takes_over and not _may_take_over(user, conversation):
        raise Refusal("held_by_other", _("The assistant is answering here, and you may not take over."))
    said: dict[str, Any] = {"body": body, "attachments": attachments}
    if template:
        said = {"template": template["id"], "values": template["values"]}
    if send_at is not None:
        instead = {"fallback": fallback["id"], "values": fallback["values"]} if fallback else {}
        said["later"] = actions.Later(at=send_at, unless_answered=unless_answered, **instead)
    return actions.send_message(conversation, id=id, reply_to=quoted, employee=user.employee, by=view.actor, **said)


def _may_take_over(user: Any, conversation: Conversation) -> bool:
    rows: QuerySet[Conversation] = Conversation.objects.for_user(user, "takeover")
    return rows.filter(pk=conversation.pk).exists()
