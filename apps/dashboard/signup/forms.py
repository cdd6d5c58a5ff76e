"""What somebody types to open a business, and to find it again. The API checks its bodies with the same form."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Employee, User
from apps.core import places
from apps.tenants.models import Business

INDUSTRIES = (
    (Business.Industry.SALON, gettext_lazy("Salon or spa")),
    (Business.Industry.CLINIC, gettext_lazy("Clinic")),
    (Business.Industry.RESTAURANT, gettext_lazy("Restaurant or café")),
    (Business.Industry.FITNESS, gettext_lazy("Fitness")),
    (Business.Industry.EDUCATION, gettext_lazy("Education")),
    (Business.Industry.CONSULTANT, gettext_lazy("Consulting")),
    (Business.Industry.ECOMMERCE, gettext_lazy("Online shop")),
    (Business.Industry.REAL_ESTATE, gettext_lazy("Real estate")),
    (Business.Industry.TAROT, gettext_lazy("Tarot and readings")),
    (Business.Industry.OTHER, gettext_lazy("Something else")),
)
CHOOSE = ("", gettext_lazy("Choose…"))


class PlaceForm(forms.Form):
    """What follows from a country: each may be left to it."""

    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        as_country = ("", _("As usual in the country"))
        self.fields["timezone"].choices = [as_country, *places.timezones()]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [as_country, *places.currencies()]  # type: ignore[attr-defined]


class SignUpForm(PlaceForm):
    """A business and its owner (requirements TEN-01). Plan, status and trial are nobody's to send."""

    name = forms.CharField(
        label=gettext_lazy("Business name"), min_length=2, max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization", "dir": "auto", "autofocus": True}),
    )  # fmt: skip
    industry = forms.ChoiceField(label=gettext_lazy("What kind of business is it?"), choices=[CHOOSE, *INDUSTRIES])
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    primary_language = forms.ChoiceField(
        label=gettext_lazy("Language of your customers"), choices=[("ar", "العربية"), ("en", "English")],
        help_text=gettext_lazy("The assistant answers in either; this is the one it begins with when it is not sure."),
    )  # fmt: skip
    owner_name = forms.CharField(
        label=gettext_lazy("Your name"), min_length=1, max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Password"), max_length=1000, strip=False,
        help_text=gettext_lazy("At least 10 characters. A sentence only you would think of is a good one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )  # fmt: skip
    terms_accepted = forms.BooleanField(label=gettext_lazy("I accept the terms"))

    field_order = (
        "name", "industry", "country", "timezone", "currency", "primary_language", "owner_name", "email", "password",
        "terms_accepted",
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = [CHOOSE, *places.countries()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Fill in what follows from the country, and look at the password beside the person's own words."""
        facts = dict(self.cleaned_data)
        if country := facts.get("country"):
            facts["timezone"] = facts.get("timezone") or places.timezone_of(country)
            facts["currency"] = facts.get("currency") or places.currency_of(country)
        if password := facts.get("password"):
            person = User(email=facts.get("email", ""))
            person.employee = Employee(full_name=facts.get("owner_name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return facts


class FindForm(forms.Form):
    """An e-mail, and nothing that would say whether we know it."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "autofocus": True}),
    )  # fmt: skip
