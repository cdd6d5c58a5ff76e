"""Verbs on people."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import ApiToken, Employee, Role, User
from apps.audit import actions as audit
from apps.core.actors import Actor

TOKEN_PREFIX = "mj_"  # noqa: S105  the public beginning of every token


@transaction.atomic
def add_employee(
    *, email: str, full_name: str, role: Role, by: Actor, password: str | None = None, language: str = "en"
) -> Employee:
    """Make a person of the team, with a sign-in. Without a password they cannot sign in yet."""
    user = User(email=email.strip().lower(), language=language)
    user.set_password(password)
    user.save()
    user.groups.add(role.group)
    employee = Employee.objects.create(user=user, full_name=full_name, role=role)
    audit.record(by, "added", employee)
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
    before, spoke = audit.facts(employee), audit.facts(user)
    employee.full_name = full_name or employee.full_name
    employee.theme = theme or employee.theme
    user.language = language or user.language
    employee.save(update_fields=["full_name", "theme", "updated_at"])
    user.save(update_fields=["language", "updated_at"])
    person, sign_in = audit.changed(employee, before), audit.changed(user, spoke)
    was, now = {**person["before"], **sign_in["before"]}, {**person["after"], **sign_in["after"]}
    audit.record(by, "edited", employee, before=was, after=now)
    return employee


def hash_token(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()
