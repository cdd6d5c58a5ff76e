"""What is typed of customers, of their consent, and of the settings about them."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core import places
from apps.core.refusals import Refusal
from apps.customers import fields as own
from apps.customers.models import Customer, CustomerSettings, Label

RTL, LTR = {"dir": "rtl", "lang": "ar"}, {"dir": "ltr"}
CUSTOM = "custom-"


class CustomerForm(forms.Form):
    """A customer's card, with the business's own fields at its end."""

    name = forms.CharField(
        label=_("Name"), max_length=100, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    arabic_name = forms.CharField(
        label=_("Name in Arabic"), max_length=100, required=False, widget=forms.TextInput(attrs=RTL)
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, help_text=_("With its country, such as +961 70 123 456."),
        widget=forms.TextInput(attrs={**LTR, "type": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs=LTR))
    language = forms.ChoiceField(label=_("Language"), required=False)
    country = forms.ChoiceField(label=_("Country"), required=False)
    birthday = forms.DateField(
        label=_("Birthday"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    address = forms.CharField(
        label=_("Address"), max_length=300, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=1000, required=False, help_text=_("Only your team sees it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    vip_override = forms.TypedChoiceField(
        label=_("VIP"), required=False, coerce=lambda text: {"yes": True, "no": False}.get(text), empty_value=None
    )
    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(), label=_("Labels"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, customer: Customer | None = None, **options: Any) -> None:
        if customer is not None:
            told = {"yes": True, "no": False}
            override = next((word for word, value in told.items() if value is customer.vip_override), "")
            names = ("name", "arabic_name", "phone", "email", "language", "country", "birthday", "address", "remark")
            options["initial"] = {
                **{name: getattr(customer, name) for name in names}, "vip_override": override,
                **{f"{CUSTOM}{name}": value for name, value in customer.custom.items()},
            }  # fmt: skip
        super().__init__(*args, **options)
        unknown = [("", gettext("Not known"))]
        self.fields["language"].choices = [*unknown, *settings.LANGUAGES]  # type: ignore[attr-defined]
        self.fields["country"].choices = [*unknown, *_countries(customer)]  # type: ignore[attr-defined]
        self.fields["vip_override"].choices = [  # type: ignore[attr-defined]
            ("", gettext("By what they spent")), ("yes", gettext("Always")), ("no", gettext("Never")),
        ]  # fmt: skip
        self.fields["labels"].queryset = Label.objects.all()  # type: ignore[attr-defined]
        if customer is not None:
            del self.fields["labels"]  # they have a form of their own on the card
        for each in own.own_fields():
            self.fields[f"{CUSTOM}{each['key']}"] = _own_field(each)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        try:
            own.checked_custom(
                {name.removeprefix(CUSTOM): value for name, value in found.items() if name.startswith(CUSTOM)}
            )
        except Refusal as refusal:
            raise ValidationError(refusal.detail) from None
        return found

    def facts(self) -> dict[str, Any]:
        """The card's fields as the verbs take them; `labels` as keys."""
        found = dict(self.cleaned_data)
        custom = {name.removeprefix(CUSTOM): found.pop(name) for name in list(found) if name.startswith(CUSTOM)}
        found["custom"] = {name: str(value or "") for name, value in custom.items()}
        if "labels" in found:
            found["labels"] = [label.pk for label in found["labels"]]
        return found


class SettingsForm(forms.ModelForm):
    """Thresholds, and a word a line for STOP and START in each language."""

    stop_en = forms.CharField(label=_("Words that withdraw, English"), required=False)
    stop_ar = forms.CharField(label=_("Words that withdraw, Arabic"), required=False)
    start_en = forms.CharField(label=_("Words that agree again, English"), required=False)
    start_ar = forms.CharField(label=_("Words that agree again, Arabic"), required=False)

    class Meta:
        model = CustomerSettings
        fields = ("regular_from", "loyal_from", "vip_from")
        labels: dict[str, Any] = {  # noqa: RUF012  as Django declares it
            "regular_from": _("Regular from"), "loyal_from": _("Loyal from"), "vip_from": _("VIP from"),
        }  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.Meta.fields:
            self.initial[name] = f"{self.initial[name].normalize():f}"
        for what in ("stop", "start"):
            kept = getattr(self.instance, f"{what}_words")
            for code, attrs in (("en", LTR), ("ar", RTL)):
                field = self.fields[f"{what}_{code}"]
                field.widget = forms.Textarea(attrs={**attrs, "rows": 3})
                words = kept.get(code, []) if isinstance(kept, dict) else []
                field.initial = "\n".join(words) if isinstance(words, list) else ""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        steps = [found.get(name) for name in ("regular_from", "loyal_from", "vip_from")]
        known = [step for step in steps if step is not None]
        if len(known) == len(steps) and known != sorted(known):
            raise ValidationError(gettext("The thresholds must rise: regular, loyal, VIP."))
        return found

    def words(self) -> dict[str, dict[str, list[str]]]:
        """`stop_words` and `start_words` as they are kept."""
        return {
            f"{what}_words": {code: _lines(self.cleaned_data[f"{what}_{code}"]) for code in ("en", "ar")}
            for what in ("stop", "start")
        }


def _lines(text: str) -> list[str]:
    return [line.strip()[:60] for line in text.splitlines() if line.strip()][:50]


def _countries(customer: Customer | None) -> list[places.Choice]:
    """Every country, and the one this customer has, which may be a number's that ISO 3166 does not know (+383)."""
    found = places.countries()
    kept = customer.country if customer else ""
    return found if not kept or kept in dict(found) else [(kept, places.country_name(kept)), *found]


def _own_field(field: dict[str, Any]) -> forms.Field:
    label, kind = field["label"], field.get("kind")
    if kind == "date":
        return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    if kind == "number":
        return forms.DecimalField(label=label, required=False)
    if kind == "choice":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", "—"), *((each, each) for each in field.get("choices", []))]
        )
    return forms.CharField(label=label, max_length=300, required=False, widget=forms.TextInput(attrs={"dir": "auto"}))
