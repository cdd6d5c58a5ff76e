"""What is typed of a service. Whether it holds together is the model's to say, and the action's."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.bookings.models import Service

RTL, LTR = {"dir": "rtl", "lang": "ar"}, {"dir": "ltr", "lang": "en"}
GROUPS = (
    (_("Names"), ("emoji", "name_en", "name_ar", "short_en", "short_ar", "description_en", "description_ar")),
    (_("What it is"), ("kind", "duration_minutes", "delivery_days", "category", "tier", "tags")),
    (_("Price"), ("price", "original_price", "currency", "reason")),
    (_("In the menu"), ("is_featured", "max_per_day", "stock", "buffer_minutes", "deposit_percent", "key")),
)


class ServiceForm(forms.ModelForm):
    """One service, in both languages."""

    reason = forms.CharField(
        label=_("Why the price changes"), max_length=200, required=False, help_text=_("Kept in the price's history.")
    )

    class Meta:
        model = Service
        fields = tuple(name for _title, names in GROUPS for name in names if name != "reason")
        labels: dict[str, Any] = {  # noqa: RUF012  as Django declares it
            "emoji": _("Emoji"), "name_en": _("Name in English"), "name_ar": _("Name in Arabic"),
            "short_en": _("In one line, English"), "short_ar": _("In one line, Arabic"),
            "description_en": _("Description in English"), "description_ar": _("Description in Arabic"),
            "kind": _("Kind"), "duration_minutes": _("Minutes"), "delivery_days": _("Days until delivery"),
            "category": _("Category"), "tier": _("Tier"), "tags": _("Tags"), "price": _("Price"),
            "original_price": _("Price before"), "currency": _("Currency"), "is_featured": _("Recommend it"),
            "max_per_day": _("At most a day"), "stock": _("How many are left"),
            "buffer_minutes": _("Minutes free afterwards"), "deposit_percent": _("Deposit in percent"),
            "key": _("Key"),
        }  # fmt: skip
        help_texts: dict[str, Any] = {  # noqa: RUF012  as Django declares it
            "duration_minutes": _("For an appointment: 5 to 480."),
            "delivery_days": _("0 is the same day, when paid before your cut-off time."),
            "tags": _("Separated by commas."),
            "original_price": _("Shown struck through, with what the customer saves."),
            "currency": _("Three letters, such as USD."),
            "stock": _("Empty: as many as are asked for."), "max_per_day": _("Empty: as many as are asked for."),
            "buffer_minutes": _("Empty: the pause of all appointments."),
            "key": _("How programs name it. Made of the name when left empty."),
        }  # fmt: skip
        widgets: dict[str, Any] = {  # noqa: RUF012  as Django declares it
            "name_en": forms.TextInput(attrs=LTR), "name_ar": forms.TextInput(attrs=RTL),
            "short_en": forms.TextInput(attrs=LTR), "short_ar": forms.TextInput(attrs=RTL),
            "description_en": forms.Textarea(attrs={**LTR, "rows": 3}),
            "description_ar": forms.Textarea(attrs={**RTL, "rows": 3}),
            "currency": forms.TextInput(attrs={"dir": "ltr", "size": 3, "autocapitalize": "characters"}),
            "key": forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none"}),
            "kind": forms.Select(choices=Service.Kind.choices),
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].required = False
        self.fields["delivery_days"].required = self.fields["deposit_percent"].required = False
        if self.instance._state.adding:
            del self.fields["reason"]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def clean_delivery_days(self) -> int:
        return self.cleaned_data["delivery_days"] or 0

    def clean_deposit_percent(self) -> int:
        return self.cleaned_data["deposit_percent"] or 0

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, in their order."""
        for title, names in GROUPS:
            yield title, [self[name] for name in names if name in self.fields]
