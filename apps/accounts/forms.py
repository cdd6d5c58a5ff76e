"""What people type to come in, about their own account, and about colleagues and roles."""

import zoneinfo
from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts import sign_in
from apps.accounts.models import Role
from apps.accounts.roles import PERMISSIONS
from apps.accounts.words import GROUPS, WORDS
from apps.core.refusals import Refusal
from apps.core.throttles import client_address

THEMES = [
    ("system", pgettext_lazy("theme", "System")),
    ("light", _("Light")),
    ("dark", _("Dark")),
]
DIGITS = [("", _("The business's")), ("latin", "123"), ("arabic", "١٢٣")]
SPANS = [(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("A year"))]


def _zones() -> list[tuple[str, Any]]:
    return [("", _("The business's")), *((name, name) for name in sorted(zoneinfo.available_timezones()))]


def _called(permission: str) -> str:
    group, _dot, word = permission.partition(".")
    return f"{GROUPS[group]}: {WORDS[word]}"


class SignInForm(forms.Form):
    """An e-mail and a password. Whether they are right is `sign_in.recognise`'s to say."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
    remember = forms.BooleanField(label=_("Keep me signed in for 14 days on this device"), required=False)


class CodeForm(forms.Form):
    """A code from the phone, or one of the backup codes."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or one of your backup codes."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "dir": "ltr", "autofocus": True}
        ),
    )


class OperatorSignInForm(AuthenticationForm):
    """The console's own form, behind the same lock-out as everybody's; who has a second factor shows it here too."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator app, or one of your backup codes."),
        max_length=20,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code", "dir": "ltr"}),
    )

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            address = client_address(self.request)
            try:
                user = sign_in.recognise(email, password, address=address)
                if user.has_second_factor:
                    sign_in.require_code(user, self.cleaned_data.get("code", ""), address=address)
            except Refusal as refusal:
                raise ValidationError(refusal.detail, code=refusal.code) from refusal
            self.user_cache = user
        return dict(self.cleaned_data)


class EmailForm(forms.Form):
    """An address to write to."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "dir": "ltr"}),
    )  # fmt: skip


class NewPasswordForm(forms.Form):
    """A password to have from now on."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 10 characters, and nothing easily guessed. A few words you like are good."),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password and the new one."""

    old = forms.CharField(
        label=_("Present password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
    field_order = ["old", "password"]  # noqa: RUF012  as Django declares it


class ChangeEmailForm(EmailForm):
    """A new e-mail, and the password as a proof that it is its owner who asks."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class PasswordForm(forms.Form):
    """The password again, before something about signing in changes."""

    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class ProofForm(PasswordForm, CodeForm):
    """The password and a code."""

    field_order = ["password", "code"]  # noqa: RUF012  as Django declares it


class ProfileForm(forms.Form):
    """What people change of themselves."""

    full_name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"}))
    phone = forms.RegexField(
        r"^\+[1-9][0-9]{6,14}$", label=_("Phone"), required=False,
        help_text=_("With the country's code: +961…"),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    bio = forms.CharField(
        label=_("About you"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=_zones)
    theme = forms.ChoiceField(label=_("Appearance"), choices=THEMES)
    digits = forms.ChoiceField(label=_("Digits"), required=False, choices=DIGITS)


class TokenForm(forms.Form):
    """A key for a program: its name, how long it is good, and which of one's own rights it has."""

    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Which program will use it?"))
    days = forms.TypedChoiceField(label=_("Good for"), choices=SPANS, coerce=int, initial=90)
    scopes = forms.MultipleChoiceField(
        label=_("Rights"), widget=forms.CheckboxSelectMultiple, help_text=_("Only your own. Fewer are safer.")
    )

    def __init__(self, data: Any = None, *, held: Collection[str]) -> None:
        super().__init__(data)
        self.fields["scopes"].choices = [(word, _called(word)) for word in PERMISSIONS if word in held]  # type: ignore[attr-defined]


class HolidayForm(forms.Form):
    """Days on which other hours hold, or none: without times the days are closed."""

    label = forms.CharField(label=_("What for"), max_length=80, required=False)
    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: one day."),
    )  # fmt: skip
    starts = forms.TimeField(label=_("Open from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(
        label=_("Open until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Empty: closed all day."),
    )  # fmt: skip
    yearly = forms.BooleanField(label=_("Every year"), required=False)

    def clean(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        if bool(facts.get("starts")) != bool(facts.get("ends")):
            self.add_error("ends", _("Say from when to when, or leave both empty."))
        return facts


class JoinForm(forms.Form):
    """The password of somebody who was invited, twice. Whether it is good enough, `accept_invitation` says (S-14)."""

    password = forms.CharField(
        label=_("Choose a password"),
        max_length=1000,
        strip=False,
        help_text=_("At least 10 characters. A few words in a row are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("The same password again"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "dir": "ltr"}),
    )

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("password"):
            raise ValidationError(_("The two passwords are not the same."))
        return str(self.cleaned_data["again"])


class PersonForm(forms.Form):
    """A colleague's name and role."""

    full_name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"}))
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.all(), empty_label=None)


class InviteForm(PersonForm):
    """Who is asked to join, and in which language."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)
    field_order = ("email", "full_name", "role", "language")


class RoleForm(forms.Form):
    """What a role is called. Its permissions are set in the matrix."""

    display_name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"dir": "auto"}))
    name = forms.CharField(
        label=_("Short name"),
        max_length=50,
        help_text=_("For programs: small letters, digits and underscores."),
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}),
    )
    description = forms.CharField(
        label=_("What it is for"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    colour = forms.RegexField(r"^#[0-9A-Fa-f]{6}$", label=_("Colour"))
