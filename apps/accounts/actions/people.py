"""People and their keys: who is added to the team, what they change of themselves, their tokens."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.actions.directory import mark_due
from apps.accounts.events import AvailabilityChanged
from apps.accounts.models import ApiToken, Calendar, Employee, Role, User
from apps.accounts.roles import PERMISSIONS
from apps.audit import actions as audit
from apps.billing import limits
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_tenant

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
    confirmed: bool = False,
    **facts: Any,
) -> Employee:
    """Make a person of the team, with a sign-in. Without a password they cannot sign in yet.

    `confirmed`: whether it is known already that the e-mail is theirs, as of somebody who came by an invitation.
    `facts`: other fields of the employee. Raises Refusal `duplicate` when somebody here has this e-mail already.
    """
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise Refusal("duplicate", _("Somebody with this e-mail is in the team already."))
    user = User(email=address, language=language)
    user.email_confirmed_at = timezone.now() if confirmed else None
    user.set_password(password)
    user.save()
    user.groups.add(role.group)
    calendar = Calendar.objects.create(purpose=Calendar.Purpose.EMPLOYEE)
    employee = Employee.objects.create(user=user, full_name=full_name, role=role, calendar=calendar, **facts)
    audit.record(by, "added", employee)
    mark_due(employee)
    return employee


def add_operator(*, email: str, password: str, role: str = User.OperatorRole.ADMIN) -> User:
    """Make an operator of the platform. Call in public. Until they set up a second factor nothing else is open."""
    user = User(
        email=email.strip().lower(),
        is_operator=True,
        operator_role=role,
        is_superuser=role == User.OperatorRole.ADMIN,
        email_confirmed_at=timezone.now(),
    )
    user.set_password(password)
    user.save()
    return user


@transaction.atomic
def issue_token(
    employee: Employee, *, name: str, by: Actor, days: float = 365, scopes: Collection[str] | None = None
) -> str:
    """Make an API token and return it: the only time anybody sees it. It expires after `days` (at most 365).

    It may what its `scopes` name, as far as the owner may at that time; without them, what the owner may now. Raises
    Refusal `cannot_grant` for a scope that the owner does not hold. Raises Refusal `plan_feature` where the plan has no
    tokens.
    """
    limits.require_feature(current_tenant.get(), "api_tokens")
    held = employee.permissions
    if beyond := sorted(set(scopes or ()) - held):
        raise Refusal("cannot_grant", _("You cannot give a token what you may not do: %s.") % ", ".join(beyond))
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        employee=employee,
        name=name,
        prefix=token[:10],
        token_hash=hash_token(token),
        scopes=[word for word in PERMISSIONS if word in (held if scopes is None else scopes)],
        expires_at=timezone.now() + timedelta(days=min(days, 365)),
    )
    audit.record(by, "issued", row, after={"scopes": len(row.scopes)})
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> ApiToken:
    """End a token now. It stays in the list, so that one can see what it was."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at", "updated_at"])
        audit.record(by, "revoked", token)
    return token


OWN_FIELDS = ("full_name", "phone", "bio", "timezone", "theme", "digits")  # of the employee; the language is the user's


@transaction.atomic
def edit_profile(employee: Employee, *, by: Actor, language: str | None = None, **facts: str) -> Employee:
    """Change what people may change of themselves: `full_name`, `phone`, `bio`, `timezone`, `theme`, `digits`
    and `language`.

    What is not named stays as it is.
    """
    if strange := set(facts) - set(OWN_FIELDS):
        raise TypeError(f"Nobody changes {strange} of themselves.")
    user = employee.user
    before, spoke = audit.facts(employee), audit.facts(user)
    for name, value in facts.items():
        setattr(employee, name, value)
    user.language = language or user.language
    employee.save(update_fields=[*facts, "updated_at"])
    user.save(update_fields=["language", "updated_at"])
    person, sign_in = audit.changed(employee, before), audit.changed(user, spoke)
    was, now = {**person["before"], **sign_in["before"]}, {**person["after"], **sign_in["after"]}
    audit.record(by, "edited", employee, before=was, after=now)
    return employee


@transaction.atomic
def set_availability(employee: Employee, *, to: str, by: Actor) -> Employee:
    """Say by hand that somebody is busy, away, or available again (ACC-18). Saying it twice records it once."""
    if employee.availability != to:
        before, employee.availability = employee.availability, to
        employee.save(update_fields=["availability", "updated_at"])
        audit.record(by, "set_availability", employee, before={"availability": before}, after={"availability": to})
        emit(AvailabilityChanged(employee_id=employee.pk))
    return employee


def hash_token(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()
