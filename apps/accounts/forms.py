"""What people type: to come in, to join, about colleagues and roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from apps.accounts import sign_in
from apps.accounts.models import Role
from apps.core.refusals import Refusal
from apps.core.throttles import client_address


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


class OperatorSignInForm(AuthenticationForm):
    """The console's own form, behind the same lock-out as everybody's."""

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            try:
                self.user_cache = sign_in.recognise(email, password, address=client_address(self.request))
            except Refusal as refusal:
                raise ValidationError(refusal.detail, code=refusal.code) from refusal
        return dict(self.cleaned_data)


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
