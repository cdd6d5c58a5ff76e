"""A business's own row: read by its people, its profile changed by those who may change the settings."""

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.urls import path
from django.utils.translation import gettext as _
from django_tenants.utils import schema_context
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.audit import actions as audit
from apps.core.api import GuardedViewSet, StrictModel
from apps.core.guards import SIGNED_IN
from apps.tenants import hosts
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC

EDITABLE = ("name", "industry", "country", "timezone", "currency", "primary_language", "colour_primary")


class BusinessSerializer(StrictModel):
    """What a business knows of itself. Its schema's name is nobody's to read."""

    class Meta:
        model = Business
        fields: tuple[str, ...] = ("id", "slug", "status", "status_reason", "created_at", "updated_at", *EDITABLE)
        read_only_fields: tuple[str, ...] = fields


class KnownToAllSerializer(BusinessSerializer):
    """What everybody of the team sees."""

    class Meta(BusinessSerializer.Meta):
        fields: tuple[str, ...] = (
            "id", "slug", "name", "industry", "country", "timezone", "currency", "primary_language", "colour_primary",
            "status",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class ProfileSerializer(StrictModel):
    """What a business may change of itself; plan, status, address and schema are not among it (TEN-11)."""

    name = serializers.CharField(min_length=2, max_length=100)
    country = serializers.RegexField("^[A-Z]{2}$")
    currency = serializers.RegexField("^[A-Z]{3}$")
    primary_language = serializers.ChoiceField(settings.LANGUAGES)

    class Meta:
        model = Business
        fields = EDITABLE

    def validate_timezone(self, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return value


class BusinessViewSet(GuardedViewSet):
    """The business of this host."""

    serializer_class = BusinessSerializer
    guards: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN, "partial_update": "settings.edit"}
    takes: ClassVar[dict[str, Any]] = {"partial_update": ProfileSerializer}

    def retrieve(self, request: Request) -> Response:
        """All of it with `settings.view`, else what everybody of the team sees."""
        shows = BusinessSerializer if self.request.user.may("settings.view") else KnownToAllSerializer
        return Response(shows(self._row()).data)

    def partial_update(self, request: Request) -> Response:
        """Change the profile, field by field."""
        checked = self.checked(instance=self._row(), partial=True)
        with schema_context(PUBLIC), transaction.atomic():
            row = Business.objects.select_for_update().get(pk=self.request.business.id)
            checked.update(row, checked.validated_data)
        hosts.forget()
        audit.record(
            self.actor, "edited", row, after={name: str(value) for name, value in checked.validated_data.items()}
        )
        return Response(BusinessSerializer(self._row()).data)

    def _row(self) -> Business:
        return Business.objects.get(pk=self.request.business.id)


api_urls = [
    path(
        "business/",
        BusinessViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-business",
    ),
]
