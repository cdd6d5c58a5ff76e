"""Who I am here: the person, what they may do, and in which inboxes. It spans apps, so it lives on top."""

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.urls import path, reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions, portraits
from apps.accounts.models import Employee
from apps.billing.queries import plan_of
from apps.core.api import GuardedViewSet, Strict, verb
from apps.core.guards import SIGNED_IN
from apps.dashboard.usage import limits_reached
from apps.gateways.models import Inbox
from apps.realtime.queries import presence_of
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
    email_confirmed = serializers.SerializerMethodField()
    full_name = serializers.CharField()
    phone = serializers.CharField()
    bio = serializers.CharField()
    avatar = serializers.SerializerMethodField()
    language = serializers.CharField()
    timezone = serializers.CharField()
    theme = serializers.CharField()
    digits = serializers.CharField()
    availability = serializers.CharField()
    presence = serializers.SerializerMethodField()
    second_factor = serializers.BooleanField(source="user.has_second_factor")
    role = serializers.UUIDField(source="role_id")
    role_name = serializers.CharField(source="role.name")
    permissions = serializers.SerializerMethodField()
    inboxes = serializers.SerializerMethodField()
    business = serializers.SerializerMethodField()
    limits_reached = serializers.SerializerMethodField()

    def get_email_confirmed(self, me: Employee) -> bool:
        return me.user.email_confirmed_at is not None

    def get_avatar(self, me: Employee) -> str | None:
        return reverse("avatar", args=[me.pk]) if me.avatar_key else None

    def get_permissions(self, me: Employee) -> list[str]:
        return sorted(me.permissions)

    def get_presence(self, me: Employee) -> str:
        return presence_of([me.user_id])[me.user_id]

    def get_inboxes(self, me: Employee) -> list[dict[str, Any]]:
        words: dict[Any, list[str]] = {}
        for word in WORDS:
            for pk in Inbox.objects.filter(archived_at=None).for_user(me.user, word).values_list("pk", flat=True):
                words.setdefault(pk, []).append(word)
        return [{"inbox": str(pk), "words": held} for pk, held in words.items()]

    def get_business(self, me: Employee) -> dict[str, Any]:
        row = Business.objects.get(pk=self.context["request"].business.id)
        return {**KnownToAllSerializer(row).data, "plan": plan_of(row).key}

    def get_limits_reached(self, me: Employee) -> list[str]:
        return limits_reached()


class EditMeSerializer(Strict):
    """What people change of themselves. An empty time zone is the business's."""

    full_name = serializers.CharField(max_length=100, required=False)
    phone = serializers.RegexField(r"^\+[1-9][0-9]{6,14}$", required=False, allow_blank=True)
    bio = serializers.CharField(max_length=500, required=False, allow_blank=True)
    timezone = serializers.CharField(max_length=64, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    theme = serializers.ChoiceField(Employee.Theme.choices, required=False)
    digits = serializers.ChoiceField(Employee.Digits.choices, required=False, allow_blank=True)

    def validate_timezone(self, value: str) -> str:
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return value


class AvatarSerializer(Strict):
    """A picture: PNG, JPEG or WebP, at most 2 MB. Null shows initials again."""

    avatar = serializers.FileField(allow_null=True)


class AvailabilitySerializer(Strict):
    """What one says of oneself."""

    availability = serializers.ChoiceField(Employee.Availability.choices)


class MeViewSet(GuardedViewSet):
    """The signed-in person."""

    serializer_class = MeSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN, "partial_update": SIGNED_IN}
    uploading: ClassVar[tuple[str, ...]] = ("avatar",)
    takes: ClassVar[dict[str, Any]] = {"partial_update": EditMeSerializer}

    def retrieve(self, request: Request) -> Response:
        """The person, their role, effective permissions, inbox grants, and the business."""
        return Response(self.shown(self.me))

    def partial_update(self, request: Request) -> Response:
        """Change one's own name, phone, words about oneself, language, time zone, theme or digits."""
        facts = self.checked(partial=True).validated_data
        return self.write(lambda: actions.edit_profile(self.me, by=self.actor, **facts))

    @verb(SIGNED_IN, takes=AvatarSerializer, detail=False)
    def avatar(self, avatar: Any) -> Employee:
        """Show this picture of oneself, sent as multipart/form-data. 413 when it is too large."""
        if avatar is None:
            return portraits.clear_portrait(self.me, by=self.actor)
        return portraits.set_portrait(self.me, avatar, by=self.actor)

    @verb(SIGNED_IN, takes=AvailabilitySerializer, detail=False)
    def presence(self, availability: str) -> Employee:
        """Say that one is available, busy or away. Whether one is there at all, one's open tabs say."""
        return actions.set_availability(self.me, to=availability, by=self.actor)

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser(), *super().get_parsers()]


api_urls = [
    path("me/avatar/", MeViewSet.as_view({"post": "avatar"}), name="api-me-avatar"),
    path("me/presence/", MeViewSet.as_view({"post": "presence"}), name="api-me-presence"),
    path("me/", MeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-me"),
]
