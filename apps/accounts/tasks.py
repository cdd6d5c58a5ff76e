"""Celery doors of accounts: letters, which may have to wait for a mail server, and a team that follows its plan."""

from uuid import UUID

from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import letters, seats
from apps.accounts.models import Employee, SignedLink, User
from apps.billing.models import UsageMonth
from apps.core.tasks import job
from apps.tenants.models import Business


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
