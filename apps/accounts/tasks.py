"""Celery doors of accounts: letters that may wait for a mail server, a team that follows its plan, the directory."""

import logging
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.core.cache import caches
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import actions, letters, seats
from apps.accounts.events import InvitationAccepted
from apps.accounts.models import Employee, Invitation, SignedLink, User
from apps.billing.models import UsageMonth
from apps.core.events import emit
from apps.core.tasks import job
from apps.tenants.models import Business, SupportDoor
from apps.tenants.queries import ready_businesses

log = logging.getLogger(__name__)
FORGOTTEN = timedelta(seconds=30)  # an invitation that no task came for
LOST = timedelta(minutes=5)  # a mail under way whose worker never came back
SWEEP_LOCK = 300  # seconds after which a dead sweeper's turn is taken over


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


@job(queue="slow")
def fit_team(business_id: UUID) -> None:
    """Let in, or ask to wait, whom the plan has room for. Announced in public, done in the business."""
    with tenant_context(Business.objects.get(pk=business_id)):
        seats.fit_team()


@job(queue="outbound")
def tell_who_pays(usage_month_id: UUID, percent: int) -> None:
    """A letter to each holder of `settings.billing`: this month's conversations have reached 80 or 100 percent."""
    used = UsageMonth.objects.get(pk=usage_month_id)
    people = Employee.objects.select_related("role", "user").filter(deactivated_at=None, user__is_active=True)
    for employee in people:
        if "settings.billing" in employee.permissions:
            letters.send_usage(employee, used, percent)


@job(queue="outbound")
def send_invitation(invitation_id: UUID) -> None:
    """Mail one invitation. Whoever claims the row does the work."""
    actions.send_invitation(invitation_id)


@job(queue="slow")
def list_in_directory(employee_id: UUID) -> None:
    """Bring find my business up to date with this business's people."""
    actions.list_team()


@job(queue="slow")
def rebuild_directory() -> None:
    """List every business's people anew, whatever is thought to be due. Nightly, in public."""
    _everywhere("rebuild-directory", lambda: actions.list_team(anyway=True))


@job(queue="slow")
def sweep_team() -> None:
    """In every business: what was forgotten on the way. One sweeper at a time, in public."""
    _everywhere("sweep-team", sweep)


def sweep() -> None:
    """One round in the current business."""
    now = timezone.now()
    actions.expire_invitations()
    asked = Invitation.objects.filter(state=Invitation.State.PENDING)
    forgotten = asked.filter(mail=Invitation.Mail.QUEUED, updated_at__lte=now - FORGOTTEN)
    for pk in forgotten.values_list("pk", flat=True)[:100]:
        send_invitation.delay(pk)
    lost = asked.filter(mail=Invitation.Mail.SENDING, updated_at__lte=now - LOST)
    lost.update(mail=Invitation.Mail.FAILED, mail_error="interrupted", updated_at=now)
    promised = Invitation.objects.filter(state=Invitation.State.ACCEPTED, inboxes_granted_at=None)
    for pk in promised.filter(updated_at__lte=now - FORGOTTEN).values_list("pk", flat=True)[:100]:
        emit(InvitationAccepted(invitation_id=pk))
    actions.list_team()


def _everywhere(name: str, act: Callable[[], object]) -> None:
    turn = caches["platform"]
    if not turn.add(name, 1, SWEEP_LOCK):
        return
    try:
        for business in ready_businesses():
            with tenant_context(business):
                try:
                    act()
                except Exception:  # one business's trouble must not keep the sweeper from the others
                    log.exception("%s stopped half-way in %s", name, business.schema_name)
    finally:
        turn.delete(name)


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
