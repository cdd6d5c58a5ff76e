"""The JSON doors to what somebody keeps for working the list: saved views and macros. Shared ones are the team's."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.conversations import actions
from apps.conversations.models import Conversation, Macro, SavedView
from apps.core.access import get_for, require
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.guards import SIGNED_IN

SHARING = "settings.edit"


class ViewSerializer(StrictModel):
    """A way to look at the list: `filters` are the parameters of the inbox's address."""

    class Meta:
        model = SavedView
        fields = ("id", "owner", "name", "filters", "is_shared", "sort", "created_at", "updated_at")
        read_only_fields = fields


class NewViewSerializer(StrictModel):
    """Its name, what it shows, and whether everybody has it."""

    filters = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), required=False)

    class Meta:
        model = SavedView
        fields = ("name", "filters", "is_shared", "sort")
        validators: tuple[Any, ...] = ()


class MacroSerializer(StrictModel):
    """Several verbs under one name."""

    class Meta:
        model = Macro
        fields = ("id", "owner", "name", "steps", "is_shared", "use_count", "created_at", "updated_at")
        read_only_fields = fields


class NewMacroSerializer(StrictModel):
    """Its name, its steps ({"verb", …its facts}, ten at most), and whether everybody has it."""

    steps = serializers.ListField(child=serializers.DictField(), max_length=10)

    class Meta:
        model = Macro
        fields = ("name", "steps", "is_shared")
        validators: tuple[Any, ...] = ()


class RunSerializer(Strict):
    """On which conversation."""

    conversation = serializers.UUIDField()


class RanSerializer(Strict):
    """The verbs that were done, and the first that was refused with its code and reason; later ones were not tried."""

    done = serializers.ListField(child=serializers.CharField())
    refused = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)


class KeptViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """One's own, and those of everybody; the latter are made and changed by whoever may edit the settings."""

    guards: ClassVar[dict[str, str]] = {
        "list": "view", "retrieve": "view", "create": SIGNED_IN, "partial_update": "edit", "destroy": "delete",
    }  # fmt: skip
    verbs: ClassVar[dict[str, Any]] = {}

    def create(self, request: Request) -> Response:
        """Keep a new one."""
        facts = self._checked()
        return self.write(lambda: self.verbs["create"](owner=self.me, by=self.actor, **facts), 201)

    def partial_update(self, request: Request, pk: Any) -> Response:
        """Change it."""
        row = self.get_object()
        facts = self._checked(instance=row, partial=True)
        return self.write(lambda: self.verbs["edit"](row, by=self.actor, **facts))

    def destroy(self, request: Request, pk: Any) -> Response:
        """Keep it no longer."""
        row = self.get_object()
        return self.write(lambda: self.verbs["delete"](row, by=self.actor), 204)

    def _checked(self, **options: Any) -> dict[str, Any]:
        facts: dict[str, Any] = self.checked(**options).validated_data
        if facts.get("is_shared"):
            require(self.request.user, SHARING)
        return facts


class SavedViewViewSet(KeptViewSet):
    """Ways to look at the list."""

    queryset = SavedView.objects.all()
    serializer_class = ViewSerializer
    ordering = ("sort", "name", "id")
    takes: ClassVar[dict[str, Any]] = {"create": NewViewSerializer, "partial_update": NewViewSerializer}
    verbs: ClassVar[dict[str, Any]] = {
        "create": actions.create_view, "edit": actions.edit_view, "delete": actions.delete_view,
    }  # fmt: skip


class MacroViewSet(KeptViewSet):
    """Several verbs by one click."""

    queryset = Macro.objects.all()
    serializer_class = MacroSerializer
    ordering = ("name", "id")
    takes: ClassVar[dict[str, Any]] = {"create": NewMacroSerializer, "partial_update": NewMacroSerializer}
    verbs: ClassVar[dict[str, Any]] = {
        "create": actions.create_macro, "edit": actions.edit_macro, "delete": actions.delete_macro,
    }  # fmt: skip
    speaking: ClassVar[tuple[str, ...]] = ("run",)

    @verb("view", takes=RunSerializer, gives=RanSerializer, plain=True)
    def run(self, macro: Macro, conversation: UUID) -> dict[str, Any]:
        """Do its steps on a conversation, in order, each by its own guard, until one is refused."""
        row = get_for(self.request.user, "view", Conversation.objects.select_related("customer"), pk=conversation)
        ran = actions.run_macro(macro, row, user=self.request.user, by=self.actor)
        return {"done": list(ran.done), "refused": ran.refused, "code": ran.code, "reason": ran.reason}
