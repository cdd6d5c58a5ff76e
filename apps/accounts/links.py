"""Links that are mailed: signed for one business, one person and one purpose, good once, and only the newest.

The token is an HMAC over the schema's name, the purpose and the row's id, so the mailing task makes it from the row
and it never waits in a queue; the database keeps a keyed hash of it. A link of one business is noise in another: both
the signature and the hash name the schema.
"""

import base64
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.accounts.events import LinkIssued
from apps.accounts.models import SignedLink, User
from apps.core.events import emit
from apps.core.refusals import Refusal
from apps.tenants.postgres.context import current_schema

Purpose = SignedLink.Purpose
GOOD_FOR = {
    Purpose.RESET: timedelta(hours=1), Purpose.CONFIRM_EMAIL: timedelta(hours=24),
    Purpose.CHANGE_EMAIL: timedelta(hours=24),
}  # fmt: skip


def token_for(purpose: str, row_id: object) -> str:
    """The token of a row of the current business, for one purpose: 43 URL-safe characters of 256 secret bits."""
    said = f"{current_schema()}:{purpose}:{row_id}"
    digest = salted_hmac("majlis.links.token", said, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(purpose: str, token: str) -> str:
    """What is kept of a token in the current business."""
    said = f"{current_schema()}:{purpose}:{token}"
    return salted_hmac("majlis.links.hash", said, algorithm="sha256").hexdigest()


@transaction.atomic
def issue(user: User, purpose: str, *, new_email: str = "", address: str = "", agent: str = "") -> SignedLink:
    """Make a link and have it mailed after the commit. Whatever was mailed for this purpose before opens nothing."""
    User.objects.select_for_update().get(pk=user.pk)  # two requests at once leave one link
    now = timezone.now()
    SignedLink.objects.filter(user=user, purpose=purpose, used_at=None, replaced_at=None).update(replaced_at=now)
    link = SignedLink(user=user, purpose=purpose, new_email=new_email, old_email=user.email if new_email else "")
    link.token_hash = hash_of(purpose, token_for(purpose, link.pk))
    link.expires_at, link.address, link.agent = now + GOOD_FOR[Purpose(purpose)], address, agent[:300]
    link.save()
    emit(LinkIssued(link_id=link.pk))
    return link


def find(token: str, *purposes: str) -> SignedLink | None:
    """The living link of a token in the current business, to show its page; it is not used up by that."""
    hashes = [hash_of(purpose, token) for purpose in purposes]
    return (
        SignedLink.objects.select_related("user__employee")
        .filter(
            token_hash__in=hashes, used_at=None, replaced_at=None, expires_at__gt=timezone.now(),
            user__is_active=True, user__employee__deactivated_at=None,
        ).first()
    )  # fmt: skip


def redeem(token: str, *purposes: str) -> SignedLink:
    """Use a link up, inside the caller's transaction. Raises Refusal `expired_link` when it is used, old or not ours.

    Of two who come at once one succeeds: using it up is a conditional update.
    """
    link = find(token, *purposes)
    now = timezone.now()
    if link is None or not SignedLink.objects.filter(pk=link.pk, used_at=None, replaced_at=None).update(used_at=now):
        raise Refusal("expired_link", _("This link was used already, or it is too old. Ask for a new one."))
    link.used_at = now
    return link
