"""Roles, and the vocabulary of permission words they are made of."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.models import Role
from apps.accounts.roles import PERMISSIONS
from apps.core.api import GuardedViewSet, Strict, StrictModel
from apps.core.guards import SIGNED_IN

GROUPS = {
    "conversations": _("Conversations"), "bookings": _("Bookings"), "customers": _("Customers"),
    "services": _("Services"), "analytics": _("Reports"), "employees": _("Team"), "settings": _("Settings"),
    "prompts": _("Assistant"), "templates": _("Replies"), "roles": _("Roles"), "workflows": _("Workflows"),
    "knowledge": _("Knowledge"), "media": _("Media"), "notes": _("Notes"), "notifications": _("Announcements"),
    "audit": _("Record"), "webhooks": _("Deliveries"), "secrets": _("Secrets"),
}  # fmt: skip
WORDS = {
    "view": _("See"), "view_all": _("See all of them"), "view_revenue": _("See money"), "create": _("Add"),
    "edit": _("Change"), "edit_any": _("Change others'"), "delete": _("Remove"), "delete_any": _("Remove others'"),
    "export": _("Export"), "takeover": _("Take over"), "send_message": _("Answer customers"), "assign": _("Assign"),
    "refund": _("Refund"), "invite": _("Invite"), "whatsapp": _("Connect numbers"), "billing": _("Subscription"),
    "test": _("Try out"), "activate": _("Activate"), "upload": _("Upload"), "send": _("Send"),
}  # fmt: skip


class RoleSerializer(StrictModel):
    """A named set of permission words."""

    class Meta:
        model = Role
        fields = (
            "id", "name", "display_name", "description", "colour", "permissions", "is_system", "sort", "created_at",
            "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class RoleViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """The roles of this business."""

    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    ordering = ("sort", "name", "id")
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view"}


class PermissionSerializer(Strict):
    """One word of the vocabulary, its group, and what it is called in each language."""

    code = serializers.CharField()
    group = serializers.CharField()
    group_label = serializers.DictField(child=serializers.CharField())
    label = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class VocabularySerializer(Strict):
    """All words at once, in the shape of every other list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PermissionSerializer(many=True)


class PermissionViewSet(GuardedViewSet):
    """The 59 words that roles, grants and denials are made of."""

    serializer_class = VocabularySerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN}

    def retrieve(self, request: Request) -> Response:
        """The whole vocabulary, in the order of the matrix, on one page."""
        return Response({"next": None, "previous": None, "results": [_about(code) for code in PERMISSIONS]})


def _about(code: str) -> dict[str, Any]:
    group, _dot, word = code.partition(".")
    return {"code": code, "group": group, "group_label": _spoken(GROUPS[group]), "label": _spoken(WORDS[word])}


def _spoken(label: Any) -> dict[str, str]:
    """A label in every language of the product."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = str(label)
    return found
