"""The JSON door to conversations: the list with its filters and counts, and every verb."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Employee
from apps.conversations import actions, queries, transcripts
from apps.conversations.api.bodies import (
    AssignSerializer,
    BulkResultSerializer,
    BulkSerializer,
    HandbackSerializer,
    LabelsSerializer,
    ModeSerializer,
    PrioritySerializer,
    ReadSerializer,
    SnoozeSerializer,
    StartSerializer,
    TakeoverSerializer,
    TransferSerializer,
    told,
)
from apps.conversations.api.messages import MessageSerializer, SendSerializer, say
from apps.conversations.api.notes import NoteSerializer, WriteNoteSerializer
from apps.conversations.api.transcripts import RENDERERS, TranscriptSerializer
from apps.conversations.models import Conversation, Message, Note
from apps.core.access import get_for
from apps.core.api import GuardedViewSet, Strict, StrictModel, look, verb
from apps.core.problems import Forbidden
from apps.customers.models import Customer, Label
from apps.gateways.models import Inbox


class ConversationSerializer(StrictModel):
    """Everything said with one customer in one inbox; `unread` is for whoever asks."""

    unread = serializers.IntegerField(read_only=True)

    class Meta:
        model = Conversation
        fields = (
            "id", "number", "inbox", "customer", "status", "snoozed_until", "mode", "mode_before", "holder", "epoch",
            "lease_until", "assignee", "assigned_at", "needs_human", "needs_reason", "needs_since", "priority", "stage",
            "language", "last_seq", "last_message", "last_message_at", "last_customer_at", "window_until",
            "waiting_since", "resolved_at", "labels", "csat", "csat_comment", "flooded_at", "unread",
            "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class CountsSerializer(Strict):
    """How many conversations each tab of the inbox holds for whoever asks."""

    mine = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    all = serializers.IntegerField()
    needs = serializers.IntegerField()
    blocked = serializers.IntegerField()


class ConversationFilter(filters.FilterSet):
    """What the inbox's list filters by. `tab` and `q` mean what they mean there."""

    tab = filters.ChoiceFilter(choices=[(tab, tab) for tab in queries.TABS], method="in_tab")
    q = filters.CharFilter(method="search")
    unread = filters.BooleanFilter(method="unread_only")
    unassigned = filters.BooleanFilter(field_name="assignee", lookup_expr="isnull")

    class Meta:
        model = Conversation
        fields = ("status", "mode", "holder", "assignee", "priority", "inbox", "customer", "stage", "language",
                  "needs_human", "number")  # fmt: skip

    def in_tab(self, rows: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        return rows.filter(pk__in=queries.conversations_for(self.request.user, tab=value).order_by().values("pk"))

    def search(self, rows: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        return rows.filter(pk__in=queries.conversations_for(self.request.user, q=value).order_by().values("pk"))

    def unread_only(self, rows: QuerySet[Conversation], name: str, value: bool) -> QuerySet[Conversation]:
        wanted: dict[str, Any] = {"unread__gt": 0} if value else {"unread": 0}
        return rows.filter(**wanted)


class ConversationViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Conversations, the latest activity first."""

    queryset = Conversation.objects.all()
    serializer_class = ConversationSerializer
    filterset_class = ConversationFilter
    ordering = ("-active_at", "-id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "create": "reply", "destroy": "delete"}
    takes: ClassVar[dict[str, Any]] = {"create": StartSerializer}
    speaking: ClassVar[tuple[str, ...]] = ("send", "create")

    def rows(self) -> QuerySet[Any]:
        rows = queries.with_unread(Conversation.objects.all(), self.request.user)
        return rows.prefetch_related("labels").annotate(active_at=Coalesce("last_message_at", "created_at"))

    def create(self, request: Request) -> Response:
        """Write to a customer first: by a template, or freely where their window is open."""
        said = dict(self.checked().validated_data)
        customer = get_for(request.user, "view", Customer.objects.all(), pk=said.pop("customer").pk)
        inbox = get_for(request.user, "reply", Inbox.objects.all(), pk=said.pop("inbox").pk)
        if template := said.pop("template", None):
            said |= {"template": template["id"], "values": template["values"]}
        return self.write(
            lambda: actions.start_conversation(customer, inbox, by=self.actor, employee=self.me, **said), 201
        )

    def destroy(self, request: Request, pk: Any) -> Response:
        """Hide everything said, resolve it, and take it out of the lists."""
        conversation = self.get_object()
        return self.write(lambda: actions.delete_conversation(conversation, by=self.actor) and None, 204)

    @look("view", gives=CountsSerializer, detail=False)
    def counts(self) -> dict[str, int]:
        """How many conversations each tab holds."""
        return queries.tab_counts(self.request.user)

    @verb("reply", takes=SendSerializer, gives=MessageSerializer, status=201)
    def send(self, conversation: Conversation, **said: Any) -> Message:
        """Say something to the customer. The same `id` twice says it once."""
        return say(self, conversation, **said)

    @verb("note", takes=WriteNoteSerializer, gives=NoteSerializer, status=201)
    def note(self, conversation: Conversation, **said: Any) -> Note:
        """Leave a note for colleagues. The same `id` twice is one note."""
        return actions.add_note(conversation, author=self.me, by=self.actor, **said)

    @verb("takeover", takes=TakeoverSerializer)
    def takeover(self, conversation: Conversation, force: bool) -> Conversation:
        """Take the word: the assistant falls silent here."""
        if force and not Conversation.objects.for_user(self.request.user, "assign").filter(pk=conversation.pk).exists():
            raise Forbidden(Conversation.guard["assign"])
        return actions.take_over(conversation, employee=self.me, by=self.actor, force=force)

    @verb("handback", takes=HandbackSerializer)
    def handback(self, conversation: Conversation, mode: str | None = None, reason: str = "") -> Conversation:
        """Give the word back to the assistant."""
        return actions.hand_back(conversation, mode=mode, reason=reason, by=self.actor)

    @verb("takeover", takes=ModeSerializer)
    def set_mode(self, conversation: Conversation, mode: str) -> Conversation:
        """Switch between the assistant answering and only drafting."""
        return actions.set_mode(conversation, mode=mode, by=self.actor)

    @verb("assign", takes=AssignSerializer)
    def assign(self, conversation: Conversation, employee: Employee) -> Conversation:
        """Give it to a colleague."""
        return actions.assign_conversation(conversation, to=employee, by=self.actor)

    @verb("assign")
    def unassign(self, conversation: Conversation) -> Conversation:
        """Take it from whoever has it."""
        return actions.assign_conversation(conversation, to=None, by=self.actor)

    @verb("assign", takes=TransferSerializer)
    def transfer(self, conversation: Conversation, employee: Employee, reason: str) -> Conversation:
        """Pass on what somebody has, and say why."""
        return actions.transfer_conversation(conversation, to=employee, reason=reason, by=self.actor)

    @verb("reply")
    def close(self, conversation: Conversation) -> Conversation:
        """Resolve it."""
        return actions.close_conversation(conversation, by=self.actor)

    @verb("reply")
    def reopen(self, conversation: Conversation) -> Conversation:
        """Open a resolved one again."""
        return actions.reopen_conversation(conversation, by=self.actor)

    @verb("reply", takes=SnoozeSerializer)
    def snooze(self, conversation: Conversation, until: datetime) -> Conversation:
        """Put it aside until a moment; a message of the customer brings it back before."""
        return actions.snooze_conversation(conversation, until=until, by=self.actor)

    @verb("reply")
    def unsnooze(self, conversation: Conversation) -> Conversation:
        """Bring it back before its time."""
        return actions.unsnooze_conversation(conversation, by=self.actor)

    @verb("reply", takes=LabelsSerializer)
    def label(self, conversation: Conversation, labels: list[Label]) -> Conversation:
        """Give it exactly these labels."""
        return actions.set_labels(conversation, labels=labels, by=self.actor)

    @verb("reply", takes=PrioritySerializer)
    def set_priority(self, conversation: Conversation, priority: str) -> Conversation:
        """Say how urgent it is."""
        return actions.set_priority(conversation, priority=priority, by=self.actor)

    @verb("view", takes=ReadSerializer)
    def read(self, conversation: Conversation, seq: int | None = None) -> Conversation:
        """I have read this, up to a sequence."""
        actions.mark_read(conversation, employee=self.me, seq=seq)
        return conversation

    @verb("view")
    def unread(self, conversation: Conversation) -> Conversation:
        """The last message counts as unread again, for me."""
        actions.mark_unread(conversation, employee=self.me)
        return conversation

    @verb("view", status=204)
    def typing(self, conversation: Conversation) -> Conversation:
        """I am writing: colleagues who may read here see it for a moment."""
        actions.announce_typing(conversation, employee=self.me)
        return conversation

    @verb("view", status=204)
    def viewing(self, conversation: Conversation) -> Conversation:
        """I have it open: colleagues who may read here see it for half a minute."""
        actions.announce_viewing(conversation, employee=self.me)
        return conversation

    @verb("reply")
    def calm(self, conversation: Conversation) -> Conversation:
        """Let automatic answers go on after a flood paused them."""
        return actions.calm_conversation(conversation, by=self.actor)

    @verb("delete")
    def clear(self, conversation: Conversation) -> Conversation:
        """Hide everything said so far; the customer's phone keeps it."""
        return actions.clear_conversation(conversation, by=self.actor)

    @verb("view", takes=BulkSerializer, gives=BulkResultSerializer, detail=False)
    def bulk(self, ids: list[UUID], verb: str, employee: Employee | None = None, **facts: Any) -> dict[str, Any]:
        """Do one verb to many; each is done or refused by itself, as it would be alone."""
        return told(actions.do_to_each(ids, verb, user=self.request.user, by=self.actor, to=employee, **facts))

    @action(detail=True, methods=["get"], renderer_classes=[JSONRenderer, *RENDERERS])
    def export(self, request: Request, pk: Any) -> HttpResponse:
        """The whole conversation as a file: `?format=` json, text or csv. What is hidden is left out."""
        conversation, kind = self.get_object(), request.accepted_renderer.format
        with transaction.atomic():
            return HttpResponse(
                transcripts.write(conversation, kind, by=self.actor), content_type=transcripts.TYPES[kind]
            )

    export.guard, export.gives = "export", TranscriptSerializer  # type: ignore[attr-defined]
