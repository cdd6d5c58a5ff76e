"""Coming in and going out, for programs that keep a session, and what one may do about the door from outside.

An API token opens neither the door nor a change of it: passwords and second factors are changed from a session.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import exceptions, serializers

from apps.accounts import actions, passwords, second_factor, sessions, sign_in
from apps.accounts.api.employees import EmployeeSerializer
from apps.accounts.pages.security import stay
from apps.core import throttles
from apps.core.api import GuardedViewSet, Strict, verb
from apps.core.guards import PUBLIC, SIGNED_IN
from apps.core.refusals import Refusal


class LoginSerializer(Strict):
    """An e-mail and a password; a code too where a second factor is set up."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    code = serializers.CharField(max_length=20, required=False, default="")
    remember = serializers.BooleanField(required=False, default=False)


class MailboxSerializer(Strict):
    """An e-mail to write to."""

    email = serializers.EmailField(max_length=254)


class TokenSerializer(Strict):
    """What stood in a mailed link."""

    token = serializers.CharField(max_length=100)


class NewPasswordSerializer(TokenSerializer):
    """The same, and the password to have from now on."""

    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class ChangePasswordSerializer(Strict):
    """The present password and the new one."""

    old = serializers.CharField(max_length=1000, trim_whitespace=False)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class PasswordSerializer(Strict):
    """The password again."""

    password = serializers.CharField(max_length=1000, trim_whitespace=False)


class CodeSerializer(Strict):
    """A code from the phone."""

    code = serializers.CharField(max_length=20)


class ProofSerializer(PasswordSerializer, CodeSerializer):
    """The password and a code."""


class SetupSerializer(Strict):
    """What goes into the phone; shown to its owner until it is confirmed."""

    secret = serializers.CharField()
    uri = serializers.CharField()


class BackupCodesSerializer(Strict):
    """The backup codes, shown once."""

    codes = serializers.ListField(child=serializers.CharField())


class AuthViewSet(GuardedViewSet):
    """The door: in, out, and its keys."""

    @verb(PUBLIC, takes=LoginSerializer, gives=EmployeeSerializer, detail=False, plain=True)
    def login(self, email: str, password: str, code: str, remember: bool) -> Any:
        """Begin a session. One answer for every way of being wrong; 403 `mfa_required` without a right code."""
        address = throttles.client_address(self.request)
        try:
            user = sign_in.recognise(email, password, address=address)
        except Refusal as refusal:
            if refusal.code == "invalid":
                raise exceptions.AuthenticationFailed(refusal.detail) from refusal
            raise
        if user.has_second_factor:
            sign_in.require_code(user, code, address=address)
        sign_in.enter(self.request._request, user, remembered=remember)
        return EmployeeSerializer(user.employee).data

    @verb(SIGNED_IN, detail=False, status=204, plain=True)
    def logout(self) -> None:
        """End the session this request came with. A token's caller has none, and nothing happens."""
        if self.request.auth is None:
            sign_in.leave(self.request._request)

    @verb(PUBLIC, takes=MailboxSerializer, detail=False, status=204, plain=True)
    def password_reset(self, email: str) -> None:
        """Mail a link to choose a new password. The answer is the same whether or not the e-mail is known."""
        address = throttles.client_address(self.request)
        throttles.ask_by_mail("reset", email, address)
        passwords.ask_for_reset(email, address=address, agent=self.request.headers.get("User-Agent", ""))

    @verb(PUBLIC, takes=NewPasswordSerializer, detail=False, status=204, plain=True)
    def password_reset_confirm(self, token: str, password: str) -> None:
        """Set a new password by a mailed link. 410 when it is used or old; every session ends."""
        with said_of("password"):
            passwords.reset(token, password)

    @verb(PUBLIC, takes=NewPasswordSerializer, gives=EmployeeSerializer, detail=False, status=201, plain=True)
    def accept_invitation(self, token: str, password: str) -> Any:
        """Join the team by a mailed link, with a password of one's own. 410 when it is used, old or taken back."""
        with said_of("password"):
            employee = actions.accept_invitation(token, password=password)
        return EmployeeSerializer(employee).data

    @verb(PUBLIC, takes=TokenSerializer, detail=False, status=204, plain=True)
    def verify_email(self, token: str) -> None:
        """Confirm an e-mail by a mailed link. 410 when it is used or old."""
        actions.confirm_email(token)

    @verb(SIGNED_IN, detail=False, status=204, plain=True)
    def send_verification(self) -> None:
        """The mail with the link once more: three an hour. Nothing happens when the e-mail is confirmed already."""
        user, address = self.request.user, throttles.client_address(self.request)
        throttles.ask_by_mail("confirm", user.email, address)
        actions.send_confirmation(user, address=address, agent=self.request.headers.get("User-Agent", ""))

    @verb(SIGNED_IN, takes=ChangePasswordSerializer, detail=False, status=204, plain=True)
    def change_password(self, old: str, password: str) -> None:
        """Another password. This session goes on, the others end."""
        here = self._session()
        with said_of("password"):
            user = passwords.change(self.request.user, old=old, new=password, by=self.actor, keep=here)
        stay(self.request._request, user)

    @verb(SIGNED_IN, takes=PasswordSerializer, gives=SetupSerializer, detail=False, plain=True)
    def mfa_enable(self, password: str) -> dict[str, str]:
        """Begin a second factor: the secret for the phone. It counts once `mfa-confirm` has seen a code of it."""
        self._session()
        setup = second_factor.begin(self.request.user, password=password, by=self.actor)
        return {"secret": setup.secret, "uri": setup.uri}

    @verb(SIGNED_IN, takes=CodeSerializer, gives=BackupCodesSerializer, detail=False, plain=True)
    def mfa_confirm(self, code: str) -> dict[str, list[str]]:
        """Switch it on with a first code. The backup codes are in this answer and nowhere else."""
        here = self._session()
        return {"codes": second_factor.confirm(self.request.user, code, by=self.actor, keep=here)}

    @verb(SIGNED_IN, takes=ProofSerializer, detail=False, status=204, plain=True)
    def mfa_disable(self, password: str, code: str) -> None:
        """Switch it off, with the password and a code."""
        here = self._session()
        second_factor.disable(self.request.user, password=password, code=code, by=self.actor, keep=here)

    def _session(self) -> str | None:
        """The key of this session's row, for what only a session may do; guesses are counted."""
        if self.request.auth:
            raise exceptions.PermissionDenied
        throttles.take("proof", str(self.request.user.pk), 10, 900)
        return sessions.device_of(self.request._request.session)


@contextmanager
def said_of(field: str) -> Iterator[None]:
    """What the password's rules say is said of this field of the body."""
    try:
        yield
    except ValidationError as error:
        raise serializers.ValidationError({field: error.messages}) from error
