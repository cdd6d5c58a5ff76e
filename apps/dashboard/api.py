"""Who I am here: the person, what they may do, and in which inboxes. It spans apps, so it lives on top."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions
from apps.accounts.models import Employee
from apps.core.api import GuardedViewSet, Strict
from apps.core.guards import SIGNED_IN
from apps.gateways.models import Inbox
from apps.tenants.api import KnownToAllSerializer
from apps.tenants.models import Business

WORDS = ("view", "reply", "assign")


class InboxGrantSerializer(Strict):
    """What this person may do in one inbox."""

    inbox = serializers.UUIDField()
    words = serializers.ListField(child=serializers.ChoiceField(WORDS))


class MeSerializer(Strict):
    """The signed-in person. No secret, no hash, no token (ACC-26)."""

    id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    full_name = serializers.CharField()
    language = serializers.CharField()
    theme = serializers.CharField()
    role = serializers.UUIDField(source="role_id")
    role_name = serializers.CharField(source="role.name")
    permissions = serializers.SerializerMethodField()
    inboxes = serializers.SerializerMethodField()
    business = serializers.SerializerMethodField()

    def get_permissions(self, me: Employee) -> list[str]:
        return sorted(me.permissions)

    def get_inboxes(self, me: Employee) -> list[dict[str, Any]]:
        words: dict[Any, list[str]] = {}
        for word in WORDS:
            for pk in Inbox.objects.filter(archived_at=None).for_user(me.user, word).values_list("pk", flat=True):
                words.setdefault(pk, []).append(word)
        return [{"inbox": str(pk), "words": held} for pk, held in words.items()]

    def get_business(self, me: Employee) -> dict[str, Any]:
        return dict(KnownToAllSerializer(Business.objects.get(pk=self.context["request"].business.id)).data)


class EditMeSerializer(Strict):
    """What people change of themselves."""

    full_name = serializers.CharField(max_length=100, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    theme = serializers.ChoiceField(Employee.Theme.choices, required=False)


class MeViewSet(GuardedViewSet):
    """The signed-in person."""

    serializer_class = MeSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN, "partial_update": SIGNED_IN}
    takes: ClassVar[dict[str, Any]] = {"partial_update": EditMeSerializer}

    def retrieve(self, request: Request) -> Response:
        """The person, their role, effective permissions, inbox grants, and the business."""
        return Response(self.shown(self.me))

    def partial_update(self, request: Request) -> Response:
        """Change one's own name, language or theme."""
        facts = self.checked(partial=True).validated_data
        return self.write(lambda: actions.edit_profile(self.me, by=self.actor, **facts))


api_urls = [
    path("me/", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-me"),
]
