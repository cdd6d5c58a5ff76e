"""Where one is signed in, and the end of it."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.mixins import ListModelMixin

from apps.accounts import sessions
from apps.accounts.models import DeviceSession
from apps.core.api import GuardedViewSet, Strict, StrictModel, verb
from apps.core.guards import SIGNED_IN


class SessionSerializer(StrictModel):
    """A browser in which one is signed in. `current`: the one that asks."""

    current = serializers.SerializerMethodField()

    class Meta:
        model = DeviceSession
        fields = (
            "id", "device", "browser", "address", "country", "remembered", "current", "created_at", "last_seen_at",
            "expires_at", "revoked_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_current(self, row: DeviceSession) -> bool:
        request = self.context["request"]
        return not request.auth and str(row.pk) == sessions.device_of(request._request.session)


class EndedSerializer(Strict):
    """How many sessions were ended."""

    ended = serializers.IntegerField()


class SessionViewSet(ListModelMixin, GuardedViewSet):
    """One's own sessions, and nobody else's."""

    queryset = DeviceSession.objects.all()
    serializer_class = SessionSerializer
    ordering = ("-last_seen_at", "id")
    guards: ClassVar[dict[str, str]] = {"list": SIGNED_IN}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows.living() if self.action == "list" else rows

    @verb(SIGNED_IN)
    def revoke(self, session: DeviceSession) -> DeviceSession:
        """End it now. Its next request is answered 401, and its sockets close with 4401."""
        sessions.revoke_sessions(self.request.user, by=self.actor, only=session)
        return session

    @verb(SIGNED_IN, detail=False, gives=EndedSerializer)
    def revoke_others(self) -> dict[str, int]:
        """End all but the one that asks; with an API token, all."""
        keep = None if self.request.auth else sessions.device_of(self.request._request.session)
        return {"ended": len(sessions.revoke_sessions(self.request.user, by=self.actor, keep=keep))}
