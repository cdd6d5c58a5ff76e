"""What operators type."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

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
