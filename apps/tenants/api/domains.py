"""A business's own host names: asked for, proven, removed."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.tenants import actions
from apps.tenants.models import Domain


class DomainSerializer(StrictModel):
    """A name, how far it is, and the DNS record that proves it."""

    record = serializers.SerializerMethodField()

    class Meta:
        model = Domain
        fields: tuple[str, ...] = ("id", "host", "kind", "state", "is_primary", "record", "verified_at", "created_at")
        read_only_fields = fields

    def get_record(self, row: Domain) -> dict[str, str]:
        """What to publish, for a name of one's own: `{type, name, value}`; empty for the address under our domain."""
        return actions.record_of(row)


class NewDomainSerializer(Strict):
    """A whole host name."""

    host = serializers.CharField(max_length=253)


class DomainViewSet(ListModelMixin, GuardedViewSet):
    """Host names that lead to this business."""

    queryset = Domain.objects.all()
    serializer_class = DomainSerializer
    guards: ClassVar[dict[str, str]] = {
        "list": "settings.edit", "create": "settings.edit", "destroy": "settings.edit",
    }  # fmt: skip
    takes: ClassVar[dict[str, Any]] = {"create": NewDomainSerializer}

    def create(self, request: Request) -> Response:
        """Ask for a name. It leads nowhere until it is verified."""
        host = self.checked().validated_data["host"]
        made = actions.add_domain(self.request.business.id, host=host, by=self.actor)
        return Response(DomainSerializer(made).data, status=201)

    def destroy(self, request: Request, pk: Any) -> Response:
        """Free a name."""
        actions.remove_domain(self.get_object(), by=self.actor)
        return Response(status=204)

    @verb("settings.edit", gives=DomainSerializer, plain=True)
    def verify(self, domain: Domain) -> Any:
        """Look for the DNS record; when it is there, the name is in use."""
        return DomainSerializer(actions.verify_domain(domain, by=self.actor)).data
