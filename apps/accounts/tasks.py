"""Celery doors of accounts: letters, which may have to wait for a mail server."""

from uuid import UUID

from django.utils import timezone

from apps.accounts import letters
from apps.accounts.models import SignedLink, User
from apps.core.tasks import job


@job(queue="outbound")
def send_link(link_id: UUID) -> None:
    """Mail a link, if it still opens something."""
    link = SignedLink.objects.select_related("user__employee").filter(pk=link_id).first()
    if link and not (link.used_at or link.replaced_at) and link.expires_at > timezone.now():
        letters.send_link(link)
        SignedLink.objects.filter(pk=link.pk).update(sent_at=timezone.now())


@job(queue="outbound")
def send_notice(user_id: UUID, what: str) -> None:
    """Tell a person that something by which they come in has changed."""
    user = User.objects.select_related("employee").filter(pk=user_id).first()
    if user:
        letters.send_notice(user, what)
