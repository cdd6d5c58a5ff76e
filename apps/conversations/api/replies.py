"""The JSON door to replies kept ready: found by shortcut, title or text, and filled for a conversation."""

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.conversations import actions, composing
from apps.conversations.models import CannedReply, Conversation
from apps.core.access import get_for
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.customers.models import Customer

FIELDS = ("title", "shortcut", "category", "body_en", "body_ar", "tags", "scope", "attachment_ids")


class ReplySerializer(StrictModel):
    """A text kept ready, and how often it was used."""

    class Meta:
        model = CannedReply
        fields = ("id", *FIELDS, "sort", "use_count", "last_used_at", "last_used_by", "created_at", "updated_at")
        read_only_fields = fields


class ReplyScopeSerializer(Strict):
    """For whom it is kept: `role`, `inbox` or `mine`, and which; an empty object is for everybody."""

    kind = serializers.ChoiceField(["role", "inbox", "mine"], required=False)
    id = serializers.UUIDField(required=False)


class NewReplySerializer(StrictModel):
    """What is said of a new reply; one of the two languages is needed."""

    shortcut = serializers.RegexField("^[a-z0-9_-]{1,20}$")
    scope = ReplyScopeSerializer(required=False)

    class Meta:
        model = CannedReply
        fields = FIELDS
        validators: tuple[Any, ...] = ()  # the action asks for everything, on the whole reply

    def validate_scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        if scope.get("kind") == "mine":
            return {"kind": "mine", "id": str(self.context["request"].user.employee.pk)}
        return {name: str(value) for name, value in scope.items()}


class ReplyOrderSerializer(Strict):
    """Replies of one category in their new order; those not named follow."""

    order = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)


class RenderSerializer(Strict):
    """For which conversation it is used, or with which customer it is only tried."""

    conversation = serializers.UUIDField(required=False)
    customer = serializers.UUIDField(required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)


class RenderedSerializer(Strict):
    """The text with its places filled; the names in `missing` are marked in it and must be filled before sending.

    For a conversation `attachment_ids` are copies of the reply's files, to be sent with the text: fresh uploads of the
    caller, new ones each time. Otherwise they are the reply's own, to be looked at.
    """

    body = serializers.CharField()
    language = serializers.ChoiceField(settings.LANGUAGES)
    missing = serializers.ListField(child=serializers.CharField())
    attachment_ids = serializers.ListField(child=serializers.UUIDField())


class ReplyFilter(filters.FilterSet):
    """By category; `q` looks at shortcut, title and both texts."""

    q = filters.CharFilter(method="search")

    class Meta:
        model = CannedReply
        fields = ("category", "shortcut")

    def search(self, rows: QuerySet[CannedReply], name: str, value: str) -> QuerySet[CannedReply]:
        return rows.filter(pk__in=composing.replies_for(self.request.user, q=value).order_by().values("pk"))


class ReplyViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Replies this person may use, by category and order."""

    queryset = CannedReply.objects.all()
    serializer_class = ReplySerializer
    filterset_class = ReplyFilter
    ordering = ("category", "sort", "id")
    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": "create", "partial_update": "edit", "destroy": "delete",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewReplySerializer, "partial_update": NewReplySerializer}

    def create(self, request: Request) -> Response:
        """Keep a text ready, last in its category."""
        facts = self.checked().validated_data
        return self.write(lambda: self.reread(actions.create_reply(by=self.actor, **facts)), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change a reply."""
        reply = self.get_object()
        facts = self.checked(instance=reply, partial=True).validated_data
        return self.write(lambda: self.reread(actions.edit_reply(reply, by=self.actor, **facts)))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Keep it no longer."""
        reply = self.get_object()
        return self.write(lambda: actions.delete_reply(reply, by=self.actor), 204)

    @verb("edit", takes=ReplyOrderSerializer, detail=False, status=204)
    def reorder(self, order: list[UUID]) -> None:
        """Put the replies of one category into this order."""
        rows = self.rows().for_user(self.request.user, "edit")
        if rows.filter(pk__in=order).count() != len(set(order)):
            raise serializers.ValidationError({"order": [_("One of these replies is not there.")]})
        actions.reorder_replies(order, by=self.actor)

    @verb("view", takes=RenderSerializer, gives=RenderedSerializer)
    def render(
        self, reply: CannedReply, conversation: UUID | None = None, customer: UUID | None = None, language: str = ""
    ) -> dict[str, Any]:
        """Fill its places. With a conversation it is a use and is counted; with a customer it is only tried."""
        user, about, files = self.request.user, None, reply.attachment_ids
        if conversation is not None:
            row = get_for(user, "reply", Conversation.objects.select_related("customer"), pk=conversation)
            about, language = row.customer, language or composing.language_for(row)
            actions.use_reply(reply, employee=self.me, by=self.actor)
            files = [file.pk for file in actions.lend_files(reply, by=self.actor)]
        elif customer is not None:
            about = get_for(user, "view", Customer.objects.all(), pk=customer)
            language = language or about.language[:2]
        filled, said_in = composing.rendered(reply, about, language=language or "en", employee=self.me)
        found = {"body": filled.body, "language": said_in, "missing": list(filled.missing)}
        return {**found, "attachment_ids": [str(each) for each in files]}
