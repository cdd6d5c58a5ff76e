"""What operators do to businesses: one table for the console and the API, so that neither can do more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tenants.utils import schema_context, tenant_context

from apps.accounts.actions import send_confirmation
from apps.accounts.models import Employee
from apps.audit import actions as audit
from apps.billing.actions.operators import extend_trial, pause_subscription, set_plan, unpause_subscription
from apps.core.actors import Actor
from apps.core.refusals import Refusal
from apps.dashboard.console.forms import PlanForm, ReasonForm, TrialForm
from apps.tenants import actions
from apps.tenants.models import Business
from apps.tenants.postgres.context import PUBLIC


@dataclass(frozen=True, slots=True)
class Deed:
    """One of them: what it is called, which word of an operator's role it needs, what it asks, what it does."""

    label: str | Promise
    word: str
    do: Callable[..., Any]
    form: type[forms.Form] = ReasonForm


def resend_verification(business: Business, *, reason: str, by: Actor) -> None:
    """Mail the link again to each administrator whose e-mail is not confirmed. Raises Refusal when all are."""
    reason = actions.checked_reason(reason)
    with tenant_context(business), transaction.atomic():
        team = Employee.objects.filter(deactivated_at=None, user__email_confirmed_at=None).select_related(
            "role", "user"
        )
        waiting = [each for each in team if "settings.edit" in each.permissions]
        if not waiting:
            raise Refusal("conflict", _("%(name)s has confirmed its e-mail.") % {"name": business.name})
        for each in waiting:
            send_confirmation(each.user)
        audit.record(by, "verification_resent", business, after={"reason": reason})
    with schema_context(PUBLIC), transaction.atomic():
        audit.record_operator(by, "verification_resent", business, business_id=business.pk, after={"reason": reason})


DEEDS = {
    "suspend": Deed(gettext_lazy("Suspend"), "manage", actions.suspend_business),
    "resume": Deed(gettext_lazy("Resume"), "manage", actions.resume_business),
    "extend_trial": Deed(gettext_lazy("Extend the trial"), "billing", extend_trial, TrialForm),
    "set_plan": Deed(gettext_lazy("Set the plan"), "billing", set_plan, PlanForm),
    "pause_subscription": Deed(gettext_lazy("Pause the subscription"), "billing", pause_subscription),
    "unpause_subscription": Deed(gettext_lazy("Wake the subscription"), "billing", unpause_subscription),
    "close": Deed(gettext_lazy("Close"), "manage", actions.close_business),
    "restore": Deed(gettext_lazy("Restore"), "manage", actions.reopen_business),
    "resend_verification": Deed(gettext_lazy("Send the confirmation again"), "manage", resend_verification),
}
