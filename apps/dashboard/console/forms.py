"""What operators type."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from apps.billing.actions.operators import LONGEST
from apps.billing.models import Plan
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
    field_order: ClassVar[Any] = ["days", "reason"]


class PlanForm(ReasonForm):
    """Which plan."""

    plan = forms.ChoiceField(label=_("Plan"), choices=Plan.Key.choices, widget=UnfoldAdminSelectWidget())
    field_order: ClassVar[Any] = ["plan", "reason"]
