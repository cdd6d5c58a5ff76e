"""What the wizard asks, step by step."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assistant.models import Persona
from apps.core import money, places
from apps.dashboard.signup.forms import INDUSTRIES
from apps.dashboard.welcome.starter import Pack, price_in

PLAIN = {"autocomplete": "off", "dir": "ltr"}


class BusinessForm(forms.Form):
    """Step 1: what was said at sign-up, to look at once more."""

    name = forms.CharField(label=_("Business name"), min_length=2, max_length=100)
    industry = forms.ChoiceField(label=_("What kind of business is it?"), choices=INDUSTRIES)
    country = forms.ChoiceField(label=_("Country"))
    timezone = forms.ChoiceField(label=_("Time zone"))
    currency = forms.ChoiceField(label=_("Currency"))
    primary_language = forms.ChoiceField(
        label=_("Language of your customers"), choices=[("ar", "العربية"), ("en", "English")]
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs["dir"] = "auto"
        lists = {"country": places.countries(), "timezone": places.timezones(), "currency": places.currencies()}
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class MetaForm(forms.Form):
    """Step 2 with a number of one's own at Meta."""

    external_id = forms.RegexField(
        r"^\d{5,30}$", label=_("Phone number ID"), widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
        help_text=_("In Meta's app, under WhatsApp, API setup. It is not the number itself."),
    )  # fmt: skip
    account_ref = forms.RegexField(
        r"^\d{5,30}$", label=_("WhatsApp Business account ID"),
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
    )  # fmt: skip
    meta_access_token = forms.CharField(
        label=_("Access token"), max_length=2000, widget=forms.PasswordInput(attrs=PLAIN),
        help_text=_("The permanent one of a system user. It is kept encrypted and never shown again."),
    )  # fmt: skip
    meta_app_secret = forms.CharField(
        label=_("App secret"), max_length=200, widget=forms.PasswordInput(attrs=PLAIN),
        help_text=_("In Meta's app, under Settings, Basic. With it we know that a message really comes from Meta."),
    )  # fmt: skip


class TwilioForm(forms.Form):
    """Step 2 with a number at Twilio."""

    external_id = forms.RegexField(
        r"^\+\d{7,15}$", label=_("Your WhatsApp number at Twilio"), help_text=_("With its country code: +14155550123."),
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "tel"}),
    )  # fmt: skip
    account_ref = forms.RegexField(r"^AC[0-9a-fA-F]{32}$", label=_("Account SID"), widget=forms.TextInput(attrs=PLAIN))
    twilio_auth_token = forms.CharField(
        label=_("Auth token"), max_length=200, widget=forms.PasswordInput(attrs=PLAIN),
        help_text=_("It is kept encrypted and never shown again."),
    )  # fmt: skip


class ServicesForm(forms.Form):
    """Step 3: the services of the starter pack, each with a suggested price."""

    def __init__(self, pack: Pack, currency: str, language: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pack, self.currency, self.language = pack, currency, language
        self.fields["hours"] = forms.BooleanField(
            label=_("Open at the usual hours of your trade"), required=False, initial=True
        )
        step = Decimal(1).scaleb(-money.decimals(currency))
        for service in pack.services:
            key = service["key"]
            self.fields[f"on_{key}"] = forms.BooleanField(
                label=service[f"name_{language}"], required=False, initial=True
            )
            self.fields[f"price_{key}"] = forms.DecimalField(
                label=_("Price"), min_value=Decimal(0), max_digits=12, decimal_places=money.decimals(currency),
                required=False, initial=price_in(service["price"], currency),
                widget=forms.NumberInput(attrs={"dir": "ltr", "step": str(step), "aria-label": _("Price")}),
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Each service with its two fields, as the page lists them."""
        return [
            {
                **service, "name": service[f"name_{self.language}"], "short": service[f"short_{self.language}"],
                "on": self[f"on_{service['key']}"], "price": self[f"price_{service['key']}"],
            }
            for service in self.pack.services
        ]  # fmt: skip

    def chosen(self) -> dict[str, Decimal]:
        """The services wanted, by key, with their prices. After `is_valid`."""
        facts = self.cleaned_data
        return {
            service["key"]: facts[f"price_{service['key']}"] or Decimal(0)
            for service in self.pack.services if facts[f"on_{service['key']}"]
        }  # fmt: skip


class PersonaForm(forms.Form):
    """Step 4: how the assistant says hello."""

    greeting_ar = forms.CharField(
        label=_("Greeting in Arabic"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "ar", "dir": "rtl"}),
    )
    greeting_en = forms.CharField(
        label=_("Greeting in English"), max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en", "dir": "ltr"}),
    )  # fmt: skip
    tone = forms.ChoiceField(label=_("Tone"), choices=Persona.Tone)
    language_rule = forms.ChoiceField(label=_("Language of the answers"), choices=Persona.LanguageRule)
