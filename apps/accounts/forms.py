"""What people type to come in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm

from apps.accounts import sign_in
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
