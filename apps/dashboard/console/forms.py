"""What operators type."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.billing.actions.operators import LONGEST
from apps.billing.models import Plan, Subscription
from apps.tenants.actions import LONGEST_REASON, SHORTEST_REASON


class ReasonForm(forms.Form):
    """Why something is done to a business; the reason stands in both records."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
        help_text=_(
            "At least 10 characters. The business reads it on its pages while it is suspended, and in its audit."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "dir": "auto"}),
    )


class TrialForm(ReasonForm):
    """How much longer."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST, widget=UnfoldAdminIntegerFieldWidget())
    field_order = ("days", "reason")


class PlanForm(ReasonForm):
    """Which plan, for how long, and the invoice it was arranged with."""

    plan = forms.ChoiceField(label=_("Plan"), choices=Plan.Key.choices, widget=UnfoldAdminSelectWidget())
    period = forms.ChoiceField(
        label=_("Period"), choices=Subscription.Period.choices, initial="month", widget=UnfoldAdminSelectWidget()
    )
    until = forms.DateField(
        label=_("Last day that is paid"), required=False, widget=UnfoldAdminSingleDateWidget(),
        help_text=_("Without one, a month or a year from today."),
    )  # fmt: skip
    invoice = forms.CharField(
        label=_("Invoice number"), required=False, max_length=30, widget=UnfoldAdminTextInputWidget(),
        help_text=_("The business finds this invoice on its page, with the reason as its note. Empty: no invoice."),
    )  # fmt: skip
    field_order = ("plan", "period", "until", "invoice", "reason")
