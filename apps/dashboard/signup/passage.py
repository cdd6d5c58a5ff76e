"""From the platform's host to the business's, once: whoever has just signed up comes in without typing it all again.

The browser that signed up holds a signed cookie of the platform's host. When the business is ready it is given a pass:
signed for that one schema, good for a minute, and only until its owner has been inside for the first time.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts.models import User
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema

COOKIE = "__Secure-signed_up" if settings.SECURE_PUBLIC else "signed_up"
KEPT = 24 * 3600  # seconds the browser may come back to the waiting page
GOOD_FOR = 60  # seconds a pass is good for
FIRST_HOUR = 3600  # seconds after sign-up in which passes are given


def remember(response: HttpResponse, business: Business, *, secure: bool) -> None:
    """Let this browser see how far its business is."""
    response.set_signed_cookie(
        COOKIE, str(business.pk), salt=COOKIE, max_age=KEPT, path="/signup/", httponly=True, samesite="Lax",
        secure=secure,
    )  # fmt: skip


def remembered(request: HttpRequest) -> Business | None:
    """The business this browser has signed up. In public."""
    value: Any = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE, max_age=KEPT)
    return Business.objects.filter(pk=value).first() if value else None


def pass_for(business: Business) -> str:
    """A pass for the owner's first entrance; empty when that has been, or the first hour is over."""
    if (timezone.now() - business.created_at).total_seconds() > FIRST_HOUR:
        return ""
    with tenant_context(business):
        owner = User.objects.order_by("created_at").values_list("pk", flat=True).filter(last_login=None).first()
        newer = User.objects.filter(last_login__isnull=False).exists()
    if owner is None or newer:
        return ""
    return signing.dumps(str(owner), salt=_salt(business.schema_name))


def take(token: str) -> User | None:
    """The owner, if this is a pass for the current business and nobody has used it. It is used up by this."""
    try:
        owner = UUID(signing.loads(token, salt=_salt(current_schema()), max_age=GOOD_FOR))
    except (signing.BadSignature, ValueError):
        return None
    entered = User.objects.filter(pk=owner, last_login=None, is_active=True).update(last_login=timezone.now())
    return User.objects.get(pk=owner) if entered else None


def _salt(schema: str) -> str:
    return f"first entrance to {schema}"
