"""The JSON door to notes: what colleagues tell each other beside a conversation."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.conversations import actions
from apps.conversations.models import Conversation, Note
from apps.core.access import get_for
from apps.core.api import GuardedViewSet, Strict, StrictModel


class NoteSerializer(StrictModel):
    """A note and who wrote it."""

    class Meta:
        model = Note
        fields = ("id", "conversation", "body", "author", "seq", "created_at", "updated_at")
        read_only_fields = fields


class WriteNoteSerializer(Strict):
    """A text, and the id the caller chose for it."""

    id = serializers.UUIDField(required=False)
    body = serializers.CharField(max_length=5_000)


class NewNoteSerializer(WriteNoteSerializer):
    """The same, with the conversation it stands beside."""

    conversation = serializers.UUIDField()


class NoteFilter(filters.FilterSet):
    """By conversation and author."""

    class Meta:
        model = Note
        fields = ("conversation", "author")


class NoteViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Notes of the conversations one sees, newest first."""

    queryset = Note.objects.filter(deleted_at=None)
    serializer_class = NoteSerializer
    filterset_class = NoteFilter
    looking = "read_notes"
    guards: ClassVar[dict[str, str]] = {"list": "read_notes", "retrieve": "read_notes", "create": "note"}
    takes: ClassVar[dict[str, Any]] = {"create": NewNoteSerializer}

    def create(self, request: Request) -> Response:
        """Leave a note: the same act as a conversation's verb `note`."""
        said = dict(self.checked().validated_data)
        conversation = get_for(request.user, "note", Conversation.objects.all(), pk=said.pop("conversation"))
        author = self.me
        return self.write(lambda: actions.add_note(conversation, author=author, by=self.actor, **said), 201)
