"""How a guarded viewset is told in OpenAPI: each route with its guard, its body and what it may answer."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from apps.core.access import required_for
from apps.core.api import Strict
from apps.core.guards import PUBLIC, SIGNED_IN
from apps.core.problems import CODES, MEDIA_TYPE


class ProblemSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A refusal (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField())
    )
    required_permission = serializers.CharField(required=False, allow_null=True)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says in the document how an API token is sent."""

    target_class = "apps.accounts.tokens.BearerAuthentication"
    name = "bearerAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token: mj_…"}


class GuardedSchema(AutoSchema):
    """Reads guards, bodies and answers off a GuardedViewSet."""

    view: Any

    def get_description(self) -> str:  # type: ignore[override]
        said = super().get_description()
        return f"{said}\n\n{_('Guard')}: `{self._guard()}`".strip()

    def get_extensions(self) -> dict[str, Any]:
        return {"x-guard": self._guard()}

    def get_auth(self) -> list[dict[str, Any]]:
        return [{}] if self._guard() == PUBLIC else super().get_auth()

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_request_serializer(self) -> Any:
        takes = self.view.taken_by(self.view.action) if hasattr(self.view, "taken_by") else None
        return takes if takes is not Strict else None

    def get_response_serializers(self) -> Any:
        if not hasattr(self.view, "taken_by"):
            return super().get_response_serializers()
        act = getattr(self.view, self.view.action, None)
        gives = self.view.gives.get(self.view.action) or getattr(act, "gives", None) or self.view.serializer_class
        if self.view.action == "list" or (self.method == "DELETE" and not getattr(act, "guard", None)):
            return gives
        default = 201 if self.view.action == "create" else 200
        status = getattr(act, "status", default)
        return {status: None if status == 204 else gives}

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._may_refuse():
            answer = OpenApiResponse(ProblemSerializer, description=", ".join(CODES[status]))
            bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                answer, str(status), [MEDIA_TYPE], direction
            )
        return bodies

    def _may_refuse(self) -> list[int]:
        closed = self._guard() != PUBLIC
        writes = self.method != "GET"
        asked = {
            400: True,
            401: True,
            403: closed,
            404: "{" in self.path or self._names_a_row(),
            409: writes,
            410: "token" in self._taken(),
            415: writes,
            429: True,
            503: getattr(getattr(self.view, self.view.action, None), "asks_outside", False),
        }
        return [status for status, may in asked.items() if may]

    def _names_a_row(self) -> bool:
        """Whether the body says which row it is about, which may be one that nobody here sees."""
        return any(name != "id" and isinstance(field, serializers.UUIDField) for name, field in self._taken().items())

    def _taken(self) -> Any:
        """The fields of the body, by name. A `token` is of a mailed link, which may have been used."""
        takes = self.get_request_serializer() if self.method in ("POST", "PUT") else None
        return takes().fields if isinstance(takes, type) else {}

    def _guard(self) -> str:
        guard = getattr(self.view, "guard", None) or ""
        if "." in guard or guard in ("", PUBLIC, SIGNED_IN):
            return guard
        permission = required_for(self.view.queryset.model, guard)
        return permission or f"{SIGNED_IN}, granted `{guard}`"
