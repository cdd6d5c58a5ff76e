"""The JSON door to conversations: the list with its filters and counts, and every verb."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from apps.accounts.models import Employee
from apps.conversations import actions, queries
from apps.conversations.api.messages import MessageSerializer, SendSerializer, say
from apps.conversations.api.notes import NoteSerializer, WriteNoteSerializer
from apps.conversations.models import Conversation, Message, Note
from apps.core.api import GuardedViewSet, Strict, StrictModel, look, verb
from apps.core.problems import Forbidden


class ConversationSerializer(StrictModel):
    """Everything said with one customer in one inbox; `unread` is for whoever asks."""

    unread = serializers.IntegerField(read_only=True)

    class Meta:
        model = Conversation
        fields = (
            "id", "number", "inbox", "customer", "status", "snoozed_until", "mode", "mode_before", "holder", "epoch",
            "lease_until", "assignee", "assigned_at", "needs_human", "needs_reason", "needs_since", "priority", "stage",
            "language", "last_seq", "last_message", "last_message_at", "last_customer_at", "window_until",
            "waiting_since", "resolved_at", "unread", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class CountsSerializer(Strict):
    """How many conversations each tab of the inbox holds for whoever asks."""

    mine = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    all = serializers.IntegerField()
    needs = serializers.IntegerField()
    blocked = serializers.IntegerField()


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
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}
    speaking: ClassVar[tuple[str, ...]] = ("send",)

    def rows(self) -> QuerySet[Any]:
        rows = queries.with_unread(Conversation.objects.all(), self.request.user)
        return rows.annotate(active_at=Coalesce("last_message_at", "created_at"))

    @look("view", gives=CountsSerializer, detail=False)
    def counts(self) -> dict[str, int]:
        """How many conversations each tab holds."""
        return queries.tab_counts(self.request.user)

    @verb("reply", takes=SendSerializer, gives=MessageSerializer, status=201)
    def send(self, conversation: Conversation, **said: Any) -> Message:
        """Say something to the customer. The same `id` twice says it once."""
        return say(self, conversation, **said)

    @verb("note", takes=WriteNoteSerializer, gives=NoteSerializer, status=201)
    def note(self, conversation: Conversation, body: str, id: UUID | None = None) -> Note:
        """Leave a note for colleagues. The same `id` twice is one note."""
        return actions.add_note(conversation, body=body, id=id, author=self.me, by=self.actor)

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

    @verb("reply")
    def close(self, conversation: Conversation) -> Conversation:
        """Resolve it."""
        return actions.close_conversation(conversation, by=self.actor)

    @verb("reply")
    def reopen(self, conversation: Conversation) -> Conversation:
        """Open a resolved one again."""
        return actions.reopen_conversation(conversation, by=self.actor)

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
