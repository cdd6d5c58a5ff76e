"""The JSON door to trying a credential with its provider."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from apps.accounts.api.secrets import ScopeSerializer
from apps.accounts.models import Secret
from apps.core.access import require
from apps.core.api import GuardedViewSet, Instant, Strict, verb
from apps.gateways import probes


class TriedSerializer(Strict):
    """How a credential did with its provider, and what may be said of the answer."""

    name = serializers.CharField()
    scope = serializers.CharField()
    test_result = serializers.CharField()
    tested_at = Instant()
    detail = serializers.CharField()


class SecretTestViewSet(GuardedViewSet):
    """Credentials once more: what only the gateways can do with them."""

    serializer_class = TriedSerializer
    lookup_value_converter = "slug"

    def get_object(self) -> str:
        """The name of a credential there can be."""
        require(self.request.user, "secrets.edit")
        name = str(self.kwargs["pk"]).replace("-", "_")
        if name not in Secret.Name.values:
            raise Http404
        return name

    @verb("secrets.edit", takes=ScopeSerializer, plain=True)
    def test(self, name: str, scope: str) -> Any:
        """Try it with its provider, now. Nothing reaches a customer."""
        row, told = probes.try_secret(name, scope=scope, by=self.actor)
        return TriedSerializer(
            {"name": name, "scope": scope, "test_result": row.test_result, "tested_at": row.tested_at, "detail": told}
        ).data


router = SimpleRouter(use_regex_path=False)
router.register("secrets", SecretTestViewSet, basename="api-secret-tests")
api_urls = router.urls
