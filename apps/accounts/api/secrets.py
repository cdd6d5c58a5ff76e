"""The JSON door to credentials: which there are, set one, clear one. A value goes in and never comes out.

Trying one with its provider is a verb of the gateways, at the address beside these.
"""

from typing import Any, ClassVar

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import secrets
from apps.accounts.models import Secret
from apps.core.access import require
from apps.core.api import GuardedViewSet, Instant, Strict, verb

WORD = "secrets.edit"


class SlotSerializer(Strict):
    """A place where a credential can be, and everything about it except its value."""

    name = serializers.CharField()
    scope = serializers.CharField()
    of = serializers.CharField()
    is_set = serializers.BooleanField()
    last4 = serializers.CharField()
    set_by = serializers.CharField()
    set_at = Instant(allow_null=True)
    testable = serializers.BooleanField()
    tested_at = Instant(allow_null=True)
    test_result = serializers.CharField()

    def to_representation(self, slot: secrets.Slot) -> dict[str, Any]:
        row = slot.row or Secret()
        return {
            "name": slot.name, "scope": slot.scope, "of": slot.of, "is_set": slot.row is not None,
            "last4": row.last4, "set_by": row.actor_label or row.actor_kind, "set_at": _time(row.set_at),
            "testable": slot.testable, "tested_at": _time(row.tested_at), "test_result": row.test_result,
        }  # fmt: skip


class ScopeSerializer(Strict):
    """Whose credential: the business's, or `inbox:<id>`, `app:<id>`."""

    scope = serializers.CharField(max_length=60, default=secrets.BUSINESS)


class SetSecretSerializer(ScopeSerializer):
    """A credential to keep."""

    value = serializers.CharField(max_length=5000, trim_whitespace=True, write_only=True)


class SecretViewSet(GuardedViewSet):
    """Credentials of this business, write-only."""

    serializer_class = SlotSerializer
    lookup_value_converter = "slug"
    guards: ClassVar[dict[str, str]] = {"list": WORD, "partial_update": WORD}
    takes: ClassVar[dict[str, Any]] = {"partial_update": SetSecretSerializer}

    def get_queryset(self) -> Any:
        """No rows: what is listed are places, set or not."""
        return Secret.objects.none()

    def get_object(self) -> str:
        """The name of a credential there can be."""
        require(self.request.user, WORD)
        name = str(self.kwargs["pk"]).replace("-", "_")
        if name not in Secret.Name.values:
            raise Http404
        return name

    def list(self, request: Request) -> Response:
        """Every place there is, set or not, on one page."""
        return Response({"next": None, "previous": None, "results": SlotSerializer(secrets.slots(), many=True).data})

    def partial_update(self, request: Request, pk: str) -> Response:
        """Set it, or replace it. In force on the next use."""
        name, said = self.get_object(), self.checked().validated_data
        secrets.slot(name, said["scope"])

        def keep() -> Any:
            secrets.set_secret(name, said["value"], scope=said["scope"], by=self.actor)
            return SlotSerializer(secrets.slot(name, said["scope"])).data

        return self.write(keep)

    @verb(WORD, takes=ScopeSerializer)
    def clear(self, name: str, scope: str) -> Any:
        """Remove it. What needs it stops working until another is set."""
        secrets.slot(name, scope)
        secrets.clear_secret(name, scope=scope, by=self.actor)
        return SlotSerializer(secrets.Slot(name, scope)).data


def _time(moment: Any) -> str | None:
    return Instant().to_representation(moment) if moment else None
