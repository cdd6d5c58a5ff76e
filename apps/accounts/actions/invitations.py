"""Asking somebody to join, and letting them in by a link that works once (requirements ACC-02, ACC-03).

The link is signed and never stored: whoever may mail it makes it anew from the row's id and how often it was sent, so
a resend makes another link and the hash of the old one is gone.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.actions.people import add_employee, hash_token
from apps.accounts.actions.rights import known, may_give, take_turns
from apps.accounts.actions.seats import require_seat
from apps.accounts.events import InvitationAccepted, InvitationQueued
from apps.accounts.models import Employee, Invitation, Role, User
from apps.accounts.sign_in import require_confirmed
from apps.audit import actions as audit
from apps.core import mail
from apps.core.actors import SYSTEM, Actor
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.core.tasks import Temporary
from apps.tenants.postgres.context import current_schema
from apps.tenants.queries import address_here, logo_here, name_here

GOOD_FOR = timedelta(hours=72)


@transaction.atomic
def invite(
    *,
    email: str,
    full_name: str,
    role: Role,
    by: Actor,
    inviter: Employee | None,
    language: str = "en",
    grants: Sequence[str] = (),
    denials: Sequence[str] = (),
    inboxes: Sequence[UUID] = (),
) -> Invitation:
    """Ask somebody to join. The mail goes out after the commit.

    Raises Refusal: `email_unverified` (the inviter's), `plan_limit`, `duplicate`, `invalid`, `cannot_grant`.
    """
    if inviter:
        require_confirmed(inviter.user)
    require_seat()
    address = email.strip().lower()
    if User.objects.filter(email__iexact=address).exists():
        raise Refusal("duplicate", _("Somebody with this e-mail is in the team already."))
    expire_invitations()
    if Invitation.objects.filter(email__iexact=address, state=Invitation.State.PENDING).exists():
        raise Refusal("duplicate", _("This person has been invited already. Send the invitation again instead."))
    grants, denials = known(grants), known(denials)
    if both := set(grants) & set(denials):
        sentence = _("A permission is granted or denied, not both: %(word)s.")
        raise Refusal("invalid", sentence % {"word": min(both)})
    may_give(inviter.user if inviter else None, {*role.permissions, *grants})
    invitation = Invitation(
        email=address, full_name=full_name.strip(), role=role, grants=grants, denials=denials, inboxes=list(inboxes),
        language=language, invited_by=inviter, expires_at=timezone.now() + GOOD_FOR,
    )  # fmt: skip
    invitation.token_hash = hash_token(_token(invitation))
    invitation.save()
    audit.record(by, "invited", invitation, after={"email": address, "role": role.name})
    emit(InvitationQueued(invitation_id=invitation.pk))
    return invitation


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Another link for another 72 hours; the old one opens nothing any more."""
    row = _locked(invitation)
    if row.state == Invitation.State.EXPIRED:
        require_seat()
        if User.objects.filter(email__iexact=row.email).exists() or _asked_again(row):
            raise Refusal("duplicate", _("Somebody with this e-mail is in the team, or asked, already."))
    elif row.state != Invitation.State.PENDING:
        raise Refusal("illegal_transition", _("This invitation is over."))
    row.state, row.expires_at, row.sent_count = Invitation.State.PENDING, timezone.now() + GOOD_FOR, row.sent_count + 1
    row.token_hash = hash_token(_token(row))
    row.mail, row.mail_error, row.link_shown = Invitation.Mail.QUEUED, "", False
    row.save()
    audit.record(by, "resent", row)
    emit(InvitationQueued(invitation_id=row.pk))
    return row


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Actor) -> Invitation:
    """Take the invitation back; its link opens nothing any more."""
    row = _locked(invitation)
    if row.state == Invitation.State.ACCEPTED:
        raise Refusal("illegal_transition", _("This person has joined already."))
    if row.state != Invitation.State.REVOKED:
        row.state = Invitation.State.REVOKED
        row.save(update_fields=["state", "updated_at"])
        audit.record(by, "revoked", row)
    return row


@transaction.atomic
def show_link(invitation: Invitation, *, by: Actor) -> str:
    """The link for somebody to pass on by hand, once, when the mail could not be sent."""
    row = _locked(invitation)
    if not row.is_open or row.mail != Invitation.Mail.FAILED or row.link_shown:
        raise Refusal("illegal_transition", _("The link is shown once, and only when the mail could not be sent."))
    row.link_shown = True
    row.save(update_fields=["link_shown", "updated_at"])
    audit.record(by, "showed_link", row)
    return link_of(row)


def open_invitation(token: str) -> Invitation:
    """The invitation behind a link. Raises Refusal `expired_link` for every link that does not open the door.

    The signature names the business, so a link stays noise elsewhere even where a row was copied with its hash.
    """
    rows = Invitation.objects.select_related("role", "invited_by").filter(token_hash=hash_token(token))
    row: Invitation | None = rows.first() if _is_signed_here(token) else None
    if row is None or row.role is None or not row.is_open:
        raise Refusal("expired_link", _("This invitation is no longer good. Ask for a new one."))
    return row


@transaction.atomic
def accept_invitation(token: str, *, password: str) -> Employee:
    """Join: the person sets a password, their e-mail counts as confirmed, and the link is used up.

    Raises Refusal `expired_link`, `duplicate` or `plan_limit`, and ValidationError for a bad password (S-14).
    """
    open_invitation(token)
    take_turns()
    row = _locked(open_invitation(token))  # again: whoever had the turn before may have used it up
    require_seat(but=row)
    someone = User(email=row.email)
    someone.employee = Employee(full_name=row.full_name)  # whose name the validators compare with
    validate_password(password, someone)
    employee = add_employee(
        email=row.email, full_name=row.full_name, role=cast("Role", row.role), password=password, language=row.language,
        grants=row.grants, denials=row.denials, invited_by=row.invited_by, confirmed=True, by=SYSTEM,
    )  # fmt: skip
    row.state, row.employee = Invitation.State.ACCEPTED, employee
    row.save(update_fields=["state", "employee", "updated_at"])
    audit.record(employee.user.actor, "accepted", row)
    emit(InvitationAccepted(invitation_id=row.pk))
    return employee


def send_invitation(invitation_id: UUID) -> Invitation | None:
    """Mail an invitation that waits for it; None when another worker has it or it is over. Call outside a transaction.

    A mail that fails is not tried again by itself: the row keeps why, and the page offers the link or a resend.
    """
    waiting = Invitation.objects.filter(pk=invitation_id, mail=Invitation.Mail.QUEUED, state=Invitation.State.PENDING)
    if not waiting.update(mail=Invitation.Mail.SENDING, updated_at=timezone.now()):
        return None
    row: Invitation = Invitation.objects.select_related("invited_by").get(pk=invitation_id)
    try:
        with translation.override(row.language):
            _write(row)
        outcome, error = Invitation.Mail.SENT, ""
    except Temporary as trouble:
        outcome, error = Invitation.Mail.FAILED, str(trouble)[:200]
    Invitation.objects.filter(pk=row.pk, mail=Invitation.Mail.SENDING, sent_count=row.sent_count).update(
        mail=outcome, mail_error=error, updated_at=timezone.now()
    )
    return row


def _write(row: Invitation) -> None:
    business = name_here()
    inviter = row.invited_by.full_name if row.invited_by else business
    facts = {"name": row.full_name, "inviter": inviter, "business": business}
    mail.send(
        row.email,
        subject=_("%(inviter)s invites you to %(business)s") % facts,
        lines=[
            _("Hello %(name)s,") % facts,
            _("%(inviter)s asks you to join the team of %(business)s, where customers are answered on WhatsApp.")
            % facts,
            _("Open the link and choose a password of your own. It works once, for 72 hours."),
        ],
        act=(_("Join the team"), link_of(row)),
        foot=_("If you did not expect this, leave it be: nothing happens without you."),
        brand=business,
        logo=logo_here(),
    )


def expire_invitations() -> int:
    """Close those that nobody answered in time. Returns how many."""
    late = Invitation.objects.filter(state=Invitation.State.PENDING, expires_at__lte=timezone.now())
    return late.update(state=Invitation.State.EXPIRED, updated_at=timezone.now())


def link_of(invitation: Invitation) -> str:
    """The whole address that lets this person in. For the mail, and for `show_link`."""
    return address_here(reverse("join", args=[_token(invitation)], urlconf="config.urls"))


def _token(row: Invitation) -> str:
    return _signer().sign(f"{row.pk.hex}-{row.sent_count}")


def _is_signed_here(token: str) -> bool:
    try:
        _signer().unsign(token)
    except BadSignature:
        return False
    return True


def _signer() -> Signer:
    return Signer(salt=f"accounts.invitation:{current_schema()}", sep=".")


def _asked_again(row: Invitation) -> bool:
    asked = Invitation.objects.filter(email__iexact=row.email, state=Invitation.State.PENDING)
    return asked.exclude(pk=row.pk).exists()


def _locked(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("role", "invited_by")
    row: Invitation = rows.get(pk=invitation.pk)
    return row
