"""People and their keys: who is added to the team, what they change of themselves, their tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.events import TeamChanged
from apps.accounts.models import ApiToken, Employee, Role, User
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal

TOKEN_PREFIX = "mj_"  # noqa: S105  the public beginning of every token


@transaction.atomic
def add_employee(
    *,
    email: str,
    full_name: str,
    role: Role,
    by: Actor,
    password: str | None = None,
    language: str = "en",
    grants: Sequence[str] = (),
    denials: Sequence[str] = (),
    **facts: Any,
) -> Employee:
    """Make a person of the team, with a sign-in. Without a password they cannot sign in yet.

    Raises Refusal `duplicate` when somebody here has this e-mail already, whatever its case.
    """
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise Refusal("duplicate", _("Somebody with this e-mail is in the team already."))
    user = User(email=address, language=language)
    user.set_password(password)
    user.save()
    user.groups.add(role.group)
    employee = Employee.objects.create(
        user=user, full_name=full_name, role=role, grants=list(grants), denials=list(denials), **facts
    )
    audit.record(by, "added", employee)
    emit(TeamChanged(employee_id=employee.pk))
    return employee


def add_operator(*, email: str, password: str) -> User:
    """Make an operator of the platform. Call in public."""
    user = User(email=email.strip().lower(), is_operator=True, is_superuser=True)
    user.set_password(password)
    user.save()
    return user


@transaction.atomic
def issue_token(employee: Employee, *, name: str, by: Actor, days: float = 365) -> str:
    """Make an API token and return it: the only time anybody sees it. It expires after `days` (at most 365)."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        employee=employee,
        name=name,
        prefix=token[:10],
        token_hash=hash_token(token),
        expires_at=timezone.now() + timedelta(days=min(days, 365)),
    )
    audit.record(by, "issued", row)
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """End a token now. It stays in the list, so that one can see what it was."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at", "updated_at"])
        audit.record(by, "revoked", token)
    return token


@transaction.atomic
def edit_profile(
    employee: Employee,
    *,
    by: Actor,
    full_name: str | None = None,
    language: str | None = None,
    theme: str | None = None,
) -> Employee:
    """Change what people may change of themselves. None leaves a field as it is."""
    user = employee.user
    employee.full_name = full_name or employee.full_name
    employee.theme = theme or employee.theme
    user.language = language or user.language
    employee.save(update_fields=["full_name", "theme", "updated_at"])
    user.save(update_fields=["language", "updated_at"])
    audit.record(by, "edited", employee)
    return employee


def hash_token(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()
