"""Whose an e-mail is: confirmed by a mailed link, changed by one, and told to the address before."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import links, sessions
from apps.accounts.actions.directory import mark_due
from apps.accounts.events import AccountChanged
from apps.accounts.models import SignedLink, User
from apps.audit import actions as audit
from apps.core.actors import Actor
from apps.core.events import emit
from apps.core.refusals import Refusal


def send_confirmation(user: User, *, address: str = "", agent: str = "") -> SignedLink | None:
    """Mail a link by which this person confirms their e-mail; None when it is confirmed already.

    The link opens once within 24 hours; an earlier one opens nothing any more. Call in the person's business.
    """
    if user.email_confirmed_at:
        return None
    return links.issue(user, SignedLink.Purpose.CONFIRM_EMAIL, address=address, agent=agent)


@transaction.atomic
def ask_for_email(user: User, *, new_email: str, by: Actor, address: str = "", agent: str = "") -> SignedLink:
    """Mail a link to a new address. Nothing changes before it is opened there."""
    new_email = new_email.strip().lower()
    if User.objects.exclude(pk=user.pk).filter(email__iexact=new_email).exists():
        raise Refusal("duplicate", _("Somebody here uses this e-mail already."))
    link = links.issue(user, SignedLink.Purpose.CHANGE_EMAIL, new_email=new_email, address=address, agent=agent)
    audit.record(by, "email_change_asked", user)
    return link


@transaction.atomic
def confirm_email(token: str) -> User:
    """Take a link's word that an e-mail is its reader's: the first one, or a new one instead of the old.

    A new e-mail ends every session of the person, and the old address is told. Raises Refusal `expired_link`, or
    `duplicate` when somebody else has come to use the new address meanwhile.
    """
    link = links.redeem(token, SignedLink.Purpose.CONFIRM_EMAIL, SignedLink.Purpose.CHANGE_EMAIL)
    user = User.objects.select_for_update().get(pk=link.user_id)
    user.employee = link.user.employee
    user.email_confirmed_at = timezone.now()
    if link.purpose == SignedLink.Purpose.CHANGE_EMAIL:
        if User.objects.exclude(pk=user.pk).filter(email__iexact=link.new_email).exists():
            raise Refusal("duplicate", _("Somebody here uses this e-mail already."))
        user.email = link.new_email
    user.save(update_fields=["email", "email_confirmed_at", "updated_at"])
    audit.record(user.actor, "email_confirmed", user)
    if link.purpose == SignedLink.Purpose.CHANGE_EMAIL:
        sessions.revoke_sessions(user, by=user.actor)
        mark_due(user.employee)
        emit(AccountChanged(user_id=user.pk, what="email"))
    return user
