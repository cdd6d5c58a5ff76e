"""Keys for programs: made, listed, revoked. The key itself is shown once."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import actions
from apps.accounts.models import ApiToken
from apps.accounts.roles import PERMISSIONS
from apps.billing.limits import require_feature
from apps.core.api import GuardedViewSet, Instant, StrictModel, verb
from apps.core.guards import SIGNED_IN

LONGEST = timedelta(days=365)


class ApiTokenSerializer(StrictModel):
    """A token without the key: whose, what it is called, how it begins, when it was used."""

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = (
            "id",
            "employee",
            "name",
            "prefix",
            "scopes",
            "expires_at",
            "last_used_at",
            "revoked_at",
            "created_at",
        )
        read_only_fields: tuple[str, ...] = fields


class NewApiTokenSerializer(StrictModel):
    """What a new token is called, what it may, and when it ends: within a year. Without scopes: all one may now."""

    expires_at = Instant(required=False)
    scopes = serializers.ListField(child=serializers.ChoiceField(PERMISSIONS), required=False, allow_empty=False)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = ("name", "expires_at", "scopes")

    def validate_expires_at(self, value: datetime) -> datetime:
        if not timedelta() < value - timezone.now() <= LONGEST:
            raise serializers.ValidationError(_("A token ends in the future, within a year."))
        return value


class ShownOnceSerializer(ApiTokenSerializer):
    """A new token with its key, which nobody sees again."""

    token = serializers.CharField(read_only=True)

    class Meta(ApiTokenSerializer.Meta):
        fields: tuple[str, ...] = (*ApiTokenSerializer.Meta.fields, "token")
        read_only_fields: tuple[str, ...] = fields


class ApiTokenViewSet(ListModelMixin, GuardedViewSet):
    """One's own tokens; everybody's for whoever may change the settings. A token acts with its owner's rights."""

    queryset = ApiToken.objects.all()
    serializer_class = ApiTokenSerializer
    guards: ClassVar[dict[str, str]] = {"list": SIGNED_IN, "create": SIGNED_IN}
    takes: ClassVar[dict[str, Any]] = {"create": NewApiTokenSerializer}
    gives: ClassVar[dict[str, Any]] = {"create": ShownOnceSerializer}

    def create(self, request: Request) -> Response:
        """Make a token for oneself and show its key, this once."""
        require_feature(self.request.business, "api_tokens")
        facts = self.checked().validated_data

        def issue() -> dict[str, Any]:
            until = facts.get("expires_at") or timezone.now() + LONGEST
            key = actions.issue_token(
                self.me,
                name=facts["name"],
                by=self.actor,
                scopes=facts.get("scopes"),
                days=(until - timezone.now()) / timedelta(days=1),
            )
            row = self.reread(ApiToken.objects.get(token_hash=actions.hash_token(key)))
            row.token = key
            return dict(ShownOnceSerializer(row).data)

        return self.write(issue, 201)

    @verb(SIGNED_IN)
    def revoke(self, token: ApiToken) -> ApiToken:
        """End a token now."""
        return actions.revoke_token(token, by=self.actor)
