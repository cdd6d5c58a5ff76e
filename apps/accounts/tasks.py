"""Celery doors of accounts: the team follows the plan, and who pays hears how much of it is used."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override
from django_tenants.utils import tenant_context

from apps.accounts import seats
from apps.accounts.models import Employee
from apps.billing.models import UsageMonth
from apps.core import mail
from apps.core.tasks import job
from apps.tenants.models import Business
from apps.tenants.postgres.context import current_schema


@job(queue="slow")
def fit_team(business_id: UUID) -> None:
    """Let in, or ask to wait, whom the plan has room for. Announced in public, done in the business."""
    with tenant_context(Business.objects.get(pk=business_id)):
        seats.fit_team()


@job(queue="outbound")
def tell_who_pays(usage_month_id: UUID, percent: int) -> None:
    """A letter to each holder of `settings.billing`: this month's conversations have reached 80 or 100 percent."""
    used = UsageMonth.objects.get(pk=usage_month_id)
    business = Business.objects.get(schema_name=current_schema())
    people = Employee.objects.select_related("role", "user").filter(deactivated_at=None, user__is_active=True)
    for employee in people:
        if "settings.billing" in employee.permissions:
            with override(employee.user.language):
                _tell(employee, business, used, percent)


def _tell(employee: Employee, business: Business, used: UsageMonth, percent: int) -> None:
    facts = {"business": business.name, "count": used.conversations}
    if percent >= 100:
        subject = _("%(business)s has used all conversations of this month")
        after = _("The assistant does not answer new conversations until next month. Your team goes on as always.")
    else:
        subject = _("%(business)s has used 80 percent of this month's conversations")
        after = _("When all are used, the assistant stops answering new conversations. Your team goes on as always.")
    mail.send(
        employee.user.email, subject=subject % facts, brand=business.name,
        lines=[_("Conversations this month: %(count)s.") % facts, after, _("A larger plan has room at once.")],
    )  # fmt: skip
