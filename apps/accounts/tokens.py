"""API tokens as callers: `Authorization: Bearer mj_…` opens the JSON doors, and no page and no socket."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.accounts.actions import hash_token
from apps.accounts.models import ApiToken, User
from apps.core.actors import Actor, ActorKind

NOTED_EVERY = timedelta(minutes=1)  # how exact "last used" is kept


@dataclass(frozen=True, slots=True)
class Bearer:
    """What `request.auth` is when a token called: the token, and who it acts as."""

    token: ApiToken

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.API_TOKEN, self.token.pk, f"{self.token.name} · {self.token.employee.full_name}")


class BearerAuthentication(BaseAuthentication):
    """Finds the employee behind a token of this business. Its rights: the owner's present ones, within its scopes."""

    def authenticate(self, request: Request) -> tuple[User, Bearer] | None:
        scheme, _space, said = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = self._find(said.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not good: unknown, expired or revoked."))
        now = timezone.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTED_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
        token.employee.scopes = frozenset(token.scopes)
        return token.employee.user, Bearer(token)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'

    @staticmethod
    def _find(said: bytes) -> ApiToken | None:
        try:
            text = said.decode("ascii")
        except UnicodeDecodeError:
            return None
        return (
            ApiToken.objects.select_related("employee__user", "employee__role")
            .filter(
                token_hash=hash_token(text), revoked_at=None, expires_at__gt=timezone.now(),
                employee__deactivated_at=None, employee__over_limit_at=None, employee__user__is_active=True,
            ).first()
        )  # fmt: skip
