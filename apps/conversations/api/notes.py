"""The JSON door to notes: what colleagues tell each other beside a conversation or a customer."""

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
from apps.conversations.models import Conversation, Note
from apps.core.access import get_for, require
from apps.core.api import GuardedViewSet, Instant, Strict, StrictModel, verb
from apps.customers.models import Customer


class NoteSerializer(StrictModel):
    """A note and who wrote it."""

    class Meta:
        model = Note
        fields = (
            "id", "conversation", "customer", "kind", "body", "is_pinned", "is_important", "mentions", "remind_at",
            "reminded_at", "author", "seq", "edited_at", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NoteFactsSerializer(Strict):
    """What may be said of a note beside its words."""

    kind = serializers.ChoiceField(Note.Kind.choices, required=False)
    is_pinned = serializers.BooleanField(required=False)
    is_important = serializers.BooleanField(required=False)
    mentions = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=50)
    remind_at = Instant(required=False, allow_null=True)


class WriteNoteSerializer(NoteFactsSerializer):
    """A text, the id the caller chose for it, whom it mentions, and when to be reminded of it."""

    id = serializers.UUIDField(required=False)
    body = serializers.CharField(max_length=5_000)


class NewNoteSerializer(WriteNoteSerializer):
    """The same, with the conversation or the customer it stands beside."""

    conversation = serializers.UUIDField(required=False)
    customer = serializers.UUIDField(required=False)

    def validate(self, facts: dict[str, Any]) -> dict[str, Any]:
        if ("conversation" in facts) == ("customer" in facts):
            raise serializers.ValidationError(_("A note belongs to a conversation or to a customer."))
        return facts


class EditNoteSerializer(NoteFactsSerializer):
    """What changes."""

    body = serializers.CharField(max_length=5_000, required=False)


class PinSerializer(Strict):
    """Before the others (true), or back among them."""

    pinned = serializers.BooleanField(default=True)


class NoteFilter(filters.FilterSet):
    """By what it stands beside, author, kind and marks; `q` looks in the words."""

    q = filters.CharFilter(field_name="body", lookup_expr="icontains")

    class Meta:
        model = Note
        fields = ("conversation", "customer", "author", "kind", "is_pinned", "is_important")


class NoteViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Notes one may read, newest first."""

    queryset = Note.objects.filter(deleted_at=None)
    serializer_class = NoteSerializer
    filterset_class = NoteFilter
    looking = "read_notes"
    guards: ClassVar[dict[str, str]] = {
        "list": "read_notes", "retrieve": "read_notes", "create": "note", "partial_update": "edit",
        "destroy": "delete",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewNoteSerializer, "partial_update": EditNoteSerializer}

    def create(self, request: Request) -> Response:
        """Leave a note beside a conversation (the same act as its verb `note`) or a customer."""
        said = dict(self.checked().validated_data)
        about = self._about(said.pop("conversation", None), said.pop("customer", None))
        author = self.me
        return self.write(lambda: actions.add_note(about, author=author, by=self.actor, **said), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change one's own note, or another's by the right over everybody's."""
        note, facts = self.get_object(), self.checked().validated_data
        return self.write(lambda: actions.edit_note(note, by=self.actor, **facts))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Take it away."""
        note = self.get_object()
        return self.write(lambda: actions.delete_note(note, by=self.actor) and None, 204)

    @verb("edit", takes=PinSerializer)
    def pin(self, note: Note, pinned: bool) -> Note:
        """Put it before the others, or back among them."""
        return actions.pin_note(note, pinned=pinned, by=self.actor)

    def _about(self, conversation: UUID | None, customer: UUID | None) -> Conversation | Customer:
        found: Conversation | Customer
        if conversation is not None:
            found = get_for(self.request.user, "note", Conversation.objects.all(), pk=conversation)
            return found
        require(self.request.user, "notes.create")
        rows: QuerySet[Customer] = Customer.objects.filter(erased_at=None)
        found = get_for(self.request.user, "view", rows, pk=customer)  # type: ignore[arg-type]
        return found
