"""Passwords: forgotten, chosen anew by a mailed link, changed by their owner (requirements ACC-14)."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import links
from apps.accounts.events import AccountChanged
from apps.accounts.models import SignedLink, User
from apps.accounts.sessions import revoke_sessions
from apps.audit import actions as audit
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal


@transaction.atomic
def ask_for_reset(email: str, *, address: str, agent: str = "") -> None:
    """Mail a link to choose a new password, if the e-mail belongs to somebody who may come in; say nothing of that."""
    user = User.objects.filter(email__iexact=email.strip(), is_active=True, employee__deactivated_at=None).first()
    audit.record(SYSTEM, "reset_asked", user or User(pk=None), after={"address": address})
    if user and hasattr(user, "employee"):
        links.issue(user, SignedLink.Purpose.RESET, address=address, agent=agent)


@transaction.atomic
def reset(token: str, password: str) -> User:
    """Set a new password by a mailed link, which is used up; every session ends.

    Raises Refusal `expired_link`, or ValidationError when the password is too easy; the link is good still then.
    """
    link = links.redeem(token, SignedLink.Purpose.RESET)
    user = User.objects.select_for_update().get(pk=link.user_id)
    user.employee = link.user.employee
    validate_password(password, user)
    user.email_confirmed_at = user.email_confirmed_at or timezone.now()  # the link was read in that mailbox
    user.failed_count, user.locked_until = 0, None
    _set(user, password, by=user.actor, verb="password_reset")
    return user


@transaction.atomic
def change(user: User, *, old: str, new: str, by: Actor, keep: str | None = None) -> User:
    """Change one's own password, knowing the old one; sessions other than `keep` (a DeviceSession's key) end.

    Raises Refusal `invalid` for a wrong old one, ValidationError for a new one that is too easy.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    if not row.check_password(old):
        raise Refusal("invalid", _("The present password is not right."))
    validate_password(new, user)
    _set(row, new, by=by, verb="password_changed", keep=keep)
    return row


def _set(user: User, password: str, *, by: Actor, verb: str, keep: str | None = None) -> None:
    user.set_password(password)
    user.save(update_fields=["password", "email_confirmed_at", "failed_count", "locked_until", "updated_at"])
    audit.record(by, verb, user)
    revoke_sessions(user, by=by, keep=keep)
    emit(AccountChanged(user_id=user.pk, what="password"))
