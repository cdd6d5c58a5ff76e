"""Asking people to join. The link itself is mailed, never answered."""

from typing import Any, ClassVar

from django.conf import settings
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions
from apps.accounts.api.employees import Words
from apps.accounts.models import Invitation, Role
from apps.accounts.sign_in import require_confirmed
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb


class InvitationSerializer(StrictModel):
    """An invitation and what became of it and of its mail. Neither the link nor its hash."""

    class Meta:
        model = Invitation
        fields = (
            "id", "email", "full_name", "role", "grants", "denials", "inboxes", "language", "state", "expires_at",
            "invited_by", "employee", "sent_count", "mail", "mail_error", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class NewInvitationSerializer(Strict):
    """Who is asked, as what, and for which inboxes."""

    email = serializers.EmailField(max_length=254)
    full_name = serializers.CharField(max_length=100)
    role = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all())
    grants = Words(required=False)
    denials = Words(required=False)
    inboxes = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)


class InvitationFilter(filters.FilterSet):
    """By state."""

    class Meta:
        model = Invitation
        fields = ("state",)


class InvitationViewSet(ListModelMixin, RetrieveModelMixin, GuardedViewSet):
    """Who was asked to join."""

    queryset = Invitation.objects.all()
    serializer_class = InvitationSerializer
    filterset_class = InvitationFilter
    guards: ClassVar[dict[str, str]] = {"list": "view", "retrieve": "view", "create": "employees.invite"}
    takes: ClassVar[dict[str, Any]] = {"create": NewInvitationSerializer}

    def create(self, request: Request) -> Response:
        """Ask somebody to join; the mail goes out at once. One's own e-mail must be confirmed."""
        require_confirmed(self.me.user)
        facts = self.checked().validated_data
        return self.write(lambda: actions.invite(**facts, by=self.actor, inviter=self.me), 201)

    @verb("employees.invite")
    def resend(self, invitation: Invitation) -> Invitation:
        """Mail another link, good for another 72 hours. The old one opens nothing any more."""
        return actions.resend_invitation(invitation, by=self.actor)

    @verb("employees.invite")
    def revoke(self, invitation: Invitation) -> Invitation:
        """Take it back."""
        return actions.revoke_invitation(invitation, by=self.actor)
