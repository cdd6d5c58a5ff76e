"""What a business says of itself, with one form behind the page and the API (TEN-10); names, doors, its end."""

import re
import zoneinfo
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from apps.core import places
from apps.tenants.actions import EDITABLE
from apps.tenants.models import Business

LANGUAGES = (  # that a business may speak beside its main one, each by its own name
    ("en", "English"), ("ar", "العربية"), ("fr", "Français"), ("hy", "Հայերեն"), ("tr", "Türkçe"), ("fa", "فارسی"),
    ("ku", "Kurdî"), ("ur", "اردو"), ("hi", "हिन्दी"), ("es", "Español"), ("pt", "Português"), ("de", "Deutsch"),
    ("it", "Italiano"), ("ru", "Русский"), ("zh", "中文"),
)  # fmt: skip
_ltr = {"dir": "ltr"}
_auto = {"dir": "auto"}


def _zones() -> list[tuple[str, str]]:
    return [
        (name, name.replace("_", " "))
        for name in sorted(zoneinfo.available_timezones())
        if "/" in name or name == "UTC"
    ]


class ProfileForm(forms.ModelForm):
    """Every field of the profile. A field is saved or refused, none is dropped."""

    name = forms.CharField(label=_("Name"), min_length=2, max_length=100, widget=forms.TextInput(_auto))
    legal_name = forms.CharField(
        label=_("Legal name"), max_length=150, required=False, widget=forms.TextInput(_auto),
        help_text=_("As it stands on invoices."),
    )  # fmt: skip
    industry = forms.ChoiceField(label=_("Industry"), choices=Business.Industry.choices)
    description_en = forms.CharField(
        label=_("Description in English"), max_length=1000, required=False,
        widget=forms.Textarea({"rows": 3, "dir": "ltr", "lang": "en"}),
    )  # fmt: skip
    description_ar = forms.CharField(
        label=_("Description in Arabic"), max_length=1000, required=False,
        widget=forms.Textarea({"rows": 3, "dir": "rtl", "lang": "ar"}),
    )  # fmt: skip
    country = forms.ChoiceField(label=_("Country"), choices=places.countries)
    timezone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=places.currencies)
    primary_language = forms.ChoiceField(label=_("Main language"), choices=settings.LANGUAGES)
    languages = forms.MultipleChoiceField(
        label=_("Other languages"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple
    )
    digits = forms.ChoiceField(label=_("Digits"), choices=[("latin", "123"), ("arabic", "١٢٣")])
    support_email = forms.EmailField(
        label=_("Support e-mail"), max_length=254, required=False, widget=forms.EmailInput(_ltr)
    )
    support_phone = forms.CharField(
        label=_("Support phone"), max_length=16, required=False, widget=forms.TextInput({**_ltr, "inputmode": "tel"}),
        help_text=_("With the country, such as +96170123456."),
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("A number with its country, such as +96170123456."))],
    )  # fmt: skip
    address = forms.CharField(label=_("Address"), max_length=300, required=False, widget=forms.TextInput(_auto))
    website = forms.URLField(
        label=_("Website"), max_length=200, required=False, assume_scheme="https", widget=forms.URLInput(_ltr)
    )
    colour_primary = forms.CharField(label=_("Main colour"), widget=forms.TextInput({"type": "color"}))
    colour_secondary = forms.CharField(label=_("Second colour"), widget=forms.TextInput({"type": "color"}))
    colour_accent = forms.CharField(label=_("Accent colour"), widget=forms.TextInput({"type": "color"}))

    class Meta:
        model = Business
        fields: ClassVar[tuple[str, ...]] = EDITABLE

    @classmethod
    def of(cls, row: Business, changes: Mapping[str, Any]) -> Self:
        """The form with the row's own values and these changes, for a door that sends only what changes."""
        return cls({**{name: getattr(row, name) for name in EDITABLE}, **changes}, instance=row)

    def clean_languages(self) -> list[str]:
        """Each once, and the main one not among them."""
        chosen: list[str] = self.cleaned_data["languages"]
        return [code for code in dict.fromkeys(chosen) if code != self.cleaned_data.get("primary_language")]

    def _clean_colour(self, name: str) -> str:
        found: str = self.cleaned_data[name]
        if not re.fullmatch("#[0-9A-Fa-f]{6}", found):
            raise forms.ValidationError(_("A colour is # and six hexadecimal digits."))
        return found.upper()

    def clean_colour_primary(self) -> str:
        return self._clean_colour("colour_primary")

    def clean_colour_secondary(self) -> str:
        return self._clean_colour("colour_secondary")

    def clean_colour_accent(self) -> str:
        return self._clean_colour("colour_accent")


class LogoForm(forms.Form):
    """A picture; `logos.draw` says whether it is one."""

    logo = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG or WebP, at most 2 MB, at least 192 pixels wide or high."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )


class DomainForm(forms.Form):
    """A host name."""

    host = forms.CharField(
        label=_("Name"), max_length=253, help_text=_("Such as chat.example.com."),
        widget=forms.TextInput({**_ltr, "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip


class PasswordForm(forms.Form):
    """The password once more."""

    password = forms.CharField(
        label=_("Your password, once more"), max_length=1000, strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "dir": "ltr"}),
    )  # fmt: skip


class CloseForm(PasswordForm):
    """The address typed out, so that nobody closes the wrong one by a slip."""

    slug = forms.CharField(label=_("The address of this business"), max_length=50, widget=forms.TextInput(_ltr))
    field_order = ("slug", "password")


class SupportForm(PasswordForm):
    """How long operators may look, and what for."""

    hours = forms.TypedChoiceField(
        label=_("For how long"), coerce=int,
        choices=[(1, _("1 hour")), (4, _("4 hours")), (24, _("1 day")), (72, _("3 days"))],
    )  # fmt: skip
    reason = forms.CharField(label=_("What for"), max_length=500, required=False, widget=forms.TextInput(_auto))
    field_order = ("hours", "reason", "password")
