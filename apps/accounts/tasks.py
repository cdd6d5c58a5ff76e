"""Celery doors of accounts: letters, which may have to wait for a mail server."""

from uuid import UUID

from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import letters
from apps.accounts.models import Employee, SignedLink, User
from apps.core.tasks import job
from apps.tenants.models import Business, SupportDoor


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


@job(queue="outbound")
def remind_of_closing(business_id: UUID, day: int) -> None:
    """Remind a closing business's administrators. Runs in public: the business does no work now."""
    business = Business.objects.get(pk=business_id)
    if business.status != Business.Status.CLOSING or business.closing_until is None:
        return
    with tenant_context(business):
        for user in _administrators():
            letters.send_closing(user, day=day, until=business.closing_until)


@job(queue="outbound")
def tell_of_broken_glass(door_id: UUID) -> None:
    """Tell a business's administrators that an operator looks in. Runs in public, whatever the business's state."""
    door = SupportDoor.objects.select_related("business").get(pk=door_id)
    with tenant_context(door.business):
        for user in _administrators():
            letters.send_glass_broken(user, door)


def _administrators() -> list[User]:
    """Whoever may change the settings of the current business."""
    team = Employee.objects.filter(deactivated_at=None, user__is_active=True).select_related("role", "user")
    return [each.user for each in team if "settings.edit" in each.permissions]
